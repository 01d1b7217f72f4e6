#include "assay/metrics/intervals.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <vector>

namespace assay::metrics {
namespace {

constexpr double kRoot2 = 1.41421356237309504880;

Interval clipped(double low, double high) { return {std::clamp(low, 0.0, 1.0), std::clamp(high, 0.0, 1.0)}; }

double beta_quantile(double a, double b, double p) { return boost::math::ibeta_inv(a, b, p); }

// The groups that hold rows, with their Clopper-Pearson limits.
struct Limits {
  std::vector<Rate> rate;
  std::vector<Interval> limit;
};

Limits limits_of(std::span<const Rate> groups, double level, double pairs) {
  Limits out;
  for (const Rate& g : groups)
    if (g.n > 0 && !std::isnan(g.p)) out.rate.push_back(g);
  const double m = static_cast<double>(out.rate.size());
  const double family = pairs > 0 ? pairs : m * (m - 1) / 2;
  if (m < 2) return out;
  const double each = 1 - (1 - level) / family;
  for (const Rate& g : out.rate) out.limit.push_back(clopper_pearson(g.p, g.n, each));
  return out;
}

}  // namespace

double normal_quantile(double p) { return -kRoot2 * boost::math::erfc_inv(2 * p); }
double normal_tail(double z) { return 0.5 * std::erfc(z / kRoot2); }
double critical_z(double level) { return kRoot2 * boost::math::erfc_inv(1 - level); }

double t_quantile(double p, double dof) {
  if (p == 0.5) return 0;
  const double tail = 2 * std::min(p, 1 - p);
  const double x = boost::math::ibeta_inv(dof / 2, 0.5, tail);
  const double t = std::sqrt(dof * (1 - x) / x);
  return p < 0.5 ? -t : t;
}

double effective_rows(double p, double weight, double square_in, double square_out) {
  if (!(weight > 0) || std::isnan(p)) return 0;
  if (square_in + square_out <= 0) return 0;
  const double q = 1 - p;
  const double variance = q * q * square_in + p * p * square_out;
  if (p <= 0 || q <= 0 || variance <= 0) return weight * weight / (square_in + square_out);
  return p * q * weight * weight / variance;
}

Interval wilson(double p, double n, double level) {
  if (!(n > 0) || std::isnan(p)) return {};
  const double z = critical_z(level), z2 = z * z;
  const double centre = (p * n + z2 / 2) / (n + z2);
  const double half = z * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  Interval out = clipped(centre - half, centre + half);
  if (p <= 0) out.low = 0;
  if (p >= 1) out.high = 1;
  return out;
}

Interval jeffreys(double p, double n, double level) {
  if (!(n > 0) || std::isnan(p)) return {};
  const double a = p * n + 0.5, b = (1 - p) * n + 0.5, tail = (1 - level) / 2;
  return {beta_quantile(a, b, tail), 1 - beta_quantile(b, a, tail)};
}

Interval clopper_pearson(double p, double n, double level) {
  if (!(n > 0) || std::isnan(p)) return {};
  const double k = p * n, rest = (1 - p) * n, tail = (1 - level) / 2;
  // Whole counts come back from p·n with a rounding error; below one part in 1e12 it is one.
  const bool none = k < 1e-12 * n, all = rest < 1e-12 * n;
  return {none ? 0 : beta_quantile(k, rest + 1, tail), all ? 1 : 1 - beta_quantile(rest, k + 1, tail)};
}

Interval agresti_coull(double p, double n, double level) {
  if (!(n > 0) || std::isnan(p)) return {};
  const double z = critical_z(level), wide = n + z * z, centre = (p * n + z * z / 2) / wide;
  const double half = z * std::sqrt(centre * (1 - centre) / wide);
  return clipped(centre - half, centre + half);
}

Interval mover_difference(double p1, Interval of1, double p2, Interval of2) {
  const double d = p1 - p2;
  return {d - std::hypot(p1 - of1.low, of2.high - p2), d + std::hypot(of1.high - p1, p2 - of2.low)};
}

Interval newcombe(Rate first, Rate second, double level) {
  return mover_difference(first.p, wilson(first.p, first.n, level), second.p, wilson(second.p, second.n, level));
}

Interval katz_log(Rate first, Rate second, double level) {
  if (!(first.p > 0) || !(second.p > 0) || !(first.n > 0) || !(second.n > 0)) return {};
  const double se = std::sqrt((1 - first.p) / (first.p * first.n) + (1 - second.p) / (second.p * second.n));
  const double centre = std::log(first.p / second.p), half = critical_z(level) * se;
  return {std::exp(centre - half), std::exp(centre + half)};
}

Interval mover_ratio(double p1, Interval of1, double p2, Interval of2) {
  const double x = p1 * p2;
  const double a = of1.low * (2 * p1 - of1.low), b = of2.high * (2 * p2 - of2.high);
  const double c = of1.high * (2 * p1 - of1.high), e = of2.low * (2 * p2 - of2.low);
  const double low = a <= 0 ? 0 : a / (x + std::sqrt(std::max(0.0, x * x - a * b)));
  const double high =
      e <= 0 ? std::numeric_limits<double>::infinity() : (x + std::sqrt(std::max(0.0, x * x - c * e))) / e;
  return {low, high};
}

Interval simultaneous_difference(std::span<const Rate> groups, double level, double pairs) {
  const Limits of = limits_of(groups, level, pairs);
  if (of.rate.size() < 2) return {};
  double low = 0, high = 0;
  for (std::size_t i = 0; i < of.rate.size(); ++i)
    for (std::size_t j = i + 1; j < of.rate.size(); ++j) {
      const Interval d = mover_difference(of.rate[i].p, of.limit[i], of.rate[j].p, of.limit[j]);
      low = std::max({low, d.low, -d.high});
      high = std::max({high, std::abs(d.low), std::abs(d.high)});
    }
  return {std::min(low, 1.0), std::min(high, 1.0)};
}

Interval simultaneous_ratio(std::span<const Rate> groups, double level, double pairs) {
  const Limits of = limits_of(groups, level, pairs);
  if (of.rate.size() < 2) return {};
  double low = 1, high = 1;
  for (std::size_t i = 0; i < of.rate.size(); ++i)
    for (std::size_t j = 0; j < of.rate.size(); ++j) {
      if (i == j) continue;
      const Interval r = mover_ratio(of.rate[i].p, of.limit[i], of.rate[j].p, of.limit[j]);
      low = std::min(low, r.low), high = std::min(high, r.high);
    }
  return {low, high};
}

Interval simultaneous_to_overall(std::span<const Rate> groups, double level) {
  double rows = 0, events = 0, present = 0;
  for (const Rate& g : groups)
    if (g.n > 0 && !std::isnan(g.p)) rows += g.n, events += g.p * g.n, ++present;
  if (present < 2) return {};
  const double each = 1 - (1 - level) / present;
  double low = 0, high = 0;
  for (const Rate& g : groups) {
    if (!(g.n > 0) || std::isnan(g.p)) continue;
    const double others = rows - g.n, rest = std::clamp((events - g.p * g.n) / others, 0.0, 1.0);
    const Interval d =
        mover_difference(g.p, clopper_pearson(g.p, g.n, each), rest, clopper_pearson(rest, others, each));
    const double scale = 1 - g.n / rows;
    low = std::max({low, scale * d.low, -scale * d.high});
    high = std::max({high, scale * std::abs(d.low), scale * std::abs(d.high)});
  }
  return {low, high};
}

double auc_effective_rows(double auc, double variance, double positives, double negatives) {
  if (auc <= 0 || auc >= 1 || !(variance > 0)) return std::min(positives, negatives);
  return auc * (1 - auc) / variance;
}

Interval auc_interval(double auc, double variance, double positives, double negatives, double level) {
  return wilson(auc, auc_effective_rows(auc, variance, positives, negatives), level);
}

}  // namespace assay::metrics
