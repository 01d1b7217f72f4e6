// Do two samples come from one distribution? Tests on values with their counts, and on counts of categories (data b5).
//
// All are pure and linear in the number of distinct values; order of rows plays no part.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assay/metrics/intervals.h"

namespace assay::metrics {

struct ValueCounts {  // of one distinct value: rows of either sample
  double value = 0, first = 0, second = 0;
};
using Values = std::span<const ValueCounts>;  // ascending, each value once; both samples hold rows

struct KsTest {
  double statistic = kNan, location = kNan;
  int sign = 0;           // +1: the first sample's distribution function is the higher one at `location`
  double p = kNan;        // exact one-sample law at n·m/(n+m), as SciPy's method "asymp"
  double p_exact = kNan;  // exact two-sample law without ties; NaN when a sample has more than 10 000 rows
};
KsTest kolmogorov_smirnov(Values values);

struct TestOf {
  double statistic = kNan, p = kNan, dof = kNan;
};
TestOf cramer_von_mises(Values values);      // T with midranks; p of the limiting law
double anderson_darling(Values values);      // two-sample, midrank, standardised (Scholz and Stephens 1987)
TestOf mann_whitney(Values values);          // U of the first; normal p with ties and continuity correction
TestOf welch_t(Values values);               // first minus second; two-sided
double energy_distance(Values values);       // sqrt(2∫(F-G)²)
double wasserstein_distance(Values values);  // ∫|F-G|

using Counts = std::span<const double>;                  // of each category; both the same length
TestOf chi_square(Counts first, Counts second);          // 2×k, no continuity correction; empty categories left out
TestOf likelihood_ratio_g(Counts first, Counts second);  // the same table
double chi_square_tail(double statistic, double dof);    // P(χ² > statistic)
double least_expected(Counts first, Counts second);      // smallest expected cell of the 2×k table
// P(G* >= G) over tables with these margins: (1 + hits) / (1 + replicates). O(categories·replicates·sqrt(rows)).
double permutation_g(Counts first, Counts second, int replicates, std::uint64_t seed);

// Half width of the Dvoretzky-Kiefer-Wolfowitz band around F of n rows.
double dkw_half_width(double n, double level);

}  // namespace assay::metrics
