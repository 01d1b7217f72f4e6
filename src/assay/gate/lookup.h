// Finds the figure that a name or a call means.
#pragma once

#include <string>
#include <vector>

#include "assay/gate/evaluate.h"

namespace assay::gate {

// An argument as JSON: a name and a text both give text. Only for what is_word() accepts.
operation::Json word_of(const operation::Expression& e);

// The texts under which a fact may stand: "data.overlap(train, test)", with argument names and without.
std::vector<std::string> fact_keys(const operation::Expression& e);

// The figure as an interval; unknown, with why, when there is none, when it is stale or undefined. A call that fits
// several different figures is refused.
Result<Value> figure_value(const operation::Expression& e, const Scope& scope);

// One figure as an interval, ordinary or simultaneous.
Value value_of(const Index::Entry& entry, const Scope& scope);

// ["afam"] of group=afam and of group=[afam].
std::vector<std::string> group_of(const operation::Expression& argument);

}  // namespace assay::gate
