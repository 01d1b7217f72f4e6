// `balance reweigh`, `balance resample`, `balance rake`: a repaired table, with what it was made from and how.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::stats {

struct ReweighRequest {
  std::string data;
  std::vector<std::string> group;  // none: class weights of the label alone
  std::string label, positive;
  std::string weight = "weight";  // the new column
  std::vector<std::string> null;
};
// Evidence "assay.balance/1". The table gains a column of weights: P(group) P(label) / P(group, label) of the row's
// cell (groups of several columns together), or n / (classes · count) without groups. Rows without group or label keep
// 1 and are counted. Figures: label_rate by group before and after (parameters.weighted), label_rate_difference before
// and after, kish_effective_rows. detail.cells[] names empty cells, whose weight is undefined. Blob "table" of this and
// the others: the new table.
Result<operation::Evidence> reweigh(const ReweighRequest& request, Task& task);

struct ResampleRequest {
  std::string data;
  std::vector<std::string> group;
  std::string label, positive;
  std::string target = "independent";  // independent: P(group) P(label) | equal: all cells alike
  std::string method = "exact";        // exact: the rows as many as before | over | under | smote_nc
  std::vector<std::string> null;
  int neighbours = 5;
  std::int64_t seed = 0;
};
// Group × label cells are brought to their targets (largest remainder). over: no cell loses rows; under: none gains.
// smote_nc: rows that are lacking are made between a row and one of its nearest rows of the cell (numbers in between,
// categories by majority), marked in the column `synthetic`. Blob "source": the row of the old table behind each new
// one.
Result<operation::Evidence> resample(const ResampleRequest& request, Task& task);

struct RakeRequest {
  std::string data;
  std::vector<std::string> columns;  // margins; in this order
  std::string population;
  double cap = 0;  // of a weight, in means; 0: none
  std::string weight = "weight";
  std::vector<std::string> null;
};
// Weights that bring every column's shares to those of the population table. Figures: kish_effective_rows, margin_gap.
// Errors: invalid-argument (the population has a value that no row has, or lacks one).
Result<operation::Evidence> rake_table(const RakeRequest& request, Task& task);

std::string render_balance(const operation::Json& evidence);

}  // namespace assay::stats
