#include "assay/stats/bias_scan.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "assay/base/parallel.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/metrics/figures.h"
#include "assay/metrics/hypothesis.h"
#include "assay/metrics/two_sample.h"
#include "assay/stats/association.h"

namespace assay::stats {
namespace {

using data::Table;
using data::Type;
using metrics::defined;
using operation::Json;
constexpr std::size_t kMostCategories = 200, kMostStrata = 20, kMostColumns = 60, kRankRows = 20'000,
                      kMostPatterns = 50;
constexpr double kStratumRows = 10;

Json json_of(double v) { return std::isnan(v) ? Json(nullptr) : operation::number(v); }

struct Column {
  std::string name;
  bool numeric = false;
  data::Numbers numbers;
  data::Codes codes;
};

Result<std::vector<Column>> columns_of(const Table& table) {
  std::vector<Column> out;
  for (const auto& name : table.names()) {
    ASSAY_TRY(const Type type, table.type(name));
    Column each;
    each.name = name, each.numeric = type == Type::kInt || type == Type::kFloat;
    if (type == Type::kOther || type == Type::kTime) continue;
    if (each.numeric) {
      ASSAY_TRY(each.numbers, table.numbers(name));
    } else {
      ASSAY_TRY(each.codes, table.codes(name));
      if (each.codes.values->size() > kMostCategories || each.codes.values->size() < 2) continue;
    }
    out.push_back(std::move(each));
  }
  if (out.size() > kMostColumns) out.resize(kMostColumns);
  return out;
}

Json numeric_pair(const Column& a, const Column& b, std::uint64_t seed) {
  std::vector<double> x, y;
  std::vector<std::pair<std::uint64_t, std::size_t>> drawn;
  const Philox stream = Philox(seed).fork(streams::kReservoir);
  for (std::size_t i = 0; i < a.numbers.values.size(); ++i) {
    if (!a.numbers.valid[i] || !b.numbers.valid[i]) continue;
    if (!std::isfinite(a.numbers.values[i]) || !std::isfinite(b.numbers.values[i])) continue;
    drawn.emplace_back(stream.bits(i), x.size());
    x.push_back(a.numbers.values[i]), y.push_back(b.numbers.values[i]);
  }
  Json out{{"kind", "numeric"}, {"n", x.size()}, {"pearson", json_of(x.size() > 1 ? pearson(x, y) : metrics::kNan)}};
  if (drawn.size() > kRankRows) {
    std::nth_element(drawn.begin(), drawn.begin() + kRankRows, drawn.end());
    drawn.resize(kRankRows);
    std::vector<double> some_x, some_y;
    for (const auto& [unused, i] : drawn) some_x.push_back(x[i]), some_y.push_back(y[i]);
    x.swap(some_x), y.swap(some_y);
    out["rank_rows"] = kRankRows;
  }
  out["spearman"] = json_of(x.size() > 1 ? spearman(x, y) : metrics::kNan);
  out["kendall_tau_b"] = json_of(x.size() > 1 ? kendall_tau_b(x, y) : metrics::kNan);
  out["strength"] = out["spearman"].is_null() ? Json(nullptr) : Json(std::abs(out["spearman"].get<double>()));
  return out;
}

Json category_pair(const Column& a, const Column& b) {
  const auto made = category_association(cross_table(a.codes, b.codes));
  return {{"kind", "categorical"},
          {"chi_square", json_of(made.chi_square)},
          {"p", json_of(made.p)},
          {"cramers_v", json_of(made.cramers_v)},
          {"cramers_v_corrected", json_of(made.cramers_v_corrected)},
          {"mutual_information", json_of(made.mutual_information)},
          {"theils_u_first", json_of(made.theils_u_first)},
          {"theils_u_second", json_of(made.theils_u_second)},
          {"strength", json_of(made.cramers_v_corrected)}};
}

Json mixed_pair(const Column& numbers, const Column& categories) {
  std::vector<double> x;
  std::vector<std::int32_t> codes;
  for (std::size_t i = 0; i < numbers.numbers.values.size(); ++i)
    if (numbers.numbers.valid[i] && std::isfinite(numbers.numbers.values[i]) && categories.codes.codes[i] >= 0)
      x.push_back(numbers.numbers.values[i]), codes.push_back(categories.codes.codes[i]);
  const double eta = correlation_ratio(x, codes, categories.codes.values->size());
  return {{"kind", "mixed"}, {"n", x.size()}, {"correlation_ratio", json_of(eta)}, {"strength", json_of(eta)}};
}

struct Stratum {
  double n[2] = {0, 0}, events[2] = {0, 0};
};

}  // namespace

Result<Json> simpson(const Table& table, const std::string& group, const std::string& label,
                     const std::string& positive) {
  ASSAY_TRY(const auto groups, table.codes(group));
  ASSAY_TRY(const auto labels, table.codes(label));
  const auto event = std::find(labels.values->begin(), labels.values->end(), positive) - labels.values->begin();
  const auto order = ascending(*groups.values);
  std::vector<double> rows(groups.values->size(), 0);
  for (const auto code : groups.codes)
    if (code >= 0) ++rows[static_cast<std::size_t>(code)];
  const std::size_t reference =
      *std::max_element(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rows[a] < rows[b]; });
  ASSAY_TRY(const auto columns, columns_of(table));
  Json out = Json::array();
  for (const auto& third : columns) {
    if (third.numeric || third.name == group || third.name == label || third.codes.values->size() > kMostStrata)
      continue;
    const std::size_t strata = third.codes.values->size();
    std::vector<Stratum> cells(groups.values->size() * strata);
    for (std::size_t i = 0; i < groups.codes.size(); ++i) {
      if (groups.codes[i] < 0 || labels.codes[i] < 0 || third.codes.codes[i] < 0) continue;
      auto& cell =
          cells[static_cast<std::size_t>(groups.codes[i]) * strata + static_cast<std::size_t>(third.codes.codes[i])];
      ++cell.n[0], cell.events[0] += labels.codes[i] == event;
    }
    for (const auto g : order) {
      if (g == reference) continue;
      Stratum whole;
      double used = 0, reversed = 0;
      std::vector<double> gaps;
      for (std::size_t s = 0; s < strata; ++s) {
        const auto &a = cells[g * strata + s], &b = cells[reference * strata + s];
        whole.n[0] += a.n[0], whole.events[0] += a.events[0], whole.n[1] += b.n[0], whole.events[1] += b.events[0];
        if (a.n[0] >= kStratumRows && b.n[0] >= kStratumRows)
          gaps.push_back(a.events[0] / a.n[0] - b.events[0] / b.n[0]);
      }
      if (whole.n[0] == 0 || whole.n[1] == 0 || gaps.size() < 2) continue;
      const double gap = whole.events[0] / whole.n[0] - whole.events[1] / whole.n[1];
      for (const double each : gaps) ++used, reversed += each * gap < 0;
      if (reversed * 2 > used)
        out.push_back({{"column", third.name},
                       {"group", (*groups.values)[g]},
                       {"reference", (*groups.values)[reference]},
                       {"gap", gap},
                       {"strata", used},
                       {"reversed", reversed}});
    }
  }
  return out;
}

