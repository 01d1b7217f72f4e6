// `data split`: which rows a model may learn from and which are kept to judge it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/operation/evidence.h"

namespace assay::data {

struct SplitRequest {
  std::string data;
  std::string label;
  double test = 0.3;
  double validation = 0;
  std::vector<std::string> stratify;  // the label when it is named and neither stratify nor group is
  std::string group;
  std::int64_t seed = 0;
};

// Part of each row: 0 train, 1 validation, 2 test. `strata` gives the stratum of each row (all equal: one stratum).
// Rows of a stratum are ranked by Philox(seed).fork(kSplit).uniform(row); the first ones are test, the next validation.
// Shares are met exactly over all rows (nearest whole number) and within one row in each stratum (largest remainder).
// O(rows log rows); the same on any number of threads.
std::vector<std::uint8_t> stratified_parts(const std::vector<std::uint32_t>& strata, double test, double validation,
                                           std::int64_t seed);
// The same with whole groups: groups ranked by the draw of their first row go to test, then to validation, as long as
// that brings the part nearer to its share.
std::vector<std::uint8_t> grouped_parts(const std::vector<std::uint32_t>& groups, double test, double validation,
                                        std::int64_t seed);

// Evidence "assay.split/1": detail {parts {train {rows, rows_digest, labels [{value, rows}]}, …}, overlap
// {"train,test": distinct rows that stand in both}, stratify, group, small_strata}; blob "split": one text column
// `part`.
Result<operation::Evidence> split(const SplitRequest& request, Task& task);

// The rows of one part ("train", "validation", "test"; empty: all) by a split: an Arrow file with the column `part`, or
// the evidence that names it. Ascending.
Result<std::vector<std::uint32_t>> rows_of_part(const std::string& split_ref, std::string_view part, Task& task);

}  // namespace assay::data
