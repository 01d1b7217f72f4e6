// `data bias`: whom does a table represent, and how do labels, missing cells and other columns differ between groups?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::stats {

struct BiasRequest {
  std::string data;
  std::vector<std::string> group;
  std::string label, positive;  // positive: empty is the later of the label's values
  std::string population;       // table of shares to compare groups with; empty: an even spread
  std::vector<std::string> null;
  double level = 0.95;
  int min_n = 30;    // fewer rows flag low_support
  int min_cell = 0;  // groups with fewer rows are left out of what is shown
  std::int64_t seed = 0;
};

// Evidence "assay.bias/1". Figures for each group column: label_rate of each value (Wilson) and label_rate_gap to the
// largest group (Newcombe, with p), group_share (Wilson), group_share_ratio to the population, label_lift of every
// group and label value, missing_share by group where a column has missing cells, association of the group with every
// other column. Families of p-values are adjusted by Benjamini-Hochberg. detail.groups[]: table, cells (expected, lift,
// residual, p, PMI, nPMI, Sørensen-Dice, Jaccard, log-likelihood ratio, t), balance, aggregate, simpson (columns within
// whose values the gap turns round in more than half). detail.associations[]: every pair of columns;
// detail.missing_patterns[]: which columns are missing together. A missing group value is a slice of its own; rows
// without a label count for shares only. Errors: not-found (a column), invalid-argument (a label or group of one value
// or of more than 1000; positive is no value; the population table lacks the column).
Result<operation::Evidence> bias(const BiasRequest& request, Task& task);
std::string render_bias(const operation::Json& evidence);

}  // namespace assay::stats
