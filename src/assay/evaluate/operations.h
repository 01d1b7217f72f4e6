#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::evaluate {

std::vector<operation::Operation> operations();  // evaluate.run

}  // namespace assay::evaluate
