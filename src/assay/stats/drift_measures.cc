#include "assay/stats/drift_measures.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "assay/base/parallel.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/metrics/bootstrap.h"
#include "assay/metrics/draws.h"
#include "assay/sketch/bins.h"
#include "assay/sketch/exact_sum.h"
#include "assay/sketch/value_table.h"

namespace assay::stats {
namespace {

using metrics::Counts;
using metrics::kNan;
constexpr double kFloor = 1e-4;
constexpr std::size_t kCells = 128;

// Sorted values with counts: by hash while there are few distinct ones, else by sorting all of them.
void tabulate(std::vector<double> finite, NumberSide& out) {
  sketch::ValueTable table(std::size_t{1} << 15);
  const bool few =
      std::all_of(finite.begin(), finite.end(), [&](double x) { return table.add(std::bit_cast<std::uint64_t>(x)); });
  if (few) {
    table.each(
        [&](std::uint64_t bits, std::uint64_t count) { out.values.emplace_back(std::bit_cast<double>(bits), count); });
    std::sort(out.values.begin(), out.values.end());
  } else {
    std::sort(finite.begin(), finite.end());
    for (const double x : finite) {
      if (out.values.empty() || out.values.back().first != x) out.values.emplace_back(x, 0);
      ++out.values.back().second;
    }
  }
  out.n = finite.size();
  if (out.n == 0) return;
  sketch::ExactSum sum, squares;
  for (const auto& [x, count] : out.values) sum.add(x, count), squares.add_product(x, x, count);
  out.mean = sketch::exact_mean(sum, out.n);
  out.standard_deviation = sketch::exact_standard_deviation(sum, squares, out.n);
  out.min = out.values.front().first, out.max = out.values.back().first;
}

template <class Column>
NumberSide side_of(const Column& column) {
  NumberSide out;
  out.rows = column.values.size();
  std::vector<double> finite;
  finite.reserve(column.values.size());
  for (std::size_t i = 0; i < column.values.size(); ++i) {
    if (!column.valid[i]) {
      ++out.missing;
      continue;
    }
    const double x = static_cast<double>(column.values[i]) + 0.0;  // -0 is 0
    if (std::isfinite(x))
      finite.push_back(x);
    else
      ++out.not_finite;
  }
  tabulate(std::move(finite), out);
  return out;
}

double total(Counts counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

// Sum of term(p, q) over the two vectors of shares.
template <class Term>
double over_shares(Counts first, Counts second, const Term& term) {
  const double a = total(first), b = total(second);
  if (!(a > 0) || !(b > 0)) return kNan;
  double out = 0;
  for (std::size_t i = 0; i < first.size(); ++i) out += term(first[i] / a, second[i] / b);
  return out;
}

double stability_term(double p, double q) {
  p = std::max(p, kFloor), q = std::max(q, kFloor);
  return (q - p) * std::log(q / p);
}

struct Cells {
  std::vector<double> first, second, ends;  // ends: the last value of each cell
};

Cells coarse(const std::vector<metrics::ValueCounts>& values) {
  double all = 0, seen = 0;
  for (const auto& v : values) all += v.first + v.second;
  Cells out;
  for (const auto& v : values) {
    if (values.size() <= kCells || out.ends.empty() ||
        seen >= all * static_cast<double>(out.ends.size()) / static_cast<double>(kCells - 1))
      out.first.push_back(0), out.second.push_back(0), out.ends.push_back(v.value);
    out.first.back() += v.first, out.second.back() += v.second, out.ends.back() = v.value;
    seen += v.first + v.second;
  }
  return out;
}

double cell_distance(const std::vector<double>& ends, Counts first, Counts second) {
  const double a = total(first), b = total(second);
  if (!(a > 0) || !(b > 0)) return kNan;
  double x = 0, y = 0, out = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    x += first[i], y += second[i];
    out += std::abs(x / a - y / b) * (ends[i + 1] - ends[i]);
  }
  return out;
}

// Distance of Poisson counts in every replicate; draws are addressed by cell, side and replicate.
template <class Distance>
metrics::Interval resampled(Counts first, Counts second, double value, double moved, double p,
                            const ResampleOptions& options, const Distance& distance, bool known = false) {
  std::vector<metrics::Poisson> draw_first(first.begin(), first.end()), draw_second(second.begin(), second.end());
  std::vector<double> values(static_cast<std::size_t>(options.replicates));
  const Philox stream = Philox(options.seed).fork(streams::kBootstrap);
  constexpr std::size_t kBlock = 50;
  parallel_parts((values.size() + kBlock - 1) / kBlock, [&](std::size_t block) {
    std::vector<double> a(first.size()), b(second.size());
    for (std::size_t r = block * kBlock; r < std::min(values.size(), (block + 1) * kBlock); ++r) {
      for (std::size_t i = 0; i < a.size(); ++i) {
        const Philox cell = stream.fork(i);
        a[i] = draw_first[i](cell.fork(0), r), b[i] = known ? second[i] : draw_second[i](cell.fork(1), r);
      }
      values[r] = distance(a, b) + moved;
    }
  });
  const auto percentile = metrics::percentile_interval(values, options.level);
  const double high = std::max(percentile.ci.high, value);
  const bool told_apart = p < 1 - options.level;
  return {told_apart ? std::clamp(2 * value - high, 0.0, value) : 0, high};
}

}  // namespace

NumberSide number_side(const data::Numbers& column) { return side_of(column); }
NumberSide number_side(const data::Integers& column) { return side_of(column); }

double quantile(const NumberSide& side, double at) {
  const double place = static_cast<double>(side.n - 1) * at, below = std::floor(place), share = place - below;
  const auto value_at = [&](double rank) {
    double seen = 0;
    for (const auto& [x, count] : side.values)
      if ((seen += static_cast<double>(count)) > rank) return x;
    return side.max;
  };
  const double a = value_at(below), b = value_at(std::min(below + 1, static_cast<double>(side.n - 1)));
  return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share);
}

