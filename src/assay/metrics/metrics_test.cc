#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "assay/base/streams.h"
#include "assay/metrics/bootstrap.h"
#include "assay/metrics/draws.h"
#include "assay/metrics/gaps.h"
#include "assay/metrics/hypothesis.h"

namespace assay::metrics {
namespace {

TEST(Intervals, QuantilesToTheLastDigits) {
  EXPECT_DOUBLE_EQ(critical_z(0.95), 1.9599639845400542355);
  EXPECT_DOUBLE_EQ(normal_quantile(1e-10), -6.3613409024040561991);
  EXPECT_NEAR(t_quantile(0.975, 10), 2.2281388519862747, 1e-13);
  EXPECT_NEAR(t_quantile(0.025, 1), -12.706204736174694, 1e-11);
  EXPECT_EQ(t_quantile(0.5, 3), 0);
}

TEST(Intervals, EffectiveRowsFollowTheOutcome) {
  EXPECT_NEAR(effective_rows(0.3, 100, 30, 70), 100, 1e-9);
  EXPECT_NEAR(effective_rows(1, 10, 50, 0), 2, 1e-12);  // Kish where the rate is 1
  EXPECT_EQ(effective_rows(kNan, 10, 1, 1), 0);
  // 12 of 400 with weight 5: far fewer rows than Kish's formula says.
  EXPECT_LT(effective_rows(60.0 / 448, 448, 300, 388), 448.0 * 448 / 688);
}

TEST(Intervals, EmptyGroupsAreUndefined) {
  EXPECT_TRUE(std::isnan(wilson(kNan, 0, 0.95).low));
  EXPECT_TRUE(std::isnan(katz_log({0, 10}, {0.5, 10}, 0.95).high));
  const std::vector<Rate> one{{0.5, 10}, {kNan, 0}};
  EXPECT_TRUE(std::isnan(simultaneous_difference(one, 0.95).low));
}

TEST(Rates, DefinitionsAndAliases) {
  const auto c = Confusion::of_counts(std::array<std::uint64_t, 4>{50, 10, 5, 35});
  EXPECT_DOUBLE_EQ(metric_value(c, "tpr"), 35.0 / 40);
  EXPECT_DOUBLE_EQ(metric_value(c, "sensitivity"), 35.0 / 40);
  EXPECT_DOUBLE_EQ(metric_value(c, "ppv"), 35.0 / 45);
  EXPECT_DOUBLE_EQ(metric_value(c, "for"), 5.0 / 55);
  EXPECT_DOUBLE_EQ(metric_value(c, "f1"), 70.0 / 85);
  EXPECT_DOUBLE_EQ(metric_value(c, "diagnostic_odds_ratio"), 35.0 / 5 / (10.0 / 50));
  EXPECT_NEAR(metric_value(c, "prevalence_threshold"),
              (std::sqrt(0.875 * (1 - 50.0 / 60)) + 50.0 / 60 - 1) / (0.875 + 50.0 / 60 - 1), 1e-12);
  EXPECT_NEAR(metric_value(c, "fowlkes_mallows"), std::sqrt(0.875 * 35.0 / 45), 1e-12);
  EXPECT_TRUE(std::isnan(metric_value(Confusion{}, "tpr")));
  EXPECT_TRUE(std::isnan(metric_value(c, "no_such_metric")));
  for (const auto& m : rate_metrics()) EXPECT_EQ(full_name(m.name), m.name);
}

TEST(Adjust, SkipsUndefinedAndStaysMonotone) {
  const std::vector<double> p{0.04, kNan, 0.01, 0.03};
  const auto holm = adjust(p, Correction::kHolm);
  EXPECT_NEAR(holm[2], 0.03, 1e-15);
  EXPECT_NEAR(holm[3], 0.06, 1e-15);
  EXPECT_NEAR(holm[0], 0.06, 1e-15);
  EXPECT_TRUE(std::isnan(holm[1]));
  EXPECT_TRUE(adjust({}, Correction::kHommel).empty());
}

TEST(Scores, AucAndDeLongEqualTheDefinition) {
  const Philox random(7);
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  for (std::uint64_t i = 0; i < 60; ++i)
    label.push_back(i % 3 == 0), score.push_back(std::floor(8 * (random.uniform(i) + 0.3 * label.back())) / 10);
  std::vector<std::size_t> order(60);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return score[a] < score[b]; });
  std::vector<double> s;
  std::vector<std::uint8_t> y;
  for (const auto i : order) s.push_back(score[i]), y.push_back(label[i]);
  const auto kernel = [&](std::size_t i, std::size_t j) { return s[i] > s[j] ? 1.0 : s[i] == s[j] ? 0.5 : 0.0; };
  double area = 0;
  std::vector<double> v10, v01;
  for (std::size_t i = 0; i < 60; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < 60; ++j)
      if (y[i] != y[j]) sum += y[i] ? kernel(i, j) : kernel(j, i);
    if (y[i])
      area += sum / 800, v10.push_back(sum / 40);
    else
      v01.push_back(sum / 20);
  }
  const auto variance = [&](const std::vector<double>& v) {
    double square = 0;
    for (const double x : v) square += (x - area) * (x - area);
    return square / double(v.size() - 1) / double(v.size());
  };
  const Auc got = auc({s, y, {}});
  EXPECT_NEAR(got.value, area, 1e-14);
  EXPECT_NEAR(got.variance, variance(v10) + variance(v01), 1e-14);
  const std::vector<double> two(60, 2.0);
  EXPECT_NEAR(auc({s, y, two}).variance, got.variance, 1e-14);
  EXPECT_LT(got.interval(0.95).high, 1);
}

