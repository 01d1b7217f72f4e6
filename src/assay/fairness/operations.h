#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::fairness {

std::vector<operation::Operation> operations();  // fairness.assess

}  // namespace assay::fairness
