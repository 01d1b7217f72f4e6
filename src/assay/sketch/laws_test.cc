// What must hold for every input: order, parts and merges leave the exact sum as it is, and it is the true one.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "assay/sketch/exact_sum.h"
#include "assay/sketch/hll.h"
#include "assay/sketch/value_table.h"

namespace assay::sketch {
namespace {

using Rational = boost::multiprecision::cpp_rational;
using Float = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<9000>, boost::multiprecision::et_off>;

double any_double(std::uint64_t bits) {
  const auto x = std::bit_cast<double>(bits);
  return std::isfinite(x) ? x : std::bit_cast<double>(bits & 0x000FFFFFFFFFFFFFull);
}
std::vector<double> doubles() {
  const auto bits = *rc::gen::arbitrary<std::vector<std::uint64_t>>();
  const int kind = *rc::gen::inRange(0, 3);
  std::vector<double> out;
  for (const auto b : bits)
    out.push_back(kind == 0   ? any_double(b)                                          // all exponents
                  : kind == 1 ? static_cast<double>(static_cast<std::int64_t>(b)) / 3  // alike
                              : std::ldexp(static_cast<double>(b >> 44), -1074));      // subnormal
  return out;
}

ExactSum sum_of(const std::vector<double>& x) {
  ExactSum out;
  for (const double each : x) out.add(each);
  return out;
}

RC_GTEST_PROP(ExactSum, IsTheTrueSum, ()) {
  const auto x = doubles();
  Rational exact = 0;
  for (const double each : x) exact += Rational(each);
  // 9000 bits hold every such sum whole, so the conversion rounds once.
  const Float wide = Float(numerator(exact)) / Float(denominator(exact));
  const double want = static_cast<double>(wide);
  if (std::abs(want) > 1e-290 || want == 0) RC_ASSERT(sum_of(x).finish() == want);
}

RC_GTEST_PROP(ExactSum, OrderAndPartsDoNotMatter, ()) {
  const auto x = doubles();
  const auto whole = sum_of(x);
  auto shuffled = x;
  std::sort(shuffled.begin(), shuffled.end());
  RC_ASSERT(sum_of(shuffled) == whole);
  const auto cut = x.begin() + static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, x.size() + 1));
  ExactSum left = sum_of({x.begin(), cut}), right = sum_of({cut, x.end()}), other = right;
  left.merge(right);
  other.merge(sum_of({x.begin(), cut}));
  RC_ASSERT(left == whole && other == whole);
  RC_ASSERT(left.save() == whole.save());
  RC_ASSERT(ExactSum::load(whole.save()).value() == whole);
  ExactSum neutral;
  neutral.merge(whole);
  RC_ASSERT(neutral == whole);
}

RC_GTEST_PROP(ExactSum, ProductsAndCounts, ()) {
  const auto x = doubles();
  const auto count = *rc::gen::inRange<std::uint64_t>(1, 40);
  ExactSum once, many, squares;
  for (const double each : x) {
    once.add(each, count), once.add_product(each, -each, count);
    for (std::uint64_t i = 0; i < count; ++i) many.add(each), many.add_product(each, -each);
    squares.add_product(each, each);
  }
  RC_ASSERT(once == many);
  if (x.empty()) return;
  Rational sum = 0, square = 0;
  for (const double each : x) sum += Rational(each), square += Rational(each) * Rational(each);
  const Rational n = x.size(), mean = sum / n, variance = square / n - mean * mean;
  const auto near = [](double got, const Float& want) {  // one rounding is at most half an ulp; the reference has two
    const auto rounded = static_cast<double>(want);
    return got == rounded || std::abs(rounded) < 1e-290 || std::isinf(rounded);
  };
  const auto wide = [](const Rational& r) { return Float(numerator(r)) / Float(denominator(r)); };
  RC_ASSERT(near(exact_mean(sum_of(x), x.size()), wide(mean)));
  RC_ASSERT(near(exact_variance(sum_of(x), squares, x.size()), wide(variance)));
  RC_ASSERT(near(exact_standard_deviation(sum_of(x), squares, x.size()), sqrt(wide(variance))));
}

RC_GTEST_PROP(ExactSum, Integers, ()) {
  const auto x = *rc::gen::arbitrary<std::vector<std::int64_t>>();
  const auto scale = *rc::gen::inRange(0, 64);
  ExactSum sum, squares;
  boost::multiprecision::cpp_int exact = 0, square = 0;
  for (const auto each : x) {
    const std::int64_t v = each >> scale;
    sum.add(v), squares.add_square(v);
    exact += v, square += boost::multiprecision::cpp_int(v) * v;
  }
  RC_ASSERT(sum.finish() == static_cast<double>(Float(exact)));
  RC_ASSERT(squares.finish() == static_cast<double>(Float(square)));
}

RC_GTEST_PROP(Tables, OrderAndParts, ()) {
  const auto keys = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 200));
  ValueTable table(100);
  Hll whole, left, right;
  bool fits = true;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    fits = table.add(keys[i]) && fits;
    whole.add_hash(hash(keys[i]));
    (i % 2 != 0 ? left : right).add_hash(hash(keys[i]));
  }
  auto distinct = keys;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  RC_ASSERT(fits == (distinct.size() <= 100));
  RC_ASSERT(table.size() == std::min<std::size_t>(distinct.size(), 100));
  if (fits)
    for (const auto key : distinct)
      RC_ASSERT(table.count(key) == static_cast<std::uint64_t>(std::count(keys.begin(), keys.end(), key)));
  left.merge(right);
  RC_ASSERT(left == whole);
}

}  // namespace
}  // namespace assay::sketch