TEST(Scores, RocReachesBothCorners) {
  const std::vector<double> score{0.1, 0.4, 0.4, 0.8};
  const std::vector<std::uint8_t> label{0, 0, 1, 1};
  const auto curve = roc_curve({score, label, {}});
  ASSERT_EQ(curve.size(), 4u);
  EXPECT_TRUE(std::isinf(curve[0].threshold));
  EXPECT_EQ(curve[2].threshold, 0.4);
  EXPECT_EQ(curve[2].false_positive_rate, 0.5);
  EXPECT_EQ(curve[3].true_positive_rate, 1);
  EXPECT_TRUE(roc_curve({std::span(score).first(2), std::span(label).first(2), {}}).empty());
  const auto bins = reliability({score, label, {}}, 2);
  EXPECT_EQ(bins[0].positive.n, 3u);
  EXPECT_NEAR(bins[0].mean_score, 0.3, 1e-15);
}

TEST(Scores, ExtremeScoresAreClippedAsScikitLearnDoes) {
  ScoreSums sums;
  sums.add(0, true, 1), sums.add(1, true, 1);
  EXPECT_NEAR(sums.log_loss().value, -0.5 * std::log(2.220446049250313e-16), 1e-9);
  EXPECT_NEAR(sums.base_rate_log_loss(), 0, 1e-15);
  EXPECT_NEAR(sums.calibration_ratio().value, 0.5, 1e-15);
}

template <class Draw>
void expect_moments(const Draw& draw, double mean, double variance, int n) {
  double sum = 0, square = 0;
  for (int i = 0; i < n; ++i) {
    const double k = draw(std::uint64_t(i));
    sum += k, square += (k - mean) * (k - mean);
  }
  EXPECT_NEAR(sum / n, mean, 5 * std::sqrt(variance / n));
  EXPECT_NEAR(square / n / variance, 1, 0.03);
}

