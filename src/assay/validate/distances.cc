#include "assay/validate/distances.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace assay::validate {
namespace {

double total_of(const std::map<std::string, double>& counts) {
  double out = 0;
  for (const auto& [label, count] : counts) out += count;
  return out;
}

struct Pair {
  double current = 0, control = 0;
};
std::map<std::string, Pair> joined(const View& current, const View& control) {
  std::map<std::string, Pair> out;
  for (const auto& [label, count] : current.strings()) out[label].current = count;
  for (const auto& [label, count] : control.strings()) out[label].control = count;
  return out;
}

double divergence(const std::vector<Pair>& cells) {
  double a = 0, b = 0;
  for (const auto& cell : cells) a += cell.current, b += cell.control;
  if (!(a > 0) || !(b > 0)) return a > 0 || b > 0 ? 1 : 0;
  double out = 0;
  for (const auto& cell : cells) {
    const double p = cell.current / a, q = cell.control / b, m = (p + q) / 2;
    if (p > 0) out += p * std::log2(p / m) / 2;
    if (q > 0) out += q * std::log2(q / m) / 2;
  }
  return std::clamp(out, 0.0, 1.0);
}

// A histogram taken apart: cells of some width, single values, infinities and NaN.
struct Parts {
  std::vector<tfmd::Histogram::Bucket> wide;
  std::map<double, double> points;
  double low_infinite = 0, high_infinite = 0, nan = 0;
};
Parts parts_of(const tfmd::Histogram& histogram) {
  Parts out;
  out.nan = static_cast<double>(histogram.num_nan());
  for (const auto& each : histogram.buckets()) {
    if (std::isinf(each.low_value()) && each.low_value() < 0)
      out.low_infinite += each.sample_count();
    else if (std::isinf(each.high_value()))
      out.high_infinite += each.sample_count();
    else if (each.low_value() == each.high_value())
      out.points[each.low_value()] += each.sample_count();
    else
      out.wide.push_back(each);
  }
  return out;
}

// The cells' counts on a finer cut, in proportion to width.
std::vector<double> recut(const std::vector<tfmd::Histogram::Bucket>& cells, const std::vector<double>& edges) {
  std::vector<double> out(edges.empty() ? 0 : edges.size() - 1, 0);
  for (const auto& cell : cells) {
    auto at = static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), cell.low_value()) - edges.begin());
    const double width = cell.high_value() - cell.low_value();
    for (; at + 1 < edges.size() && edges[at + 1] <= cell.high_value(); ++at)
      out[at] += cell.sample_count() * (edges[at + 1] - edges[at]) / width;
  }
  return out;
}

std::vector<Pair> aligned(const tfmd::Histogram& current, const tfmd::Histogram& control, bool compat) {
  const Parts a = parts_of(current), b = parts_of(control);
  std::set<double> all;
  for (const auto* side : {&a, &b})
    for (const auto& cell : side->wide) all.insert(cell.low_value()), all.insert(cell.high_value());
  const std::vector<double> edges(all.begin(), all.end());
  const auto cut_a = recut(a.wide, edges), cut_b = recut(b.wide, edges);
  std::vector<Pair> out;
  for (std::size_t i = 0; i < cut_a.size(); ++i) out.push_back({cut_a[i], cut_b[i]});
  std::map<double, Pair> points;
  for (const auto& [value, count] : a.points) points[value].current = count;
  for (const auto& [value, count] : b.points) points[value].control = count;
  for (const auto& [value, pair] : points) out.push_back(pair);
  if (compat) {
    out.push_back({a.low_infinite + a.high_infinite, 0}), out.push_back({0, b.low_infinite + b.high_infinite});
    out.push_back({a.nan, 0}), out.push_back({0, b.nan});
  } else {
    out.push_back({a.low_infinite, b.low_infinite}), out.push_back({a.high_infinite, b.high_infinite});
    out.push_back({a.nan, b.nan});
  }
  return out;
}

}  // namespace

Distance infinity_norm(const View& current, const View& control) {
  const auto both = joined(current, control);
  const double a = total_of(current.strings()), b = total_of(control.strings());
  Distance out;
  for (const auto& [label, pair] : both) {
    const double p = a > 0 ? pair.current / a : 0, q = b > 0 ? pair.control / b : 0;
    if (std::abs(p - q) >= out.value) out = {std::abs(p - q), label};
  }
  return out;
}

Distance normalized_abs_difference(const View& current, const View& control) {
  double all = 0;
  Distance out;
  for (const auto& [label, pair] : joined(current, control)) {
    all += pair.current + pair.control;
    if (std::abs(pair.current - pair.control) >= out.value) out = {std::abs(pair.current - pair.control), label};
  }
  if (all > 0) out.value /= all;
  return out;
}

std::optional<Distance> numeric_infinity_norm(const View& current, const View& control,
                                              tfmd::Histogram::HistogramType source) {
  const auto *a = current.histogram(source), *b = control.histogram(source);
  if (a == nullptr || b == nullptr) return {};
  const auto cells = aligned(*a, *b, false);
  double sum_a = 0, sum_b = 0;
  for (const auto& cell : cells) sum_a += cell.current, sum_b += cell.control;
  Distance out;
  if (!(sum_a > 0) || !(sum_b > 0)) return {};
  for (const auto& cell : cells) out.value = std::max(out.value, std::abs(cell.current / sum_a - cell.control / sum_b));
  return out;
}

std::optional<double> jensen_shannon(const View& current, const View& control, tfmd::Histogram::HistogramType source,
                                     bool compat) {
  const bool numbers = current.feature().has_num_stats(), other = control.feature().has_num_stats();
  if (numbers != other) return {};
  if (!numbers) {
    std::vector<Pair> cells;
    for (const auto& [label, pair] : joined(current, control)) cells.push_back(pair);
    if (cells.empty()) return {};
    return divergence(cells);
  }
  const auto *a = current.histogram(source), *b = control.histogram(source);
  if (a == nullptr || b == nullptr) return {};
  return divergence(aligned(*a, *b, compat));
}

}  // namespace assay::validate
