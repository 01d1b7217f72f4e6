// A table's statistics in TensorFlow Metadata's form (data b2, c): what TFDV's generate_statistics tells, with exact
// counts, histograms and medians.
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/validate/messages.h"

namespace assay::validate {

struct StatisticsOptions {
  std::vector<std::string> group;  // "sex" or "sex,race": one data set for each value combination, besides all rows
  std::string weight;              // numeric column: finite, none negative, none missing
  std::size_t top = 20;            // most frequent values
  std::size_t ranks = 1000;        // cells of the rank histogram
  std::size_t bins = 10, quantile_bins = 10, length_bins = 10;
  // TFDV's figures where there are infinities: the mean over all values, 0 for the deviation. Else both are of the
  // finite values, and custom statistics assay.positive_infinite and assay.negative_infinite count the others.
  bool compat = false;
  bool float32 = false;  // fractions rounded to single precision first, as TFDV reads CSV files; set with compat there
};

// One data set with an empty name; with groups "All Examples" and then `sex_Male`, `race_Black_sex_Male` … in the order
// of their keys. Nested columns (lists, structs) become paths. Errors: not-found (column), invalid-argument (a weight,
// with its row; a column type without statistics), exhausted (more than 2^20 slices). O(cells + distinct log distinct).
Status statistics(const data::Table& table, const StatisticsOptions& options, Task& task,
                  tfmd::DatasetFeatureStatisticsList& out);

// Of a file: a CSV, Parquet or Arrow table is described, a statistics file is read. `described` tells which.
Status statistics_of(const std::string& ref, const std::vector<std::string>& null, const StatisticsOptions& options,
                     Task& task, tfmd::DatasetFeatureStatisticsList& out, bool* described = nullptr);

// A step as in TFMD's paths: bare, or quoted when it holds one of . ( ) '.
std::string path_text(const std::vector<std::string>& steps);
std::string path_text(const tfmd::FeatureNameStatistics& feature);

}  // namespace assay::validate
