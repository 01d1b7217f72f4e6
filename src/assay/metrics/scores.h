// Metrics of scores against a binary label (fairness b1): ranking by sorting, losses by exact sums.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assay/metrics/cell_table.h"
#include "assay/metrics/intervals.h"

namespace assay::metrics {

// Rows by ascending score. weight empty: 1 each.
struct ScoredRows {
  std::span<const double> score;
  std::span<const std::uint8_t> label;
  std::span<const double> weight;
  double w(std::size_t i) const { return weight.empty() ? 1 : weight[i]; }
};

// Area under the ROC curve (Mann-Whitney, ties half) with its variance (DeLong 1988 by midranks; weighted: the
// linearised form, equal to DeLong's for equal weights). NaN when a class is missing; variance NaN below two rows of a
// class. O(n).
struct Auc {
  double value = kNan, variance = kNan;
  std::uint64_t positives = 0, negatives = 0;
  Interval interval(double level) const;
  double n_eff() const;
};
Auc auc(const ScoredRows& rows);

// Average precision: sum of (R_k - R_{k-1}) P_k down the distinct scores; NaN without positives. O(n).
double average_precision(const ScoredRows& rows);

struct RocPoint {
  double threshold, false_positive_rate, true_positive_rate;  // decided positive: score >= threshold
};
// At most `most` points from (0, 0) at +inf to (1, 1), evenly picked among the distinct scores. Empty when a class is
// missing.
std::vector<RocPoint> roc_curve(const ScoredRows& rows, std::size_t most = 200);

// Equal-width bins of [0, 1], the last one closed.
struct ReliabilityBin {
  double low, high, mean_score = kNan;
  RateValue positive;  // share of positive labels
};
std::vector<ReliabilityBin> reliability(const ScoredRows& rows, std::size_t bins = 10);

// A weighted mean with the standard error of its linearised variance and a t interval (dof n - 1).
struct Mean {
  double value = kNan, se = kNan;
  std::uint64_t n = 0;
  double n_eff = 0;
  Interval interval(double level) const;
};

// Mergeable sums for log loss (scores clipped to [2.2e-16, 1 - 2.2e-16]), Brier score and calibration.
class ScoreSums {
 public:
  void add(double score, bool label, double weight);
  void merge(const ScoreSums& other);
  Mean log_loss() const;
  Mean brier_score() const;
  double mean_score() const;
  // Σws / Σwy with a log-scale interval from the linearised variance of the ratio; NaN without positives.
  struct Ratio {
    double value = kNan, se_log = kNan;
    Interval interval(double level) const;
  };
  Ratio calibration_ratio() const;
  double base_rate_log_loss() const;  // of always saying the prevalence

 private:
  struct Moments {
    sketch::ExactSum x, square_x, square_xx;  // Σwx, Σw²x, Σw²x²
    void add(double x_value, double w);
    void merge(const Moments& other);
  };
  Mean mean_of(const Moments& m) const;
  std::uint64_t n_ = 0;
  sketch::ExactSum weight_, square_, positive_, square_positive_, square_positive_score_;
  Moments loss_, brier_, score_;
};

}  // namespace assay::metrics
