#include "assay/metrics/draws.h"

#include <algorithm>
#include <cmath>

namespace assay::metrics {
namespace {

// log k! by Stirling's series; error below 1e-12. (std::lgamma writes a global.)
double log_factorial(double k) {
  constexpr std::array<double, 10> kSmall{0,
                                          0,
                                          0.69314718055994531,
                                          1.79175946922805500,
                                          3.17805383034794562,
                                          4.78749174278204599,
                                          6.57925121201010100,
                                          8.52516136106541430,
                                          10.60460290274525023,
                                          12.80182748008146961};
  if (k < 10) return kSmall[static_cast<std::size_t>(k)];
  const double r = 1 / k, r2 = r * r;
  return (k + 0.5) * std::log(k) - k + 0.91893853320467274 +
         r * (1.0 / 12 - r2 * (1.0 / 360 - r2 * (1.0 / 1260 - r2 * (1.0 / 1680))));
}

struct Pair {
  double u, v;  // [0, 1)
};

Pair uniforms(const Philox& stream, std::uint64_t index) {
  const auto b = stream.block(index);
  const auto wide = [](std::uint32_t low, std::uint32_t high) {
    return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * 0x1p-53;
  };
  return {wide(b[0], b[1]), wide(b[2], b[3])};
}

// Attempt t of draw `index` stands at counter index + t·2^40.
constexpr std::uint64_t kAttempt = std::uint64_t{1} << 40;

struct Steps {  // the Poisson(1) distribution function
  std::array<double, 18> cdf{};
  std::array<std::uint16_t, 8> first{};
};

constexpr Steps kSteps = [] {
  Steps made;
  double term = 0.36787944117144233, sum = 0;  // exp(-1)
  for (std::size_t j = 0; j < made.cdf.size(); ++j) {
    sum += term, made.cdf[j] = sum, term /= static_cast<double>(j + 1);
    if (j < made.first.size()) made.first[j] = static_cast<std::uint16_t>(65536 * sum);
  }
  return made;
}();

}  // namespace

Poisson::Poisson(double rate) : rate_(rate), log_rate_(std::log(rate)), none_(std::exp(-rate)) {
  b_ = 0.931 + 2.53 * std::sqrt(rate);
  a_ = -0.059 + 0.02483 * b_;
  log_inverse_alpha_ = rate < 10 ? 0 : std::log(1.1239 + 1.1328 / (b_ - 3.4));
  quick_ = 0.9277 - 3.6224 / (b_ - 2);
}

double Poisson::invert(double u) const {
  double k = 0, term = none_;
  for (double sum = term; u >= sum && k < 200; sum += term) ++k, term *= rate_ / k;
  return k;
}

double Poisson::operator()(const Philox& stream, std::uint64_t index) const {
  if (rate_ <= 0) return 0;
  if (rate_ < 10) return invert(stream.uniform(index));
  for (;; index += kAttempt) {
    auto [u, v] = uniforms(stream, index);
    u -= 0.5;
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a_ / us + b_) * u + rate_ + 0.43);
    if (us >= 0.07 && v <= quick_) return k;
    if (k < 0 || us <= 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + log_inverse_alpha_ - std::log(a_ / (us * us) + b_) <= k * log_rate_ - rate_ - log_factorial(k))
      return k;
  }
}

Binomial::Binomial(std::uint64_t n, double p) : n_(static_cast<double>(n)), p_(std::min(p, 1 - p)), flipped_(p > 0.5) {
  const double q = 1 - p_, root = std::sqrt(n_ * p_ * q);
  none_ = std::pow(q, n_);
  b_ = 1.15 + 2.53 * root;
  a_ = -0.0873 + 0.0248 * b_ + 0.01 * p_;
  alpha_ = (2.83 + 5.1 / b_) * root;
  quick_ = 0.92 - 4.2 / b_;
  mode_ = std::floor((n_ + 1) * p_);
  log_odds_ = p_ > 0 ? std::log(p_ / q) : 0;
  at_mode_ = log_factorial(mode_) + log_factorial(n_ - mode_);
}

double Binomial::operator()(const Philox& stream, std::uint64_t index) const {
  double k = 0;
  if (n_ * p_ < 10) {
    const double u = stream.uniform(index), odds = p_ / (1 - p_);
    double term = none_;
    for (double sum = term; u >= sum && k < n_; sum += term) ++k, term *= odds * (n_ - k + 1) / k;
  } else {
    for (;; index += kAttempt) {
      auto [u, v] = uniforms(stream, index);
      u -= 0.5;
      const double us = 0.5 - std::abs(u);
      if (us <= 0) continue;
      k = std::floor((2 * a_ / us + b_) * u + n_ * p_ + 0.5);
      if (us >= 0.07 && v <= quick_) break;
      if (k < 0 || k > n_) continue;
      const double log_v = std::log(v * alpha_ / (a_ / (us * us) + b_));
      if (log_v <= at_mode_ - log_factorial(k) - log_factorial(n_ - k) + (k - mode_) * log_odds_) break;
    }
  }
  return flipped_ ? n_ - k : k;
}

std::array<std::uint8_t, 8> row_weights(const Philox& block, std::uint64_t row) {
  const auto words = block.block(row);
  std::array<std::uint16_t, 8> u, k{}, equal{};
  for (std::size_t l = 0; l < 8; ++l) u[l] = static_cast<std::uint16_t>(words[l / 2] >> (16 * (l % 2)));
  for (const std::uint16_t step : kSteps.first)
    for (std::size_t l = 0; l < 8; ++l) {  // eight lanes of one vector register
      k[l] = static_cast<std::uint16_t>(k[l] + (u[l] > step));
      equal[l] = static_cast<std::uint16_t>(equal[l] | (u[l] == step));
    }
  std::array<std::uint8_t, 8> out;
  unsigned on_step = 0;
  for (std::size_t l = 0; l < 8; ++l) out[l] = static_cast<std::uint8_t>(k[l]), on_step |= unsigned{equal[l]} << l;
  for (std::size_t l = 0; on_step != 0 && l < 8; ++l) {
    if (!((on_step >> l) & 1u)) continue;
    const std::uint32_t v = block.fork(1 + l / 4).block(row)[l % 4];
    const double wide = (static_cast<double>(u[l]) + static_cast<double>(v) * 0x1p-32) / 65536;
    unsigned steps = 0;
    for (const double step : kSteps.cdf) steps += wide >= step;
    out[l] = static_cast<std::uint8_t>(steps);
  }
  return out;
}

}  // namespace assay::metrics
