#include "assay/learn/encode.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/base/accumulator.h"

namespace assay::learn {
namespace {

constexpr std::size_t kBlock = 4096;

std::string cell(std::uint32_t row, const std::string& column) {
  return "row " + std::to_string(row) + " column " + column;
}

// Sum of f(i) over [begin, end): blocks of 4096 in a pairwise tree, so that the error stays near one rounding.
template <class F>
double pairwise(std::size_t begin, std::size_t end, const F& f) {
  if (end - begin <= kBlock) {
    double even = 0, odd = 0;
    for (std::size_t i = begin; i < end; ++i) ((i - begin) & 1 ? odd : even) += f(i);
    return even + odd;
  }
  std::size_t half = kBlock;
  while (half * 2 < end - begin) half *= 2;
  return pairwise(begin, begin + half, f) + pairwise(begin + half, end, f);
}

template <class F>
Result<double> sum_of(std::size_t rows, const F& f, Task& task) {
  struct Sum {
    double value = 0;
    void merge(const Sum& other) { value += other.value; }
  };
  ASSAY_TRY(
      const Sum sum,
      accumulate(
          rows, Sum{}, [&](Sum& to, std::size_t begin, std::size_t end) { to.value = pairwise(begin, end, f); }, task));
  return sum.value;
}

struct Column {
  const std::string& name;
  const data::Table& table;
  std::span<const std::uint32_t> rows;
  std::span<const double> weights;
  double weight(std::size_t i) const { return weights.empty() ? 1.0 : weights[i]; }
};

struct Spread {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool missing = false, any = false;
};

Result<Spread> look(const Column& c, const data::Numbers& numbers) {
  Spread out;
  for (const std::uint32_t row : c.rows) {
    if (!numbers.valid[row]) {
      out.missing = true;
      continue;
    }
    const double x = numbers.values[row];
    if (!std::isfinite(x))
      return fail(Code::kInvalidArgument, std::isnan(x) ? "the number is NaN" : "the number is infinite",
                  cell(row, c.name),
                  std::isnan(x) ? "name it missing with --null NaN, or drop the row" : "correct or drop the row");
    out.any = true;
    out.low = std::min(out.low, x), out.high = std::max(out.high, x);
  }
  return out;
}

Status fit_numeric(const Column& c, double total, Encoding& out, Task& task) {
  ASSAY_TRY(const auto numbers, c.table.numbers(c.name));
  ASSAY_TRY(const auto spread, look(c, numbers));
  if (!spread.any) return out.excluded.emplace_back(c.name, "no row has a value"), Status{};
  const auto present = [&](std::size_t i) { return numbers.valid[c.rows[i]]; };
  const auto x = [&](std::size_t i) { return numbers.values[c.rows[i]]; };
  double there = total;
  if (spread.missing) {
    ASSAY_TRY(there, sum_of(c.rows.size(), [&](std::size_t i) { return present(i) ? c.weight(i) : 0.0; }, task));
  }
  double mean = spread.low, scale = 1;
  if (spread.low < spread.high) {
    ASSAY_TRY(const double sum,
              sum_of(c.rows.size(), [&](std::size_t i) { return present(i) ? c.weight(i) * x(i) : 0.0; }, task));
    mean = sum / there;
    const auto square = [&](std::size_t i) { return present(i) ? c.weight(i) * (x(i) - mean) * (x(i) - mean) : 0.0; };
    ASSAY_TRY(const double squares, sum_of(c.rows.size(), square, task));
    scale = std::sqrt(squares / there);
    if (!std::isfinite(mean) || !std::isfinite(scale) || !(scale > 0))
      return out.excluded.emplace_back(c.name, "its numbers are too large or too small to standardise"), Status{};
  }
  model::LinearInput input{c.name, true, spread.missing, {}};
  model::Input about;
  about.name = c.name, about.nullable = spread.missing, about.range = {spread.low, spread.high};
  ASSAY_TRY(const auto type, c.table.type(c.name));
  about.type = type == data::Type::kInt ? "int" : "float";
  out.means.push_back(mean), out.scales.push_back(scale);
  if (spread.missing) out.means.push_back((total - there) / total), out.scales.push_back(1);
  out.inputs.push_back(std::move(input)), out.signature.push_back(std::move(about));
  return {};
}

Status fit_category(const Column& c, double total, Encoding& out) {
  ASSAY_TRY(const auto codes, c.table.codes(c.name));
  std::vector<double> weight_of(codes.values->size() + 1);  // the last: missing
  std::vector<bool> seen(codes.values->size() + 1);
  for (std::size_t i = 0; i < c.rows.size(); ++i) {
    const auto code = codes.codes[c.rows[i]];
    const std::size_t at = code < 0 ? codes.values->size() : static_cast<std::size_t>(code);
    weight_of[at] += c.weight(i), seen[at] = true;
  }
  std::vector<std::size_t> order;
  for (std::size_t v = 0; v < codes.values->size(); ++v)
    if (seen[v]) order.push_back(v);
  if (order.empty()) return out.excluded.emplace_back(c.name, "no row has a value"), Status{};
  if (order.size() > kMaxLevels)
    return out.excluded.emplace_back(
               c.name, "has " + std::to_string(order.size()) + " levels, more than " + std::to_string(kMaxLevels)),
           Status{};
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return (*codes.values)[a] < (*codes.values)[b]; });
  model::LinearInput input{c.name, false, seen.back(), {}};
  for (const std::size_t v : order) {
    if (!input.levels.empty()) out.means.push_back(weight_of[v] / total), out.scales.push_back(1);
    input.levels.push_back((*codes.values)[v]);
  }
  if (input.missing) out.means.push_back(weight_of.back() / total), out.scales.push_back(1);
  model::Input about;
  about.name = c.name, about.type = "category", about.nullable = input.missing, about.categories = input.levels;
  out.inputs.push_back(std::move(input)), out.signature.push_back(std::move(about));
  return {};
}

}  // namespace

Result<Encoding> fit_encoding(const data::Table& table, std::span<const std::uint32_t> rows,
                              std::span<const std::string> columns, std::span<const double> weights, Task& task) {
  Encoding out;
  double total = static_cast<double>(rows.size());
  if (!weights.empty()) {
    ASSAY_TRY(total, sum_of(rows.size(), [&](std::size_t i) { return weights[i]; }, task));
  }
  for (const std::string& name : columns) {
    const Column column{name, table, rows, weights};
    ASSAY_TRY(const auto type, table.type(name));
    const bool number = type == data::Type::kInt || type == data::Type::kFloat;
    if (number || type == data::Type::kText || type == data::Type::kBool) {
      ASSAY_CHECK(number ? fit_numeric(column, total, out, task) : fit_category(column, total, out));
      continue;
    }
    out.excluded.emplace_back(name,
                              "holds " + std::string(data::type_name(type)) + ", which a linear model cannot read");
  }
  return out;
}

}  // namespace assay::learn
