#include "assay/stats/repair.h"

#include <arrow/api.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "assay/base/parallel.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/data/read.h"
#include "assay/metrics/figures.h"
#include "assay/stats/balance.h"

namespace assay::stats {
namespace {

using data::Table;
using data::Type;
using operation::Figure;
using operation::Json;
constexpr const char* kArrow = "application/vnd.apache.arrow.file";
constexpr std::size_t kMostCells = 10'000, kMostNeighbours = 2000;

// The group of each row (several columns together) and its label.
struct Cells {
  CrossTable table;                        // groups × labels
  std::vector<std::int32_t> group, label;  // of each row, in the table; -1: missing
  std::size_t positive = 0;
  std::int32_t cell(std::size_t row) const {
    return group[row] < 0 || label[row] < 0 ? -1
                                            : group[row] * static_cast<std::int32_t>(table.columns.size()) + label[row];
  }
};

data::Codes coded(std::vector<std::int32_t> codes, std::vector<std::string> values) {
  data::Codes out;
  auto kept = std::make_shared<std::vector<std::int32_t>>(std::move(codes));
  out.codes = *kept, out.owner = kept;
  out.values = std::make_shared<const std::vector<std::string>>(std::move(values));
  return out;
}

Result<data::Codes> combined(const Table& table, const std::vector<std::string>& columns) {
  std::vector<data::Codes> parts;
  for (const auto& name : columns) {
    ASSAY_TRY(auto codes, table.codes(name));
    parts.push_back(std::move(codes));
  }
  std::map<std::string, std::int32_t> seen;
  std::vector<std::int32_t> codes(table.rows());
  std::vector<std::string> values;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::string value;
    bool missing = false;
    for (const auto& part : parts) {
      if (part.codes[i] < 0) {
        missing = true;
        break;
      }
      value += (value.empty() ? "" : ", ") + (*part.values)[static_cast<std::size_t>(part.codes[i])];
    }
    const auto [at, fresh] =
        missing ? std::pair{seen.end(), false} : seen.emplace(value, static_cast<std::int32_t>(seen.size()));
    if (fresh) values.push_back(value);
    codes[i] = missing ? -1 : at->second;
    if (seen.size() > kMostCells)
      return fail(Code::kInvalidArgument, "the groups have more than 10000 values", "group",
                  "name columns with fewer values");
  }
  return coded(std::move(codes), std::move(values));
}

std::vector<std::int32_t> in_table(const data::Codes& codes, const std::vector<std::string>& names) {
  std::vector<std::int32_t> to(codes.values->size(), -1), out(codes.codes.size());
  for (std::size_t v = 0; v < to.size(); ++v)
    if (const auto at = std::find(names.begin(), names.end(), (*codes.values)[v]); at != names.end())
      to[v] = static_cast<std::int32_t>(at - names.begin());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = codes.codes[i] < 0 ? -1 : to[static_cast<std::size_t>(codes.codes[i])];
  return out;
}

Result<Cells> cells_of(const Table& table, const std::vector<std::string>& group, const std::string& label,
                       const std::string& positive) {
  ASSAY_TRY(const auto labels, table.codes(label));
  ASSAY_TRY(const auto groups, combined(table, group));  // no column: every row is in the group ""
  if (labels.values->size() > 1000)
    return fail(Code::kInvalidArgument, "the label has " + std::to_string(labels.values->size()) + " values",
                "column " + label, "choose a label of classes");
  Cells out;
  out.table = cross_table(groups, labels);
  if (out.table.columns.size() < 2)
    return fail(Code::kInvalidArgument, "the label has fewer than two values among the rows with a group",
                "column " + label, "choose a label with at least two values");
  out.group = in_table(groups, out.table.rows), out.label = in_table(labels, out.table.columns);
  out.positive = out.table.columns.size() - 1;
  if (positive.empty()) return out;
  const auto at = std::find(out.table.columns.begin(), out.table.columns.end(), positive);
  if (at == out.table.columns.end())
    return tl::unexpected<Error>(operation::unknown_name("value", positive, out.table.columns).at("positive"));
  out.positive = static_cast<std::size_t>(at - out.table.columns.begin());
  return out;
}

Result<Table> read_table(const std::string& ref, const std::vector<std::string>& null, Task& task) {
  data::ReadOptions options;
  options.null = null;
  return data::read(ref, task, options);
}

// Rates of the label by group, before or after, and their largest difference.
void put_rates(const Cells& cells, const std::string& group, const std::vector<double>& weight, const char* when,
               operation::Evidence& out) {
  const std::size_t groups = cells.table.rows.size();
  std::vector<double> positive(groups, 0), all(groups, 0), rows(groups, 0);
  for (std::size_t i = 0; i < weight.size(); ++i) {
    if (cells.cell(i) < 0) continue;
    const auto g = static_cast<std::size_t>(cells.group[i]);
    all[g] += weight[i], ++rows[g];
    if (cells.label[i] == static_cast<std::int32_t>(cells.positive)) positive[g] += weight[i];
  }
  double low = 1, high = 0;
  for (std::size_t g = 0; g < groups; ++g) {
    Figure figure;
    figure.name = "label_rate", figure.slice = {{group, cells.table.rows[g]}}, figure.n = std::llround(rows[g]);
    figure.parameters = {{"when", when}};
    figure.why = all[g] > 0 ? "a count of all rows, not a sample estimate" : "no rows";
    if (all[g] > 0) {
      const double rate = positive[g] / all[g];
      figure.value = rate, low = std::min(low, rate), high = std::max(high, rate);
    }
    out.figures.push_back(std::move(figure));
  }
  Figure difference;
  difference.name = "label_rate_difference", difference.group = {group}, difference.n = std::llround(cells.table.n);
  difference.better = "lower", difference.parameters = {{"when", when}}, difference.value = std::max(0.0, high - low);
  difference.why = "a count of all rows, not a sample estimate";
  out.figures.push_back(std::move(difference));
}

Figure effective(const std::vector<double>& weight) {
  Figure out;
  out.name = "kish_effective_rows", out.n = static_cast<std::int64_t>(weight.size()), out.better = "higher";
  out.value = kish_effective_rows(weight), out.why = "a count of all rows, not a sample estimate";
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "all" : out;
}

Result<Table> with_column(const Table& table, const std::string& name, const std::vector<double>& values) {
  if (table.has(name))
    return fail(Code::kAlreadyExists, "the table has a column \"" + name + "\" already", "weight",
                "choose another name with --weight");
  ASSAY_TRY(const Table column, data::TableBuilder().numbers(name, values).finish());
  const auto& from = column.arrow();
  auto made = table.arrow()->AddColumn(table.arrow()->num_columns(), from->field(0), from->column(0));
  if (!made.ok()) return fail(Code::kInternal, made.status().message(), name);
  return Table(*made);
}

Status write_blob(const Table& table, const char* role, Task& task, operation::Evidence& out) {
  ASSAY_TRY(const std::string path, task.create(role, kArrow));
  ASSAY_CHECK(data::write_arrow(table, path));
  out.blobs[role] = {"", kArrow, static_cast<std::int64_t>(table.rows())};
  return {};
}

// Rows of a cell by distance to one of them: numbers in standard deviations, one for each category that differs.
class Neighbours {
 public:
  static Result<Neighbours> of(const Table& table) {
    Neighbours out;
    for (const auto& name : table.names()) {
      ASSAY_TRY(const Type type, table.type(name));
      if (type == Type::kInt || type == Type::kFloat) {
        ASSAY_TRY(auto numbers, table.numbers(name));
        double n = 0, mean = 0, squares = 0;
        for (std::size_t i = 0; i < numbers.values.size(); ++i)
          if (numbers.valid[i] && std::isfinite(numbers.values[i])) mean += numbers.values[i], ++n;
        mean /= std::max(1.0, n);
        for (std::size_t i = 0; i < numbers.values.size(); ++i)
          if (numbers.valid[i] && std::isfinite(numbers.values[i]))
            squares += (numbers.values[i] - mean) * (numbers.values[i] - mean);
        out.scale_.push_back(squares > 0 ? std::sqrt(squares / n) : 1);
        out.numbers_.push_back(std::move(numbers));
      } else if (type == Type::kText || type == Type::kBool) {
        ASSAY_TRY(auto codes, table.codes(name));
        out.codes_.push_back(std::move(codes));
      }
    }
    return out;
  }
  std::vector<std::uint32_t> nearest(std::uint32_t row, std::span<const std::uint32_t> among, std::size_t k) const {
    std::vector<std::pair<double, std::uint32_t>> order;
    for (const auto other : among)
      if (other != row) order.emplace_back(distance(row, other), other);
    const auto most = std::min(k, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end());
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < most; ++i) out.push_back(order[i].second);
    return out;
  }

