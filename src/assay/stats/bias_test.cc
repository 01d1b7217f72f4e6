#include "assay/stats/bias.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "assay/base/files.h"
#include "assay/base/threads.h"
#include "assay/data/read.h"
#include "assay/metrics/intervals.h"
#include "assay/stats/association.h"
#include "assay/stats/coverage.h"
#include "assay/stats/operations.h"
#include "assay/stats/test_support.h"

namespace assay::stats {
namespace {

using operation::Json;
const std::string kMortgage = "examples/mortgage/boston_hmda.csv";

Json oracle(const std::string& name) {
  return operation::parse_json(files::read("tests/data/stats/" + name).value()).value();
}

void near(double ours, const Json& peer, const std::string& what, double tolerance = 1e-9) {
  const double x = operation::number_of(peer);
  EXPECT_NEAR(ours, x, tolerance * std::max(1e-300, std::abs(x))) << what;
}

CrossTable table_of(const Json& in) {
  std::vector<double> counts;
  for (const auto& row : in["observed"])
    for (const auto& count : row) counts.push_back(count.get<double>());
  return cross_table(in["rows"].get<std::vector<std::string>>(), in["cols"].get<std::vector<std::string>>(), counts);
}

TEST(Bias, TablesAndBalanceAgainstScipy) {
  const Json want = oracle("bias.json");
  for (const auto& [name, peer] : want["tables"].items()) {
    const auto table = table_of(peer);
    for (std::size_t r = 0; r < table.rows.size(); ++r)
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const auto made = cell_measures(table, r, c);
        near(made.expected, peer["expected"][r][c], name);
        near(made.lift, peer["lift"][r][c], name);
        near(made.residual, peer["residual"][r][c], name);
        near(made.p, peer["pvalue_two_sided"][r][c], name, 1e-9);
        const auto interval = lift_interval(table, r, c, 0.95);
        EXPECT_TRUE(interval.low < made.lift && made.lift < interval.high) << name;
      }
    const std::string dataset = name.substr(0, name.find('|'));
    const auto& balance = want["distribution_balance"][dataset];
    const std::vector<double> even(table.rows.size(), 1 / static_cast<double>(table.rows.size()));
    const auto b = balance_measures(table.row_totals, even);
    near(b.kl, balance["kl"], name), near(b.js_distance, balance["js_distance"], name);
    near(b.infinity_norm, balance["inf_norm"], name), near(b.tvd, balance["tvd"], name);
    near(b.wasserstein, balance["wasserstein"], name), near(b.chi_square, balance["chi2"], name);
    near(b.chi_square_p, balance["chi2_pvalue"], name);
    const auto& aggregate = want["aggregate_balance"][dataset];
    const auto a = aggregate_balance(table.row_totals);
    near(a.atkinson, aggregate["atkinson_eps1"], name), near(a.theil_l, aggregate["theil_l"], name);
    near(a.theil_t, aggregate["theil_t"], name);
  }
  for (const auto& [name, groups] : want["feature_balance"].items()) {
    const std::string table_name = name.substr(0, name.rfind('=')), positive = name.substr(name.rfind('=') + 1);
    const auto table = table_of(want["tables"][table_name]);
    const auto column = static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), positive) -
                                                 table.columns.begin());
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const auto& peer = groups[table.rows[r]];
      const auto made = pair_measures(table, r, column);
      near(made.pmi, peer["pmi"], name), near(made.npmi, peer["npmi_y"], name);
      near(made.sorensen_dice, peer["sorensen_dice"], name), near(made.jaccard, peer["jaccard"], name);
      near(made.log_likelihood_ratio, peer["log_likelihood_ratio"], name), near(made.t, peer["t_test"], name);
      const double rate = table.at(r, column) / table.row_totals[r];
      near(rate, peer["positive_rate"], name);
      near(metrics::wilson(rate, table.row_totals[r], 0.95).low, peer["wilson95"][0], name);
      near(metrics::wilson(rate, table.row_totals[r], 0.95).high, peer["wilson95"][1], name);
    }
  }
}

