#include "assay/stats/bias.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/data/read.h"
#include "assay/metrics/figures.h"
#include "assay/metrics/hypothesis.h"
#include "assay/metrics/two_sample.h"
#include "assay/stats/association.h"
#include "assay/stats/bias_scan.h"

namespace assay::stats {
namespace {

using data::Table;
using metrics::defined;
using operation::Figure;
using operation::Json;
constexpr std::size_t kMostValues = 1000;

Json json_of(double v) { return std::isnan(v) ? Json(nullptr) : operation::number(v); }

Status check_values(const data::Codes& codes, const std::string& column, const char* what) {
  const std::size_t n = codes.values->size();
  const std::string where = "column " + column;
  if (n > kMostValues)
    return fail(Code::kInvalidArgument, std::string(what) + " has " + std::to_string(n) + " values", where,
                "put its values into at most " + std::to_string(kMostValues) + " classes first");
  if (n < 2)
    return fail(Code::kInvalidArgument,
                n == 0 ? std::string(what) + " has no value"
                       : std::string(what) + " has one value only, \"" + codes.values->front() + "\"",
                where, "choose a column with at least two values");
  return {};
}

struct Study {  // of one group column
  const BiasRequest& request;
  std::string group;
  CrossTable table;             // group × label, present ones
  std::size_t positive = 0;     // its column
  std::vector<double> rows;     // of each value of table.rows, with or without a label
  double missing = 0, all = 0;  // rows without a group value; all rows
  double missing_n = 0, missing_positive = 0;
  metrics::FigureOptions options() const { return {request.level, request.min_n}; }
  bool hidden(std::size_t i) const { return rows[i] < request.min_cell; }
};

Figure group_figure(const Study& s, std::string_view name, std::optional<std::string> value, double n) {
  auto out = metrics::figure(name, {{s.group, std::move(value)}}, std::llround(n), s.options());
  out.method = "wilson";
  return out;
}

void put_rate(const Study& s, std::optional<std::string> value, double events, double n, operation::Evidence& out) {
  auto figure = group_figure(s, "label_rate", std::move(value), n);
  figure.parameters = {{"label", s.request.label}, {"positive", s.table.columns[s.positive]}};
  if (n > 0) {
    figure.value = events / n;
    metrics::set_interval(figure, metrics::wilson(events / n, n, s.request.level), "");
  } else {
    figure.why = "no row with a label";
  }
  out.figures.push_back(std::move(figure));
}

// Rates of all groups, and signed gaps to the largest one.
void put_rates(const Study& s, operation::Evidence& out) {
  const auto& t = s.table;
  if (s.missing > 0 && s.missing >= s.request.min_cell) put_rate(s, std::nullopt, s.missing_positive, s.missing_n, out);
  const std::size_t largest =
      static_cast<std::size_t>(std::max_element(t.row_totals.begin(), t.row_totals.end()) - t.row_totals.begin());
  std::vector<Figure> gaps;
  std::vector<double> p;
  const auto rate = [&](std::size_t r) {
    return metrics::Rate{t.at(r, s.positive) / t.row_totals[r], t.row_totals[r]};
  };
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    if (s.hidden(r)) continue;
    put_rate(s, t.rows[r], t.at(r, s.positive), t.row_totals[r], out);
    if (r == largest || s.hidden(largest)) continue;
    auto gap = group_figure(s, "label_rate_gap", t.rows[r], t.row_totals[r]);
    gap.group = {s.group}, gap.reference = {{s.group, t.rows[largest]}};
    gap.method = "newcombe", gap.better = "zero", gap.value = rate(r).p - rate(largest).p;
    gap.parameters = {{"label", s.request.label}, {"positive", t.columns[s.positive]}};
    metrics::set_interval(gap, metrics::newcombe(rate(r), rate(largest), s.request.level), "");
    const double each = metrics::compare_rates(rate(r), rate(largest)).p;
    gap.p = defined(each);
    p.push_back(each), gaps.push_back(std::move(gap));
  }
  const auto adjusted = metrics::adjust(p, metrics::Correction::kBenjaminiHochberg);
  for (std::size_t i = 0; i < gaps.size(); ++i) gaps[i].p_adjusted = defined(adjusted[i]);
  out.figures.insert(out.figures.end(), gaps.begin(), gaps.end());
}

Json cells_of(const Study& s, operation::Evidence& out) {
  const auto& t = s.table;
  std::vector<double> p;
  for (std::size_t r = 0; r < t.rows.size(); ++r)
    for (std::size_t c = 0; c < t.columns.size(); ++c) p.push_back(cell_measures(t, r, c).p);
  const auto adjusted = metrics::adjust(p, metrics::Correction::kBenjaminiHochberg);
  Json cells = Json::array();
  for (std::size_t r = 0; r < t.rows.size(); ++r)
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      if (s.hidden(r)) continue;
      const auto m = cell_measures(t, r, c);
      const auto pair = pair_measures(t, r, c);
      const double each = adjusted[r * t.columns.size() + c];
      const auto interval = lift_interval(t, r, c, s.request.level);
      cells.push_back({{"group", t.rows[r]},
                       {"label", t.columns[c]},
                       {"observed", t.at(r, c)},
                       {"expected", json_of(m.expected)},
                       {"lift", json_of(m.lift)},
                       {"low", json_of(interval.low)},
                       {"high", json_of(interval.high)},
                       {"residual", json_of(m.residual)},
                       {"p", json_of(m.p)},
                       {"p_adjusted", json_of(each)},
                       {"pmi", json_of(pair.pmi)},
                       {"npmi", json_of(pair.npmi)},
                       {"sorensen_dice", json_of(pair.sorensen_dice)},
                       {"jaccard", json_of(pair.jaccard)},
                       {"log_likelihood_ratio", json_of(pair.log_likelihood_ratio)},
                       {"t", json_of(pair.t)}});
      auto figure = group_figure(s, "label_lift", t.rows[r], t.row_totals[r]);
      figure.method = "mover_r", figure.value = defined(m.lift);
      figure.parameters = {{"label", s.request.label}, {"value", t.columns[c]}};
      metrics::set_interval(figure, interval, "every row is in this group");
      figure.p = defined(m.p), figure.p_adjusted = defined(each);
      out.figures.push_back(std::move(figure));
    }
  return cells;
}

