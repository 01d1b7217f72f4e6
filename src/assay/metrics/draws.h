// Exact Poisson and binomial draws, each addressed by its own Philox counter (fairness b4).
#pragma once

#include <array>
#include <cstdint>

#include "assay/base/philox.h"

namespace assay::metrics {

// Poisson(rate): inversion below 10, PTRS (Hoermann 1993) from 10 on. Prepared once per cell, drawn once per replicate.
class Poisson {
 public:
  explicit Poisson(double rate);
  double operator()(const Philox& stream, std::uint64_t index) const;

 private:
  double invert(double u) const;
  double rate_, log_rate_, none_, a_, b_, log_inverse_alpha_, quick_;
};

// Binomial(n, p): inversion where n·min(p, 1-p) < 10, else BTRS (Hoermann 1993).
class Binomial {
 public:
  Binomial(std::uint64_t n, double p);
  double operator()(const Philox& stream, std::uint64_t index) const;

 private:
  double n_, p_, none_, a_, b_, alpha_, quick_, mode_, log_odds_, at_mode_;
  bool flipped_;
};

// Eight Poisson(1) replicate weights of one row: k = number of CDF steps below a 16-bit uniform; a uniform that falls
// on a step takes 32 more bits, so the law is exact to 2^-48. `block` = Philox(seed).fork(kBootstrap).fork(replicate /
// 8).
std::array<std::uint8_t, 8> row_weights(const Philox& block, std::uint64_t row);

}  // namespace assay::metrics