std::vector<metrics::ValueCounts> merged(const NumberSide& first, const NumberSide& second) {
  std::vector<metrics::ValueCounts> out;
  out.reserve(std::max(first.values.size(), second.values.size()));
  auto a = first.values.begin(), b = second.values.begin();
  while (a != first.values.end() || b != second.values.end()) {
    metrics::ValueCounts next;
    const bool from_a = a != first.values.end() && (b == second.values.end() || a->first <= b->first);
    next.value = from_a ? a->first : b->first;
    if (from_a) next.first = static_cast<double>((a++)->second);
    if (b != second.values.end() && b->first == next.value) next.second = static_cast<double>((b++)->second);
    out.push_back(next);
  }
  return out;
}

double stability_index(const NumberSide& reference, const NumberSide& current) {
  if (reference.n == 0 || current.n == 0) return kNan;
  std::vector<double> edges;
  for (int i = 0; i <= 10; ++i) edges.push_back(quantile(reference, i * 0.1));
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  if (edges.size() < 3) edges = {0, quantile(reference, 0.5), 0};
  const std::vector<double> inner(edges.begin() + 1, edges.end() - 1);
  const auto shares = [&](const NumberSide& side) {
    std::vector<double> out(inner.size() + 1, 0);
    for (const auto& [x, count] : side.values)
      out[static_cast<std::size_t>(std::lower_bound(inner.begin(), inner.end(), x) - inner.begin())] +=
          static_cast<double>(count);
    return out;
  };
  return stability_index(shares(reference), shares(current));
}

double jensen_shannon_sturges(const std::vector<metrics::ValueCounts>& values) {
  double all = 0;
  for (const auto& v : values) all += v.first + v.second;
  if (values.empty()) return kNan;
  const double low = values.front().value, high = values.back().value, width = (high - low) / (std::log2(all) + 1);
  const auto cells = width > 0 ? static_cast<std::size_t>(std::ceil((high - low) / width)) : 1;
  const auto bins = sketch::equal_width(low, high, cells, sketch::Closed::kLeft);
  std::vector<double> a(bins.size(), 0), b(bins.size(), 0);
  for (const auto& v : values) {
    const std::size_t at = low == high ? 0 : bins(v.value);
    a[at] += v.first, b[at] += v.second;
  }
  return jensen_shannon(a, b);
}

