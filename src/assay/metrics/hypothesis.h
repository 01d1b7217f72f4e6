// Tests of equality of two rates and of paired decisions (fairness b3), and the correction of many p-values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assay/metrics/intervals.h"

namespace assay::metrics {

struct ZTest {
  double z = kNan, p = kNan;  // two-sided
};

// Pooled two-proportion z test, which is the score test of p1 = p2; NaN where the pooled rate is 0 or 1.
ZTest pooled_z(Rate first, Rate second);
// Two-sided Fisher exact test of the table [[k1, n1-k1], [k2, n2-k2]]: the sum of all tables no more probable than this
// one. O(min(n1, n2, events)).
double fisher_exact(std::int64_t k1, std::int64_t n1, std::int64_t k2, std::int64_t n2);

struct RateTest {
  double p = kNan;
  const char* method = "";  // "fisher" below 50 rows in either group, else "pooled_z"
};
RateTest compare_rates(Rate first, Rate second);

struct McNemar {
  double exact = kNan, chi_square = kNan, chi_square_p = kNan;
  double p = kNan;  // exact below 25 discordant pairs, else the corrected chi-square
};
McNemar mcnemar(std::int64_t b, std::int64_t c);

// Adjusted p-values, in the order given; monotone in p and capped at 1; NaN in, NaN out and not counted. O(n log n),
// Hommel O(n²).
enum class Correction { kBonferroni, kHolm, kHochberg, kHommel, kBenjaminiHochberg, kBenjaminiYekutieli };
std::vector<double> adjust(std::span<const double> p, Correction how);

}  // namespace assay::metrics
