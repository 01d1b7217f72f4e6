#include <algorithm>
#include <cmath>
#include <cstdio>

#include "assay/metrics/text.h"
#include "assay/stats/bias.h"

namespace assay::stats {
namespace {

using operation::Json;

std::string text(const char* format, const Json& v) {
  if (v.is_null()) return "-";
  char out[64];
  std::snprintf(out, sizeof out, format, operation::number_of(v));
  return out;
}

std::string p_text(const Json& v) {
  return !v.is_null() && operation::number_of(v) < 0.0001 ? "<0.0001" : text("%.4f", v);
}

const Json* find(const Json& evidence, const char* name, const std::string& group, const std::string& value) {
  for (const auto& f : evidence["figures"])
    if (f["name"] == name && f["slice"].contains(group) && f["slice"][group] == value) return &f;
  return nullptr;
}

std::string group_text(const Json& evidence, const Json& group) {
  const std::string column = group["column"], positive = group["positive"];
  std::vector<std::vector<std::string>> rows{
      {column, "rows", "share", "of population", "label " + positive, "gap to largest", "p, corrected", "lift"}};
  for (const auto& value : group["table"]["rows"]) {
    const auto *rate = find(evidence, "label_rate", column, value),
               *gap = find(evidence, "label_rate_gap", column, value);
    const auto* share = find(evidence, "group_share", column, value);
    const auto* ratio = find(evidence, "group_share_ratio", column, value);
    std::string lift = "-";
    for (const auto& cell : group["cells"])
      if (cell["group"] == value && cell["label"] == positive) lift = text("%.2f", cell["lift"]);
    rows.push_back({value, rate ? (*rate)["n"].dump() : "-", share ? metrics::percent_text(*share) : "-",
                    ratio ? metrics::number_text(*ratio) : "-", rate ? metrics::percent_text(*rate) : "-",
                    gap ? metrics::percent_text(*gap, true) : "reference", gap ? p_text((*gap)["p_adjusted"]) : "",
                    lift});
  }
  std::string out = metrics::text_table(rows);
  for (const auto& each : group["suppressed"]) out += each.get<std::string>() + ": too few rows to show\n";
  for (const auto& each : group["balance"]["not_in_data"])
    out += each["value"].get<std::string>() + ": in the population (" + text("%.3f", each["share"]) +
           "), not in the data\n";
  for (const auto& each : group["simpson"])
    out += "the gap of " + each["group"].get<std::string>() + " turns round within " + text("%.0f", each["reversed"]) +
           " of " + text("%.0f", each["strata"]) + " values of " + each["column"].get<std::string>() + "\n";
  return out + "\n";
}

}  // namespace

std::string render_bias(const Json& evidence) {
  const Json& detail = evidence["detail"];
  std::string out = detail["rows"].dump() + " rows, label " + detail["label"].get<std::string>() + "\n\n";
  for (const auto& group : detail["groups"]) out += group_text(evidence, group);
  for (const auto& group : detail["groups"]) {
    const std::string name = group["column"];
    std::vector<Json> near;
    for (const auto& each : detail["associations"])
      if ((each["first"] == name || each["second"] == name) && !each["strength"].is_null()) near.push_back(each);
    std::stable_sort(near.begin(), near.end(), [](const Json& a, const Json& b) {
      return a["strength"].get<double>() > b["strength"].get<double>();
    });
    if (near.empty()) continue;
    out += "most like " + name + ":";
    for (std::size_t i = 0; i < std::min<std::size_t>(5, near.size()); ++i)
      out += std::string(i ? ", " : " ") + near[i][near[i]["first"] == name ? "second" : "first"].get<std::string>() +
             " " + text("%.2f", near[i]["strength"]);
    out += "\n";
  }
  for (const auto& each : detail["missing"]) {
    if (each["p_adjusted"].is_null() || operation::number_of(each["p_adjusted"]) >= 0.05) continue;
    out += each["column"].get<std::string>() + " is missing unevenly by " + each["group"].get<std::string>() + ":";
    for (const auto& share : each["shares"])
      out += " " + share["value"].get<std::string>() + " " + text("%.3f", share["share"]);
    out += "\n";
  }
  return out + "Next: assay balance reweigh FILE --group COLUMN --label COLUMN\n";
}

}  // namespace assay::stats
