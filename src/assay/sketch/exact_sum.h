// Sums that are exact whatever the order, the parts or the threads, and are rounded once at the end (data b2; Neal
// 2015, "Fast exact summation using small and large superaccumulators").
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::sketch {

// A fixed-point number of 138 limbs of 32 bits that holds 2^-2148 … 2^2048 with room for 2^63 additions: sums of
// doubles, of products of two doubles and of integers, all without error. 1.1 kB; an addition costs a few ns.
class ExactSum {
 public:
  void add(double x, std::uint64_t count = 1);                    // count * x; x finite
  void add(std::int64_t x, std::uint64_t count = 1);              // count * x
  void add_product(double a, double b, std::uint64_t count = 1);  // count * a * b; both finite
  void add_square(std::int64_t x, std::uint64_t count = 1);       // count * x * x
  void merge(const ExactSum& other);
  double finish() const;                         // nearest double, ties to even; ±infinity beyond the largest
  bool operator==(const ExactSum& other) const;  // the same number
  std::string save() const;                      // the same number gives the same bytes
  static Result<ExactSum> load(std::string_view bytes);

  static constexpr int kLow = -2176;  // exponent of limb 0
  static constexpr int kLimbs = 138;
  // Limbs in two's complement: all but the last in [0, 2^32).
  std::array<std::int64_t, kLimbs> settled() const;

 private:
  __extension__ using Wide = unsigned __int128;
  void add_scaled(Wide magnitude, int exponent, std::uint64_t count, bool negative);
  void add_magnitude(Wide magnitude, int exponent, bool negative);
  void carry();
  std::array<std::int64_t, kLimbs> limb_{};
  std::uint32_t pending_ = 0;  // additions since the last carry
};

// Of n values with exact sum and exact sum of squares; each rounded once. n > 0. Divisor n (ddof 0).
double exact_mean(const ExactSum& sum, std::uint64_t n);
double exact_variance(const ExactSum& sum, const ExactSum& squares, std::uint64_t n);
double exact_standard_deviation(const ExactSum& sum, const ExactSum& squares, std::uint64_t n);

}  // namespace assay::sketch
