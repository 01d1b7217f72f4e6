#include "assay/validate/sample.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <utility>

#include "assay/sketch/bins.h"
#include "assay/sketch/exact_sum.h"
#include "assay/sketch/value_table.h"

namespace assay::validate {
namespace {

constexpr std::size_t kMostDistinct = std::size_t{1} << 16;

template <class T>
struct Counted {
  T value;
  std::uint64_t count;
};

template <class T>
std::vector<Counted<T>> sorted_runs(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  std::vector<Counted<T>> out;
  for (const T value : values)
    if (out.empty() || out.back().value != value)
      out.push_back({value, 1});
    else
      ++out.back().count;
  return out;
}

// Distinct values in ascending order: through a table while it holds, else by sorting a copy.
template <class T>
std::vector<Counted<T>> count_values(std::span<const T> values) {
  sketch::ValueTable table(kMostDistinct);
  for (const T value : values)
    if (!table.add(std::bit_cast<std::uint64_t>(value)))
      return sorted_runs(std::vector<T>(values.begin(), values.end()));
  std::vector<Counted<T>> out;
  out.reserve(table.size());
  table.each([&](std::uint64_t key, std::uint64_t count) { out.push_back({std::bit_cast<T>(key), count}); });
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  return out;
}

template <class T>
void exact_moments(const std::vector<Counted<T>>& values, NumberSample& out) {
  sketch::ExactSum sum, squares;
  for (const auto& [value, count] : values) {
    if (!std::isfinite(static_cast<double>(value))) continue;
    out.finite += count;
    sum.add(value, count);
    if constexpr (std::is_same_v<T, double>)
      squares.add_product(value, value, count);
    else
      squares.add_square(value, count);
  }
  if (out.finite == 0) return;
  out.mean = sketch::exact_mean(sum, out.finite);
  out.standard_deviation = sketch::exact_standard_deviation(sum, squares, out.finite);
}

// Weights per value, each sum taken in ascending order of the weights, so that the order of the rows does not matter.
void add_weights(std::vector<std::pair<double, double>> pairs, NumberSample& out) {
  std::sort(pairs.begin(), pairs.end());
  sketch::ExactSum weight, weighted, total;
  std::size_t cell = 0;
  for (const auto& [value, w] : pairs) {
    while (out.cells[cell].value < value) ++cell;
    out.cells[cell].weight += w;
    total.add(w);
    if (!std::isfinite(value)) continue;
    weight.add(w), weighted.add_product(w, value);
  }
  out.total_weight = total.finish();
  const double all = weight.finish();
  if (!(all > 0)) return;
  out.weighted_mean = weighted.finish() / all;
  sketch::ExactSum spread;
  for (const auto& each : out.cells) {
    if (!std::isfinite(each.value)) continue;
    const double distance = each.value - out.weighted_mean;
    spread.add_product(each.weight, distance * distance);
  }
  out.weighted_standard_deviation = std::sqrt(spread.finish() / all);
}

template <class T>
NumberSample sampled(std::span<const T> values, std::span<const double> weights, NumberSample out) {
  const auto distinct = count_values(values);
  exact_moments(distinct, out);
  for (const auto& [value, count] : distinct) {
    const auto number = static_cast<double>(value);
    out.n += count;
    if (number == 0) out.zeros += count;
    if (std::isinf(number)) (number > 0 ? out.positive_infinite : out.negative_infinite) += count;
    if (!out.cells.empty() && out.cells.back().value == number)
      out.cells.back().count += count;  // integers beyond 2^53 that are one double
    else
      out.cells.push_back({number, count, 0});
  }
  if (weights.empty()) return out;
  std::vector<std::pair<double, double>> pairs;
  pairs.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) pairs.emplace_back(static_cast<double>(values[i]), weights[i]);
  add_weights(std::move(pairs), out);
  return out;
}

double mass_of(const Cell& cell, Mass mass) {
  return mass == Mass::kCount ? static_cast<double>(cell.count) : cell.weight;
}

}  // namespace

