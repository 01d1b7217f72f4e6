#include "assay/metrics/two_sample.h"

#include <algorithm>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "assay/base/parallel.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/metrics/kolmogorov.h"

namespace assay::metrics {
namespace {

struct Sizes {
  double first = 0, second = 0;
};
Sizes sizes(Values values) {
  Sizes out;
  for (const auto& v : values) out.first += v.first, out.second += v.second;
  return out;
}
bool empty(const Sizes& n) { return !(n.first > 0) || !(n.second > 0); }

double log_factorial(double n) {  // std::lgamma writes the sign to a global
  int sign = 0;
  return ::lgamma_r(n + 1, &sign);
}

// Σ (mid - i)² over i = from+1 … from+count, `mid` the midrank in the pooled sample.
double squared_shift(double mid, double from, double count) {
  const double centre = mid - (from + (count + 1) / 2);
  return count * centre * centre + count * (count * count - 1) / 12;
}

// Distribution function of the limiting Cramér-von Mises statistic (Csörgő and Faraway 1996, 1.3), to 1e-7 a term.
double cramer_von_mises_cdf(double x) {
  double total = 0;
  for (int k = 0; k < 1000; ++k) {
    int sign = 0;
    const double y = 4.0 * k + 1, q = y * y / (16 * x);
    const double u = std::exp(::lgamma_r(k + 0.5, &sign) - ::lgamma_r(k + 1.0, &sign)) /
                     (std::pow(std::numbers::pi, 1.5) * std::sqrt(x));
    const double term = q > 700 ? 0 : u * std::sqrt(y) * std::exp(-q) * boost::math::cyl_bessel_k(0.25, q);
    total += term;
    if (std::abs(term) < 1e-7) break;
  }
  return total;
}

// Its upper tail without cancellation, for x >= 0.3 (Smirnov 1936): an alternating sum of integrals between the odd and
// even multiples of pi, whose ends are inverse square roots, so Chebyshev's nodes are right to the last digits.
double cramer_von_mises_tail(double x) {
  if (x < 0.3) return std::clamp(1 - cramer_von_mises_cdf(x), 0.0, 1.0);
  constexpr int kNodes = 96;
  double out = 0;
  for (int j = 1; j <= 3; ++j) {
    const double centre = (2 * j - 0.5) * std::numbers::pi, half = std::numbers::pi / 2;
    double sum = 0;
    for (int i = 0; i < kNodes; ++i) {
      const double angle = (i + 0.5) * std::numbers::pi / kNodes, s = centre + half * std::cos(angle);
      sum += 2 / s * std::sqrt(-s / std::sin(s)) * std::exp(-x * s * s / 2) * half * std::sin(angle);
    }
    out += (j % 2 ? 1 : -1) * sum / kNodes;
  }
  return std::clamp(out, 0.0, 1.0);
}

// Runs body(a, b, row sum, all) over the cells of the 2×k table.
template <class Body>
double over_cells(Counts first, Counts second, const Body& term) {
  const double a = std::accumulate(first.begin(), first.end(), 0.0);
  const double b = std::accumulate(second.begin(), second.end(), 0.0);
  double out = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double both = first[i] + second[i];
    if (both > 0) out += term(first[i], a * both / (a + b)) + term(second[i], b * both / (a + b));
  }
  return out;
}

TestOf table_test(Counts first, Counts second, double statistic) {
  double categories = 0, a = 0, b = 0;
  for (std::size_t i = 0; i < first.size(); ++i) categories += first[i] + second[i] > 0, a += first[i], b += second[i];
  if (!(a > 0) || !(b > 0) || categories < 2) return {};
  return {statistic, chi_square_tail(statistic, categories - 1), categories - 1};
}

double g_term(double observed, double expected) {
  return observed > 0 ? 2 * observed * std::log(observed / expected) : 0;
}

// Hypergeometric draw: `wanted` of `all`, of which `good` count. Inversion outwards from the mode: O(sd).
double hypergeometric(double good, double all, double wanted, double u) {
  const double low = std::max(0.0, wanted + good - all), high = std::min(good, wanted);
  if (low >= high) return low;
  const double bad = all - good;
  const double mode = std::clamp(std::floor((wanted + 1) * (good + 1) / (all + 2)), low, high);
  const auto log_choose = [](double n, double k) { return log_factorial(n) - log_factorial(k) - log_factorial(n - k); };
  const double at_mode = std::exp(log_choose(good, mode) + log_choose(bad, wanted - mode) - log_choose(all, wanted));
  double up = mode, down = mode, p_up = at_mode, p_down = at_mode;
  u -= at_mode;
  while (u >= 0 && (up < high || down > low)) {
    if (up < high) {
      p_up *= (good - up) * (wanted - up) / ((up + 1) * (bad - wanted + up + 1));
      ++up, u -= p_up;
      if (u < 0) return up;
    }
    if (down > low) {
      p_down *= down * (bad - wanted + down) / ((good - down + 1) * (wanted - down + 1));
      --down, u -= p_down;
      if (u < 0) return down;
    }
    if (p_up + p_down < 1e-300) break;
  }
  return mode;
}

}  // namespace

