#include "assay/stats/association.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "assay/metrics/hypothesis.h"
#include "assay/metrics/two_sample.h"

namespace assay::stats {
namespace {

using metrics::kNan;

std::optional<double> number_in(const std::string& text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || std::isnan(out)) return std::nullopt;
  return out;
}

double entropy(const std::vector<double>& counts, double n) {
  double out = 0;
  for (const double c : counts)
    if (c > 0) out -= c / n * std::log(c / n);
  return out;
}

// (1+x) log(1+x) - x, never negative: its sum over a table is the mutual information without the cancellation between
// terms of either sign.
double divergence(double x) {
  if (x <= -1) return 1;
  if (std::abs(x) > 0.01) return (1 + x) * std::log1p(x) - x;
  double out = 0, power = x;
  for (int k = 2; k < 10; ++k) power *= x, out += (k % 2 ? -1 : 1) * power / (k * (k - 1));
  return out;
}

struct Moments {
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
};
Moments moments(std::span<const double> x, std::span<const double> y) {
  Moments out;
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) out.x += x[i] / n, out.y += y[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x[i] - out.x, b = y[i] - out.y;
    out.xx += a * a, out.yy += b * b, out.xy += a * b;
  }
  return out;
}

std::vector<double> midranks(std::span<const double> x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  std::vector<double> out(x.size());
  for (std::size_t i = 0, j; i < order.size(); i = j) {
    for (j = i; j < order.size() && x[order[j]] == x[order[i]]; ++j) {
    }
    for (std::size_t k = i; k < j; ++k) out[order[k]] = (static_cast<double>(i + j) + 1) / 2;
  }
  return out;
}

// Swaps that a merge sort of y makes: pairs in discordant order.
double inversions(std::vector<double>& y, std::vector<double>& room, std::size_t from, std::size_t to) {
  if (to - from < 2) return 0;
  const std::size_t middle = (from + to) / 2;
  double out = inversions(y, room, from, middle) + inversions(y, room, middle, to);
  std::size_t a = from, b = middle, at = from;
  while (a < middle || b < to) {
    if (b == to || (a < middle && y[a] <= y[b])) {
      room[at++] = y[a++];
    } else {
      out += static_cast<double>(middle - a);
      room[at++] = y[b++];
    }
  }
  std::copy(room.begin() + static_cast<std::ptrdiff_t>(from), room.begin() + static_cast<std::ptrdiff_t>(to),
            y.begin() + static_cast<std::ptrdiff_t>(from));
  return out;
}

template <class Equal>
double tied_pairs(std::size_t n, const Equal& equal) {  // neighbours in a sorted order
  double out = 0, run = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    if (i < n && equal(i - 1, i)) {
      ++run;
      continue;
    }
    out += run * (run - 1) / 2, run = 1;
  }
  return out;
}

}  // namespace

std::vector<std::size_t> ascending(const std::vector<std::string>& values) {
  std::vector<double> numbers;
  for (const auto& each : values)
    if (const auto number = number_in(each)) numbers.push_back(*number);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool all = numbers.size() == values.size();
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return all && numbers[a] != numbers[b] ? numbers[a] < numbers[b] : values[a] < values[b];
  });
  return order;
}

CrossTable cross_table(std::vector<std::string> rows, std::vector<std::string> columns, std::vector<double> counts) {
  CrossTable out{std::move(rows), std::move(columns), std::move(counts), {}, {}, 0};
  out.row_totals.assign(out.rows.size(), 0), out.column_totals.assign(out.columns.size(), 0);
  for (std::size_t r = 0; r < out.rows.size(); ++r)
    for (std::size_t c = 0; c < out.columns.size(); ++c) {
      const double count = out.at(r, c);
      out.row_totals[r] += count, out.column_totals[c] += count, out.n += count;
    }
  return out;
}

CrossTable cross_table(const data::Codes& first, const data::Codes& second) {
  const std::size_t width = second.values->size();
  std::vector<double> all(first.values->size() * width, 0), rows(first.values->size(), 0), columns(width, 0);
  for (std::size_t i = 0; i < first.codes.size(); ++i) {
    if (first.codes[i] < 0 || second.codes[i] < 0) continue;
    const auto r = static_cast<std::size_t>(first.codes[i]), c = static_cast<std::size_t>(second.codes[i]);
    ++all[r * width + c], ++rows[r], ++columns[c];
  }
  // Values that no row is left of (a dictionary may hold more than the column) are no rows of the table.
  const auto kept = [](const std::vector<std::string>& values, const std::vector<double>& totals) {
    auto order = ascending(values);
    std::erase_if(order, [&](std::size_t i) { return totals[i] == 0; });
    return order;
  };
  const auto row_order = kept(*first.values, rows), column_order = kept(*second.values, columns);
  std::vector<std::string> row_names, column_names;
  std::vector<double> counts;
  for (const auto r : row_order) row_names.push_back((*first.values)[r]);
  for (const auto c : column_order) column_names.push_back((*second.values)[c]);
  for (const auto r : row_order)
    for (const auto c : column_order) counts.push_back(all[r * width + c]);
  return cross_table(std::move(row_names), std::move(column_names), std::move(counts));
}

