#include <algorithm>
#include <map>

#include "assay/data/read.h"
#include "assay/validate/anomalies.h"
#include "assay/validate/groups.h"
#include "assay/validate/put_blob.h"
#include "assay/validate/requests.h"
#include "assay/validate/rows.h"
#include "assay/validate/statistics.h"
#include "assay/validate/view.h"
#include "tfmd/anomalies.pb.h"

namespace assay::validate {
namespace {

using operation::Evidence;
using operation::Figure;
using operation::Json;
using List = tfmd::DatasetFeatureStatisticsList;

// A file given as the data or as a control: its statistics, and its rows where it holds rows.
struct Input {
  List list;
  bool rows = false;
  const tfmd::DatasetFeatureStatistics* dataset() const { return whole(list); }
};

Result<Input> opened(const std::string& ref, const ValidateRequest& request, Task& task) {
  Input out;
  StatisticsOptions options;
  options.compat = request.compat == "tfdv";
  ASSAY_CHECK(statistics_of(ref, request.null, options, task, out.list, &out.rows));
  if (out.dataset() == nullptr)
    return fail(Code::kFailedPrecondition, "the statistics hold no data set", ref, "make them again from the data");
  return out;
}

Result<data::Table> table_of(const std::string& ref, const ValidateRequest& request, Task& task) {
  data::ReadOptions options;
  options.null = request.null;
  return data::read(ref, task, options);
}

Json slice_json(const operation::Slice& slice) {
  Json out = Json::object();
  for (const auto& [column, value] : slice) out[column] = value ? Json(*value) : Json(nullptr);
  return out;
}

Json anomaly_json(const std::string& path, const tfmd::AnomalyInfo& info) {
  Json reasons = Json::array();
  for (const auto& each : info.reason())
    reasons.push_back({{"type", std::string(tfmd::AnomalyInfo::Type_Name(each.type()))},
                       {"what", each.description().empty() ? each.short_description() : each.description()}});
  return {{"path", path},
          {"severity", std::string(tfmd::AnomalyInfo::Severity_Name(info.severity()))},
          {"short", info.short_description()},
          {"reasons", std::move(reasons)}};
}

// Anomalies by path; the data set's own come first, with an empty path.
Json anomalies_json(const tfmd::Anomalies& found) {
  Json out = Json::array();
  if (found.has_dataset_anomaly_info()) out.push_back(anomaly_json("", found.dataset_anomaly_info()));
  std::map<std::string, const tfmd::AnomalyInfo*> ordered;
  for (const auto& [path, info] : found.anomaly_info()) ordered[path] = &info;
  for (const auto& [path, info] : ordered) out.push_back(anomaly_json(path, *info));
  return out;
}

Figure count_figure(const std::string& severity, std::size_t count, std::int64_t n) {
  Figure out;
  out.name = "anomaly_count", out.value = static_cast<double>(count), out.n = n, out.better = "lower";
  out.parameters["severity"] = severity, out.why = "a count, not an estimate";
  return out;
}

const char* measure_name(tfmd::DriftSkewInfo::Measurement::Type type) {
  switch (type) {
    case tfmd::DriftSkewInfo::Measurement::L_INFTY:
      return "infinity_norm";
    case tfmd::DriftSkewInfo::Measurement::JENSEN_SHANNON_DIVERGENCE:
      return "jensen_shannon_divergence";
    default:
      return "normalized_abs_difference";
  }
}

void put_drift(const tfmd::Anomalies& found, std::int64_t n, Evidence& out) {
  Json drift = Json::array();
  for (const auto& info : found.drift_skew_info()) {
    const auto path = path_text(std::vector<std::string>(info.path().step().begin(), info.path().step().end()));
    const auto put = [&](const tfmd::DriftSkewInfo::Measurement& each, const char* against) {
      Figure figure;
      figure.name = measure_name(each.type()), figure.value = each.value(), figure.n = n, figure.better = "zero";
      figure.parameters["column"] = path, figure.parameters["against"] = against;
      figure.why = "of the statistics, which hold no rows to resample";
      out.figures.push_back(std::move(figure));
      drift.push_back({{"path", path},
                       {"against", against},
                       {"measure", measure_name(each.type())},
                       {"value", each.value()},
                       {"threshold", each.threshold()}});
    };
    for (const auto& each : info.drift_measurements()) put(each, "previous");
    for (const auto& each : info.skew_measurements()) put(each, "serving");
  }
  out.detail["drift"] = std::move(drift);
}

std::size_t put_groups(const GroupFindings& found, Evidence& out) {
  Json groups = Json::array();
  std::size_t errors = 0;
  for (const auto& each : found.anomalies) {
    errors += each.severity == "ERROR";
    groups.push_back({{"group", each.group},
                      {"slice", slice_json(each.slice)},
                      {"n", each.n},
                      {"path", each.path},
                      {"type", each.type},
                      {"severity", each.severity},
                      {"what", each.what}});
  }
  for (const auto& each : found.gaps) {
    if (!each.alarms) continue;
    ++errors;
    const auto percent = [](std::uint64_t k, std::uint64_t n) {
      return std::to_string(static_cast<int>(100 * static_cast<double>(k) / static_cast<double>(n) + 0.5)) + "%";
    };
    groups.push_back({{"group", each.group},
                      {"slice", slice_json(each.slice)},
                      {"n", each.n},
                      {"path", each.column},
                      {"type", "assay.GROUP_PRESENCE_GAP"},
                      {"severity", "ERROR"},
                      {"what", "missing in " + percent(each.missing, each.n) + " of this group and " +
                                   percent(each.rest_missing, each.rest) + " of all others"}});
    Figure figure;
    figure.name = "missing_share_gap", figure.slice = each.slice, figure.value = each.gap();
    figure.n = static_cast<std::int64_t>(each.n), figure.p = each.p, figure.p_adjusted = each.p_adjusted;
    figure.method = "pooled_z", figure.better = "zero", figure.why = "tested, not estimated";
    figure.parameters["column"] = each.column;
    for (const auto& [column, value] : each.slice) figure.group.push_back(column);
    out.figures.push_back(std::move(figure));
  }
  out.detail["groups"] = std::move(groups);
  out.detail["groups_judged"] = found.judged, out.detail["groups_too_small"] = found.too_small;
  return errors;
}

Result<ValidateOptions> options_of(const ValidateRequest& request) {
  ValidateOptions out;
  out.environment = request.schema_environment, out.compat = request.compat == "tfdv";
  out.new_features_are_warnings = request.new_columns_are_warnings;
  for (const auto& each : request.severity) {
    const auto equal = each.find('=');
    if (equal == std::string::npos)
      return fail(Code::kInvalidArgument, "\"" + each + "\" names no severity", "--severity",
                  "write it as SCHEMA_NEW_COLUMN=WARNING");
    out.severities[each.substr(0, equal)] = each.substr(equal + 1);
  }
  return out;
}

struct Rows {
  std::optional<data::Table> now, before;
};

Status put_details(const ValidateRequest& request, const tfmd::Schema& schema, const tfmd::Anomalies& found,
                   const Rows& rows, const ValidateOptions& options, Task& task, Evidence& out) {
  std::size_t errors = 0, warnings = 0;
  out.detail["anomalies"] = anomalies_json(found);
  for (const auto& each : out.detail["anomalies"]) ++(each["severity"] == "ERROR" ? errors : warnings);
  if (rows.now && !request.group.empty()) {
    GroupRequest groups;
    groups.group = request.group, groups.min_n = static_cast<std::size_t>(request.min_n);
    ASSAY_TRY(const auto judged,
              validate_groups(*rows.now, schema, rows.before ? &*rows.before : nullptr, found, options, groups, task));
    errors += put_groups(judged, out);
  }
  if (rows.now && request.show_rows > 0) {
    Json listed = Json::array();
    for (const auto& each : offending_rows(*rows.now, schema, found, static_cast<std::size_t>(request.show_rows)))
      listed.push_back({{"path", each.path},
                        {"type", each.type},
                        {"count", each.count},
                        {"rows", each.rows},
                        {"values", each.values}});
    out.detail["rows"] = std::move(listed);
  }
  const auto n = out.detail["examples"].get<std::int64_t>();
  out.figures.push_back(count_figure("ERROR", errors, n)), out.figures.push_back(count_figure("WARNING", warnings, n));
  out.detail["errors"] = errors, out.detail["warnings"] = warnings;
  put_drift(found, n, out);
  return {};
}

}  // namespace

Result<Evidence> validate(const ValidateRequest& request, Task& task) {
  ASSAY_TRY(const auto options, options_of(request));
  tfmd::Schema schema;
  ASSAY_CHECK(read_message(request.schema, task, schema));
  ASSAY_TRY(const auto data, opened(request.data, request, task));
  Input previous, serving, version;
  Controls controls;
  const auto control = [&](const std::string& ref, Input& into, const tfmd::DatasetFeatureStatistics*& out) -> Status {
    if (ref.empty()) return {};
    ASSAY_TRY(into, opened(ref, request, task));
    out = into.dataset();
    return {};
  };
  ASSAY_CHECK(control(request.previous, previous, controls.previous));
  ASSAY_CHECK(control(request.serving, serving, controls.serving));
  ASSAY_CHECK(control(request.previous_version, version, controls.previous_version));
  if (!data.rows && (!request.group.empty() || request.show_rows > 0))
    return fail(Code::kInvalidArgument, "statistics hold no rows to group or show", request.data,
                "give the table itself with --group and --show-rows");
  tfmd::Anomalies found;
  std::vector<Mended> mended;
  ASSAY_CHECK(validate_statistics(*data.dataset(), schema, controls, options, found, &mended));
  Evidence out;
  out.kind = "assay.validation/1";
  out.detail["examples"] = data.dataset()->num_examples();
  out.detail["data_missing"] = found.data_missing();
  Rows rows;
  if (data.rows && !found.data_missing() && (!request.group.empty() || request.show_rows > 0)) {
    ASSAY_TRY(rows.now, table_of(request.data, request, task));
    if (previous.rows && !request.group.empty()) {
      ASSAY_TRY(rows.before, table_of(request.previous, request, task));
    }
  }
  ASSAY_CHECK(put_details(request, schema, found, rows, options, task, out));
  Json mends = Json::array();
  for (const auto& each : mended) mends.push_back({{"path", each.path}, {"type", each.type}, {"what", each.what}});
  out.detail["mended"] = std::move(mends);
  if (found.data_missing()) out.flags.push_back("data_missing");
  ASSAY_CHECK(put_blob(found, "anomalies", task, out));
  return out;
}

}  // namespace assay::validate