double chi_square_tail(double statistic, double dof) {
  if (std::isnan(statistic) || !(dof > 0)) return kNan;
  return statistic <= 0 ? 1 : boost::math::gamma_q(dof / 2, statistic / 2);
}

double dkw_half_width(double n, double level) {
  return n > 0 ? std::min(1.0, std::sqrt(std::log(2 / (1 - level)) / (2 * n))) : 1;
}

KsTest kolmogorov_smirnov(Values values) {
  const Sizes n = sizes(values);
  if (empty(n)) return {};
  double a = 0, b = 0, above = 0, below = 0, at_above = values[0].value, at_below = values[0].value;
  double most = -1, least = 1;
  for (const auto& v : values) {
    a += v.first, b += v.second;
    const double gap = a / n.first - b / n.second;
    if (gap > most) most = gap, at_above = v.value;
    if (gap < least) least = gap, at_below = v.value;
  }
  above = std::clamp(most, 0.0, 1.0), below = std::clamp(-least, 0.0, 1.0);
  KsTest out;
  const bool under = below > above;
  out.statistic = under ? below : above, out.location = under ? at_below : at_above, out.sign = under ? -1 : 1;
  const double size = std::nearbyint(n.first * n.second / (n.first + n.second));
  out.p = kolmogorov_tail(std::max<std::int64_t>(1, static_cast<std::int64_t>(size)), out.statistic);
  if (std::max(n.first, n.second) <= 10'000) {
    const auto first = static_cast<std::int64_t>(n.first), second = static_cast<std::int64_t>(n.second);
    const double whole = static_cast<double>(std::lcm(first, second));
    out.p_exact = two_sample_tail(first, second, static_cast<std::int64_t>(std::llround(out.statistic * whole)));
  }
  return out;
}

TestOf cramer_von_mises(Values values) {
  const Sizes n = sizes(values);
  if (empty(n)) return {};
  const double k = n.first * n.second, all = n.first + n.second;
  double a = 0, b = 0, u = 0;
  for (const auto& v : values) {
    const double mid = a + b + (v.first + v.second + 1) / 2;
    u += n.first * squared_shift(mid, a, v.first) + n.second * squared_shift(mid, b, v.second);
    a += v.first, b += v.second;
  }
  TestOf out;
  out.statistic = u / (k * all) - (4 * k - 1) / (6 * all);
  const double mean = (1 + 1 / all) / 6;
  const double variance =
      (all + 1) * (4 * k * all - 3 * (n.first * n.first + n.second * n.second) - 2 * k) / (45 * all * all * 4 * k);
  const double normed = 1.0 / 6 + (out.statistic - mean) / std::sqrt(45 * variance);
  out.p = !(variance > 0) || normed < 0.003 ? 1 : cramer_von_mises_tail(normed);
  return out;
}

double anderson_darling(Values values) {
  const Sizes n = sizes(values);
  const double all = n.first + n.second;
  if (empty(n) || all < 4 || values.size() < 2) return kNan;
  double a = 0, b = 0, first = 0, second = 0;
  for (const auto& v : values) {
    const double here = v.first + v.second, middle = a + b + here / 2;
    const double below = middle * (all - middle) - all * here / 4;
    const double ma = a + v.first / 2, mb = b + v.second / 2;
    if (below > 0) {
      first += here / all * (all * ma - middle * n.first) * (all * ma - middle * n.first) / below;
      second += here / all * (all * mb - middle * n.second) * (all * mb - middle * n.second) / below;
    }
    a += v.first, b += v.second;
  }
  const double statistic = (first / n.first + second / n.second) * (all - 1) / all;
  const double inverse = 1 / n.first + 1 / n.second;
  double harmonic = 0, g = 0;
  for (double i = all - 1; i > 1; --i) harmonic += 1 / i, g += harmonic / (all - i + 1);
  const double h = harmonic + 1, groups = 2;
  const double c3 = (4 * g - 6) * (groups - 1) + (10 - 6 * g) * inverse;
  const double c2 = (2 * g - 4) * groups * groups + 8 * h * groups + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const double c1 =
      (6 * h + 2 * g - 2) * groups * groups + (4 * h - 4 * g + 6) * groups + (2 * h - 6) * inverse + 4 * h;
  const double c0 = (2 * h + 6) * groups * groups - 4 * h * groups;
  const double variance = (c3 * all * all * all + c2 * all * all + c1 * all + c0) / ((all - 1) * (all - 2) * (all - 3));
  return variance > 0 ? (statistic - 1) / std::sqrt(variance) : kNan;
}

