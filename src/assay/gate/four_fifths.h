// The claim four_fifths(group=G) of fairness b12.
#pragma once

#include "assay/gate/evaluate.h"

namespace assay::gate {

// Over the figures favorable_rate_ratio of group G, in favourable coding: false when a ratio is below 0.8 and the gap
// is significant (p < 0.05), true when every interval lies at or above 0.8, else unknown. The value carries its reason,
// the smallest ratio's interval and the limit.
Result<Value> four_fifths_value(const operation::Expression& call, const Scope& scope);

}  // namespace assay::gate
