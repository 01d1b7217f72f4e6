#include "assay/fairness/render.h"

#include <cmath>

#include "assay/metrics/text.h"

namespace assay::fairness {
namespace {

using metrics::percent_text;
using metrics::slice_text;
using operation::Json;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kByGroup[] = {
    "selection_rate", "favorable_rate", "true_positive_rate", "false_positive_rate", "false_negative_rate",
    "precision",      "accuracy"};
constexpr const char* kAggregates[] = {"demographic_parity_difference", "demographic_parity_ratio",
                                       "equal_opportunity_difference",  "equalized_odds_difference",
                                       "accuracy_difference",           "favorable_rate_ratio"};
constexpr std::size_t kTables = 12;  // groups and strata shown; the JSON has them all

std::string words(std::string name) {
  for (char& c : name) c = c == '_' ? ' ' : c;
  return name;
}

Json joined(Json slice, const Json& more) {
  for (const auto& [column, value] : more.items()) slice[column] = value;
  return slice;
}

const Json* find(const Json& evidence, const std::string& name, const Json& group, const Json& slice) {
  for (const auto& f : evidence.at("figures"))
    if (f.at("name") == name && f.value("group", Json()) == group && f.value("slice", Json::object()) == slice)
      return &f;
  return nullptr;
}

void add_groups(const Json& evidence, const Json& split, std::string& out) {
  Rows rows{{"group", "rows"}};
  std::vector<std::string> shown;
  for (const char* name : kByGroup)
    if (!split.at("groups").empty() &&
        find(evidence, name, Json(), joined(split["groups"][0]["slice"], split["stratum"])) != nullptr)
      shown.emplace_back(name), rows[0].push_back(words(name));
  // Seven intervals do not fit a line of a terminal: four metrics a table.
  for (std::size_t from = 0; from < shown.size(); from += 4) {
    Rows table{{"group", "rows"}};
    for (std::size_t m = from; m < std::min(shown.size(), from + 4); ++m) table[0].push_back(words(shown[m]));
    for (const auto& group : split["groups"]) {
      if (table.size() > kTables) break;
      auto& row = table.emplace_back();
      row = {slice_text(group["slice"]), group["rows"].dump()};
      for (std::size_t m = from; m < std::min(shown.size(), from + 4); ++m) {
        const auto* f = find(evidence, shown[m], Json(), joined(group["slice"], split["stratum"]));
        row.push_back(f ? percent_text(*f) : "-");
      }
    }
    out += metrics::text_table(table) + "\n";
  }
}

void add_aggregates(const Json& evidence, const Json& split, std::string& out) {
  Rows rows{{"between groups", "value (95% interval)", "0                               1"}};
  for (const char* name : kAggregates) {
    const auto* f = find(evidence, name, split["group"], split["stratum"]);
    if (f == nullptr) {
      // An aggregate over all rows is written without a slice.
      f = find(evidence, name, split["group"], Json::object());
      if (f == nullptr || !split["stratum"].empty()) continue;
    }
    rows.push_back({words(name), metrics::number_text(*f), metrics::interval_plot(*f, 0, 1, -1)});
  }
  char level[16];
  for (const auto& f : evidence["figures"]) {
    std::snprintf(level, sizeof level, "%g", 100 * f["level"].get<double>());
    rows[0][1] = "value (" + std::string(level) + "% interval)";
    break;
  }
  out += metrics::text_table(rows) + "\n";
}

void add_gaps(const Json& evidence, const Json& split, std::string& out) {
  Rows rows{{"against " + slice_text(split["reference"]), "", "gap", "-50%            0            +50%", "p (Holm)"}};
  for (const auto& group : split["groups"])
    for (const char* name :
         {"demographic_parity_gap", "true_positive_rate_gap", "false_positive_rate_gap", "favorable_rate_gap"}) {
      const auto* f = find(evidence, name, split["group"], joined(group["slice"], split["stratum"]));
      if (f == nullptr || rows.size() > 4 * kTables) continue;
      char p[32] = "-";
      if (f->contains("p_adjusted")) std::snprintf(p, sizeof p, "%.2g", operation::number_of((*f)["p_adjusted"]));
      rows.push_back({slice_text(group["slice"]), words(name), percent_text(*f, true),
                      metrics::interval_plot(*f, -0.5, 0.5, 0), p});
    }
  if (rows.size() > 1) out += metrics::text_table(rows) + "\n";
}

// Whole rows that a planning entry asks for; empty when the limit is settled or nothing can be said.
std::string more_rows(const Json& split, const Json& slice) {
  for (const auto& entry : split["planning"]) {
    if (entry["figure"] != "adverse_impact_ratio" || entry.value("slice", Json()) != slice) continue;
    if (!entry.contains("settled") || entry["settled"] == true) return "";
    std::int64_t rows = 0;
    for (const auto& group : entry["groups"]) rows += group["extra_rows"].get<std::int64_t>();
    return "; about " + std::to_string(rows) + " more rows would settle it";
  }
  return "";
}

void add_four_fifths(const Json& split, std::string& out) {
  for (const auto& each : split.value("four_fifths", Json::array()))
    out += "  favorable rate of " + slice_text(each["slice"]) + " over the highest, " + slice_text(each["highest"]) +
           ": " + metrics::number_text(joined(each, Json{{"value", each["ratio"]}})) + "; four fifths is 0.800" +
           more_rows(split, joined(each["slice"], split["stratum"])) + "\n";
}

}  // namespace

std::string render_fairness(const Json& evidence) {
  const Json& detail = evidence.at("detail");
  const bool declared = detail.value("favorable", Json()).is_string();
  std::string out = "Fairness of " + detail["rows"].dump() +
                    " predictions; positive: " + detail["positive"].get<std::string>() + "; ";
  out += declared ? "favorable: " + detail["favorable"].get<std::string>() + "\n\n"
                  : "favorable: not declared, so the favorable figures are left out (--favorable VALUE)\n\n";
  std::size_t shown = 0;
  for (const auto& split : detail["splits"]) {
    if (++shown > kTables) break;
    std::string columns;
    for (const auto& c : split["group"]) columns += (columns.empty() ? "" : " and ") + c.get<std::string>();
    out += "By " + columns + (split["stratum"].empty() ? "" : " where " + slice_text(split["stratum"])) + "\n";
    add_groups(evidence, split, out), add_aggregates(evidence, split, out), add_gaps(evidence, split, out);
    add_four_fifths(split, out);
    out += "\n";
  }
  bool weak = false;
  for (const auto& f : evidence["figures"])
    for (const auto& flag : f.value("flags", Json::array())) weak = weak || flag == "low_support";
  if (weak) out += "* few rows: read the interval, not the value\n";
  if (detail["splits"].size() > kTables) out += "more groups are in the JSON (--json)\n";
  out +=
      "Next: judge these figures against limits with --policy, or find where errors gather with: assay evaluate run\n";
  return out;
}

}  // namespace assay::fairness
