#include "assay/validate/groups.h"

#include <algorithm>
#include <map>
#include <set>

#include "assay/metrics/hypothesis.h"
#include "assay/validate/statistics.h"
#include "tfmd/anomalies.pb.h"
#include "tfmd/schema.pb.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

constexpr std::size_t kMostSlices = std::size_t{1} << 20;

std::vector<std::string> columns_of(const std::string& group) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= group.size();) {
    const auto comma = std::min(group.find(',', begin), group.size());
    out.push_back(group.substr(begin, comma - begin));
    begin = comma + 1;
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What a smaller part of the rows cannot be held to is taken out.
tfmd::Schema schema_for_parts(const tfmd::Schema& schema) {
  tfmd::Schema out = schema;
  out.clear_dataset_constraints();
  for (auto& feature : *out.mutable_feature()) {
    if (feature.has_presence() && feature.presence().min_count() > 1) feature.mutable_presence()->set_min_count(1);
    feature.clear_unique_constraints();
    feature.clear_skew_comparator();
  }
  return out;
}

using Known = std::set<std::pair<std::string, int>>;  // path and type of what the whole data shows
Known known_of(const tfmd::Anomalies& whole) {
  Known out;
  for (const auto& [path, info] : whole.anomaly_info())
    for (const auto& reason : info.reason()) out.emplace(path, reason.type());
  return out;
}

Status judge(const data::Table& part, const Slice& slice, const std::string& group, const tfmd::Schema& schema,
             const data::Table* previous, const Known& known, const ValidateOptions& options, Task& task,
             GroupFindings& out) {
  tfmd::DatasetFeatureStatisticsList now, before;
  ASSAY_CHECK(statistics(part, {}, task, now));
  Controls controls;
  if (previous != nullptr) {
    ASSAY_CHECK(statistics(*previous, {}, task, before));
    controls.previous = &before.datasets(0);
  }
  tfmd::Anomalies found;
  ASSAY_CHECK(validate_statistics(now.datasets(0), schema, controls, options, found));
  std::map<std::string, const tfmd::AnomalyInfo*> ordered;
  for (const auto& [path, info] : found.anomaly_info()) ordered[path] = &info;
  for (const auto& [path, info] : ordered)
    for (const auto& reason : info->reason()) {
      // Presence has its own test; a column that all lack, or none of the schema, is told of the whole data.
      if (known.contains({path, reason.type()}) || reason.type() == tfmd::AnomalyInfo::SCHEMA_NEW_COLUMN) continue;
      out.anomalies.push_back({group, slice.name, slice.rows.size(), path,
                               std::string(tfmd::AnomalyInfo::Type_Name(reason.type())),
                               std::string(tfmd::AnomalyInfo::Severity_Name(info->severity())),
                               reason.description().empty() ? reason.short_description() : reason.description()});
    }
  return {};
}

void presence_gaps(const data::Table& table, const std::vector<Slice>& slices, const std::string& group,
                   std::size_t min_n, std::vector<PresenceGap>& out) {
  const auto inside = columns_of(group);
  for (const auto& name : table.names()) {
    if (std::find(inside.begin(), inside.end(), name) != inside.end()) continue;
    const auto codes = table.codes(name);
    if (!codes) continue;  // nested columns have no cells of their own
    const auto all = static_cast<std::uint64_t>(std::count(codes->codes.begin(), codes->codes.end(), -1));
    for (const auto& slice : slices) {
      const std::uint64_t n = slice.rows.size(), rest = table.rows() - n;
      if (n < min_n || rest < min_n) continue;
      PresenceGap gap;
      gap.group = group, gap.column = name, gap.slice = slice.name, gap.n = n, gap.rest = rest;
      for (const auto row : slice.rows) gap.missing += codes->codes[row] < 0;
      gap.rest_missing = all - gap.missing;
      const auto rate = [](std::uint64_t k, std::uint64_t of) {
        return metrics::Rate{static_cast<double>(k) / static_cast<double>(of), static_cast<double>(of)};
      };
      const double p = metrics::compare_rates(rate(gap.missing, n), rate(gap.rest_missing, rest)).p;
      gap.p = p == p ? p : 1;  // no rate at all on both sides: no difference
      out.push_back(std::move(gap));
    }
  }
}

}  // namespace

