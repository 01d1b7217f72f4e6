// Numbers counted by value: everything that statistics say about them follows exactly from the sorted table (data b2).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace assay::validate {

// One distinct value. `count` rows of it, whose weights sum to `weight` (0 when there are none).
struct Cell {
  double value = 0;
  std::uint64_t count = 0;
  double weight = 0;
};

struct Bucket {
  double low = 0, high = 0, mass = 0;
};

// Ascending cells; infinities first and last, NaN counted apart.
struct NumberSample {
  std::vector<Cell> cells;
  std::uint64_t nan = 0, zeros = 0, positive_infinite = 0, negative_infinite = 0;
  double nan_weight = 0;
  std::uint64_t n = 0, finite = 0;          // without NaN; without infinities too
  double mean = 0, standard_deviation = 0;  // of the finite ones, exact and rounded once, ddof 0; finite > 0
  double weighted_mean = 0, weighted_standard_deviation = 0;
  double total_weight = 0;

  double median() const;           // of even n the mean of the two middle values
  double weighted_median() const;  // the smallest value with half the weight at or below it
};

// weights: empty, or one for each value. O(n + distinct log distinct), with weights O(n log n). The answer does not
// depend on the order of the values.
NumberSample sample_of(std::span<const double> values, std::span<const double> weights = {});
NumberSample sample_of(std::span<const std::int64_t> values, std::span<const double> weights = {});
std::vector<Cell> counted(std::span<const std::uint32_t> values);  // ascending

enum class Mass { kCount, kWeight };
// `count` cells of equal width over the finite values, (low, high], the first [low, high]; one cell where all are
// equal; each infinity is a cell of its own at its end. Counts are exact.
std::vector<Bucket> standard_histogram(std::span<const Cell> cells, std::size_t count, Mass mass = Mass::kCount);
// `count` cells between quantiles of equal distance (inverted CDF); cells with one upper end share its mass evenly.
std::vector<Bucket> quantile_histogram(std::span<const Cell> cells, std::size_t count, Mass mass = Mass::kCount);

}  // namespace assay::validate
