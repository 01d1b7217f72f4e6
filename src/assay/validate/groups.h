// Validation inside each group: a column that is missing, changed or moved for one group only does not show in a mean
// over all rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/data/table.h"
#include "assay/operation/evidence.h"
#include "assay/validate/anomalies.h"

namespace assay::validate {

struct Slice {
  operation::Slice name;  // column -> value; no value: missing
  std::string key;        // sex_Male, as in statistics by slice
  std::vector<std::uint32_t> rows;
};
// The slices of "sex" or "sex,race", by key. Errors: not-found (a column), exhausted (more than 2^20).
Result<std::vector<Slice>> slices_of(const data::Table& table, const std::string& group);

struct GroupRequest {
  std::vector<std::string> group;
  std::size_t min_n = 30;           // smaller slices are counted, not judged
  double alpha = 0.05, gap = 0.05;  // of the missing rates: Holm-corrected over all columns and slices, and share
};

struct GroupAnomaly {
  std::string group;
  operation::Slice slice;
  std::uint64_t n = 0;
  std::string path, type, severity, what;
};
struct PresenceGap {
  std::string group, column;
  operation::Slice slice;
  std::uint64_t n = 0, missing = 0, rest = 0, rest_missing = 0;
  double p = 1, p_adjusted = 1;
  bool alarms = false;
  double gap() const;  // share of missing cells here minus among all other rows
};
struct GroupFindings {
  std::vector<GroupAnomaly> anomalies;  // presence, domain and drift; only what the whole data does not show already
  std::vector<PresenceGap> gaps;        // of all columns and slices that could be judged
  std::uint64_t judged = 0, too_small = 0;
};

// `previous`: the same table a span before, for drift inside each group.
Result<GroupFindings> validate_groups(const data::Table& table, const tfmd::Schema& schema, const data::Table* previous,
                                      const tfmd::Anomalies& whole, const ValidateOptions& options,
                                      const GroupRequest& request, Task& task);

}  // namespace assay::validate
