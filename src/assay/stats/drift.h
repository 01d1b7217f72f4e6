// `data drift`: did the population move between two tables, or between two profiles of tables no longer at hand?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::stats {

struct DriftRequest {
  std::string reference, current;
  std::vector<std::string> columns;
  std::vector<std::string> measures;     // empty: all
  std::vector<std::string> categorical;  // numbers that are names, such as codes
  std::vector<std::string> null;
  double numeric_threshold = 0.1;      // of the normed Wasserstein distance
  double categorical_threshold = 0.1;  // of the Jensen-Shannon distance in bits
  double alpha = 0.05;                 // of the adjusted p
  double level = 0.95;
  int replicates = 2000, permutations = 999;
  int sample = 500;  // rows of either side for the maximum mean discrepancy; 0: none
  std::int64_t seed = 0;
};

// Evidence "assay.drift/1". A column has drifted when its test's p, adjusted by Benjamini-Hochberg over the columns, is
// below alpha and its effect size is above the threshold: a large table alone never alarms. Numbers: normed Wasserstein
// distance with Kolmogorov-Smirnov; categories: Jensen-Shannon distance (bits) with chi-square, or with G by
// permutation where an expected count is below 5. Figures carry the column in `parameters`; a missing share is judged
// apart. detail.columns[]: name, kind, reference and current facts (n, missing, mean, min, max, distinct), effect,
// test, state (drifted | not_decided | stable), contribution (its share of all effects in units of their thresholds),
// new_categories, vanished_categories. Overall: drifted_share and maximum_mean_discrepancy over the numeric columns.
// Both sides may be profiles (assay.profile/1): then from histograms and top values, with certain bounds.
// Errors: not-found (a named column), invalid-argument (no column in common, one profile and one table).
Result<operation::Evidence> drift(const DriftRequest& request, Task& task);

std::string render_drift(const operation::Json& evidence);

}  // namespace assay::stats
