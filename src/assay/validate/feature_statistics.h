// Statistics of one column and all that is nested in it. Internal to this room: this header pulls Arrow in.
#pragma once

#include <arrow/api.h>

#include <string>
#include <vector>

#include "assay/validate/statistics.h"

namespace assay::validate {

// Appends the feature `name` and its children. `weights`: empty, or one for each row.
Status feature_statistics(const std::string& name, const std::shared_ptr<arrow::Array>& column,
                          const std::vector<double>& weights, const StatisticsOptions& options,
                          std::vector<tfmd::FeatureNameStatistics>& out);

}  // namespace assay::validate