 private:
  double distance(std::uint32_t a, std::uint32_t b) const {
    double out = 0;
    for (std::size_t c = 0; c < numbers_.size(); ++c) {
      const auto& column = numbers_[c];
      const double gap = column.valid[a] && column.valid[b] ? (column.values[a] - column.values[b]) / scale_[c]
                                                            : static_cast<double>(column.valid[a] != column.valid[b]);
      out += std::isfinite(gap) ? gap * gap : 1;
    }
    for (const auto& column : codes_) out += column.codes[a] != column.codes[b];
    return out;
  }
  std::vector<data::Numbers> numbers_;
  std::vector<double> scale_;
  std::vector<data::Codes> codes_;
};

struct Made {  // a row of the new table: its base, and, where it is synthetic, its neighbours and how far towards the
               // first
  std::uint32_t base = 0;
  std::vector<std::uint32_t> near;
  double share = 0;
};

// One column of the new table where some rows are synthetic.
Result<std::optional<Table>> mixed_column(const Table& table, const std::string& name, const std::vector<Made>& rows) {
  ASSAY_TRY(const Type type, table.type(name));
  if (type == Type::kInt || type == Type::kFloat) {
    ASSAY_TRY(const auto column, table.numbers(name));
    std::vector<double> values;
    std::vector<bool> missing;
    for (const auto& row : rows) {
      double x = column.values[row.base];
      if (!row.near.empty() && column.valid[row.near[0]] && column.valid[row.base])
        x += row.share * (column.values[row.near[0]] - x);
      values.push_back(x), missing.push_back(!column.valid[row.base]);
    }
    if (type == Type::kFloat) {
      ASSAY_TRY(auto made, data::TableBuilder().numbers(name, values, missing).finish());
      return std::optional<Table>(std::move(made));
    }
    ASSAY_TRY(const auto whole, table.integers(name));
    std::vector<std::int64_t> rounded;
    for (std::size_t i = 0; i < rows.size(); ++i)
      rounded.push_back(rows[i].near.empty() ? whole.values[rows[i].base] : std::llround(values[i]));
    ASSAY_TRY(auto made, data::TableBuilder().integers(name, rounded, missing).finish());
    return std::optional<Table>(std::move(made));
  }
  if (type != Type::kText) return std::optional<Table>();  // the base row's value stays
  ASSAY_TRY(const auto column, table.codes(name));
  std::vector<std::int32_t> codes;
  for (const auto& row : rows) {
    std::map<std::int32_t, int> votes;
    for (const auto each : row.near) ++votes[column.codes[each]];
    std::int32_t best = column.codes[row.base];
    for (const auto& [code, count] : votes)
      if (count > votes[best]) best = code;
    codes.push_back(best);
  }
  ASSAY_TRY(auto made, data::TableBuilder().codes(name, codes, *column.values).finish());
  return std::optional<Table>(std::move(made));
}

