#include "assay/stats/summary.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "assay/base/parallel.h"
#include "assay/sketch/exact_sum.h"
#include "assay/sketch/hll.h"
#include "assay/sketch/kll.h"
#include "assay/sketch/value_table.h"

namespace assay::stats {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;

template <class T>
struct Counted {
  T value;
  std::uint64_t count;
};

// Values that no longer fit a table.
template <class T>
struct Sketches {
  sketch::ExactSum sum, squares;
  sketch::Kll kll;
  sketch::Hll hll;

  void add(T value, std::uint64_t count) {
    sum.add(value, count);
    if constexpr (std::is_same_v<T, double>)
      squares.add_product(value, value, count);
    else
      squares.add_square(value, count);
    kll.add(static_cast<double>(value), count);
    hll.add_hash(sketch::hash(std::bit_cast<std::uint64_t>(value)));
  }
  void merge(const Sketches& other) {
    sum.merge(other.sum), squares.merge(other.squares), kll.merge(other.kll), hll.merge(other.hll);
  }
};

template <class T>
class NumberPart {
 public:
  NumberSummary counts;  // only the counters

  void add(T value) {
    if constexpr (std::is_same_v<T, double>) {
      if (std::isnan(value)) return void(++counts.nan);
      if (std::isinf(value)) return void(++(value > 0 ? counts.positive_infinite : counts.negative_infinite));
    }
    if (value == 0) value = 0, ++counts.zeros;  // minus zero is zero
    ++counts.finite;
    add(value, 1);
  }

  void merge(const NumberPart& other) {
    counts.missing += other.counts.missing, counts.nan += other.counts.nan, counts.zeros += other.counts.zeros;
    counts.positive_infinite += other.counts.positive_infinite;
    counts.negative_infinite += other.counts.negative_infinite;
    counts.finite += other.counts.finite;
    if (other.sketches_.empty()) {
      for (const auto& [value, count] : other.sorted()) add(value, count);
    } else {
      spill();
      sketches_.front().merge(other.sketches_.front());
    }
  }

  bool exact() const { return sketches_.empty(); }
  const Sketches<T>& sketches() const { return sketches_.front(); }
  std::vector<Counted<T>> sorted() const {
    std::vector<Counted<T>> out;
    out.reserve(table_.size());
    table_.each([&](std::uint64_t key, std::uint64_t count) { out.push_back({std::bit_cast<T>(key), count}); });
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    return out;
  }

 private:
  void add(T value, std::uint64_t count) {
    if (sketches_.empty()) {
      if (table_.add(std::bit_cast<std::uint64_t>(value), count)) return;
      spill();
    }
    sketches_.front().add(value, count);
  }
  // In ascending order, so that the sketches do not depend on the layout of the table.
  void spill() {
    if (!sketches_.empty()) return;
    sketches_.emplace_back();
    for (const auto& [value, count] : sorted()) sketches_.front().add(value, count);
    table_.clear();
  }

  sketch::ValueTable table_{kMostDistinct};
  std::vector<Sketches<T>> sketches_;  // none or one
};

// Type 7 of values with counts; `at` in [0, 1].
template <class T>
double quantile(const std::vector<Counted<T>>& values, std::uint64_t n, double at) {
  const double place = static_cast<double>(n - 1) * at, below = std::floor(place), part = place - below;
  double low = 0, high = 0;
  std::uint64_t seen = 0;
  const auto first = static_cast<std::uint64_t>(below), second = std::min(first + 1, n - 1);
  for (const auto& [value, count] : values) {
    if (seen <= first && first < seen + count) low = static_cast<double>(value);
    seen += count;
    if (second < seen) {
      high = static_cast<double>(value);
      break;
    }
  }
  if (low == high) return low;
  return part >= 0.5 ? high - (high - low) * (1 - part) : low + (high - low) * part;
}

template <class T>
void finish_exact(const NumberPart<T>& part, std::size_t bins, NumberSummary& out) {
  const auto values = part.sorted();
  sketch::ExactSum sum, squares;
  for (const auto& [value, count] : values) {
    sum.add(value, count);
    if constexpr (std::is_same_v<T, double>)
      squares.add_product(value, value, count);
    else
      squares.add_square(value, count);
  }
  out.mean = sketch::exact_mean(sum, out.finite);
  out.standard_deviation = sketch::exact_standard_deviation(sum, squares, out.finite);
  out.min = static_cast<double>(values.front().value), out.max = static_cast<double>(values.back().value);
  out.distinct = static_cast<double>(values.size());
  for (const double at : kQuantiles) out.quantiles.push_back(quantile(values, out.finite, at));
  out.bins = sketch::equal_width(out.min, out.max, bins);
  out.counts.assign(out.bins.size(), 0);
  for (const auto& [value, count] : values) out.counts[out.bins(static_cast<double>(value))] += count;
  if constexpr (!std::is_same_v<T, double>)
    out.min_integer = values.front().value, out.max_integer = values.back().value;
}

template <class T>
void finish_sketched(const NumberPart<T>& part, NumberSummary& out) {
  const auto& sketches = part.sketches();
  out.exact = false;
  out.mean = sketch::exact_mean(sketches.sum, out.finite);
  out.standard_deviation = sketch::exact_standard_deviation(sketches.sum, sketches.squares, out.finite);
  out.min = sketches.kll.min(), out.max = sketches.kll.max();
  out.distinct = std::round(sketches.hll.estimate());
  out.quantiles = sketches.kll.quantiles({std::begin(kQuantiles), std::end(kQuantiles)});
  out.rank_error = sketches.kll.rank_error();
  out.distinct_error = sketch::Hll::relative_standard_error();
}

// The second look at columns whose table overflowed: exact counts, and the exact ends of integers.
template <class T, class Column>
void count_bins(const Column& column, std::size_t bins, NumberSummary& out) {
  out.bins = sketch::equal_width(out.min, out.max, bins);
  const std::size_t parts = (column.values.size() + kChunk - 1) / kChunk;
  std::vector<std::vector<std::uint64_t>> counts(parts, std::vector<std::uint64_t>(out.bins.size(), 0));
  parallel_parts(parts, [&](std::size_t part) {
    for (std::size_t i = part * kChunk; i < std::min(column.values.size(), (part + 1) * kChunk); ++i)
      if (column.valid[i])
        if (const auto cell = out.bins(static_cast<double>(column.values[i])); cell != sketch::Bins::kOutside)
          ++counts[part][cell];
  });
  out.counts.assign(out.bins.size(), 0);
  for (const auto& part : counts)
    for (std::size_t i = 0; i < part.size(); ++i) out.counts[i] += part[i];
  if constexpr (!std::is_same_v<T, double>) {
    out.min_integer = std::numeric_limits<std::int64_t>::max(),
    out.max_integer = std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = 0; i < column.values.size(); ++i)
      if (column.valid[i])
        out.min_integer = std::min(out.min_integer, column.values[i]),
        out.max_integer = std::max(out.max_integer, column.values[i]);
  }
}