Result<Json> missing_by_group(const Table& table, const BiasRequest& request, operation::Evidence& out) {
  Json listed = Json::array();
  std::vector<double> p;
  for (const auto& group : request.group) {
    ASSAY_TRY(const auto groups, table.codes(group));
    const auto order = ascending(*groups.values);
    for (const auto& name : table.names()) {
      ASSAY_TRY(const Type type, table.type(name));
      if (name == group || type == Type::kOther) continue;
      ASSAY_TRY(const auto codes, table.codes(name));
      std::vector<double> missing(groups.values->size(), 0), present(groups.values->size(), 0);
      for (std::size_t i = 0; i < codes.codes.size(); ++i)
        if (groups.codes[i] >= 0) ++(codes.codes[i] < 0 ? missing : present)[static_cast<std::size_t>(groups.codes[i])];
      if (std::none_of(missing.begin(), missing.end(), [](double x) { return x > 0; })) continue;
      Json shares = Json::array();
      for (const auto g : order) {
        const double n = missing[g] + present[g];
        if (n == 0 || n < request.min_cell) continue;
        auto figure = metrics::figure("missing_share", {{group, (*groups.values)[g]}}, std::llround(n),
                                      {request.level, request.min_n});
        figure.value = missing[g] / n, figure.method = "wilson", figure.better = "lower";
        figure.parameters = {{"column", name}};
        metrics::set_interval(figure, metrics::wilson(missing[g] / n, n, request.level), "");
        shares.push_back({{"value", (*groups.values)[g]}, {"share", missing[g] / n}, {"n", n}});
        out.figures.push_back(std::move(figure));
      }
      p.push_back(metrics::chi_square(missing, present).p);
      listed.push_back({{"column", name}, {"group", group}, {"p", json_of(p.back())}, {"shares", std::move(shares)}});
    }
  }
  const auto adjusted = metrics::adjust(p, metrics::Correction::kBenjaminiHochberg);
  for (std::size_t i = 0; i < p.size(); ++i) listed[i]["p_adjusted"] = json_of(adjusted[i]);
  return listed;
}