Result<Table> rows_made(const Table& table, const std::vector<Made>& rows, bool synthetic) {
  std::vector<std::uint32_t> bases;
  for (const auto& row : rows) bases.push_back(row.base);
  ASSAY_TRY(const Table taken, table.take(bases));
  if (!synthetic) return taken;
  auto arrow = taken.arrow();
  for (int c = 0; c < arrow->num_columns(); ++c) {
    ASSAY_TRY(const auto column, mixed_column(table, arrow->field(c)->name(), rows));
    if (!column) continue;
    auto made = arrow->SetColumn(c, column->arrow()->field(0), column->arrow()->column(0));
    if (!made.ok()) return fail(Code::kInternal, made.status().message(), arrow->field(c)->name());
    arrow = *made;
  }
  std::vector<std::int64_t> marks;
  for (const auto& row : rows) marks.push_back(!row.near.empty());
  ASSAY_TRY(const Table mark, data::TableBuilder().integers("synthetic", marks).finish());
  auto made = arrow->AddColumn(arrow->num_columns(), mark.arrow()->field(0), mark.arrow()->column(0));
  if (!made.ok()) return fail(Code::kInternal, made.status().message(), "synthetic");
  return Table(*made);
}

// Wanted rows of every cell.
std::vector<std::int64_t> targets(const Cells& cells, const ResampleRequest& request) {
  const auto& t = cells.table;
  std::vector<double> shares;
  for (std::size_t r = 0; r < t.rows.size(); ++r)
    for (std::size_t c = 0; c < t.columns.size(); ++c)
      shares.push_back(t.at(r, c) == 0 ? 0 : request.target == "equal" ? 1 : t.row_totals[r] * t.column_totals[c]);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  double most = 0, least = std::numeric_limits<double>::infinity();  // rows per share
  for (std::size_t i = 0; i < shares.size(); ++i)
    if (shares[i] > 0) most = std::max(most, t.counts[i] / shares[i]), least = std::min(least, t.counts[i] / shares[i]);
  const double scale = request.method == "exact" ? t.n / sum : request.method == "under" ? least : most;
  auto out = apportioned(shares, std::llround(scale * sum));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto have = static_cast<std::int64_t>(t.counts[i]);
    if (request.method == "under") out[i] = std::min(out[i], have);
    if (request.method == "over" || request.method == "smote_nc") out[i] = std::max(out[i], have);
  }
  return out;
}