CellMeasures cell_measures(const CrossTable& table, std::size_t row, std::size_t column) {
  const double r = table.row_totals[row], c = table.column_totals[column], n = table.n;
  if (!(r > 0) || !(c > 0)) return {};
  CellMeasures out;
  out.expected = r * c / n;
  out.lift = table.at(row, column) / out.expected;
  const double variance = out.expected * (1 - r / n) * (1 - c / n);
  if (variance > 0) {
    out.residual = (table.at(row, column) - out.expected) / std::sqrt(variance);
    out.p = 2 * metrics::normal_tail(std::abs(out.residual));
  }
  return out;
}

metrics::Interval lift_interval(const CrossTable& table, std::size_t row, std::size_t column, double level) {
  const double r = table.row_totals[row], c = table.column_totals[column], n = table.n, rest = n - r;
  if (!(r > 0) || !(rest > 0) || !(c > 0)) return {};
  const double here = table.at(row, column) / r, there = (c - table.at(row, column)) / rest, share = r / n;
  const auto ratio =
      metrics::mover_ratio(here, metrics::wilson(here, r, level), there, metrics::wilson(there, rest, level));
  // Rises with the ratio, from 0 to 1 / share.
  const auto lift = [&](double q) { return std::isinf(q) ? 1 / share : q / (share * q + 1 - share); };
  return {lift(ratio.low), lift(ratio.high)};
}

PairMeasures pair_measures(const CrossTable& table, std::size_t row, std::size_t column) {
  const double g = table.row_totals[row] / table.n, y = table.column_totals[column] / table.n;
  const double both = table.at(row, column) / table.n;
  PairMeasures out;
  out.pmi = std::log(both / (g * y));
  out.npmi = both > 0 ? (both < 1 ? out.pmi / -std::log(both) : 1) : -std::numeric_limits<double>::infinity();
  out.sorensen_dice = both / (g + y);
  out.jaccard = both / (g + y - both);
  out.log_likelihood_ratio = std::log(both / y);
  out.t = (both - g * y) / std::sqrt(g * y);
  return out;
}

BalanceMeasures balance_measures(std::span<const double> counts, std::span<const double> reference) {
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (!(n > 0)) return {};
  BalanceMeasures out{0, 0, 0, 0, 0, 0, kNan};
  std::vector<double> p, q(reference.begin(), reference.end());
  for (const double c : counts) p.push_back(c / n);
  const auto part = [](double a, double b) { return a > 0 ? a * std::log(a / b) : 0; };
  double js = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double middle = (p[i] + q[i]) / 2, gap = std::abs(p[i] - q[i]);
    out.kl += part(p[i], q[i]);
    if (middle > 0) js += part(p[i], middle) + part(q[i], middle);
    out.infinity_norm = std::max(out.infinity_norm, gap), out.tvd += gap / 2;
    const double expected = n * q[i];
    if (expected > 0 || counts[i] > 0) out.chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  out.js_distance = std::sqrt(std::max(0.0, js / 2));
  out.chi_square_p = metrics::chi_square_tail(out.chi_square, static_cast<double>(p.size()) - 1);
  if (std::isinf(out.chi_square)) out.chi_square_p = 0;
  std::sort(p.begin(), p.end()), std::sort(q.begin(), q.end());
  for (std::size_t i = 0; i < p.size(); ++i) out.wasserstein += std::abs(p[i] - q[i]) / static_cast<double>(p.size());
  return out;
}

AggregateBalance aggregate_balance(std::span<const double> counts) {
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0), k = static_cast<double>(counts.size());
  if (!(n > 0)) return {};
  AggregateBalance out{0, 0, 0};
  double logs = 0;
  for (const double c : counts) {
    const double ratio = c / n * k;  // share over mean share
    logs += std::log(ratio) / k;
    if (c > 0) out.theil_t += ratio * std::log(ratio) / k;
  }
  out.theil_l = -logs, out.atkinson = 1 - std::exp(logs);
  return out;
}