Categories categories(const data::Codes& first, const data::Codes& second) {
  std::map<std::string_view, std::pair<double, double>> counts;
  Categories out;
  const auto count = [&](const data::Codes& side, bool is_first) {
    std::vector<std::uint64_t> rows(side.values->size(), 0);
    for (const auto code : side.codes)
      if (code < 0)
        ++(is_first ? out.first_missing : out.second_missing);
      else
        ++rows[static_cast<std::size_t>(code)];
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] == 0) continue;
      auto& [a, b] = counts[(*side.values)[i]];
      (is_first ? a : b) += static_cast<double>(rows[i]);
    }
  };
  count(first, true), count(second, false);
  for (const auto& [name, both] : counts) {
    out.names.emplace_back(name), out.first.push_back(both.first), out.second.push_back(both.second);
    out.first_n += both.first, out.second_n += both.second;
  }
  return out;
}

double jensen_shannon(Counts first, Counts second) {
  const auto part = [](double p, double middle) { return p > 0 ? p * std::log2(p / middle) : 0; };
  const double sum =
      over_shares(first, second, [&](double p, double q) { return part(p, (p + q) / 2) + part(q, (p + q) / 2); });
  return std::isnan(sum) ? kNan : std::sqrt(std::clamp(sum / 2, 0.0, 1.0));
}
double euclidean(Counts first, Counts second) {
  return std::sqrt(over_shares(first, second, [](double p, double q) { return (p - q) * (p - q); }));
}
double infinity_norm(Counts first, Counts second) {
  double most = 0;
  const double sum = over_shares(first, second, [&](double p, double q) {
    most = std::max(most, std::abs(p - q));
    return 0.0;
  });
  return sum + most;
}
double total_variation(Counts first, Counts second) {
  return over_shares(first, second, [](double p, double q) { return std::abs(p - q); }) / 2;
}
double hellinger(Counts first, Counts second) {
  // 1 - Σ sqrt(pq) as Σ (√p - √q)² / 2, which keeps its digits where p and q are near each other.
  const double sum = over_shares(first, second, [](double p, double q) {
    const double gap = std::sqrt(p) - std::sqrt(q);
    return gap * gap;
  });
  return std::sqrt(sum / 2);
}
double stability_index(Counts first, Counts second) { return over_shares(first, second, stability_term); }

metrics::Interval wasserstein_interval(const std::vector<metrics::ValueCounts>& values, double distance, double p,
                                       const ResampleOptions& options) {
  if (std::isnan(distance)) return {};
  const Cells cells = coarse(values);
  const double moved = distance - cell_distance(cells.ends, cells.first, cells.second);
  return resampled(cells.first, cells.second, distance, moved, p, options,
                   [&](Counts a, Counts b) { return cell_distance(cells.ends, a, b); });
}

metrics::Interval category_interval(Counts first, Counts second, CategoryMeasure measure, double p,
                                    const ResampleOptions& options) {
  const double value = measure(first, second);
  if (std::isnan(value)) return {};
  std::vector<std::size_t> order(first.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return first[a] + second[a] > first[b] + second[b]; });
  std::vector<double> a, b;
  for (const std::size_t i : order) {
    if (a.size() < kCells) a.push_back(0), b.push_back(0);  // the rarest share the last cell
    a.back() += first[i], b.back() += second[i];
  }
  return resampled(a, b, value, value - measure(a, b), p, options, measure);
}

metrics::Interval known_shares_interval(Counts counts, Counts shares, CategoryMeasure measure, double p,
                                        const ResampleOptions& options) {
  const double value = measure(counts, shares);
  if (std::isnan(value)) return {};
  return resampled(counts, shares, value, 0, p, options, measure, true);
}