double PresenceGap::gap() const {
  return static_cast<double>(missing) / static_cast<double>(n) -
         static_cast<double>(rest_missing) / static_cast<double>(rest);
}

Result<std::vector<Slice>> slices_of(const data::Table& table, const std::string& group) {
  const auto columns = columns_of(group);
  std::vector<data::Codes> codes;
  for (const auto& column : columns) {
    ASSAY_TRY(auto each, table.codes(column));
    codes.push_back(std::move(each));
  }
  std::map<std::vector<std::int32_t>, std::vector<std::uint32_t>> rows;
  std::vector<std::int32_t> key(columns.size());
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t c = 0; c < codes.size(); ++c) key[c] = codes[c].codes[i];
    rows[key].push_back(static_cast<std::uint32_t>(i));
    if (rows.size() > kMostSlices)
      return fail(Code::kExhausted, "has more than " + std::to_string(kMostSlices) + " slices", "--group " + group,
                  "name columns with fewer values");
  }
  std::vector<Slice> out;
  for (auto& [each, list] : rows) {
    Slice slice;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto* value = each[c] < 0 ? nullptr : &(*codes[c].values)[static_cast<std::size_t>(each[c])];
      slice.name[columns[c]] = value == nullptr ? std::optional<std::string>() : *value;
      slice.key += (slice.key.empty() ? "" : "_") + columns[c] + "_" + (value == nullptr ? "(missing)" : *value);
    }
    slice.rows = std::move(list);
    out.push_back(std::move(slice));
  }
  std::sort(out.begin(), out.end(), [](const Slice& a, const Slice& b) { return a.key < b.key; });
  return out;
}

Result<GroupFindings> validate_groups(const data::Table& table, const tfmd::Schema& schema, const data::Table* previous,
                                      const tfmd::Anomalies& whole, const ValidateOptions& options,
                                      const GroupRequest& request, Task& task) {
  GroupFindings out;
  const auto part_schema = schema_for_parts(schema);
  const auto known = known_of(whole);
  for (const auto& group : request.group) {
    ASSAY_TRY(const auto slices, slices_of(table, group));
    std::map<std::string, std::vector<std::uint32_t>> before;
    if (previous != nullptr) {
      ASSAY_TRY(auto theirs, slices_of(*previous, group));
      for (auto& each : theirs) before[each.key] = std::move(each.rows);
    }
    for (const auto& slice : slices) {
      if (slice.rows.size() < request.min_n) {
        ++out.too_small;
        continue;
      }
      ++out.judged;
      ASSAY_TRY(const auto part, table.take(slice.rows));
      const auto rows = before.find(slice.key);
      if (rows != before.end() && rows->second.size() >= request.min_n) {
        ASSAY_TRY(const auto then, previous->take(rows->second));
        ASSAY_CHECK(judge(part, slice, group, part_schema, &then, known, options, task, out));
      } else {
        ASSAY_CHECK(judge(part, slice, group, part_schema, nullptr, known, options, task, out));
      }
    }
    presence_gaps(table, slices, group, request.min_n, out.gaps);
  }
  std::vector<double> p;
  for (const auto& each : out.gaps) p.push_back(each.p);
  const auto adjusted = metrics::adjust(p, metrics::Correction::kHolm);
  for (std::size_t i = 0; i < out.gaps.size(); ++i) {
    out.gaps[i].p_adjusted = adjusted[i];
    out.gaps[i].alarms = adjusted[i] < request.alpha && out.gaps[i].gap() >= request.gap;
  }
  return out;
}

}  // namespace assay::validate
