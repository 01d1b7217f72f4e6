// data add, data split.
#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::data {
std::vector<operation::Operation> operations();
}