// Shares of the groups, against the population where one is given.
Result<Json> balance_of(const Study& s, const std::optional<Table>& population, operation::Evidence& out) {
  const auto& t = s.table;
  const double n = std::accumulate(s.rows.begin(), s.rows.end(), 0.0);
  std::map<std::string, double> wanted;
  if (population) {
    ASSAY_TRY(wanted, population_shares(*population, s.request.population, s.group));
  }
  std::vector<double> counts = s.rows, reference;
  Json unseen = Json::array();
  for (const auto& value : t.rows)
    reference.push_back(population ? (wanted.count(value) ? wanted[value] : 0)
                                   : 1 / static_cast<double>(t.rows.size()));
  for (const auto& [value, share] : wanted)
    if (share > 0 && std::find(t.rows.begin(), t.rows.end(), value) == t.rows.end())
      unseen.push_back({{"value", value}, {"share", share}}), counts.push_back(0), reference.push_back(share);
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    if (s.hidden(r)) continue;
    auto figure = group_figure(s, "group_share", t.rows[r], n);
    figure.value = s.rows[r] / n;
    const auto interval = metrics::wilson(s.rows[r] / n, n, s.request.level);
    metrics::set_interval(figure, interval, "");
    out.figures.push_back(figure);
    if (!population) continue;
    figure.name = "group_share_ratio";
    figure.parameters = {{"population_share", reference[r]}};
    if (reference[r] > 0)
      figure.value = *figure.value / reference[r], figure.low = interval.low / reference[r],
      figure.high = interval.high / reference[r];
    else
      figure.value = figure.low = figure.high = std::nullopt,
      figure.why = "the population table does not name this value";
    out.figures.push_back(std::move(figure));
  }
  const auto b = balance_measures(counts, reference);
  const auto a = aggregate_balance(s.rows);
  return Json{{"reference", population ? "population" : "uniform"},
              {"kl", json_of(b.kl)},
              {"js_distance", json_of(b.js_distance)},
              {"infinity_norm", json_of(b.infinity_norm)},
              {"tvd", json_of(b.tvd)},
              {"wasserstein", json_of(b.wasserstein)},
              {"chi_square", json_of(b.chi_square)},
              {"p", json_of(b.chi_square_p)},
              {"atkinson", json_of(a.atkinson)},
              {"theil_l", json_of(a.theil_l)},
              {"theil_t", json_of(a.theil_t)},
              {"not_in_data", std::move(unseen)}};
}