std::vector<Made> synthetic_rows(const Neighbours& neighbours, const std::vector<std::uint32_t>& members,
                                 std::int64_t wanted, std::uint64_t cell, const ResampleRequest& request) {
  std::vector<Made> out(static_cast<std::size_t>(std::max<std::int64_t>(0, wanted)));
  const Philox stream = Philox(static_cast<std::uint64_t>(request.seed)).fork(streams::kReservoir).fork(cell);
  auto among = members;
  if (among.size() > kMostNeighbours)
    among = redrawn(members, kMostNeighbours, cell, static_cast<std::uint64_t>(request.seed));
  parallel_parts(out.size(), [&](std::size_t i) {
    out[i].base = members[stream.fork(1).below(i, members.size())];
    out[i].near = neighbours.nearest(out[i].base, among, static_cast<std::size_t>(request.neighbours));
    if (out[i].near.empty()) {
      out[i].near = {out[i].base};  // alone in its cell: a copy
      return;
    }
    const auto chosen = stream.fork(2).below(i, out[i].near.size());
    std::swap(out[i].near[0], out[i].near[chosen]);
    out[i].share = stream.fork(3).uniform(i);
  });
  return out;
}

}  // namespace

Result<operation::Evidence> reweigh(const ReweighRequest& request, Task& task) {
  ASSAY_TRY(const Table table, read_table(request.data, request.null, task));
  ASSAY_TRY(const Cells cells, cells_of(table, request.group, request.label, request.positive));
  const std::size_t width = cells.table.columns.size();
  const auto of_class = class_weights(cells.table.column_totals);
  auto weights = reweighing(cells.table);
  for (std::size_t i = 0; request.group.empty() && i < weights.size(); ++i) weights[i] = of_class[i % width];
  operation::Evidence out;
  out.kind = "assay.balance/1";
  std::vector<double> before(table.rows(), 1), after(table.rows(), 1);
  std::int64_t unknown = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto cell = cells.cell(i);
    if (cell >= 0)
      after[i] = weights[static_cast<std::size_t>(cell)];
    else
      ++unknown;
  }
  put_rates(cells, joined(request.group), before, "before", out),
      put_rates(cells, joined(request.group), after, "after", out);
  out.figures.push_back(effective(after));
  Json listed = Json::array();
  for (std::size_t r = 0; r < cells.table.rows.size(); ++r)
    for (std::size_t c = 0; c < width; ++c) {
      const double w = weights[r * width + c];
      listed.push_back({{"group", cells.table.rows[r]},
                        {"label", cells.table.columns[c]},
                        {"rows", cells.table.at(r, c)},
                        {"weight", std::isfinite(w) ? Json(w) : Json(nullptr)}});
      if (cells.table.at(r, c) == 0)
        listed.back()["why"] = "no row has this group and label", out.flags = {"empty_cells"};
    }
  ASSAY_TRY(const Table made, with_column(table, request.weight, after));
  ASSAY_CHECK(write_blob(made, "table", task, out));
  out.detail = {{"method", request.group.empty() ? "class_weights" : "reweighing"},
                {"group", request.group},
                {"label", request.label},
                {"weight", request.weight},
                {"cells", std::move(listed)},
                {"rows", table.rows()},
                {"rows_without_group_or_label", unknown}};
  return out;
}

