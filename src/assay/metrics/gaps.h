// Gaps over groups: Fairlearn's aggregates (fairness b2), what a gap would be without any disparity (b3), and how many
// more rows would settle it (b5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/metrics/intervals.h"

namespace assay::metrics {

// Groups whose value is NaN take no part. NaN when none is left (ratios also for 0/0).
struct Aggregate {
  double low = kNan, high = kNan;          // group_min, group_max
  std::size_t lowest = 0, highest = 0;     // the first groups that attain them
  double difference = kNan, ratio = kNan;  // between groups: max - min, min / max
  double difference_overall = kNan,
         ratio_overall = kNan;  // to overall: max |v - overall|, min of v/overall or its inverse
};
Aggregate aggregate(std::span<const double> values, double overall = kNan);

// The parametric null of max - min and min / max: every group at the pooled rate, k_g ~ Binomial(n_g, pooled).
// p = (1 + #{as extreme}) / (replicates + 1). O(groups · replicates). `use` keeps tables of one seed apart.
struct NullGap {
  double pooled = kNan;
  double difference_mean = kNan, difference_high = kNan, difference_p = kNan;  // high: its point at `level`
  double ratio_mean = kNan, ratio_low = kNan, ratio_p = kNan;                  // low: its point at 1 - level
};
NullGap null_gap(std::span<const Rate> groups, int replicates, std::uint64_t seed, std::uint64_t use = 0,
                 double level = 0.95);

// value - (replicate mean - value), held within [0, 1]. It removes only a part of the bias where there is no gap.
double bias_corrected(double value, double replicate_mean);

// Rows needed, keeping the groups' shares, before an interval of this kind would exclude `limit` with the given power:
// the arm of the interval that faces the limit is z·se, and se shrinks with the root of the rows, so rows must grow by
// m = ((z_{1-α/2} + z_power) · se / |value - limit|)². Ratios are taken on the log scale. 0 where the interval excludes
// the limit already; none where the value stands on the limit or the interval is open.
struct RowsNeeded {
  double factor = 1;                // m
  std::vector<std::int64_t> extra;  // ceil((m - 1) n_g) by group
};
std::optional<RowsNeeded> extra_rows_needed(double value, Interval interval, double limit,
                                            std::span<const std::int64_t> rows, double level, bool ratio,
                                            double power = 0.8);

// Rows of the first group (the second has r times as many) that find a gap p1 - p2 at `level` with `power`; with a
// tolerance, that prove |gap| <= tolerance (one-sided). NaN when the gap is not below the tolerance (fairness b5).
double rows_for_gap(double p1, double p2, double r, double level, double power, double tolerance = 0);

}  // namespace assay::metrics
