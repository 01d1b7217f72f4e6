// stats profile and show, schema infer, show, convert, lint and update, data validate.
#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::validate {

// This room's operations, after those of `stats`, of which two keep the message beside their evidence: stats.profile
// its statistics, schema.infer its schema.
std::vector<operation::Operation> operations(std::vector<operation::Operation> stats);

}  // namespace assay::validate