Result<Json> missing_patterns(const Table& table) {
  std::vector<std::string> names;
  std::vector<data::Codes> columns;
  for (const auto& name : table.names()) {
    ASSAY_TRY(const Type type, table.type(name));
    if (type == Type::kOther) continue;
    ASSAY_TRY(auto codes, table.codes(name));
    if (std::find(codes.codes.begin(), codes.codes.end(), -1) == codes.codes.end()) continue;
    names.push_back(name), columns.push_back(std::move(codes));
  }
  std::map<std::string, std::int64_t> seen;  // one letter a column
  std::string pattern(names.size(), '.');
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t c = 0; c < columns.size(); ++c) pattern[c] = columns[c].codes[i] < 0 ? 'm' : '.';
    ++seen[pattern];
  }
  std::vector<std::pair<std::string, std::int64_t>> order(seen.begin(), seen.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    const bool whole_a = a.first.find('m') == std::string::npos, whole_b = b.first.find('m') == std::string::npos;
    return whole_a != whole_b ? whole_a : a.second > b.second;
  });
  Json out = Json::array();
  for (std::size_t k = 0; k < std::min(order.size(), kMostPatterns); ++k) {
    Json missing = Json::array();
    for (std::size_t c = 0; c < names.size(); ++c)
      if (order[k].first[c] == 'm') missing.push_back(names[c]);
    out.push_back({{"columns", std::move(missing)}, {"rows", order[k].second}});
  }
  return out;
}

Result<Json> associations(const Table& table, const BiasRequest& request, Task& task, operation::Evidence& out) {
  ASSAY_TRY(const auto columns, columns_of(table));
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (std::size_t j = i + 1; j < columns.size(); ++j) pairs.emplace_back(i, j);
  std::vector<Json> made(pairs.size());
  task.begin(pairs.size());
  parallel_parts(pairs.size(), [&](std::size_t k) {
    if (task.stopped()) return;
    const auto &a = columns[pairs[k].first], &b = columns[pairs[k].second];
    made[k] = {{"first", a.name}, {"second", b.name}};
    made[k].update(a.numeric && b.numeric     ? numeric_pair(a, b, static_cast<std::uint64_t>(request.seed))
                   : !a.numeric && !b.numeric ? category_pair(a, b)
                   : a.numeric                ? mixed_pair(a, b)
                                              : mixed_pair(b, a));
    task.step();
  });
  ASSAY_CHECK(task.check());
  for (const auto& group : request.group)
    for (const auto& each : made) {
      const bool first = each["first"] == group;
      if (!first && each["second"] != group) continue;
      operation::Figure figure;
      figure.name = "association", figure.group = {group}, figure.better = "lower";
      figure.n = static_cast<std::int64_t>(table.rows());
      figure.parameters = {{"column", each[first ? "second" : "first"]}};
      figure.method = each["kind"] == "categorical" ? "cramers_v_corrected"
                      : each["kind"] == "mixed"     ? "correlation_ratio"
                                                    : "spearman";
      figure.why = each["strength"].is_null() ? "one of the two columns is constant"
                                              : "no interval is computed for this measure";
      if (!each["strength"].is_null()) figure.value = each["strength"].get<double>();
      if (each.contains("p") && !each["p"].is_null()) figure.p = each["p"].get<double>();
      out.figures.push_back(std::move(figure));
    }
  return Json(made);
}

}  // namespace assay::stats
