#include "assay/evaluate/render.h"

#include <algorithm>

#include "assay/metrics/text.h"

namespace assay::evaluate {
namespace {

using operation::Json;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kOverall[] = {"accuracy",
                                    "auc",
                                    "average_precision",
                                    "balanced_accuracy",
                                    "f1",
                                    "precision",
                                    "true_positive_rate",
                                    "false_positive_rate",
                                    "false_negative_rate",
                                    "selection_rate",
                                    "prevalence",
                                    "log_loss",
                                    "brier_score",
                                    "calibration_ratio",
                                    "matthews_correlation"};
constexpr const char* kBySlice[] = {"accuracy", "auc", "true_positive_rate", "false_positive_rate"};
constexpr std::size_t kMost = 40;  // slices shown; the JSON has them all

std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

const Json* find(const Json& evidence, const std::string& name, const Json& slice) {
  for (const auto& f : evidence.at("figures"))
    if (f.at("name") == name && f.value("slice", Json()) == slice) return &f;
  return nullptr;
}

std::string cell(const Json& evidence, const char* name, const Json& slice) {
  const auto* f = find(evidence, name, slice);
  return f == nullptr ? "-" : metrics::number_text(*f);
}

}  // namespace

std::string render_evaluation(const Json& evidence) {
  const Json& detail = evidence.at("detail");
  const Json all = Json::object();
  std::string out = "Evaluation of " + detail["rows"].dump() +
                    " predictions; positive: " + detail["positive"].get<std::string>() + "; decided by " +
                    detail["decision"].get<std::string>() + "\n\n";
  Rows overall{{"metric", "value (interval)", "0                               1"}};
  for (const char* name : kOverall)
    if (const auto* f = find(evidence, name, all))
      overall.push_back({words(name), metrics::number_text(*f), metrics::interval_plot(*f, 0, 1, -1)});
  out += metrics::text_table(overall) + "\n";
  const Json& slices = detail["slices"];
  if (!slices.empty() && slices[0].contains("base_rate_log_loss") && !slices[0]["base_rate_log_loss"].is_null()) {
    char line[96];
    std::snprintf(line, sizeof line, "Always saying the base rate would have a log loss of %.3f\n",
                  operation::number_of(slices[0]["base_rate_log_loss"]));
    out += line;
  }
  const auto& c = slices[0]["confusion"];
  const auto rows_text = [](const Json& v) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", v.get<double>());
    return std::string(text);
  };
  out += metrics::text_table({{"", "decided positive", "decided negative"},
                              {"truly positive", rows_text(c["true_positive"]), rows_text(c["false_negative"])},
                              {"truly negative", rows_text(c["false_positive"]), rows_text(c["true_negative"])}}) +
         "\n";
  Rows by_slice{{"slice", "rows"}};
  for (const char* name : kBySlice) by_slice[0].push_back(words(name));
  for (std::size_t s = 1; s < slices.size() && s <= kMost; ++s) {
    auto& row = by_slice.emplace_back();
    row = {metrics::slice_text(slices[s]["slice"]), slices[s]["rows"].dump()};
    for (const char* name : kBySlice) row.push_back(cell(evidence, name, slices[s]["slice"]));
  }
  if (slices.size() > 1) out += metrics::text_table(by_slice) + "* few rows: read the interval, not the value\n";
  if (slices.size() > kMost + 1) out += "more slices are in the JSON (--json)\n";
  out += "Next: compare groups with: assay fairness assess, or judge these figures with --policy\n";
  return out;
}

}  // namespace assay::evaluate