TEST(Bias, AssociationsAgainstScipyAndScikitLearn) {
  const Json want = oracle("profile.json")["files"]["boston_hmda"];
  Task task;
  const auto table = data::read(kMortgage, task).value();
  const auto names = [](const std::string& key) {
    return std::pair{key.substr(0, key.find('|')), key.substr(key.find('|') + 1)};
  };
  for (const auto& [key, peer] : want["numeric_pairs"].items()) {
    const auto [a, b] = names(key);
    const auto x = table.numbers(a).value(), y = table.numbers(b).value();
    near(pearson(x.values, y.values), peer["pearson"], key);
    near(spearman(x.values, y.values), peer["spearman"], key);
    near(kendall_tau_b(x.values.first(2000), y.values.first(2000)), peer["kendall_tau_b"], key);
  }
  for (const auto& [key, peer] : want["categorical_pairs"].items()) {
    const auto [a, b] = names(key);
    const auto made = category_association(cross_table(table.codes(a).value(), table.codes(b).value()));
    near(made.chi_square, peer["chi2"], key), near(made.cramers_v, peer["cramers_v"], key);
    near(made.cramers_v_corrected, peer["cramers_v_bias_corrected"], key);
    if (key == "phist|single") {
      // scikit-learn's sum cancels here: 1.690670599e-07. This value is from 50 digits.
      near(made.mutual_information, 1.69067060854451224e-07, key);
      continue;
    }
    near(made.mutual_information, peer["mutual_information_nats"], key);
    near(made.theils_u_first, peer["theils_u_a_given_b"], key);
    near(made.theils_u_second, peer["theils_u_b_given_a"], key);
  }
  for (const auto& [key, peer] : want["correlation_ratio"].items()) {
    const auto [a, b] = names(key);
    const auto codes = table.codes(b).value();
    near(correlation_ratio(table.numbers(a).value().values, codes.codes, codes.values->size()), peer["eta"], key);
  }
}

const operation::Figure* figure(const operation::Evidence& evidence, const std::string& name,
                                const operation::Slice& slice, const char* column = nullptr) {
  for (const auto& f : evidence.figures)
    if (f.name == name && f.slice == slice && (!column || f.parameters.at("column") == column)) return &f;
  return nullptr;
}

operation::Evidence study(const std::string& path, BiasRequest request) {
  Task task;
  request.data = path;
  auto made = bias(request, task);
  EXPECT_TRUE(made) << made.error().text();
  return made.value();
}

TEST(Bias, Boston) {
  const auto made = study(kMortgage, {.data = {}, .group = {"afam", "single"}, .label = "deny"});
  const auto* rate = figure(made, "label_rate", {{"afam", "yes"}});
  ASSERT_TRUE(rate);
  EXPECT_NEAR(*rate->value, 96 / 339.0, 1e-12);
  const auto* gap = figure(made, "label_rate_gap", {{"afam", "yes"}});
  ASSERT_TRUE(gap && gap->p_adjusted && !figure(made, "label_rate_gap", {{"afam", "no"}}));
  EXPECT_NEAR(*gap->value, 96 / 339.0 - 189 / 2041.0, 1e-12);
  EXPECT_LT(*gap->p_adjusted, 1e-10);
  EXPECT_EQ(made.detail["groups"][0]["cells"].size(), 4u);
  bool found = false;
  for (const auto& f : made.figures)
    found |=
        f.name == "association" && f.group == std::vector<std::string>{"afam"} && f.parameters.at("column") == "deny";
  EXPECT_TRUE(found);
  const auto text = render_bias(operation::to_json(made));
  EXPECT_NE(text.find("28.3%"), std::string::npos) << text;
  EXPECT_NE(text.find("most like afam: "), std::string::npos) << text;
  if (std::getenv("ASSAY_SHOW")) std::fputs(text.c_str(), stdout);
}

// Admissions that favour b in every department and a in total.
std::string reversal() {
  std::string out = "g,y,department,note\n";
  const auto put = [&](const char* g, const char* department, int yes, int no) {
    for (int i = 0; i < yes + no; ++i)
      out += std::string(g) + "," + (i < yes ? "1" : "0") + "," + department + "," +
             (g[0] == 'b' && i % 2 == 0 ? "" : "seen") + "\n";
  };
  put("a", "easy", 80, 20), put("a", "hard", 2, 18), put("b", "easy", 19, 1), put("b", "hard", 20, 80);
  return out;
}