Result<operation::Evidence> resample(const ResampleRequest& request, Task& task) {
  ASSAY_TRY(const Table table, read_table(request.data, request.null, task));
  ASSAY_TRY(const Cells cells, cells_of(table, request.group, request.label, request.positive));
  const bool synthetic = request.method == "smote_nc";
  if (synthetic && table.has("synthetic"))
    return fail(Code::kAlreadyExists, "the table has a column \"synthetic\" already", request.data, "rename it first");
  const auto wanted = targets(cells, request);
  std::vector<std::vector<std::uint32_t>> members(wanted.size());
  for (std::size_t i = 0; i < table.rows(); ++i)
    if (cells.cell(i) >= 0) members[static_cast<std::size_t>(cells.cell(i))].push_back(static_cast<std::uint32_t>(i));
  Neighbours neighbours;
  if (synthetic) {
    ASSAY_TRY(neighbours, Neighbours::of(table));
  }
  std::vector<Made> rows;
  Json listed = Json::array();
  for (std::size_t c = 0; c < wanted.size(); ++c) {
    const auto have = static_cast<std::int64_t>(members[c].size());
    const auto copied = synthetic ? std::min(wanted[c], have) : wanted[c];
    for (const auto row : redrawn(members[c], copied, c, static_cast<std::uint64_t>(request.seed)))
      rows.push_back({row, {}, 0});
    if (have > 0)
      for (auto& row : synthetic_rows(neighbours, members[c], wanted[c] - copied, c, request))
        rows.push_back(std::move(row));
    listed.push_back({{"group", cells.table.rows[c / cells.table.columns.size()]},
                      {"label", cells.table.columns[c % cells.table.columns.size()]},
                      {"rows", have},
                      {"wanted", wanted[c]}});
    if (have == 0) listed.back()["why"] = "no row has this group and label";
    ASSAY_CHECK(task.check());
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Made& a, const Made& b) {
    return a.near.empty() != b.near.empty() ? a.near.empty() : a.base < b.base;
  });
  ASSAY_TRY(const Table made, rows_made(table, rows, synthetic));
  operation::Evidence out;
  out.kind = "assay.balance/1";
  put_rates(cells, joined(request.group), std::vector<double>(table.rows(), 1), "before", out);
  std::vector<double> times(table.rows(), 0);
  std::vector<std::int64_t> source;
  for (const auto& row : rows) ++times[row.base], source.push_back(row.base + 1);
  put_rates(cells, joined(request.group), times, "after", out);
  ASSAY_CHECK(write_blob(made, "table", task, out));
  ASSAY_TRY(const Table sources, data::TableBuilder().integers("row", source).finish());
  ASSAY_CHECK(write_blob(sources, "source", task, out));
  out.detail = {{"method", request.method},
                {"target", request.target},
                {"group", request.group},
                {"label", request.label},
                {"cells", std::move(listed)},
                {"rows", {{"before", table.rows()}, {"after", rows.size()}}},
                {"dropped", std::count(times.begin(), times.end(), 0)}};
  return out;
}

Result<operation::Evidence> rake_table(const RakeRequest& request, Task& task) {
  ASSAY_TRY(const Table table, read_table(request.data, request.null, task));
  ASSAY_TRY(const Table population, data::read(request.population, task));
  if (request.columns.empty()) return fail(Code::kInvalidArgument, "is required", "columns", "name the columns to fit");
  std::vector<Margin> margins;
  for (const auto& name : request.columns) {
    ASSAY_TRY(const auto codes, table.codes(name));
    ASSAY_TRY(const auto shares, population_shares(population, request.population, name));
    Margin margin;
    margin.name = name;
    std::vector<std::string> names;
    for (const auto& [value, share] : shares) names.push_back(value), margin.share.push_back(share);
    margin.code = in_table(codes, names);
    for (std::size_t i = 0; i < margin.code.size(); ++i)
      if (codes.codes[i] >= 0 && margin.code[i] < 0)
        return fail(
            Code::kInvalidArgument,
            "the population has no share of \"" + (*codes.values)[static_cast<std::size_t>(codes.codes[i])] + "\"",
            "column " + name, "add it to the population table, or drop those rows");
    margins.push_back(std::move(margin));
  }
  ASSAY_TRY(const Raked made, rake(margins, table.rows(), request.cap));
  operation::Evidence out;
  out.kind = "assay.balance/1";
  out.figures.push_back(effective(made.weight));
  Figure gap;
  gap.name = "margin_gap", gap.value = made.gap, gap.n = static_cast<std::int64_t>(table.rows()), gap.better = "lower";
  gap.why = "a count of all rows, not a sample estimate";
  out.figures.push_back(std::move(gap));
  if (!made.converged) out.flags = {"not_converged"};
  ASSAY_TRY(const Table weighted, with_column(table, request.weight, made.weight));
  ASSAY_CHECK(write_blob(weighted, "table", task, out));
  const auto [low, high] = std::minmax_element(made.weight.begin(), made.weight.end());
  out.detail = {{"method", "raking"},    {"columns", request.columns},  {"weight", request.weight},
                {"rounds", made.rounds}, {"converged", made.converged}, {"capped", made.capped},
                {"rows", table.rows()}};
  if (!made.weight.empty()) out.detail["smallest"] = *low, out.detail["largest"] = *high;
  return out;
}

}  // namespace assay::stats