NumberSample sample_of(std::span<const double> values, std::span<const double> weights) {
  NumberSample out;
  std::vector<double> kept, kept_weights;
  kept.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double weight = weights.empty() ? 0 : weights[i];
    if (std::isnan(values[i])) {
      ++out.nan, out.nan_weight += weight;
      continue;
    }
    kept.push_back(values[i] == 0 ? 0.0 : values[i]);  // minus zero is zero
    if (!weights.empty()) kept_weights.push_back(weight);
  }
  return sampled<double>(kept, kept_weights, std::move(out));
}

NumberSample sample_of(std::span<const std::int64_t> values, std::span<const double> weights) {
  return sampled<std::int64_t>(values, weights, {});
}

std::vector<Cell> counted(std::span<const std::uint32_t> values) {
  std::vector<std::uint64_t> small(64, 0);  // lengths are mostly tiny
  std::vector<std::int64_t> large;
  for (const auto value : values)
    if (value < small.size())
      ++small[value];
    else
      large.push_back(value);
  std::vector<Cell> out;
  for (std::size_t i = 0; i < small.size(); ++i)
    if (small[i] > 0) out.push_back({static_cast<double>(i), small[i], 0});
  for (const auto& [value, count] : count_values<std::int64_t>(large))
    out.push_back({static_cast<double>(value), count, 0});
  return out;
}

double NumberSample::median() const {
  const auto at = [&](std::uint64_t place) {
    for (const auto& cell : cells) {
      if (place < cell.count) return cell.value;
      place -= cell.count;
    }
    return cells.empty() ? 0.0 : cells.back().value;
  };
  if (n == 0) return 0;
  const double low = at((n - 1) / 2), high = at(n / 2);
  if (low == high || std::isinf(low) || std::isinf(high)) return low;
  return low + (high - low) / 2;
}

double NumberSample::weighted_median() const {
  double seen = 0;
  for (const auto& cell : cells)
    if ((seen += cell.weight) >= total_weight / 2) return cell.value;
  return cells.empty() ? 0 : cells.back().value;
}

std::vector<Bucket> standard_histogram(std::span<const Cell> cells, std::size_t count, Mass mass) {
  std::vector<Bucket> out;
  std::size_t begin = 0, end = cells.size();
  if (begin < end && std::isinf(cells[begin].value) && cells[begin].value < 0) ++begin;
  if (begin < end && std::isinf(cells[end - 1].value) && cells[end - 1].value > 0) --end;
  if (begin > 0) out.push_back({cells[0].value, cells[0].value, mass_of(cells[0], mass)});
  if (begin < end) {
    const auto bins = sketch::equal_width(cells[begin].value, cells[end - 1].value, count);
    const std::size_t first = out.size();
    for (std::size_t i = 0; i < bins.size(); ++i) out.push_back({bins.edges[i], bins.edges[i + 1], 0});
    for (std::size_t i = begin; i < end; ++i) out[first + bins(cells[i].value)].mass += mass_of(cells[i], mass);
  }
  if (end < cells.size()) out.push_back({cells[end].value, cells[end].value, mass_of(cells[end], mass)});
  return out;
}

std::vector<Bucket> quantile_histogram(std::span<const Cell> cells, std::size_t count, Mass mass) {
  double total = 0;
  for (const auto& cell : cells) total += mass_of(cell, mass);
  if (!(total > 0)) return {};
  std::vector<double> edges{cells.front().value};
  std::size_t at = 0;
  double below = mass_of(cells[0], mass);
  for (std::size_t i = 1; i < count; ++i) {
    const double wanted = total * static_cast<double>(i) / static_cast<double>(count);
    while (below < wanted && at + 1 < cells.size()) below += mass_of(cells[++at], mass);
    edges.push_back(cells[at].value);
  }
  edges.push_back(cells.back().value);
  std::vector<Bucket> out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < count;) {
    std::size_t last = i;
    while (last + 1 < count && edges[last + 2] == edges[i + 1]) ++last;
    double held = 0;
    while (next < cells.size() && cells[next].value <= edges[i + 1]) held += mass_of(cells[next++], mass);
    const auto shared = static_cast<double>(last - i + 1);
    for (; i <= last; ++i) out.push_back({edges[i], edges[i + 1], held / shared});
  }
  return out;
}

}  // namespace assay::validate