CategoryAssociation category_association(const CrossTable& table) {
  const double r = static_cast<double>(table.rows.size()), k = static_cast<double>(table.columns.size()), n = table.n;
  if (r < 2 || k < 2) return {};
  CategoryAssociation out;
  out.chi_square = 0, out.mutual_information = 0;
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    for (std::size_t j = 0; j < table.columns.size(); ++j) {
      const double expected = table.row_totals[i] * table.column_totals[j] / n, seen = table.at(i, j);
      out.chi_square += (seen - expected) * (seen - expected) / expected;
      out.mutual_information += expected / n * divergence(seen / expected - 1);
    }
  out.p = metrics::chi_square_tail(out.chi_square, (r - 1) * (k - 1));
  const double phi = out.chi_square / n;
  out.cramers_v = std::sqrt(phi / (std::min(r, k) - 1));
  const double bias = (r - 1) * (k - 1) / (n - 1), rows = r - (r - 1) * (r - 1) / (n - 1);
  const double columns = k - (k - 1) * (k - 1) / (n - 1);
  if (std::min(rows, columns) > 1)
    out.cramers_v_corrected = std::sqrt(std::max(0.0, phi - bias) / (std::min(rows, columns) - 1));
  out.theils_u_first = out.mutual_information / entropy(table.row_totals, n);
  out.theils_u_second = out.mutual_information / entropy(table.column_totals, n);
  return out;
}

double pearson(std::span<const double> x, std::span<const double> y) {
  const Moments m = moments(x, y);
  return m.xx > 0 && m.yy > 0 ? std::clamp(m.xy / std::sqrt(m.xx) / std::sqrt(m.yy), -1.0, 1.0) : kNan;
}

double spearman(std::span<const double> x, std::span<const double> y) { return pearson(midranks(x), midranks(y)); }

double kendall_tau_b(std::span<const double> x, std::span<const double> y) {
  const std::size_t n = x.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return x[a] != x[b] ? x[a] < x[b] : y[a] < y[b]; });
  std::vector<double> sorted(n), room(n);
  for (std::size_t i = 0; i < n; ++i) sorted[i] = y[order[i]];
  const double pairs = static_cast<double>(n) * (static_cast<double>(n) - 1) / 2;
  const double tied_x = tied_pairs(n, [&](std::size_t a, std::size_t b) { return x[order[a]] == x[order[b]]; });
  const double tied_both = tied_pairs(
      n, [&](std::size_t a, std::size_t b) { return x[order[a]] == x[order[b]] && y[order[a]] == y[order[b]]; });
  const double discordant = inversions(sorted, room, 0, n);
  const double tied_y = tied_pairs(n, [&](std::size_t a, std::size_t b) { return sorted[a] == sorted[b]; });
  const double below = std::sqrt(pairs - tied_x) * std::sqrt(pairs - tied_y);
  return below > 0 ? (pairs - tied_x - tied_y + tied_both - 2 * discordant) / below : kNan;
}

double correlation_ratio(std::span<const double> x, std::span<const std::int32_t> codes, std::size_t groups) {
  std::vector<double> sums(groups, 0), counts(groups, 0);
  double mean = 0, total = 0, between = 0;
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto g = static_cast<std::size_t>(codes[i]);
    sums[g] += x[i], ++counts[g], mean += x[i] / n;
  }
  for (const double v : x) total += (v - mean) * (v - mean);
  for (std::size_t g = 0; g < groups; ++g)
    if (counts[g] > 0) between += counts[g] * (sums[g] / counts[g] - mean) * (sums[g] / counts[g] - mean);
  return total > 0 ? std::sqrt(std::min(1.0, between / total)) : kNan;
}

Result<std::map<std::string, double>> population_shares(const data::Table& table, const std::string& where,
                                                        const std::string& column) {
  std::string measure;
  for (const char* name : {"share", "count", "population", "weight"})
    if (measure.empty() && table.has(name) && column != name) measure = name;
  if (measure.empty())
    return fail(Code::kInvalidArgument, "the population table has no column share, count, population or weight", where,
                "name the column of numbers \"share\" or \"count\"");
  if (!table.has(column))
    return fail(Code::kInvalidArgument, "the population table has no column \"" + column + "\"", where,
                "name its columns as in the data");
  ASSAY_TRY(const auto values, table.codes(column));
  ASSAY_TRY(const auto numbers, table.numbers(measure));
  std::map<std::string, double> out;
  double sum = 0;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if (!numbers.valid[i] || !(numbers.values[i] >= 0) || std::isinf(numbers.values[i]))
      return fail(Code::kInvalidArgument, "row " + std::to_string(i + 1) + " has no number of at least 0",
                  where + " column " + measure);
    if (values.codes[i] < 0) continue;  // who is not known is in no group
    out[(*values.values)[static_cast<std::size_t>(values.codes[i])]] += numbers.values[i];
    sum += numbers.values[i];
  }
  if (!(sum > 0)) return fail(Code::kInvalidArgument, "the shares of column \"" + column + "\" sum to 0", where);
  for (auto& [value, share] : out) share /= sum;
  return out;
}

}  // namespace assay::stats
