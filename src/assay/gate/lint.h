// The types of a policy's conditions, checked before any evidence is there.
#pragma once

#include <string>

#include "assay/base/error.h"
#include "assay/operation/expression.h"

namespace assay::gate {

// Checks that `condition` can be true or false. `variable` names the slice in a rule with `for`, else it is empty.
// Errors: invalid-argument, `where` = "column N".
Status check_condition(const operation::Expression& condition, const std::string& variable);

// Splits "auc.low" into "auc" and "low"; the second is empty when the name ends in none of value, low, high, absmax.
std::pair<std::string, std::string> split_pick(const std::string& name);

// A name, a literal, or a list of them: what may stand as an argument of a figure or a fact.
bool is_word(const operation::Expression& e);

}  // namespace assay::gate
