#include "assay/sketch/hll.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace assay::sketch {
namespace {

std::uint64_t finalised(std::uint64_t k) {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdull;
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53ull;
  return k ^ (k >> 33);
}

// Ertl 2017, "New cardinality estimation algorithms for HyperLogLog sketches", algorithms 5 and 6.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1, z = x, before = -1;
  while (z != before) {
    x *= x, before = z;
    z += x * y, y += y;
  }
  return z;
}
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1, z = 1 - x, before = -1;
  while (z != before) {
    x = std::sqrt(x), before = z, y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

std::uint64_t hash(std::string_view bytes) {
  constexpr std::uint64_t c1 = 0x87c37b91114253d5ull, c2 = 0x4cf5ad432745937full;
  std::uint64_t h1 = 9001, h2 = 9001;
  const auto mix1 = [](std::uint64_t k) { return std::rotl(k * c1, 31) * c2; };
  const auto mix2 = [](std::uint64_t k) { return std::rotl(k * c2, 33) * c1; };
  std::string_view rest = bytes;
  for (; rest.size() >= 16; rest.remove_prefix(16)) {
    std::uint64_t k1, k2;
    std::memcpy(&k1, rest.data(), 8), std::memcpy(&k2, rest.data() + 8, 8);
    h1 = (std::rotl(h1 ^ mix1(k1), 27) + h2) * 5 + 0x52dce729;
    h2 = (std::rotl(h2 ^ mix2(k2), 31) + h1) * 5 + 0x38495ab5;
  }
  std::array<unsigned char, 16> tail{};
  std::memcpy(tail.data(), rest.data(), rest.size());
  std::uint64_t k1, k2;
  std::memcpy(&k1, tail.data(), 8), std::memcpy(&k2, tail.data() + 8, 8);
  if (rest.size() > 8) h2 ^= mix2(k2);
  if (!rest.empty()) h1 ^= mix1(k1);
  h1 ^= bytes.size(), h2 ^= bytes.size();
  h1 += h2, h2 += h1;
  return finalised(h1) + finalised(h2);
}

std::uint64_t hash(std::uint64_t key) {
  std::array<char, 8> bytes;
  std::memcpy(bytes.data(), &key, 8);
  return hash(std::string_view(bytes.data(), bytes.size()));
}

void Hll::add_hash(std::uint64_t h) {
  auto& slot = registers_[static_cast<std::size_t>(h >> (64 - kBits))];
  const int zeros = std::countl_zero((h << kBits) | (std::uint64_t{1} << (kBits - 1)));
  slot = std::max(slot, static_cast<std::uint8_t>(zeros + 1));
}

void Hll::merge(const Hll& other) {
  for (std::size_t i = 0; i < registers_.size(); ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
}

double Hll::estimate() const {
  constexpr int kMost = 64 - kBits;
  std::array<double, kMost + 2> count{};
  for (const auto each : registers_) ++count[each];
  const auto m = static_cast<double>(registers_.size());
  double z = m * tau((m - count[kMost + 1]) / m);
  for (int k = kMost; k >= 1; --k) z = 0.5 * (z + count[static_cast<std::size_t>(k)]);
  z += m * sigma(count[0] / m);
  return m * m / (2 * std::log(2.0) * z);
}

double Hll::relative_standard_error() { return 1.04 / std::sqrt(static_cast<double>(1 << kBits)); }

std::string Hll::save() const { return {registers_.begin(), registers_.end()}; }

Result<Hll> Hll::load(std::string_view bytes) {
  Hll out;
  const auto low_enough = [](char c) { return static_cast<unsigned char>(c) <= 64 - kBits + 1; };
  if (bytes.size() != out.registers_.size() || !std::all_of(bytes.begin(), bytes.end(), low_enough))
    return fail(Code::kCorrupt, "not a saved distinct-count sketch", {}, "make the statistics again");
  std::copy(bytes.begin(), bytes.end(), out.registers_.begin());
  return out;
}

}  // namespace assay::sketch
