// What the learn room offers: train.
#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::learn {

std::vector<operation::Operation> operations();

}  // namespace assay::learn
