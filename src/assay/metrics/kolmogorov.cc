#include "assay/metrics/kolmogorov.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace assay::metrics {
namespace {

constexpr double kPi2 = std::numbers::pi * std::numbers::pi;

double log_factorial(double n) {  // std::lgamma writes the sign to a global
  int sign = 0;
  return ::lgamma_r(n + 1, &sign);
}

using Matrix = std::vector<double>;  // square, row by row

Matrix product(const Matrix& a, const Matrix& b, std::size_t m) {
  Matrix out(m * m, 0);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t k = 0; k < m; ++k) {
      const double scale = a[i * m + k];
      if (scale == 0) continue;
      for (std::size_t j = 0; j < m; ++j) out[i * m + j] += scale * b[k * m + j];
    }
  return out;
}

// Durbin's matrix as Marsaglia, Tsang and Wang (2003) fill it.
Matrix durbin(std::size_t m, double h) {
  Matrix out(m * m, 0);
  std::vector<double> w(m), v(m);
  double factor = 1;
  for (std::size_t j = 0; j < m; ++j) {
    w[j] = factor;
    factor /= static_cast<double>(j + 1);
    v[j] = (1 - std::pow(h, static_cast<double>(j + 1))) * factor;
  }
  const auto size = static_cast<double>(m);
  v[m - 1] = (1 + std::pow(std::max(2 * h - 1, 0.0), size) - 2 * std::pow(h, size)) * factor;
  for (std::size_t i = 1; i < m; ++i)
    for (std::size_t r = i - 1; r < m; ++r) out[r * m + i] = w[r + 1 - i];
  for (std::size_t r = 0; r < m; ++r) out[r * m] = v[r];
  for (std::size_t c = 0; c < m; ++c) out[(m - 1) * m + c] = v[m - 1 - c];
  return out;
}

// P(D_n <= x), exact but for rounding: O((nx)³ log n).
double by_matrix(std::int64_t n, double x) {
  const double nd = static_cast<double>(n) * x;
  if (nd <= 0.5) return 0;
  const auto k = static_cast<std::size_t>(std::ceil(nd)), m = 2 * k - 1;
  Matrix power = durbin(m, static_cast<double>(k) - nd), out(m * m, 0);
  for (std::size_t i = 0; i < m; ++i) out[i * m + i] = 1;
  int exponent = 0, power_exponent = 0;
  for (std::int64_t left = n; left > 0; left /= 2) {
    if (left % 2) out = product(out, power, m), exponent += power_exponent;
    power = product(power, power, m), power_exponent *= 2;
    if (power[(k - 1) * m + k - 1] > 0x1p128) {
      for (double& each : power) each *= 0x1p-128;
      power_exponent += 128;
    }
    if (out[(k - 1) * m + k - 1] > 0x1p128) {
      for (double& each : out) each *= 0x1p-128;
      exponent += 128;
    }
  }
  double p = out[(k - 1) * m + k - 1];
  for (std::int64_t i = 1; i <= n; ++i) {
    p *= static_cast<double>(i) / static_cast<double>(n);
    if (p < 0x1p-128) p *= 0x1p128, exponent -= 128;
  }
  return std::ldexp(p, exponent);
}

// The limiting law with three terms in 1/sqrt(n) (Pelz and Good 1976).
double pelz_good(std::int64_t n, double x) {
  const double rows = static_cast<double>(n), z = std::sqrt(rows) * x, z2 = z * z, z3 = z2 * z, z4 = z2 * z2;
  const double z6 = z4 * z2, z8 = z4 * z4, pi4 = kPi2 * kPi2, pi6 = pi4 * kPi2;
  const double log_q = -kPi2 / 8 / z2;
  if (log_q < -708) return 0;
  const double q = std::exp(log_q), root_2pi = std::sqrt(2 * std::numbers::pi);
  const auto most = static_cast<int>(std::ceil(16 * z / std::numbers::pi));
  std::array<double, 4> sum{};
  for (int k = most; k > 0; --k) {
    const double m2 = (2.0 * k - 1) * (2.0 * k - 1), m4 = m2 * m2, m6 = m4 * m2, factor = std::pow(q, 8.0 * k);
    const std::array<double, 4> term{1, -z2 + kPi2 / 4 * m2,
                                     6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * kPi2 / 4 * m2 + pi4 * (1 - 2 * z2) / 16 * m4,
                                     -30 * z6 - 90 * z8 + kPi2 * (135 * z4 - 96 * z6) / 4 * m2 +
                                         pi4 * (-60 * z2 + 212 * z4) / 16 * m4 + pi6 * (5 - 30 * z2) / 64 * m6};
    for (std::size_t i = 0; i < 4; ++i) sum[i] = sum[i] * factor + term[i];
  }
  const std::array<double, 4> below{z, 6 * z4, 72 * z6 * z, 6480 * z8 * z2};
  for (std::size_t i = 0; i < 4; ++i) sum[i] *= q * root_2pi / below[i];
  const double q2 = std::exp(-kPi2 / 2 / z2), root3z = std::sqrt(3.0) * z;
  double second = 0, third = 0;
  for (int k = most; k > 0; --k) {
    const double k2 = static_cast<double>(k) * k, power = std::pow(q2, k2), kpi = std::numbers::pi * k;
    second += k2 * power, third += (root3z + kpi) * (root3z - kpi) * k2 * power;
  }
  sum[2] += second * kPi2 * root_2pi / (-36 * z3);
  sum[3] += third * kPi2 * root_2pi / (216 * z6);
  return sum[0] + sum[1] / std::sqrt(rows) + sum[2] / rows + sum[3] / (rows * std::sqrt(rows));
}

}  // namespace

