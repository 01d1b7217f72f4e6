// What the model room offers: import, predict, show.
#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::model {

std::vector<operation::Operation> operations();

}  // namespace assay::model
