// What would settle the checks that are not decided: the fairness evidence has counted the rows.
#pragma once

#include <string>
#include <vector>

#include "assay/operation/json.h"

namespace assay::pipeline {

// One sentence for each open rule of the verdict that `fairness` (evidence or null) has a plan for.
std::vector<std::string> advice(const operation::Json& verdict, const operation::Json& fairness);

}  // namespace assay::pipeline
