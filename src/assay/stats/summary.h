// What one pass over a column tells: counts, exact moments, quantiles, histogram, top values (data b2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/sketch/bins.h"

namespace assay::stats {

inline constexpr double kQuantiles[] = {0, .01, .05, .25, .5, .75, .95, .99, 1};
inline constexpr std::size_t kMostDistinct = std::size_t{1} << 16;  // of numbers, counted one by one

// Of numbers. NaN and infinite values are counted and left out of all else.
struct NumberSummary {
  std::uint64_t missing = 0, nan = 0, positive_infinite = 0, negative_infinite = 0, zeros = 0;
  std::uint64_t finite = 0;
  double mean = 0, standard_deviation = 0;  // ddof 0; each exact and rounded once; finite > 0
  double min = 0, max = 0;                  // of the finite ones
  std::int64_t min_integer = 0, max_integer = 0;
  double distinct = 0;
  bool exact = true;              // false: distinct and quantiles are estimates of the sketches
  double rank_error = 0;          // of a quantile, as a share of rows at 99 % confidence
  double distinct_error = 0;      // relative standard error
  std::vector<double> quantiles;  // at kQuantiles: type 7 where exact, else inverted CDF
  sketch::Bins bins;              // equal width between min and max, (lo, hi]
  std::vector<std::uint64_t> counts;
};

// One pass in fixed chunks, merged in a fixed tree: the same bits on any number of threads. O(rows + distinct log
// distinct); memory O(min(distinct, 2^16)) per chunk at work. Columns with more distinct values are read once more for
// the histogram, whose counts are exact in any case.
NumberSummary summarise(const data::Numbers& column, std::size_t bins);
NumberSummary summarise(const data::Integers& column, std::size_t bins);

struct ValueCount {
  std::string value;
  std::uint64_t count = 0;
};
struct TextSummary {
  std::uint64_t missing = 0, distinct = 0;
  std::uint64_t min_length = 0, max_length = 0;  // bytes, of the present values
  double mean_length = 0;
  std::vector<ValueCount> top;            // count descending, then value descending by bytes
  std::vector<ValueCount> looks_missing;  // NA, null, ? and the like: text until named
};
TextSummary summarise(const data::Codes& column, std::size_t top);

}  // namespace assay::stats
