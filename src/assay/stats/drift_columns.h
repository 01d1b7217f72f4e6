// One column of a drift report, from rows or from two profiles. Internal to `data drift`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/data/table.h"
#include "assay/operation/evidence.h"
#include "assay/stats/drift.h"
#include "assay/stats/drift_measures.h"

namespace assay::stats {

struct ColumnDrift {
  std::string name, kind;  // numeric | categorical | time
  operation::Json facts = operation::Json::object();
  std::vector<operation::Figure> figures;
  std::string effect, test, why;  // names of two of the figures; why there is no effect
  double effect_value = metrics::kNan, effect_low = metrics::kNan, effect_high = metrics::kNan, threshold = 0;
  double p = metrics::kNan;
  bool bounded = false;  // low and high are certain bounds of the effect, not a confidence interval
};

// A figure of a column; NaN is no value, for which `why` stands.
operation::Figure column_figure(std::string_view name, const std::string& column, double value, std::int64_t n,
                                std::string_view why);
bool wanted(const DriftRequest& request, std::string_view measure);
void put_effect(ColumnDrift& to, std::string_view name, double value, metrics::Interval interval, std::int64_t n,
                std::string_view method, const DriftRequest& request);

Result<ColumnDrift> drift_of_rows(const data::Table& reference, const data::Table& current, const std::string& name,
                                  const DriftRequest& request);
ColumnDrift drift_of_profiles(const operation::Json& reference, const operation::Json& current,
                              const DriftRequest& request);

}  // namespace assay::stats
