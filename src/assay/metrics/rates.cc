#include "assay/metrics/rates.h"

#include <cmath>
#include <utility>

namespace assay::metrics {
namespace {

using Four = std::array<double, 4>;

constexpr std::array kRates = {
    RateMetric{"prevalence", kFn | kTp, kAll, ""},
    RateMetric{"selection_rate", kFp | kTp, kAll, ""},
    RateMetric{"true_positive_rate", kTp, kTp | kFn, "higher"},
    RateMetric{"false_positive_rate", kFp, kFp | kTn, "lower"},
    RateMetric{"false_negative_rate", kFn, kTp | kFn, "lower"},
    RateMetric{"true_negative_rate", kTn, kFp | kTn, "higher"},
    RateMetric{"precision", kTp, kTp | kFp, "higher"},
    RateMetric{"negative_predictive_value", kTn, kTn | kFn, "higher"},
    RateMetric{"false_discovery_rate", kFp, kTp | kFp, "lower"},
    RateMetric{"false_omission_rate", kFn, kTn | kFn, "lower"},
    RateMetric{"accuracy", kTp | kTn, kAll, "higher"},
    RateMetric{"zero_one_loss", kFp | kFn, kAll, "lower"},
};

using Alias = std::pair<std::string_view, std::string_view>;
constexpr std::array kAliases = {
    Alias{"base_rate", "prevalence"},
    Alias{"predicted_positive_rate", "selection_rate"},
    Alias{"pprev", "selection_rate"},
    Alias{"mean_prediction", "selection_rate"},
    Alias{"tpr", "true_positive_rate"},
    Alias{"recall", "true_positive_rate"},
    Alias{"recall_score", "true_positive_rate"},
    Alias{"sensitivity", "true_positive_rate"},
    Alias{"hit_rate", "true_positive_rate"},
    Alias{"fpr", "false_positive_rate"},
    Alias{"fall_out", "false_positive_rate"},
    Alias{"fnr", "false_negative_rate"},
    Alias{"miss_rate", "false_negative_rate"},
    Alias{"tnr", "true_negative_rate"},
    Alias{"specificity", "true_negative_rate"},
    Alias{"ppv", "precision"},
    Alias{"positive_predictive_value", "precision"},
    Alias{"precision_score", "precision"},
    Alias{"npv", "negative_predictive_value"},
    Alias{"fdr", "false_discovery_rate"},
    Alias{"for", "false_omission_rate"},
    Alias{"acc", "accuracy"},
    Alias{"accuracy_score", "accuracy"},
    Alias{"error_rate", "zero_one_loss"},
    Alias{"balanced_accuracy_score", "balanced_accuracy"},
    Alias{"f1_score", "f1"},
    Alias{"mcc", "matthews_correlation"},
    Alias{"matthews_corrcoef", "matthews_correlation"},
    Alias{"jaccard", "threat_score"},
    Alias{"critical_success_index", "threat_score"},
    Alias{"youden_j", "informedness"},
    Alias{"lr_plus", "positive_likelihood_ratio"},
    Alias{"lr_minus", "negative_likelihood_ratio"},
    Alias{"dor", "diagnostic_odds_ratio"},
    Alias{"n", "count"},
};

double tpr(const Four& w) { return share(w, kTp, kTp | kFn); }
double fpr(const Four& w) { return share(w, kFp, kFp | kTn); }
double tnr(const Four& w) { return share(w, kTn, kFp | kTn); }

double balanced_accuracy(const Four& w) {
  const double sensitivity = tpr(w), specificity = tnr(w);
  if (std::isnan(sensitivity)) return specificity;
  return std::isnan(specificity) ? sensitivity : (sensitivity + specificity) / 2;
}

double f1(const Four& w) {
  const double hit = 2 * w[kTruePositive], wide = hit + w[kFalsePositive] + w[kFalseNegative];
  return wide > 0 ? hit / wide : kNan;
}

double matthews(const Four& w) {
  const double p = w[kTruePositive] + w[kFalseNegative], q = w[kTruePositive] + w[kFalsePositive];
  const double r = w[kTrueNegative] + w[kFalsePositive], s = w[kTrueNegative] + w[kFalseNegative];
  if (!(p + r > 0)) return kNan;
  const double root = std::sqrt(p) * std::sqrt(q) * std::sqrt(r) * std::sqrt(s);
  return root > 0 ? (w[kTruePositive] * w[kTrueNegative] - w[kFalsePositive] * w[kFalseNegative]) / root : 0;
}

double fowlkes_mallows(const Four& w) { return std::sqrt(share(w, kTp, kTp | kFp) * tpr(w)); }
double threat_score(const Four& w) { return share(w, kTp, kTp | kFn | kFp); }
double informedness(const Four& w) { return tpr(w) + tnr(w) - 1; }
double markedness(const Four& w) { return share(w, kTp, kTp | kFp) + share(w, kTn, kTn | kFn) - 1; }
double likelihood_plus(const Four& w) { return tpr(w) / fpr(w); }
double likelihood_minus(const Four& w) { return share(w, kFn, kTp | kFn) / tnr(w); }
double odds_ratio(const Four& w) {
  return w[kTruePositive] / w[kFalseNegative] / (w[kFalsePositive] / w[kTrueNegative]);
}
double prevalence_threshold(const Four& w) {
  const double hit = tpr(w), alarm = fpr(w);
  return (std::sqrt(hit * alarm) - alarm) / (hit - alarm);
}

constexpr std::array kComposites = {
    CompositeMetric{"balanced_accuracy", &balanced_accuracy, "higher"},
    CompositeMetric{"f1", &f1, "higher"},
    CompositeMetric{"matthews_correlation", &matthews, "higher"},
    CompositeMetric{"fowlkes_mallows", &fowlkes_mallows, "higher"},
    CompositeMetric{"threat_score", &threat_score, "higher"},
    CompositeMetric{"informedness", &informedness, "higher"},
    CompositeMetric{"markedness", &markedness, "higher"},
    CompositeMetric{"positive_likelihood_ratio", &likelihood_plus, "higher"},
    CompositeMetric{"negative_likelihood_ratio", &likelihood_minus, "lower"},
    CompositeMetric{"diagnostic_odds_ratio", &odds_ratio, "higher"},
    CompositeMetric{"prevalence_threshold", &prevalence_threshold, "lower"},
};

double sum_over(const Four& v, unsigned set) {
  double out = 0;
  for (std::size_t o = 0; o < 4; ++o)
    if ((set >> o) & 1u) out += v[o];
  return out;
}

}  // namespace

void Confusion::add(const Confusion& other) {
  for (std::size_t o = 0; o < 4; ++o)
    rows[o] += other.rows[o], weight[o] += other.weight[o], square[o] += other.square[o];
}

Confusion Confusion::of_counts(std::span<const std::uint64_t, 4> counts) {
  Confusion out;
  for (std::size_t o = 0; o < 4; ++o)
    out.rows[o] = counts[o], out.weight[o] = out.square[o] = static_cast<double>(counts[o]);
  return out;
}

std::span<const RateMetric> rate_metrics() { return kRates; }
std::span<const CompositeMetric> composite_metrics() { return kComposites; }

std::string_view full_name(std::string_view name) {
  for (const auto& [alias, full] : kAliases)
    if (alias == name) return full;
  for (const auto& m : kRates)
    if (m.name == name) return m.name;
  for (const auto& m : kComposites)
    if (m.name == name) return m.name;
  if (name == "count") return "count";
  return name == "weighted_count" ? "weighted_count" : std::string_view{};
}

std::optional<RateMetric> find_rate(std::string_view name) {
  const auto full = full_name(name);
  for (const auto& m : kRates)
    if (m.name == full) return m;
  return std::nullopt;
}

std::optional<CompositeMetric> find_composite(std::string_view name) {
  const auto full = full_name(name);
  for (const auto& m : kComposites)
    if (m.name == full) return m;
  return std::nullopt;
}

RateMetric favorable_rate(bool positive_is_favorable) {
  return {"favorable_rate", positive_is_favorable ? kFp | kTp : kTn | kFn, kAll, "higher"};
}

double share(const Four& weight, unsigned in, unsigned of) {
  const double wide = sum_over(weight, of);
  return wide > 0 ? sum_over(weight, in) / wide : kNan;
}

RateValue rate_of(const Confusion& c, const RateMetric& metric) {
  RateValue out{share(c.weight, metric.in, metric.of), 0, 0};
  for (std::size_t o = 0; o < 4; ++o)
    if ((metric.of >> o) & 1u) out.n += c.rows[o];
  const double out_of = sum_over(c.square, metric.of & ~metric.in);
  out.n_eff = effective_rows(out.value, sum_over(c.weight, metric.of), sum_over(c.square, metric.in), out_of);
  // Equal weights give n exactly; the formula gives it up to rounding, which would blur whole counts.
  if (const double n = static_cast<double>(out.n); std::abs(out.n_eff - n) < 1e-9 * n) out.n_eff = n;
  return out;
}

double metric_value(const Confusion& c, std::string_view name) {
  const auto full = full_name(name);
  if (full == "count") return static_cast<double>(c.count());
  if (full == "weighted_count") return sum_over(c.weight, kAll);
  if (const auto m = find_rate(full)) return share(c.weight, m->in, m->of);
  if (const auto m = find_composite(full)) return m->value(c.weight);
  return kNan;
}

}  // namespace assay::metrics
