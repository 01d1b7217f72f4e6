#include "assay/metrics/hypothesis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace assay::metrics {
namespace {

// std::lgamma writes the sign to a global, which several threads would race for; the result is the same.
double log_factorial(double n) {
  int sign = 0;
  return ::lgamma_r(n + 1, &sign);
}

double log_choose(double n, double k) { return log_factorial(n) - log_factorial(k) - log_factorial(n - k); }

std::vector<double> hommel(const std::vector<double>& p) {  // ascending in, ascending out (Wright 1992)
  const std::size_t n = p.size();
  const double size = static_cast<double>(n);
  double start = 1;
  for (std::size_t i = 0; i < n; ++i) start = std::min(start, size * p[i] / static_cast<double>(i + 1));
  std::vector<double> q(n, start), out(n, start);
  for (std::size_t m = n - 1; m >= 2; --m) {
    const double of = static_cast<double>(m);
    double least = 1;
    for (std::size_t i = 2; i <= m; ++i) least = std::min(least, of * p[n - m + i - 1] / static_cast<double>(i));
    for (std::size_t i = 0; i + m <= n; ++i) q[i] = std::min(of * p[i], least);
    for (std::size_t i = n - m + 1; i < n; ++i) q[i] = q[n - m];
    for (std::size_t i = 0; i < n; ++i) out[i] = std::max(out[i], q[i]);
  }
  for (std::size_t i = 0; i < n; ++i) out[i] = std::max(out[i], p[i]);
  return out;
}

std::vector<double> stepwise(const std::vector<double>& p, Correction how) {  // ascending in, ascending out
  const std::size_t n = p.size();
  const double m = static_cast<double>(n);
  double harmonic = 0;
  for (std::size_t i = 1; i <= n; ++i) harmonic += 1 / static_cast<double>(i);
  std::vector<double> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double rank = static_cast<double>(i + 1);
    switch (how) {
      case Correction::kBonferroni:
        out[i] = m * p[i];
        break;
      case Correction::kHolm:
      case Correction::kHochberg:
        out[i] = (m - rank + 1) * p[i];
        break;
      case Correction::kBenjaminiHochberg:
        out[i] = m / rank * p[i];
        break;
      default:
        out[i] = m * harmonic / rank * p[i];
        break;
    }
  }
  if (how == Correction::kHolm) {
    for (std::size_t i = 1; i < n; ++i) out[i] = std::max(out[i], out[i - 1]);
  } else if (how != Correction::kBonferroni) {
    for (std::size_t i = n - 1; i > 0; --i) out[i - 1] = std::min(out[i], out[i - 1]);
  }
  return out;
}

}  // namespace

ZTest pooled_z(Rate first, Rate second) {
  if (!(first.n > 0) || !(second.n > 0)) return {};
  const double pooled = (first.p * first.n + second.p * second.n) / (first.n + second.n);
  const double variance = pooled * (1 - pooled) * (1 / first.n + 1 / second.n);
  if (!(variance > 0)) return {};
  const double z = (first.p - second.p) / std::sqrt(variance);
  return {z, 2 * normal_tail(std::abs(z))};
}

double fisher_exact(std::int64_t k1, std::int64_t n1, std::int64_t k2, std::int64_t n2) {
  const std::int64_t events = k1 + k2, low = std::max<std::int64_t>(0, events - n2), high = std::min(n1, events);
  const double a = static_cast<double>(n1), b = static_cast<double>(n2), k = static_cast<double>(events);
  const double all = log_choose(a + b, k);
  const auto log_p = [&](std::int64_t x) {
    const double at = static_cast<double>(x);
    return log_choose(a, at) + log_choose(b, k - at) - all;
  };
  const double seen = log_p(k1) + 1e-7;  // tables as probable as this one count, whatever the rounding says
  double p = 0;
  for (std::int64_t x = low; x <= high; ++x)
    if (const double each = log_p(x); each <= seen) p += std::exp(each);
  return std::min(1.0, p);
}

RateTest compare_rates(Rate first, Rate second) {
  if (!(first.n > 0) || !(second.n > 0) || std::isnan(first.p) || std::isnan(second.p)) return {};
  if (std::min(first.n, second.n) < 50) {
    const auto whole = [](double v) { return std::llround(v); };
    return {fisher_exact(whole(first.p * first.n), whole(first.n), whole(second.p * second.n), whole(second.n)),
            "fisher"};
  }
  const ZTest z = pooled_z(first, second);
  return {std::isnan(z.p) ? 1 : z.p, "pooled_z"};  // nobody or everybody counts in both: no sign of a difference
}

McNemar mcnemar(std::int64_t b, std::int64_t c) {
  McNemar out;
  const std::int64_t n = b + c, least = std::min(b, c);
  const double rows = static_cast<double>(n), gap = std::abs(static_cast<double>(b - c)) - 1;
  double tail = 0;
  for (std::int64_t x = 0; x <= least; ++x)
    tail += std::exp(log_choose(rows, static_cast<double>(x)) - rows * std::log(2.0));
  out.exact = std::min(1.0, 2 * tail);
  if (n > 0) {
    out.chi_square = gap * gap / rows;
    out.chi_square_p = 2 * normal_tail(std::sqrt(out.chi_square));
  }
  out.p = n < 25 ? out.exact : out.chi_square_p;
  return out;
}

std::vector<double> adjust(std::span<const double> p, Correction how) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> out(p.size(), kNan), sorted;
  for (const std::size_t i : order) sorted.push_back(p[i]);
  if (sorted.empty()) return out;
  const auto adjusted = how == Correction::kHommel ? hommel(sorted) : stepwise(sorted, how);
  for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = std::min(1.0, adjusted[i]);
  return out;
}

}  // namespace assay::metrics
