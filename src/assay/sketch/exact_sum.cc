#include "assay/sketch/exact_sum.h"

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cassert>
#include <cmath>
#include <limits>

#include "assay/sketch/bytes.h"

namespace assay::sketch {
namespace {

using Big = boost::multiprecision::cpp_int;
__extension__ using Wide = unsigned __int128;
constexpr std::uint64_t kMask = 0xFFFFFFFFull;

struct Parts {  // magnitude * 2^exponent
  std::uint64_t magnitude;
  int exponent;
  bool negative;
};
Parts parts_of(double x) {
  assert(std::isfinite(x));
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const int field = static_cast<int>((bits >> 52) & 0x7FF);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  return {field == 0 ? fraction : fraction | (std::uint64_t{1} << 52), std::max(field, 1) - 1075, (bits >> 63) != 0};
}
std::uint64_t magnitude_of(std::int64_t x) {
  return x < 0 ? ~static_cast<std::uint64_t>(x) + 1 : static_cast<std::uint64_t>(x);
}

// m * 2^e plus something below one unit when `sticky`, rounded once to the nearest double, ties to even.
double rounded(Wide m, int e, bool sticky) {
  if (m == 0) return 0;
  const auto high = static_cast<std::uint64_t>(m >> 64);
  const int length = high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(m));
  const int lowest = std::max(length + e - 53, -1074), drop = lowest - e;
  if (drop > 127) return 0;
  if (drop <= 0) return std::ldexp(static_cast<double>(static_cast<std::uint64_t>(m)), e);
  const Wide half = Wide{1} << (drop - 1), rest = m & ((half << 1) - 1);
  auto kept = static_cast<std::uint64_t>(m >> drop);
  if (rest > half || (rest == half && (sticky || (kept & 1) != 0))) ++kept;
  return std::ldexp(static_cast<double>(kept), lowest);
}

int bits_of(const Big& value) { return static_cast<int>(msb(value)) + 1; }

// p / q * 2^e, p >= 0, q > 0.
double ratio(Big p, Big q, int e) {
  if (p == 0) return 0;
  const int shift = 70 - (bits_of(p) - bits_of(q));
  if (shift > 0)
    p <<= shift;
  else
    q <<= -shift;
  Big quotient, rest;
  divide_qr(p, q, quotient, rest);
  return rounded(static_cast<Wide>(quotient), e - shift, rest != 0);
}

// Square root of p / q * 2^e with even e.
double root_of_ratio(Big p, Big q, int e) {
  if (p == 0) return 0;
  int shift = 144 - (bits_of(p) - bits_of(q));
  shift += shift & 1;
  if (shift > 0)
    p <<= shift;
  else
    q <<= -shift;
  Big quotient, rest, left;
  divide_qr(p, q, quotient, rest);
  const Big root = sqrt(quotient, left);
  return rounded(static_cast<Wide>(root), (e - shift) / 2, left != 0 || rest != 0);
}

// The sum in units of 2^kLow.
Big whole(const ExactSum& sum) {
  const auto limbs = sum.settled();
  Big out = limbs.back();
  for (int i = ExactSum::kLimbs - 2; i >= 0; --i) out = (out << 32) + limbs[static_cast<std::size_t>(i)];
  return out;
}

// n * squares - sum^2 in units of 2^(2 kLow); the variance times n^2. Never negative for sums of the same values.
Big spread(const ExactSum& sum, const ExactSum& squares, std::uint64_t n) {
  const Big s = whole(sum);
  Big out = ((whole(squares) * n) << -ExactSum::kLow) - s * s;
  return out < 0 ? Big(0) : out;
}

}  // namespace

void ExactSum::carry() {
  std::int64_t over = 0;
  for (int i = 0; i < kLimbs - 1; ++i) {
    auto& limb = limb_[static_cast<std::size_t>(i)];
    limb += over;
    over = limb >> 32;
    limb = static_cast<std::int64_t>(static_cast<std::uint64_t>(limb) & kMask);
  }
  limb_.back() += over;
  pending_ = 0;
}

void ExactSum::add_magnitude(Wide m, int exponent, bool negative) {
  const int at = exponent - kLow;
  auto limb = limb_.begin() + (at >> 5);
  const int shift = at & 31;
  const auto piece = [&](std::uint64_t bits) {
    *limb++ += negative ? -static_cast<std::int64_t>(bits) : static_cast<std::int64_t>(bits);
  };
  piece(static_cast<std::uint64_t>(m << shift) & kMask);
  for (m >>= 32 - shift; m != 0; m >>= 32) piece(static_cast<std::uint64_t>(m) & kMask);
  if (++pending_ == (1u << 30)) carry();
}

