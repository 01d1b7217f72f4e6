// Intervals without resampling (fairness b3): rates, differences, ratios and gaps over many groups.
//
// A rate may come from weighted rows: then n is the effective number of rows (`effective_rows`) and k = p·n need not be
// whole. All functions are pure, O(1) unless said otherwise, and take `level` in (0, 1).
#pragma once

#include <limits>
#include <span>

namespace assay::metrics {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double low = kNan, high = kNan;
};

double normal_quantile(double p);         // relative error <= 1e-15; p in (0, 1)
double normal_tail(double z);             // P(Z > z)
double t_quantile(double p, double dof);  // dof > 0
double critical_z(double level);          // the two-sided z of a level: 1.96 of .95

// n_eff of a weighted rate p (fairness b3): p(1-p)W² / ((1-p)² S1 + p² S0), with S1 and S0 the sums of w² over the rows
// that count and those that do not; Kish's W² / (S0 + S1) at p = 0 and 1. Equal weights give the number of rows.
double effective_rows(double p, double weight, double square_in, double square_out);

Interval wilson(double p, double n, double level);
Interval jeffreys(double p, double n, double level);  // Beta(k+1/2, n-k+1/2), ends not moved to 0 or 1
Interval clopper_pearson(double p, double n, double level);
Interval agresti_coull(double p, double n, double level);  // clipped to [0, 1]

struct Rate {  // p of n (effective) rows
  double p = kNan, n = 0;
};

// p1 - p2. Newcombe (1998) hybrid score; the general form takes any limits of the two rates (MOVER).
Interval newcombe(Rate first, Rate second, double level);
Interval mover_difference(double p1, Interval of1, double p2, Interval of2);
// p1 / p2. Katz log: NaN ends when either rate has no event.
Interval katz_log(Rate first, Rate second, double level);
// p1 / p2 of limits, Donner and Zou (2012); high may be +inf.
Interval mover_ratio(double p1, Interval of1, double p2, Interval of2);

// max - min and min / max over groups, covering all pairs at once: Newcombe's and Donner-Zou's formulas over
// Clopper-Pearson limits at 1 - (1-level)/M, M = `pairs` or, if 0, the number of pairs (fairness b3, gap paragraph).
// Groups without rows take no part; fewer than two give NaN ends. O(groups²).
Interval simultaneous_difference(std::span<const Rate> groups, double level, double pairs = 0);
Interval simultaneous_ratio(std::span<const Rate> groups, double level, double pairs = 0);
// max |p_g - overall|: each group against its complement, scaled by 1 - n_g / n; M = groups.
Interval simultaneous_to_overall(std::span<const Rate> groups, double level);

// AUC from its DeLong variance in Wilson form: n_eff = A(1-A)/V, min(positives, negatives) when A is 0 or 1.
Interval auc_interval(double auc, double variance, double positives, double negatives, double level);
double auc_effective_rows(double auc, double variance, double positives, double negatives);

}  // namespace assay::metrics