Mmd maximum_mean_discrepancy(const std::vector<std::vector<double>>& first,
                             const std::vector<std::vector<double>>& second, int permutations, std::uint64_t seed) {
  const std::size_t n = first.size(), m = second.size(), all = n + m;
  if (n < 2 || m < 2) return {};
  const std::size_t width = first[0].size();
  std::vector<double> mean(width, 0), scale(width, 0), rows(all * width);
  for (std::size_t c = 0; c < width; ++c) {
    for (const auto& row : first) mean[c] += row[c] / static_cast<double>(n);
    for (const auto& row : first) scale[c] += (row[c] - mean[c]) * (row[c] - mean[c]) / static_cast<double>(n);
    scale[c] = scale[c] > 0 ? std::sqrt(scale[c]) : 1;
    for (std::size_t i = 0; i < all; ++i)
      rows[i * width + c] = ((i < n ? first[i] : second[i - n])[c] - mean[c]) / scale[c];
  }
  std::vector<double> kernel(all * all, 0), pairs;
  parallel_parts(all, [&](std::size_t i) {
    for (std::size_t j = 0; j < all; ++j) {
      double sum = 0;
      for (std::size_t c = 0; c < width; ++c) {
        const double gap = rows[i * width + c] - rows[j * width + c];
        sum += gap * gap;
      }
      kernel[i * all + j] = sum;
    }
  });
  for (std::size_t i = 0; i < all; ++i)
    for (std::size_t j = i + 1; j < all; ++j) pairs.push_back(kernel[i * all + j]);
  const auto middle = pairs.begin() + static_cast<std::ptrdiff_t>(pairs.size() / 2);
  std::nth_element(pairs.begin(), middle, pairs.end());
  double median = *middle;
  if (pairs.size() % 2 == 0) median = (median + *std::max_element(pairs.begin(), middle)) / 2;
  if (!(median > 0)) return {};
  Mmd out;
  out.gamma = 1 / median;
  parallel_parts(all, [&](std::size_t i) {
    for (std::size_t j = 0; j < all; ++j) kernel[i * all + j] = i == j ? 0 : std::exp(-out.gamma * kernel[i * all + j]);
  });
  const double a = static_cast<double>(n), b = static_cast<double>(m);
  const double every = std::accumulate(kernel.begin(), kernel.end(), 0.0);
  std::vector<double> sums(all, 0);
  for (std::size_t i = 0; i < all; ++i)
    sums[i] = std::accumulate(kernel.begin() + static_cast<std::ptrdiff_t>(i * all),
                              kernel.begin() + static_cast<std::ptrdiff_t>((i + 1) * all), 0.0);
  const auto of = [&](const std::vector<std::uint32_t>& chosen) {  // the rows that play the first sample
    double within = 0, around = 0;
    for (const auto i : chosen) {
      around += sums[i];
      for (const auto j : chosen) within += kernel[i * all + j];
    }
    const double cross = around - within, others = every - within - 2 * cross;
    return within / (a * (a - 1)) + others / (b * (b - 1)) - 2 * cross / (a * b);
  };
  std::vector<std::uint32_t> order(all);
  std::iota(order.begin(), order.end(), 0u);
  out.squared = of({order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n)});
  if (permutations < 1) return out;
  std::vector<std::uint8_t> hit(static_cast<std::size_t>(permutations));
  parallel_parts(hit.size(), [&](std::size_t r) {
    const Philox stream = Philox(seed).fork(streams::kPermutation).fork(r);
    auto shuffled = order;
    for (std::size_t i = 0; i < n; ++i) std::swap(shuffled[i], shuffled[i + stream.below(i, all - i)]);
    shuffled.resize(n);
    std::sort(shuffled.begin(), shuffled.end());
    hit[r] = of(shuffled) >= out.squared;
  });
  const double hits = static_cast<double>(std::count(hit.begin(), hit.end(), 1));
  out.p = (1 + hits) / (1 + static_cast<double>(permutations));
  return out;
}

}  // namespace assay::stats