TEST(Bias, SimpsonMissingnessPopulationAndSmallCells) {
  const File data(reversal()), population("g,region,share\na,x,0.2\na,y,0.2\nb,x,0.5\nc,x,0.1\n");
  const auto made = study(data.path, {.data = {}, .group = {"g"}, .label = "y", .population = population.path});
  const Json& group = made.detail["groups"][0];
  ASSERT_EQ(group["simpson"].size(), 1u) << group["simpson"].dump();
  EXPECT_EQ(group["simpson"][0]["column"], "department");
  EXPECT_EQ(group["simpson"][0]["reversed"], 2.0);
  EXPECT_NEAR(*figure(made, "missing_share", {{"g", "b"}}, "note")->value, 0.5, 0.02);
  EXPECT_LT(made.detail["missing"][0]["p_adjusted"].get<double>(), 1e-6);
  EXPECT_EQ(made.detail["missing_patterns"],
            operation::parse_json(R"([{"columns": [], "rows": 180}, {"columns": ["note"], "rows": 60}])").value());
  EXPECT_NEAR(*figure(made, "group_share_ratio", {{"g", "a"}})->value, 0.5 / 0.4, 1e-12);
  EXPECT_EQ(group["balance"]["not_in_data"][0]["value"], "c");
  const auto hidden = study(data.path, {.data = {}, .group = {"g"}, .label = "y", .min_cell = 1000});
  EXPECT_EQ(hidden.detail["groups"][0]["suppressed"].size(), 2u);
  EXPECT_FALSE(figure(hidden, "label_rate", {{"g", "a"}}));
}

TEST(Bias, MissingGroupsAreASliceAndLabelsMayLack) {
  const File data("g,y\na,1\na,0\nb,1\nb,\n,1\n,0\n");
  const auto made = study(data.path, {.data = {}, .group = {"g"}, .label = "y"});
  const auto* missing = figure(made, "label_rate", {{"g", std::nullopt}});
  ASSERT_TRUE(missing);
  EXPECT_EQ(*missing->value, 0.5);
  EXPECT_EQ(figure(made, "label_rate", {{"g", "b"}})->n, 1);
  EXPECT_EQ(*figure(made, "group_share", {{"g", "b"}})->value, 0.5);
  EXPECT_EQ(missing->flags, std::vector<std::string>{"low_support"});
}

const operation::Operation& named(const std::string& id) {
  static const auto all = operations();
  return *std::find_if(all.begin(), all.end(), [&](const auto& o) { return o.id() == id; });
}

TEST(Bias, BadInput) {
  const File data("g,y,one\na,1,k\nb,0,k\n"), population("h,share\na,1\n"), negative("g,share\na,-1\n");
  const auto call = [&](Json more) {
    Task task;
    Json request{{"data", data.path}, {"group", {"g"}}, {"label", "y"}};
    request.update(more);
    const auto made = named("data.bias").call(request, task);
    EXPECT_FALSE(made);
    return made ? Error{} : made.error();
  };
  EXPECT_EQ(call({{"group", {"gg"}}}).code, Code::kNotFound);
  EXPECT_EQ(call({{"label", "z"}}).code, Code::kNotFound);
  EXPECT_EQ(call({{"label", "one"}}).code, Code::kInvalidArgument);
  EXPECT_EQ(call({{"label", "g"}}).code, Code::kInvalidArgument);
  EXPECT_EQ(call({{"group", Json::array()}}).where, "group");
  EXPECT_EQ(call({{"positive", "yes"}}).where, "positive: yes");
  EXPECT_EQ(call({{"population", population.path}}).code, Code::kInvalidArgument);
  EXPECT_EQ(call({{"population", negative.path}}).where, negative.path + " column share");
  EXPECT_EQ(call({{"data", "none.csv"}}).code, Code::kNotFound);
  EXPECT_EQ(call({{"positive", "11"}}).code, Code::kInvalidArgument);
}