TEST(Draws, HaveTheirLaw) {
  const Philox stream = Philox(3).fork(9);
  for (const double rate : {0.2, 3.0, 9.9, 10.0, 57.0, 4321.0}) {
    const Poisson poisson(rate);
    expect_moments([&](std::uint64_t i) { return poisson(stream, i); }, rate, rate, 60'000);
  }
  for (const auto& [n, p] : {std::pair(12, 0.3), std::pair(400, 0.5), std::pair(5000, 0.93), std::pair(90, 0.02)}) {
    const Binomial binomial(std::uint64_t(n), p);
    expect_moments([&](std::uint64_t i) { return binomial(stream, i); }, n * p, n * p * (1 - p), 60'000);
  }
  // Row weights: chi-square of the counts of k = 0..6 and more.
  std::array<double, 8> seen{};
  const std::uint64_t rows = 40'000;
  for (std::uint64_t i = 0; i < rows; ++i)
    for (const auto k : row_weights(stream, i)) ++seen[std::min<std::size_t>(k, 7)];
  double chi = 0, term = std::exp(-1.0), rest = 1;
  for (std::size_t k = 0; k < 7; ++k) {
    const double want = 8 * rows * term;
    chi += (seen[k] - want) * (seen[k] - want) / want;
    rest -= term, term /= double(k + 1);
  }
  chi += (seen[7] - 8 * rows * rest) * (seen[7] - 8 * rows * rest) / (8 * rows * rest);
  EXPECT_LT(chi, 24.3);  // the 99.9 % point with 7 degrees of freedom
}

TEST(Draws, SixteenBitStepsAreResolved) {
  // A uniform that stands on a step takes more bits: both outcomes occur, in the step's own proportion.
  const Philox stream = Philox(1).fork(2);
  const double step = 65536 * std::exp(-1.0), part = step - std::floor(step);
  int on = 0, zero = 0;
  for (std::uint64_t i = 0; i < 2'000'000; ++i) {
    const auto words = stream.block(i);
    if (static_cast<std::uint16_t>(words[0]) != static_cast<std::uint16_t>(step)) continue;
    ++on, zero += row_weights(stream, i)[0] == 0;
  }
  ASSERT_GT(on, 10);
  EXPECT_NEAR(double(zero) / on, part, 4 * std::sqrt(part * (1 - part) / on));
}

TEST(Bootstrap, QuantilesAndUndefinedReplicates) {
  std::vector<double> v{4, 1, 3, 2, 5};
  EXPECT_DOUBLE_EQ(percentile_interval(v, 0.5).ci.low, 2);
  EXPECT_DOUBLE_EQ(percentile_interval(v, 0.8).ci.high, 4.6);
  std::vector<double> odd{1, kNan, 2, 3, 4, std::numeric_limits<double>::infinity()};
  const auto got = percentile_interval(odd, 0.95);
  EXPECT_EQ(got.undefined, 1u);
  EXPECT_TRUE(got.unstable);
  EXPECT_TRUE(std::isinf(got.ci.high));
}

TEST(Bootstrap, CellsAndRowsHaveTheSameSpread) {
  std::vector<std::uint8_t> label, decision, outcome;
  for (std::size_t i = 0; i < 300; ++i)
    label.push_back(i % 3 == 0), decision.push_back(i % 5 < 2),
        outcome.push_back(std::uint8_t(2 * label[i] + decision[i]));
  Task task;
  const auto cells = *tabulate(Batch{{}, label, decision, {}}, task);
  const Slices all = slices_of(cells, {}, false);
  BootstrapOptions options{4000, 0.95, 5};
  const std::vector<std::string_view> names{"accuracy", "f1"};
  const auto by_cell = *bootstrap_intervals(cells, all, names, options, task);
  const std::vector<std::uint32_t> slice(300, 0);
  const std::vector<double> one(300, 1.0);
  const auto sums = weighted_replicates(slice, 1, outcome, one, options);
  for (std::size_t m = 0; m < names.size(); ++m) {
    auto values = replicate_values(sums, 4000, names[m]);
    const auto by_row = percentile_interval(values, 0.95);
    EXPECT_NEAR(by_row.se / by_cell[m].se, 1, 0.06);
    EXPECT_NEAR(by_row.ci.low, by_cell[m].ci.low, 0.012);
    EXPECT_NEAR(by_row.ci.high, by_cell[m].ci.high, 0.012);
  }
}

TEST(Bootstrap, AveragePrecisionByBinsAgreesWithRows) {
  const std::size_t n = 21'000;
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<std::uint32_t> row;
  for (std::size_t i = 0; i < n; ++i) {
    score.push_back(static_cast<double>(i) / n), row.push_back(static_cast<std::uint32_t>(i));
    label.push_back(Philox(4).uniform(i) < 0.5 * score.back());
  }
  const BootstrapOptions options{400, 0.95, 1};
  const std::vector<double> one(n, 1.0);  // weights of 1 go row by row
  auto binned = average_precision_replicates({score, label, {}}, row, options);
  auto by_row = average_precision_replicates({score, label, one}, row, options);
  const auto a = percentile_interval(binned, 0.95), b = percentile_interval(by_row, 0.95);
  EXPECT_NEAR(a.mean, b.mean, 4 * b.se / std::sqrt(200.0));
  EXPECT_NEAR(a.se / b.se, 1, 0.15);
}

TEST(Gaps, RowsNeeded) {
  const std::vector<std::int64_t> rows{616, 98};
  const auto open = extra_rows_needed(0.85, {0.75, 0.95}, 0.8, rows, 0.95, true);
  ASSERT_TRUE(open.has_value());
  EXPECT_GT(open->factor, 4);
  EXPECT_GT(open->extra[0], open->extra[1]);
  EXPECT_EQ(extra_rows_needed(0.7, {0.6, 0.79}, 0.8, rows, 0.95, true)->extra[0], 0);
  EXPECT_FALSE(extra_rows_needed(0.8, {0.7, 0.9}, 0.8, rows, 0.95, true).has_value());
  // The formula is what it says: with so many rows a z interval excludes the limit four times in five.
  const double m = extra_rows_needed(0.15, {0.05, 0.25}, 0.1, rows, 0.95, false)->factor;
  EXPECT_NEAR(std::sqrt(m) * 0.05 / (0.1 / critical_z(0.95)), critical_z(0.95) + normal_quantile(0.8), 1e-12);
  EXPECT_NEAR(rows_for_gap(0.5, 0.4, 1, 0.95, 0.8), 387.3, 1);
  EXPECT_TRUE(std::isnan(rows_for_gap(0.5, 0.3, 1, 0.95, 0.8, 0.1)));
}

TEST(Coverage, WilsonOnAverageAndGapsAlways) {
  double wilson_hits = 0, trials = 0;
  for (int at = 1; at <= 19; ++at) {  // exactly, over the binomial law
    const double p = 0.05 * at;
    for (const int n : {30, 100, 400}) {
      double hit = 0;
      for (int k = 0; k <= n; ++k) {
        const Interval w = wilson(double(k) / n, n, 0.95);
        if (w.low > p || w.high < p) continue;
        hit += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                        (n - k) * std::log(1 - p));
      }
      wilson_hits += hit, ++trials;
    }
  }
  EXPECT_GE(wilson_hits / trials, 0.945);
  EXPECT_LE(wilson_hits / trials, 0.96);
  const std::vector<std::vector<Rate>> designs{
      {{0.02, 500}, {0.02, 300}, {0.02, 30}, {0.02, 20}}, {{0.3, 200}, {0.2, 80}}, {{0.5, 100}, {0.4, 60}, {0.45, 40}}};
  for (std::size_t d = 0; d < designs.size(); ++d) {
    double truth = 0;
    for (const Rate& a : designs[d])
      for (const Rate& b : designs[d]) truth = std::max(truth, a.p - b.p);
    int hit = 0;
    const int runs = 1500;
    for (int r = 0; r < runs; ++r) {
      std::vector<Rate> drawn = designs[d];
      for (std::size_t g = 0; g < drawn.size(); ++g)
        drawn[g].p =
            Binomial(std::uint64_t(drawn[g].n), drawn[g].p)(Philox(11).fork(d).fork(g), std::uint64_t(r)) / drawn[g].n;
      const Interval i = simultaneous_difference(drawn, 0.95);
      hit += i.low <= truth && truth <= i.high;
    }
    EXPECT_GE(double(hit) / runs, 0.945) << "design " << d;
  }
}

}  // namespace
}  // namespace assay::metrics