double smirnov_tail(std::int64_t n, double x) {
  const double rows = static_cast<double>(n);
  if (x <= 0) return 1;
  if (x >= 1) return 0;
  if (n > 1'000'000) return std::exp(-(6 * rows * x + 1) * (6 * rows * x + 1) / (18 * rows));
  const double all = log_factorial(rows);
  const auto last = static_cast<std::int64_t>(std::floor(rows * (1 - x)));
  double sum = 0;
  for (std::int64_t i = last; i >= 0; --i) {
    const double j = static_cast<double>(i), at = x + j / rows;
    if (at >= 1) {
      if (i == n) sum += std::exp((j - 1) * std::log(at));  // (1 - at)^0
      continue;
    }
    sum += std::exp(all - log_factorial(j) - log_factorial(rows - j) + (j - 1) * std::log(at) +
                    (rows - j) * std::log1p(-at));
  }
  return std::min(1.0, x * sum);
}

double kolmogorov_tail(std::int64_t n, double x) {
  const double rows = static_cast<double>(n), t = rows * x, t2 = t * x;
  if (x >= 1) return 0;
  if (t <= 0.5) return 1;
  if (t <= 1) return 1 - std::exp(log_factorial(rows) - rows * std::log(rows) + rows * std::log(2 * t - 1));
  if (t >= rows - 1) return 2 * std::pow(1 - x, rows);
  if (x >= 0.5 || t2 >= (n <= 140 ? 4 : 2.2)) return std::min(1.0, 2 * smirnov_tail(n, x));
  const bool small = n <= 140 || (n <= 100'000 && rows * std::pow(x, 1.5) <= 1.4);
  return std::clamp(1 - (small ? by_matrix(n, x) : pelz_good(n, x)), 0.0, 1.0);
}

double two_sample_tail(std::int64_t n, std::int64_t m, std::int64_t d_times_lcm) {
  if (d_times_lcm <= 0) return 1;
  if (n > m) std::swap(n, m);
  const std::int64_t g = std::gcd(n, m), step_i = n / g, step_j = m / g;  // |i·step_i - j·step_j| >= d touches
  const auto rows = static_cast<std::size_t>(n);
  // touched[j]: chance that a random path from (0, 0) to (i, j), i of m and j of n, has touched the border.
  std::vector<double> touched(rows + 1, 1);
  std::int64_t low = 0, high = 0;  // the cells of this row that are inside; the others are 1
  const auto inside = [&](std::int64_t i, std::int64_t j) { return std::abs(i * step_i - j * step_j) < d_times_lcm; };
  for (; high < n && inside(0, high + 1); ++high) {
  }
  for (std::int64_t j = 0; j <= high; ++j) touched[static_cast<std::size_t>(j)] = 0;
  for (std::int64_t i = 1; i <= m; ++i) {
    while (low <= n && !inside(i, low)) {
      touched[static_cast<std::size_t>(low)] = 1;
      if (++low > n) return 1;
    }
    for (; high < n && inside(i, high + 1); ++high) {
    }
    const double from = static_cast<double>(i);
    double left = low > 0 ? 1 : touched[0];
    for (std::int64_t j = std::max<std::int64_t>(low, 1); j <= high; ++j) {
      const double share = from / static_cast<double>(i + j);
      double& cell = touched[static_cast<std::size_t>(j)];
      left = cell = share * cell + (1 - share) * left;
    }
  }
  return touched[rows];
}

}  // namespace assay::metrics