TEST(Bias, SameBitsOnAnyNumberOfThreads) {
  std::string bytes[2];
  for (int threads = 1; threads <= 2; ++threads) {
    const ThreadLimit limit(threads);
    const auto made = study(kMortgage, {.data = {}, .group = {"afam"}, .label = "deny"});
    bytes[threads - 1] = operation::canonical(operation::to_json(made));
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

std::vector<double> counts_of(std::size_t cells) {
  const auto whole = *rc::gen::container<std::vector<int>>(cells, rc::gen::inRange(1, 60));
  return {whole.begin(), whole.end()};
}

RC_GTEST_PROP(AssociationLaws, RelabellingAndTransposing, ()) {
  const auto counts = counts_of(12);
  const auto table = cross_table({"a", "b", "c"}, {"k", "l", "m", "n"}, counts);
  std::vector<double> turned, swapped;
  for (std::size_t c = 0; c < 4; ++c)
    for (std::size_t r = 0; r < 3; ++r) turned.push_back(table.at(r, c));
  for (const std::size_t r : {2u, 0u, 1u})
    for (std::size_t c = 0; c < 4; ++c) swapped.push_back(table.at(r, c));
  const auto a = category_association(table);
  const auto b = category_association(cross_table({"k", "l", "m", "n"}, {"a", "b", "c"}, turned));
  const auto c = category_association(cross_table({"c", "a", "b"}, {"k", "l", "m", "n"}, swapped));
  RC_ASSERT(std::abs(a.cramers_v - b.cramers_v) < 1e-12 && std::abs(a.cramers_v - c.cramers_v) < 1e-12);
  RC_ASSERT(std::abs(a.theils_u_first - b.theils_u_second) < 1e-12);
  RC_ASSERT(a.cramers_v >= 0 && a.cramers_v <= 1 && a.theils_u_first >= -1e-12 && a.theils_u_first <= 1);
  double expected = 0;
  for (std::size_t i = 0; i < 3; ++i) expected += cell_measures(table, i, 0).expected;
  RC_ASSERT(std::abs(expected - table.column_totals[0]) < 1e-9);
}

RC_GTEST_PROP(AssociationLaws, RanksIgnoreMonotoneChange, ()) {
  auto x = counts_of(15), y = counts_of(15);
  const double rho = spearman(x, y), tau = kendall_tau_b(x, y);
  if (std::isnan(rho) || std::isnan(tau)) return;
  double plus = 0, ties_x = 0, ties_y = 0;  // by the definition
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = i + 1; j < x.size(); ++j) {
      const double s = (x[i] - x[j]) * (y[i] - y[j]);
      plus += (s > 0) - (s < 0), ties_x += x[i] == x[j], ties_y += y[i] == y[j];
    }
  RC_ASSERT(std::abs(tau - plus / std::sqrt((105 - ties_x) * (105 - ties_y))) < 1e-12);
  for (double& v : x) v = std::exp(v / 10);
  RC_ASSERT(std::abs(spearman(x, y) - rho) < 1e-12 && std::abs(kendall_tau_b(x, y) - tau) < 1e-12);
  RC_ASSERT(std::abs(kendall_tau_b(y, x) - tau) < 1e-12);
}

// ---- coverage

TEST(Coverage, OnlySeniorsAndOnlySummerFailByName) {
  std::string csv = "age,date,region\n";
  for (int i = 0; i < 400; ++i)
    csv += std::to_string(60 + i % 30) + ",2025-0" + std::to_string(6 + i % 3) + "-15T1" + std::to_string(i % 10) +
           ":00:00Z," + (i % 4 ? "north" : "south") + "\n";
  const File data(csv + "200,2025-07-01,\n"), population("region,count\nnorth,50\nsouth,50\n");
  const File intended(
      "intended:\n  age: {range: [18, 95], bins: [18, 30, 45, 60, 75, 95]}\n"
      "  month: {from: date, values: 1..12}\n  region: {values: [north, south], population: " +
      population.path + "}\n");
  Task task;
  const auto made = coverage({.data = data.path, .intended = intended.path}, task);
  ASSERT_TRUE(made) << made.error().text();
  const Json& detail = made->detail;
  EXPECT_EQ(detail["dimensions"][0]["empty"], Json({"[18, 30)", "[30, 45)", "[45, 60)"}));
  EXPECT_EQ(detail["dimensions"][0]["outside"], 1.0);
  EXPECT_EQ(detail["dimensions"][1]["empty"].size(), 9u);
  EXPECT_EQ(detail["dimensions"][2]["missing"], 1.0);
  EXPECT_EQ(detail["pairs"].size(), 3u);
  EXPECT_EQ(detail["findings"][0]["code"], "assay.COVERAGE_EMPTY");
  EXPECT_EQ(coverage_exit(operation::to_json(*made)), 1);
  int timed = 0;
  for (const auto& month : detail["times"][0]["counts"])
    for (const auto& hour : month) timed += hour.get<int>();
  EXPECT_EQ(timed, 400) << "the last row has a date without an hour";
  for (const auto& f : made->figures) {
    if (f.name == "total_variation_distance") {
      EXPECT_NEAR(*f.value, 0.25, 1e-9);
      EXPECT_TRUE(*f.low < 0.25 && *f.low > 0.15 && *f.high > 0.25 && *f.high < 0.35) << *f.low << " " << *f.high;
    }
    if (f.name == "effective_cells" && f.parameters.at("dimensions") == Json({"region"})) {
      EXPECT_NEAR(*f.value, std::exp(-(0.75 * std::log(0.75) + 0.25 * std::log(0.25))), 1e-9);
    }
  }
  const auto text = render_coverage(operation::to_json(*made));
  EXPECT_NE(text.find("ERROR assay.COVERAGE_EMPTY age: [18, 30), [30, 45), [45, 60)"), std::string::npos) << text;
  if (std::getenv("ASSAY_SHOW")) std::fputs(text.c_str(), stdout);
  const File narrow("intended:\n  age: {range: [60, 90], bins: [60, 75, 90]}\n");
  EXPECT_EQ(coverage_exit(operation::to_json(coverage({.data = data.path, .intended = narrow.path}, task).value())), 0);
}

TEST(Coverage, BadInput) {
  const File data("age,date\n5,2025-01-01\n6,2025-02-01\n"), no_date("age,date\n5,soon\n");
  const auto call = [&](const std::string& yaml, const std::string& pairs = "report", const std::string& of = {}) {
    const File intended(yaml);
    Task task;
    const auto made = coverage({.data = of.empty() ? data.path : of, .intended = intended.path, .pairs = pairs}, task);
    EXPECT_FALSE(made) << yaml;
    return made ? Error{} : made.error();
  };
  EXPECT_EQ(call("intended:\n  aga: {range: [1, 9]}\n").code, Code::kNotFound);
  EXPECT_NE(call("intended:\n  age: {range: [9, 1]}\n").where.find(":2:"), std::string::npos);
  EXPECT_EQ(call("intended:\n  age: {range: [1, 9], bins: [1, 5]}\n").code, Code::kInvalidArgument);
  EXPECT_EQ(call("intended:\n  age: {}\n").code, Code::kInvalidArgument);
  EXPECT_EQ(call("intended:\n  age: {values: 12..1}\n").code, Code::kInvalidArgument);
  EXPECT_EQ(call("intended:\n  age: {values: [a, a]}\n").code, Code::kInvalidArgument);
  EXPECT_EQ(call("intended:\n  age: {rang: [1, 9]}\n").code, Code::kInvalidArgument);
  EXPECT_EQ(call("intended: {}\n").code, Code::kInvalidArgument);
  EXPECT_EQ(call("intended:\n  month: {from: date, values: 1..12}\n", "report", no_date.path).code,
            Code::kInvalidArgument);
  EXPECT_EQ(call("intended:\n  age: {values: 1..900}\n  date: {values: 1..900}\n").code, Code::kExhausted);
  EXPECT_EQ(call("intended:\n  age: {population: none.csv}\n").code, Code::kNotFound);
  Task task;
  const File wide("intended:\n  age: {values: 1..900}\n  date: {values: 1..900}\n");
  EXPECT_TRUE(coverage({.data = data.path, .intended = wide.path, .pairs = "none"}, task));
  const File header("age,date\n"), plain("intended:\n  age: {range: [1, 9]}\n");
  const auto empty = coverage({.data = header.path, .intended = plain.path}, task);
  EXPECT_FALSE(empty && empty->figures.empty());
}

}  // namespace
}  // namespace assay::stats