void ExactSum::add_scaled(Wide m, int exponent, std::uint64_t count, bool negative) {
  if (count == 1) return add_magnitude(m, exponent, negative);
  for (; m != 0; m >>= 32, exponent += 32)
    add_magnitude(Wide{static_cast<std::uint64_t>(m) & kMask} * count, exponent, negative);
}

void ExactSum::add(double x, std::uint64_t count) {
  const Parts p = parts_of(x);
  add_scaled(p.magnitude, p.exponent, count, p.negative);
}
void ExactSum::add(std::int64_t x, std::uint64_t count) { add_scaled(magnitude_of(x), 0, count, x < 0); }
void ExactSum::add_product(double a, double b, std::uint64_t count) {
  const Parts p = parts_of(a), q = parts_of(b);
  add_scaled(Wide{p.magnitude} * q.magnitude, p.exponent + q.exponent, count, p.negative != q.negative);
}
void ExactSum::add_square(std::int64_t x, std::uint64_t count) {
  add_scaled(Wide{magnitude_of(x)} * magnitude_of(x), 0, count, false);
}

void ExactSum::merge(const ExactSum& other) {
  carry();
  const auto limbs = other.settled();
  for (std::size_t i = 0; i < limb_.size(); ++i) limb_[i] += limbs[i];
  pending_ = 1;
}

std::array<std::int64_t, ExactSum::kLimbs> ExactSum::settled() const {
  ExactSum copy = *this;
  copy.carry();
  return copy.limb_;
}

bool ExactSum::operator==(const ExactSum& other) const { return settled() == other.settled(); }

double ExactSum::finish() const { return exact_mean(*this, 1); }

std::string ExactSum::save() const {
  // Only the limbs between the first and the last that say something; the sign fills up above.
  const auto limbs = settled();
  const std::int64_t sign = limbs.back() < 0 ? -1 : 0;
  const auto fill = static_cast<std::int64_t>(static_cast<std::uint64_t>(sign) & kMask);
  std::size_t first = 0, last = limbs.size() - 1;
  while (first < last && limbs[first] == 0) ++first;
  std::string out;
  if (limbs.back() == sign)
    while (last > first && limbs[last - 1] == fill) --last;
  else
    last = limbs.size();  // so large that the top limb itself counts
  put(out, static_cast<std::uint16_t>(first));
  put(out, static_cast<std::uint16_t>(last));
  put(out, sign);
  for (std::size_t i = first; i < last; ++i) put(out, limbs[i]);
  return out;
}

Result<ExactSum> ExactSum::load(std::string_view bytes) {
  Bytes in(bytes);
  std::uint16_t first = 0, last = 0;
  std::int64_t sign = 0;
  const auto bad = [] { return fail(Code::kCorrupt, "not a saved exact sum", {}, "make the statistics again"); };
  if (!in.get(first) || !in.get(last) || !in.get(sign) || first > last || last > kLimbs || (sign != 0 && sign != -1))
    return bad();
  if (in.left() != (static_cast<std::size_t>(last) - first) * sizeof(std::int64_t)) return bad();
  ExactSum out;
  for (std::size_t i = 0; i < out.limb_.size(); ++i) {
    auto& limb = out.limb_[i];
    if (i >= first && i < last) {
      if (!in.get(limb)) return bad();
      if (i + 1 < out.limb_.size() && (limb < 0 || limb > static_cast<std::int64_t>(kMask))) return bad();
    } else if (i >= last) {
      limb = i + 1 < out.limb_.size() ? static_cast<std::int64_t>(static_cast<std::uint64_t>(sign) & kMask) : sign;
    }
  }
  return out;
}

double exact_mean(const ExactSum& sum, std::uint64_t n) {
  Big total = whole(sum);
  const bool negative = total < 0;
  const double out = ratio(negative ? Big(-total) : std::move(total), Big(n), ExactSum::kLow);
  return negative ? -out : out;
}
double exact_variance(const ExactSum& sum, const ExactSum& squares, std::uint64_t n) {
  return ratio(spread(sum, squares, n), Big(n) * n, 2 * ExactSum::kLow);
}
double exact_standard_deviation(const ExactSum& sum, const ExactSum& squares, std::uint64_t n) {
  return root_of_ratio(spread(sum, squares, n), Big(n) * n, 2 * ExactSum::kLow);
}

}  // namespace assay::sketch