template <class T, class Column>
NumberSummary summarise_numbers(const Column& column, std::size_t bins) {
  const std::size_t rows = column.values.size(), parts = std::max<std::size_t>(1, (rows + kChunk - 1) / kChunk);
  std::vector<NumberPart<T>> part(parts);
  parallel_parts(parts, [&](std::size_t at) {
    for (std::size_t i = at * kChunk; i < std::min(rows, (at + 1) * kChunk); ++i)
      if (column.valid[i])
        part[at].add(column.values[i]);
      else
        ++part[at].counts.missing;
  });
  for (std::size_t width = 1; width < parts; width *= 2)
    for (std::size_t i = 0; i + width < parts; i += 2 * width) {
      part[i].merge(part[i + width]);
      part[i + width] = {};
    }
  NumberSummary out = part[0].counts;
  if (out.finite == 0) return out;
  if (part[0].exact()) {
    finish_exact(part[0], bins, out);
  } else {
    finish_sketched(part[0], out);
    count_bins<T>(column, bins, out);
  }
  return out;
}

bool looks_missing(std::string_view value) {
  static constexpr std::array<std::string_view, 20> kSpellings{
      "NA",  "N/A", "n/a", "na", "null", "NULL", "Null", "None", "none",    "NONE",
      "nan", "NaN", "NAN", "?",  "-",    ".",    "#N/A", "\\N",  "missing", "unknown"};
  return std::find(kSpellings.begin(), kSpellings.end(), value) != kSpellings.end();
}

}  // namespace

NumberSummary summarise(const data::Numbers& column, std::size_t bins) {
  return summarise_numbers<double>(column, bins);
}
NumberSummary summarise(const data::Integers& column, std::size_t bins) {
  return summarise_numbers<std::int64_t>(column, bins);
}

TextSummary summarise(const data::Codes& column, std::size_t top) {
  const auto& values = *column.values;
  TextSummary out;
  std::vector<std::uint64_t> counts(values.size(), 0);
  for (const auto code : column.codes)
    if (code < 0)
      ++out.missing;
    else
      ++counts[static_cast<std::size_t>(code)];
  std::vector<std::size_t> order;
  std::uint64_t bytes = 0, present = 0;
  out.min_length = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (counts[i] == 0) continue;
    order.push_back(i);
    bytes += counts[i] * values[i].size(), present += counts[i];
    out.min_length = std::min<std::uint64_t>(out.min_length, values[i].size());
    out.max_length = std::max<std::uint64_t>(out.max_length, values[i].size());
    if (looks_missing(values[i])) out.looks_missing.push_back({values[i], counts[i]});
  }
  out.distinct = order.size();
  if (present == 0) return out.min_length = 0, out;
  out.mean_length = static_cast<double>(bytes) / static_cast<double>(present);
  const auto kept = order.begin() + static_cast<std::ptrdiff_t>(std::min(top, order.size()));
  std::partial_sort(order.begin(), kept, order.end(), [&](std::size_t a, std::size_t b) {
    return counts[a] != counts[b] ? counts[a] > counts[b] : values[a] > values[b];
  });
  for (auto at = order.begin(); at != kept; ++at) out.top.push_back({values[*at], counts[*at]});
  return out;
}

}  // namespace assay::stats
