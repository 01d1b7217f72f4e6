// Quantiles of more distinct values than a table holds: KLL (Karnin, Lang, Liberty 2016).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"

namespace assay::sketch {

// Level h holds items that stand for 2^h values each; a full level keeps every second of its sorted items for the next.
// Which half is a coin that Philox throws by (level, compactions done, n): the answer is the same for the same
// additions and merges in the same order, and the published error holds for data not built against the key. Memory
// O(k).
class Kll {
 public:
  explicit Kll(std::uint32_t k = 400) : k_(k), levels_(1), compactions_(1, 0), room_(k) {}
  void add(double x, std::uint64_t count = 1);  // x not NaN
  void merge(const Kll& other);                 // the same k
  std::uint64_t n() const { return n_; }
  double min() const { return min_; }
  double max() const { return max_; }
  // The smallest value kept whose rank reaches q (inverted CDF); q in [0, 1]; exact at 0 and 1. n() > 0.
  std::vector<double> quantiles(const std::vector<double>& q) const;
  double rank(double x) const;  // share of values <= x
  // Bound on the error of one rank at 99 % confidence, as a share of n (constants of Apache DataSketches).
  double rank_error() const;
  std::size_t kept() const { return kept_; }
  std::string save() const;
  static Result<Kll> load(std::string_view bytes);

 private:
  std::size_t capacity(std::size_t level) const;
  void add_level();
  void compress();
  void compact(std::size_t level);
  std::vector<std::pair<double, std::uint64_t>> weighted() const;  // sorted items with weights
  std::uint32_t k_;
  std::uint64_t n_ = 0;
  double min_ = std::numeric_limits<double>::infinity(), max_ = -std::numeric_limits<double>::infinity();
  std::vector<std::vector<double>> levels_;
  std::vector<std::uint64_t> compactions_;
  std::size_t kept_ = 0, room_;  // items in all levels; the sum of the capacities
};

}  // namespace assay::sketch