Result<Study> study_of(const Table& table, const std::string& group, const data::Codes& labels,
                       const BiasRequest& request) {
  ASSAY_TRY(const auto groups, table.codes(group));
  ASSAY_CHECK(check_values(groups, group, "the group"));
  // A group whose rows all lack a label has no row in the table; its share is still told by the profile.
  Study out{request, group, cross_table(groups, labels), 0, {}, 0, 0, 0, 0};
  const auto& t = out.table;
  if (t.columns.size() < 2)
    return fail(Code::kInvalidArgument, "no row has both a value of \"" + group + "\" and one of two labels",
                "column " + request.label, "choose columns that are filled together");
  out.positive = t.columns.size() - 1;
  if (!request.positive.empty()) {
    const auto at = std::find(t.columns.begin(), t.columns.end(), request.positive);
    if (at == t.columns.end()) {
      auto error = operation::unknown_name("value", request.positive, t.columns);
      return tl::unexpected<Error>(std::move(error).at("positive"));
    }
    out.positive = static_cast<std::size_t>(at - t.columns.begin());
  }
  std::map<std::string, double> rows;
  for (std::size_t i = 0; i < groups.codes.size(); ++i) {
    ++out.all;
    if (groups.codes[i] >= 0) {
      ++rows[(*groups.values)[static_cast<std::size_t>(groups.codes[i])]];
      continue;
    }
    ++out.missing;
    if (labels.codes[i] < 0) continue;
    ++out.missing_n;
    out.missing_positive += (*labels.values)[static_cast<std::size_t>(labels.codes[i])] == t.columns[out.positive];
  }
  for (const auto& value : t.rows) out.rows.push_back(rows[value]);
  return out;
}

}  // namespace

Result<operation::Evidence> bias(const BiasRequest& request, Task& task) {
  if (request.group.empty())
    return fail(Code::kInvalidArgument, "is required", "group", "name the column that says who a row is about");
  data::ReadOptions options;
  options.null = request.null;
  ASSAY_TRY(const Table table, data::read(request.data, task, options));
  std::optional<Table> population;
  if (!request.population.empty()) {
    ASSAY_TRY(population, data::read(request.population, task));
  }
  ASSAY_TRY(const auto labels, table.codes(request.label));
  ASSAY_CHECK(check_values(labels, request.label, "the label"));
  operation::Evidence out;
  out.kind = "assay.bias/1";
  Json groups = Json::array();
  for (const auto& group : request.group) {
    if (group == request.label)
      return fail(Code::kInvalidArgument, "the group and the label are the same column \"" + group + "\"", "group");
    ASSAY_TRY(const Study s, study_of(table, group, labels, request));
    put_rates(s, out);
    Json suppressed = Json::array(), rows = Json::array(), observed = Json::array();
    for (std::size_t r = 0; r < s.table.rows.size(); ++r) {
      if (s.hidden(r)) {
        suppressed.push_back(s.table.rows[r]);
        continue;
      }
      rows.push_back(s.table.rows[r]);
      Json line = Json::array();
      for (std::size_t c = 0; c < s.table.columns.size(); ++c) line.push_back(s.table.at(r, c));
      observed.push_back(std::move(line));
    }
    Json each{{"column", group}, {"positive", s.table.columns[s.positive]}, {"missing", s.missing}};
    each["table"] = {{"rows", rows}, {"columns", s.table.columns}, {"observed", observed}};
    each["suppressed"] = std::move(suppressed);
    each["cells"] = cells_of(s, out);
    ASSAY_TRY(each["balance"], balance_of(s, population, out));
    ASSAY_TRY(each["simpson"], simpson(table, group, request.label, s.table.columns[s.positive]));
    groups.push_back(std::move(each));
    ASSAY_CHECK(task.check());
  }
  ASSAY_TRY(auto missing, missing_by_group(table, request, out));
  ASSAY_TRY(auto patterns, missing_patterns(table));
  ASSAY_TRY(auto pairs, associations(table, request, task, out));
  out.detail = {{"rows", table.rows()},
                {"label", request.label},
                {"groups", std::move(groups)},
                {"missing", std::move(missing)},
                {"missing_patterns", std::move(patterns)},
                {"associations", std::move(pairs)}};
  return out;
}

}  // namespace assay::stats