TestOf mann_whitney(Values values) {
  const Sizes n = sizes(values);
  if (empty(n)) return {};
  const double all = n.first + n.second, pairs = n.first * n.second;
  double seen = 0, ranks = 0, ties = 0;
  for (const auto& v : values) {
    const double here = v.first + v.second;
    ranks += v.first * (seen + (here + 1) / 2);
    ties += here * (here * here - 1);
    seen += here;
  }
  TestOf out;
  out.statistic = ranks - n.first * (n.first + 1) / 2;
  const double spread = std::sqrt(pairs / 12 * ((all + 1) - ties / (all * (all - 1))));
  const double far = std::max(out.statistic, pairs - out.statistic) - pairs / 2 - 0.5;
  out.p = spread > 0 ? std::min(1.0, 2 * normal_tail(far / spread)) : 1;
  return out;
}

TestOf welch_t(Values values) {
  const Sizes n = sizes(values);
  if (!(n.first > 1) || !(n.second > 1)) return {};
  double mean1 = 0, mean2 = 0, square1 = 0, square2 = 0;
  for (const auto& v : values) mean1 += v.first * v.value, mean2 += v.second * v.value;
  mean1 /= n.first, mean2 /= n.second;
  for (const auto& v : values) {
    square1 += v.first * (v.value - mean1) * (v.value - mean1);
    square2 += v.second * (v.value - mean2) * (v.value - mean2);
  }
  const double e1 = square1 / (n.first - 1) / n.first, e2 = square2 / (n.second - 1) / n.second, error = e1 + e2;
  if (!(error > 0)) return {};
  TestOf out;
  out.statistic = (mean1 - mean2) / std::sqrt(error);
  out.dof = error * error / (e1 * e1 / (n.first - 1) + e2 * e2 / (n.second - 1));
  const double t2 = out.statistic * out.statistic;
  out.p = boost::math::ibeta(out.dof / 2, 0.5, out.dof / (out.dof + t2));
  return out;
}

double wasserstein_distance(Values values) {
  const Sizes n = sizes(values);
  if (empty(n)) return kNan;
  double a = 0, b = 0, out = 0;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    a += values[i].first, b += values[i].second;
    out += std::abs(a / n.first - b / n.second) * (values[i + 1].value - values[i].value);
  }
  return out;
}

double energy_distance(Values values) {
  const Sizes n = sizes(values);
  if (empty(n)) return kNan;
  double a = 0, b = 0, out = 0;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    a += values[i].first, b += values[i].second;
    const double gap = a / n.first - b / n.second;
    out += gap * gap * (values[i + 1].value - values[i].value);
  }
  return std::sqrt(2 * out);
}

TestOf chi_square(Counts first, Counts second) {
  return table_test(first, second, over_cells(first, second, [](double observed, double expected) {
                      return (observed - expected) * (observed - expected) / expected;
                    }));
}

TestOf likelihood_ratio_g(Counts first, Counts second) {
  return table_test(first, second, over_cells(first, second, g_term));
}

double least_expected(Counts first, Counts second) {
  double least = std::numeric_limits<double>::infinity();
  over_cells(first, second, [&](double, double expected) { return least = std::min(least, expected), 0.0; });
  return least;
}

double permutation_g(Counts first, Counts second, int replicates, std::uint64_t seed) {
  const double a = std::accumulate(first.begin(), first.end(), 0.0);
  const double b = std::accumulate(second.begin(), second.end(), 0.0);
  if (!(a > 0) || !(b > 0) || replicates < 1) return kNan;
  const double seen = over_cells(first, second, g_term);
  std::vector<std::uint8_t> hit(static_cast<std::size_t>(replicates));
  parallel_parts(hit.size(), [&](std::size_t r) {
    const Philox stream = Philox(seed).fork(streams::kPermutation).fork(r);
    double all = a + b, wanted = a, g = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
      const double here = first[i] + second[i];
      if (!(here > 0)) continue;
      const double drawn = hypergeometric(here, all, wanted, stream.uniform(i));
      g += g_term(drawn, a * here / (a + b)) + g_term(here - drawn, b * here / (a + b));
      all -= here, wanted -= drawn;
    }
    hit[r] = g >= seen * (1 - 1e-12);
  });
  const double hits = static_cast<double>(std::count(hit.begin(), hit.end(), 1));
  return (1 + hits) / (1 + static_cast<double>(replicates));
}

}  // namespace assay::metrics
