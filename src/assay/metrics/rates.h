// All binary metrics of fairness b1 from one slice's confusion row.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "assay/metrics/intervals.h"

namespace assay::metrics {

// The four outcomes; the index is 2·label + decision.
enum Outcome : std::size_t { kTrueNegative = 0, kFalsePositive = 1, kFalseNegative = 2, kTruePositive = 3 };

// A slice's rows, Σw and Σw² by outcome. Without weights the three are equal.
struct Confusion {
  std::array<std::uint64_t, 4> rows{};
  std::array<double, 4> weight{}, square{};

  void add(const Confusion& other);
  std::uint64_t count() const { return rows[0] + rows[1] + rows[2] + rows[3]; }
  static Confusion of_counts(std::span<const std::uint64_t, 4> counts);
};

inline constexpr unsigned kTn = 1u << kTrueNegative, kFp = 1u << kFalsePositive, kFn = 1u << kFalseNegative,
                          kTp = 1u << kTruePositive, kAll = 15;

// A share of rows: of those in `of`, the ones in `in` (sets of outcomes).
struct RateMetric {
  std::string_view name;
  unsigned in, of;
  std::string_view better;  // "higher", "lower" or empty
};

// prevalence selection_rate true_positive_rate false_positive_rate false_negative_rate true_negative_rate precision
// negative_predictive_value false_discovery_rate false_omission_rate accuracy zero_one_loss
std::span<const RateMetric> rate_metrics();
// Also reads short and peers' names: tpr recall sensitivity fpr fnr tnr specificity ppv npv fdr for base_rate
// accuracy_score error_rate ... Not a rate: no value.
std::optional<RateMetric> find_rate(std::string_view name);
// The share of rows whose decision is the favorable one.
RateMetric favorable_rate(bool positive_is_favorable);

struct RateValue {
  double value = kNan;  // NaN when no row is in the denominator
  std::uint64_t n = 0;  // rows of the denominator
  double n_eff = 0;     // equal to n without weights
  Rate rate() const { return {value, n_eff}; }
};
RateValue rate_of(const Confusion& c, const RateMetric& metric);
double share(const std::array<double, 4>& weight, unsigned in, unsigned of);  // NaN when the denominator is 0

// Metrics that are functions of the confusion row but no share of rows: balanced_accuracy (mean recall over the classes
// present), f1, matthews_correlation (0 when a margin is empty, as scikit-learn), fowlkes_mallows, threat_score,
// informedness, markedness, positive_likelihood_ratio, negative_likelihood_ratio, diagnostic_odds_ratio,
// prevalence_threshold; `weight` by outcome.
struct CompositeMetric {
  std::string_view name;
  double (*value)(const std::array<double, 4>& weight);
  std::string_view better;
};
std::span<const CompositeMetric> composite_metrics();
std::optional<CompositeMetric> find_composite(std::string_view name);

// The full snake word of any name or alias; empty when it is none.
std::string_view full_name(std::string_view name);
// Any metric above by name or alias, as a point value; also count and weighted_count. NaN when undefined or unknown.
double metric_value(const Confusion& c, std::string_view name);

}  // namespace assay::metrics
