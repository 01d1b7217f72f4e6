#include "assay/metrics/gaps.h"

#include <algorithm>
#include <cmath>

#include "assay/base/streams.h"
#include "assay/metrics/bootstrap.h"
#include "assay/metrics/draws.h"

namespace assay::metrics {

Aggregate aggregate(std::span<const double> values, double overall) {
  Aggregate out;
  for (std::size_t g = 0; g < values.size(); ++g) {
    const double v = values[g];
    if (std::isnan(v)) continue;
    if (std::isnan(out.low) || v < out.low) out.low = v, out.lowest = g;
    if (std::isnan(out.high) || v > out.high) out.high = v, out.highest = g;
    const double off = std::abs(v - overall), times = v / overall, folded = times <= 1 ? times : 1 / times;
    if (std::isnan(out.difference_overall) || off > out.difference_overall) out.difference_overall = off;
    if (!std::isnan(folded) && (std::isnan(out.ratio_overall) || folded < out.ratio_overall))
      out.ratio_overall = folded;
  }
  out.difference = out.high - out.low;
  out.ratio = out.low / out.high;
  return out;
}

NullGap null_gap(std::span<const Rate> groups, int replicates, std::uint64_t seed, std::uint64_t use, double level) {
  std::vector<Rate> present;
  std::vector<double> seen;
  double events = 0, rows = 0;
  for (const Rate& g : groups) {
    const double n = std::round(g.n);  // weighted rates: whole effective rows
    if (!(n >= 1) || std::isnan(g.p)) continue;
    present.push_back({g.p, n}), seen.push_back(g.p);
    events += g.p * n, rows += n;
  }
  NullGap out;
  if (present.size() < 2) return out;
  out.pooled = std::clamp(events / rows, 0.0, 1.0);
  const Aggregate is = aggregate(seen);
  const auto size = static_cast<std::size_t>(replicates);
  std::vector<double> low(size, 2), high(size, -1);
  const Philox base = Philox(seed).fork(streams::kNullGap).fork(use);
  for (std::size_t g = 0; g < present.size(); ++g) {
    const Binomial draw(static_cast<std::uint64_t>(present[g].n), out.pooled);
    const Philox stream = base.fork(g);
    for (std::size_t r = 0; r < size; ++r) {
      const double p = draw(stream, r) / present[g].n;
      low[r] = std::min(low[r], p), high[r] = std::max(high[r], p);
    }
  }
  std::size_t wide = 0, small = 0;
  std::vector<double> difference(size), ratio(size);
  constexpr double kTie = 1e-12;  // equal gaps count as extreme, whatever the rounding says
  for (std::size_t r = 0; r < size; ++r) {
    difference[r] = high[r] - low[r], ratio[r] = high[r] > 0 ? low[r] / high[r] : 1;
    wide += difference[r] >= is.difference - kTie, small += ratio[r] <= is.ratio + kTie;
  }
  const double all = static_cast<double>(size) + 1;
  out.difference_p = static_cast<double>(wide + 1) / all;
  if (!std::isnan(is.ratio)) out.ratio_p = static_cast<double>(small + 1) / all;
  // One-sided points at `level` are the ends of a two-sided interval at 2·level - 1.
  const auto of_difference = percentile_interval(difference, std::max(0.0, 2 * level - 1));
  const auto of_ratio = percentile_interval(ratio, std::max(0.0, 2 * level - 1));
  out.difference_mean = of_difference.mean, out.difference_high = of_difference.ci.high;
  out.ratio_mean = of_ratio.mean, out.ratio_low = of_ratio.ci.low;
  return out;
}

double bias_corrected(double value, double replicate_mean) { return std::clamp(2 * value - replicate_mean, 0.0, 1.0); }

std::optional<RowsNeeded> extra_rows_needed(double value, Interval interval, double limit,
                                            std::span<const std::int64_t> rows, double level, bool ratio,
                                            double power) {
  RowsNeeded out;
  out.extra.assign(rows.size(), 0);
  if (std::isnan(value) || std::isnan(interval.low) || std::isnan(interval.high)) return std::nullopt;
  if (limit < interval.low || limit > interval.high) return out;
  const auto scale = [&](double v) { return ratio ? std::log(v) : v; };
  const double off = std::abs(scale(limit) - scale(value));
  const double arm = std::abs(scale(limit < value ? interval.low : interval.high) - scale(value));
  if (!(off > 0) || !std::isfinite(arm) || !std::isfinite(off)) return std::nullopt;
  const double z = critical_z(level);
  const double root = (z + normal_quantile(power)) * (arm / z) / off;
  out.factor = std::max(1.0, root * root);
  if (!(out.factor < 1e9)) return std::nullopt;
  for (std::size_t g = 0; g < rows.size(); ++g)
    out.extra[g] = static_cast<std::int64_t>(std::ceil((out.factor - 1) * static_cast<double>(rows[g])));
  return out;
}

double rows_for_gap(double p1, double p2, double r, double level, double power, double tolerance) {
  const double gap = tolerance > 0 ? tolerance - std::abs(p1 - p2) : std::abs(p1 - p2);
  if (!(gap > 0)) return kNan;
  const double mean = (p1 + r * p2) / (1 + r), alpha = 1 - level;
  const double z = normal_quantile(1 - (tolerance > 0 ? alpha : alpha / 2));
  const double root = z * std::sqrt((1 + 1 / r) * mean * (1 - mean)) +
                      normal_quantile(power) * std::sqrt(p1 * (1 - p1) + p2 * (1 - p2) / r);
  return root * root / (gap * gap);
}

}  // namespace assay::metrics
