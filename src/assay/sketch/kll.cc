#include "assay/sketch/kll.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/base/philox.h"
#include "assay/sketch/bytes.h"

namespace assay::sketch {
namespace {
constexpr std::size_t kLeast = 8;
constexpr std::size_t kMostLevels = 64;
constexpr std::uint64_t kCoin = 0x6B6C6C20636F696Eull;  // "kll coin"
}  // namespace

std::size_t Kll::capacity(std::size_t level) const {
  const auto depth = static_cast<double>(levels_.size() - 1 - level);
  return std::max(kLeast, static_cast<std::size_t>(std::ceil(k_ * std::pow(2.0 / 3.0, depth))));
}

void Kll::add_level() {
  levels_.emplace_back(), compactions_.push_back(0);
  room_ = 0;
  for (std::size_t h = 0; h < levels_.size(); ++h) room_ += capacity(h);
}

void Kll::compact(std::size_t level) {
  if (level + 1 == levels_.size()) add_level();
  auto& items = levels_[level];
  std::sort(items.begin(), items.end());
  const std::uint64_t coin = Philox(kCoin, level).fork(n_).bits(compactions_[level]++) & 1;
  const std::size_t odd = items.size() & 1;  // the smallest stays behind
  for (std::size_t i = odd + coin; i < items.size(); i += 2) levels_[level + 1].push_back(items[i]);
  kept_ -= items.size() / 2;
  items.resize(odd);
}

void Kll::compress() {
  while (kept_ > room_) {
    std::size_t level = 0;
    while (level + 1 < levels_.size() && levels_[level].size() < capacity(level)) ++level;
    compact(level);
  }
}

void Kll::add(double x, std::uint64_t count) {
  if (count == 0) return;
  n_ += count;
  min_ = std::min(min_, x), max_ = std::max(max_, x);
  for (std::size_t h = 0; count != 0; ++h, count >>= 1) {
    if (h == levels_.size()) add_level();
    if ((count & 1) != 0) levels_[h].push_back(x), ++kept_;
  }
  compress();
}

void Kll::merge(const Kll& other) {
  if (other.n_ == 0) return;
  n_ += other.n_;
  min_ = std::min(min_, other.min_), max_ = std::max(max_, other.max_);
  while (levels_.size() < other.levels_.size()) add_level();
  kept_ += other.kept_;
  for (std::size_t h = 0; h < other.levels_.size(); ++h) {
    levels_[h].insert(levels_[h].end(), other.levels_[h].begin(), other.levels_[h].end());
    compactions_[h] += other.compactions_[h];
  }
  compress();
}

std::vector<std::pair<double, std::uint64_t>> Kll::weighted() const {
  std::vector<std::pair<double, std::uint64_t>> out;
  out.reserve(kept_);
  for (std::size_t h = 0; h < levels_.size(); ++h)
    for (const double x : levels_[h]) out.emplace_back(x, std::uint64_t{1} << h);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<double> Kll::quantiles(const std::vector<double>& q) const {
  const auto items = weighted();
  std::vector<double> out;
  for (const double each : q) {
    if (each <= 0 || each >= 1) {
      out.push_back(each <= 0 ? min_ : max_);
      continue;
    }
    const double wanted = each * static_cast<double>(n_);
    std::uint64_t sum = 0;
    double found = max_;
    for (const auto& [x, weight] : items)
      if (sum += weight; static_cast<double>(sum) >= wanted) {
        found = x;
        break;
      }
    out.push_back(found);
  }
  return out;
}

double Kll::rank(double x) const {
  std::uint64_t sum = 0;
  for (std::size_t h = 0; h < levels_.size(); ++h)
    for (const double each : levels_[h])
      if (each <= x) sum += std::uint64_t{1} << h;
  return n_ == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(n_);
}

double Kll::rank_error() const { return 2.296 / std::pow(k_, 0.9723); }

std::string Kll::save() const {
  std::string out;
  put(out, k_), put(out, n_), put(out, min_), put(out, max_), put(out, static_cast<std::uint32_t>(levels_.size()));
  for (std::size_t h = 0; h < levels_.size(); ++h) {
    put(out, compactions_[h]), put(out, static_cast<std::uint32_t>(levels_[h].size()));
    for (const double x : levels_[h]) put(out, x);
  }
  return out;
}

Result<Kll> Kll::load(std::string_view bytes) {
  Bytes in(bytes);
  Kll out;
  std::uint32_t levels = 0;
  const auto bad = [] { return fail(Code::kCorrupt, "not a saved quantile sketch", {}, "make the statistics again"); };
  if (!in.get(out.k_) || !in.get(out.n_) || !in.get(out.min_) || !in.get(out.max_) || !in.get(levels)) return bad();
  if (out.k_ < kLeast || out.k_ > 65535 || levels == 0 || levels > kMostLevels) return bad();
  while (out.levels_.size() < levels) out.add_level();
  std::uint64_t sum = 0;
  for (std::size_t h = 0; h < levels; ++h) {
    std::uint32_t size = 0;
    if (!in.get(out.compactions_[h]) || !in.get(size) || in.left() / sizeof(double) < size) return bad();
    out.levels_[h].resize(size);
    out.kept_ += size;
    for (double& x : out.levels_[h])
      if (!in.get(x) || std::isnan(x)) return bad();
    sum += std::uint64_t{size} << h;
  }
  if (in.left() != 0 || sum != out.n_ || out.kept_ > 2 * out.room_) return bad();
  return out;
}

}  // namespace assay::sketch
