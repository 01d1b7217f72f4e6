#include <algorithm>
#include <cmath>
#include <cstdio>

#include "assay/metrics/text.h"
#include "assay/stats/drift.h"

namespace assay::stats {
namespace {

using operation::Json;

std::string text(const char* format, double v) {
  char out[64];
  std::snprintf(out, sizeof out, format, v);
  return out;
}

std::string number_text(const Json& v) { return v.is_null() ? "-" : text("%.3g", operation::number_of(v)); }

std::string p_text(const Json& v) {
  if (v.is_null()) return "-";
  const double p = operation::number_of(v);
  return p < 0.0001 ? "<0.0001" : text("%.4f", p);
}

std::string range_text(const Json& effect) {
  if (effect["low"].is_null()) return "-";
  return number_text(effect["low"]) + " to " + number_text(effect["high"]);
}

std::string short_name(const std::string& name) {
  return name == "wasserstein_distance_normed" ? "Wasserstein / sd"
         : name == "jensen_shannon_distance"   ? "Jensen-Shannon, bits"
         : name == "kolmogorov_smirnov"        ? "KS"
         : name == "chi_square"                ? "chi-square"
         : name == "likelihood_ratio_g"        ? "G, permuted"
                                               : name;
}

double size_of(const Json& column) {
  const auto& effect = column["effect"];
  const double threshold = effect["threshold"].get<double>();
  return effect["value"].is_null() ? -1 : operation::number_of(effect["value"]) / (threshold > 0 ? threshold : 1);
}

std::string listed(const Json& values) {
  std::string out;
  for (const auto& each : values) {
    if (out.size() > 60) return out + ", …";
    out += (out.empty() ? "" : ", ") + each["value"].get<std::string>();
  }
  return out;
}

}  // namespace

std::string render_drift(const Json& evidence) {
  const Json& detail = evidence["detail"];
  std::vector<Json> columns(detail["columns"].begin(), detail["columns"].end());
  std::stable_sort(columns.begin(), columns.end(),
                   [](const Json& a, const Json& b) { return size_of(a) > size_of(b); });
  std::size_t drifted = 0;
  for (const auto& c : columns) drifted += c["state"] == "drifted";
  std::string out = std::to_string(drifted) + " of " + std::to_string(columns.size()) + " columns drifted";
  if (detail.contains("rows"))
    out += "; " + detail["rows"]["reference"].dump() + " reference rows, " + detail["rows"]["current"].dump() + " now";
  out += "\n\n";
  std::vector<std::vector<std::string>> rows{
      {"column", "effect", "value", "95% interval", "limit", "test", "p, corrected", "state"}};
  for (const auto& c : columns) {
    const auto& effect = c["effect"];
    rows.push_back({c["name"], short_name(effect["name"]), number_text(effect["value"]), range_text(effect),
                    number_text(effect["threshold"]), short_name(c["test"]["name"]), p_text(c["test"]["p_adjusted"]),
                    c["state"] == "not_decided" ? "not decided" : c["state"].get<std::string>()});
  }
  out += metrics::text_table(rows) + "\n";
  for (const auto& c : columns) {
    const std::string name = c["name"];
    if (c.contains("why")) out += name + ": " + c["why"].get<std::string>() + "\n";
    if (c.contains("types"))
      out += name + ": type changed from " + c["types"]["reference"].get<std::string>() + " to " +
             c["types"]["current"].get<std::string>() + "\n";
    if (c.contains("new_categories") && !c["new_categories"].empty())
      out += name + ": new values " + listed(c["new_categories"]) + "\n";
    if (c.contains("vanished_categories") && !c["vanished_categories"].empty())
      out += name + ": vanished values " + listed(c["vanished_categories"]) + "\n";
  }
  for (const auto& [key, words] : {std::pair{"only_reference", "only in the reference: "},
                                   std::pair{"only_current", "only in the current data: "}}) {
    if (detail[key].empty()) continue;
    out += words;
    for (std::size_t i = 0; i < detail[key].size(); ++i) out += (i ? ", " : "") + detail[key][i].get<std::string>();
    out += "\n";
  }
  for (const auto& figure : evidence["figures"])
    if (figure["name"] == "maximum_mean_discrepancy" && !figure["value"].is_null())
      out += "all numeric columns together: MMD² " + number_text(figure["value"]) + ", p " +
             p_text(figure.contains("p") ? figure["p"] : Json(nullptr)) + "\n";
  return out + "Next: assay data bias FILE --group COLUMN --label COLUMN\n";
}

}  // namespace assay::stats
