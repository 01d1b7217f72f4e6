// Against the peers' own numbers: statsmodels and SciPy (intervals, tests), Fairlearn and scikit-learn (metrics).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "assay/metrics/bootstrap.h"
#include "assay/metrics/gaps.h"
#include "assay/metrics/hypothesis.h"
#include "assay/metrics/scores.h"

namespace assay::metrics {
namespace {

using nlohmann::json;

json load(const std::string& name) {
  std::ifstream in("tests/data/metrics/" + name);
  return json::parse(in);
}

using Csv = std::map<std::string, std::vector<std::string>>;

Csv csv(const std::string& name) {
  std::ifstream in("tests/data/metrics/" + name);
  std::string line, cell;
  std::vector<std::string> head;
  std::getline(in, line);
  for (std::istringstream row(line); std::getline(row, cell, ',');) head.push_back(cell);
  Csv out;
  while (std::getline(in, line)) {
    std::size_t c = 0;
    for (std::istringstream row(line); std::getline(row, cell, ',');) out[head[c++]].push_back(cell);
  }
  return out;
}

struct Data {
  std::vector<std::uint8_t> label, decision;
  std::vector<double> score, weight;
  std::map<std::string, std::vector<std::string>> text;
  std::map<std::string, std::pair<std::vector<std::int32_t>, std::vector<std::string>>> codes;  // values ascending

  CodeColumn column(const std::string& name) {
    auto& [code, values] = codes[name];
    if (code.empty()) {
      values = text[name];
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
      for (const auto& each : text[name])
        code.push_back(
            static_cast<std::int32_t>(std::lower_bound(values.begin(), values.end(), each) - values.begin()));
    }
    return CodeColumn(code, static_cast<std::uint32_t>(values.size()));
  }
};

Data predictions(const std::string& name, double threshold) {
  Data out;
  out.text = csv(name);
  for (const auto& v : out.text["y"]) out.label.push_back(v == "1");
  for (const auto& v : out.text["score"])
    out.score.push_back(std::stod(v)), out.decision.push_back(out.score.back() >= threshold);
  for (const auto& v : out.text["weight"]) out.weight.push_back(std::stod(v));
  if (name == "adult_pred.csv") {
    const std::map<std::string, std::vector<std::string>> names{
        {"sex", {"Female", "Male"}},
        {"race", {"Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black", "Other", "White"}},
        {"age", {"<25", "25-39", "40-59", "60+"}}};
    for (const auto& [column, values] : names)
      for (auto& each : out.text[column]) each = values[std::stoul(each)];
  }
  return out;
}

double number(const json& v) { return v.is_number() ? v.get<double>() : kNan; }

void expect_close(double got, const json& want, double relative, const std::string& what) {
  const double w = number(want);
  if (std::isnan(w)) {
    EXPECT_TRUE(std::isnan(got)) << what << " is " << got;
    return;
  }
  EXPECT_NEAR(got, w, relative * std::max(1e-3, std::abs(w))) << what;
}

// Fairlearn and scikit-learn (zero_division=0) answer 0 where a denominator is empty.
double peer_value(const Confusion& c, const std::string& name) {
  const double v = metric_value(c, name);
  return std::isnan(v) ? 0 : v;
}

TEST(Oracle, ProportionIntervals) {
  const json all = load("stats.json");
  for (const auto& row : all["proportions"]) {
    const double n = row["n"], p = row["k"].get<double>() / n;
    const auto check = [&](const char* name, Interval got) {
      EXPECT_NEAR(got.low, row[name][0].get<double>(), 1e-9) << name << row["k"] << "/" << n;
      EXPECT_NEAR(got.high, row[name][1].get<double>(), 1e-9) << name << row["k"] << "/" << n;
    };
    check("wilson", wilson(p, n, 0.95)), check("wilson_90", wilson(p, n, 0.9));
    check("jeffreys", jeffreys(p, n, 0.95)), check("clopper_pearson", clopper_pearson(p, n, 0.95));
    check("agresti_coull", agresti_coull(p, n, 0.95));
  }
}

TEST(Oracle, TwoGroups) {
  const json all = load("stats.json");
  for (const auto& row : all["two_samples"]) {
    const std::int64_t k1 = row["k1"], n1 = row["n1"], k2 = row["k2"], n2 = row["n2"];
    const auto rate = [](std::int64_t k, std::int64_t n) { return Rate{double(k) / double(n), double(n)}; };
    const Rate a = rate(k1, n1), b = rate(k2, n2);
    const Interval d = newcombe(a, b, 0.95);
    EXPECT_NEAR(d.low, row["newcombe_diff"][0].get<double>(), 1e-9);
    EXPECT_NEAR(d.high, row["newcombe_diff"][1].get<double>(), 1e-9);
    if (row["katz_log_ratio"].is_array() && k1 < n1) {
      EXPECT_NEAR(katz_log(a, b, 0.95).low, row["katz_log_ratio"][0].get<double>(), 1e-9);
      EXPECT_NEAR(katz_log(a, b, 0.95).high, row["katz_log_ratio"][1].get<double>(), 1e-9);
    }
    EXPECT_NEAR(pooled_z(a, b).z, row["pooled_z"].get<double>(), 1e-9);
    EXPECT_NEAR(pooled_z(a, b).p, row["pooled_p"].get<double>(), 1e-9);
    EXPECT_NEAR(fisher_exact(k1, n1, k2, n2), row["fisher_p"].get<double>(), 1e-9);
  }
  for (const auto& row : all["mcnemar"]) {
    const McNemar m = mcnemar(row["b"], row["c"]);
    EXPECT_NEAR(m.exact, row["exact_p"].get<double>(), 1e-9);
    EXPECT_NEAR(m.chi_square, row["chi2_cc"].get<double>(), 1e-9);
    EXPECT_NEAR(m.chi_square_p, row["chi2_cc_p"].get<double>(), 1e-9);
  }
}

TEST(Oracle, Corrections) {
  const json all = load("stats.json");
  const std::vector<double> p = all["p_values"];
  const std::map<std::string, Correction> methods{
      {"bonferroni", Correction::kBonferroni},    {"holm", Correction::kHolm},
      {"simes-hochberg", Correction::kHochberg},  {"hommel", Correction::kHommel},
      {"fdr_bh", Correction::kBenjaminiHochberg}, {"fdr_by", Correction::kBenjaminiYekutieli}};
  for (const auto& [name, how] : methods) {
    const std::vector<double> want = all["multiple_tests"][name]["adjusted"], got = adjust(p, how);
    for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-9) << name << i;
  }
}

struct Frame {
  std::vector<Confusion> groups;
  std::vector<std::string> keys;
  Confusion overall;
};

void check_frame(const json& c, const Frame& frame, const json& by_group) {
  for (const auto& [metric, unused] : c["overall"].items()) {
    std::vector<double> values;
    for (std::size_t g = 0; g < frame.groups.size(); ++g) {
      values.push_back(peer_value(frame.groups[g], metric));
      expect_close(values.back(), by_group[frame.keys[g]][metric], 1e-12, frame.keys[g] + " " + metric);
    }
    const double overall = peer_value(frame.overall, metric);
    const Aggregate a = aggregate(values, overall);
    expect_close(overall, c["overall"][metric], 1e-12, metric);
    expect_close(a.low, c["group_min"][metric], 1e-12, metric + " min");
    expect_close(a.high, c["group_max"][metric], 1e-12, metric + " max");
    expect_close(a.difference, c["difference_between_groups"][metric], 1e-12, metric + " difference");
    expect_close(a.ratio, c["ratio_between_groups"][metric], 1e-12, metric + " ratio");
    expect_close(a.difference_overall, c["difference_to_overall"][metric], 1e-12, metric + " difference to overall");
    expect_close(a.ratio_overall, c["ratio_to_overall"][metric], 1e-12, metric + " ratio to overall");
  }
}

TEST(Oracle, FairlearnMetricFrame) {
  const json all = load("fairlearn_metricframe.json");
  std::size_t seen = 0;
  for (const auto& [name, c] : all["cases"].items()) {
    SCOPED_TRACE(name);
    const std::string file = c["file"].get<std::string>().substr(0, c["file"].get<std::string>().find(','));
    Data data = predictions(file, file == "hmda_pred.csv" ? 0.25 : 0.5);
    const bool weighted = !c["weight"].is_null();
    std::vector<std::string> columns;
    if (!c["control"].is_null()) columns = c["control"];
    const std::size_t controls = columns.size();
    for (const auto& each : c["sensitive"]) columns.push_back(each);
    Batch batch{{}, data.label, data.decision, {}};
    if (weighted) batch.weight = data.weight;
    std::vector<std::size_t> which;
    for (const auto& each : columns) which.push_back(batch.columns.size()), batch.columns.push_back(data.column(each));
    Task task;
    const auto cells = tabulate(batch, task);
    ASSERT_TRUE(cells.has_value());
    const Slices slices = slices_of(*cells, which, false);
    EXPECT_EQ(slices.size(), c["by_group"].size());
    std::map<std::string, Frame> frames;  // by stratum
    for (std::size_t s = 0; s < slices.size(); ++s) {
      std::string key, stratum;
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto& value = data.codes[columns[k]].second[slices.levels[s][k]];
        key += (k ? "|" : "") + value;
        if (k < controls) stratum += (k ? "|" : "") + value;
      }
      auto& frame = frames[stratum];
      frame.keys.push_back(key), frame.groups.push_back(sum_of(*cells, slices.of(s)));
      frame.overall.add(frame.groups.back());
    }
    for (auto& [stratum, frame] : frames) {
      json part = c;
      for (const char* table : {"overall", "group_min", "group_max", "difference_between_groups",
                                "ratio_between_groups", "difference_to_overall", "ratio_to_overall"})
        if (controls) part[table] = c[table][stratum];
      check_frame(part, frame, c["by_group"]);
      seen += frame.groups.size();
    }
  }
  EXPECT_EQ(seen, 49u) << "groups compared";
}

TEST(Oracle, FairlearnGenerated) {
  const json all = load("fairlearn_generated.json")["binary"];
  const std::map<std::string, std::tuple<std::string, std::string, double>> cases{
      {"adult_sex", {"adult_pred.csv", "sex", 0.5}},
      {"adult_race", {"adult_pred.csv", "race", 0.5}},
      {"hmda_afam_t25", {"hmda_pred.csv", "afam", 0.25}}};
  for (const auto& [name, of] : cases) {
    SCOPED_TRACE(name);
    Data data = predictions(std::get<0>(of), std::get<2>(of));
    Task task;
    const auto cells = tabulate(Batch{{data.column(std::get<1>(of))}, data.label, data.decision, {}}, task);
    const std::vector<std::size_t> first{0};
    const Slices slices = slices_of(*cells, first, false);
    const auto agg = [&](const std::string& metric) {
      std::vector<double> values;
      Confusion overall;
      for (std::size_t s = 0; s < slices.size(); ++s) {
        const auto sums = sum_of(*cells, slices.of(s));
        values.push_back(metric_value(sums, metric)), overall.add(sums);
      }
      return aggregate(values, metric_value(overall, metric));
    };
    const json& want = all[name];
    const auto dp = agg("selection_rate"), tpr = agg("tpr"), fpr = agg("fpr");
    expect_close(dp.difference, want["demographic_parity_difference|between_groups"], 1e-12, "dp");
    expect_close(dp.difference_overall, want["demographic_parity_difference|to_overall"], 1e-12, "dp overall");
    expect_close(dp.ratio, want["demographic_parity_ratio|between_groups"], 1e-12, "dp ratio");
    expect_close(dp.ratio_overall, want["demographic_parity_ratio|to_overall"], 1e-12, "dp ratio overall");
    expect_close(std::max(tpr.difference, fpr.difference), want["equalized_odds_difference|between_groups"], 1e-12,
                 "eo");
    expect_close((tpr.difference + fpr.difference) / 2, want["equalized_odds_difference|between_groups|mean"], 1e-12,
                 "eo mean");
    expect_close(std::min(tpr.ratio, fpr.ratio), want["equalized_odds_ratio|between_groups"], 1e-12, "eo ratio");
    expect_close((tpr.ratio + fpr.ratio) / 2, want["equalized_odds_ratio|between_groups|mean"], 1e-12, "eo ratio mean");
    expect_close(std::max(tpr.difference_overall, fpr.difference_overall), want["equalized_odds_difference|to_overall"],
                 1e-12, "eo overall");
    expect_close(tpr.difference, want["equal_opportunity_difference|between_groups"], 1e-12, "equal opportunity");
    for (const auto& [key, value] : want.items())
      for (const std::string end : {"_difference", "_ratio", "_group_min", "_group_max"}) {
        if (!key.ends_with(end)) continue;
        const std::string metric(full_name(key.substr(0, key.size() - end.size())));
        if (metric.empty()) continue;
        const auto a = agg(metric);
        const double got = end == "_difference"  ? a.difference
                           : end == "_ratio"     ? a.ratio
                           : end == "_group_min" ? a.low
                                                 : a.high;
        expect_close(got, value, 1e-12, key);
      }
  }
}

TEST(Oracle, ScoreMetricsByGroup) {
  const json all = load("fairlearn_generated.json")["other"];
  for (const auto& [name, file, column] : {std::tuple("scores_adult_sex", "adult_pred.csv", "sex"),
                                           std::tuple("scores_compas_race", "compas_pred.csv", "race"),
                                           std::tuple("scores_hmda_afam", "hmda_pred.csv", "afam")}) {
    Data data = predictions(file, 0.5);
    std::vector<std::size_t> order(data.score.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return data.score[a] < data.score[b]; });
    for (const auto& [group, unused] : all[name]["roc_auc_score"].items()) {
      std::vector<double> score;
      std::vector<std::uint8_t> label;
      ScoreSums sums, whole;
      for (const std::size_t i : order) {
        if (group != "overall" && data.text[column][i] != group) continue;
        score.push_back(data.score[i]), label.push_back(data.label[i]);
        (i % 3 ? sums : whole).add(data.score[i], data.label[i], 1);
      }
      whole.merge(sums);
      const ScoredRows rows{score, label, {}};
      const std::string what = std::string(name) + group;
      expect_close(auc(rows).value, all[name]["roc_auc_score"][group], 1e-12, what + " auc");
      expect_close(average_precision(rows), all[name]["average_precision_score"][group], 1e-12, what + " ap");
      expect_close(whole.log_loss().value, all[name]["log_loss"][group], 1e-12, what + " log loss");
      expect_close(whole.brier_score().value, all[name]["brier_score_loss"][group], 1e-12, what + " brier");
    }
  }
}

void check_coding(const json& at) {
  std::map<std::string, Confusion> of;
  for (const auto& row : at["counts"]) {
    const std::array<std::uint64_t, 4> counts{row["tn"], row["fp"], row["fn"], row["tp"]};
    of[row["slice"]] = Confusion::of_counts(counts);
  }
  for (const char* coding : {"positive_coding", "favorable_coding"})
    for (const auto& f : at[coding]) {
      std::string name = f["name"];
      const std::string method = f["method"];
      SCOPED_TRACE(name + " " + method);
      const bool gap = name.ends_with("_gap"), ratio = name.ends_with("_ratio"), wide = name.ends_with("_difference");
      if (gap || ratio || wide) name = name.substr(0, name.rfind('_'));
      if (name == "demographic_parity") name = "selection_rate";
      const RateMetric metric = name == "favorable_rate" ? favorable_rate(false) : *find_rate(name);
      const auto rate = [&](const json& slice) { return rate_of(of[slice], metric).rate(); };
      const std::vector<Rate> both{rate("no"), rate("yes")};
      Interval got;
      if (method == "wilson") got = wilson(rate(f["slice"]).p, rate(f["slice"]).n, 0.95);
      if (method == "newcombe") got = newcombe(rate(f["slice"]), rate(f["reference"]), 0.95);
      if (method == "simultaneous") got = simultaneous_difference(both, 0.95);
      if (method == "simultaneous MOVER-R") got = simultaneous_ratio(both, 0.95);
      if (method == "katz log") got = katz_log(rate(f["slice"]), rate(f["reference"]), 0.95);
      EXPECT_NEAR(got.low, f["low"].get<double>(), 1e-9);
      EXPECT_NEAR(got.high, f["high"].get<double>(), 1e-9);
    }
  for (const auto& f : at["four_fifths"]) {
    const auto rate = [&](const json& slice) { return rate_of(of[slice], favorable_rate(false)); };
    const auto low = rate(f["slice"]), high = rate(f["highest"]);
    EXPECT_NEAR(low.value / high.value, f["ratio"].get<double>(), 1e-9);
    EXPECT_NEAR(pooled_z(low.rate(), high.rate()).p / f["p_z"].get<double>(), 1, 1e-8);
    const auto k = [](const RateValue& r) { return std::llround(r.value * r.n_eff); };
    EXPECT_NEAR(fisher_exact(k(low), std::int64_t(low.n), k(high), std::int64_t(high.n)) / f["p_fisher"].get<double>(),
                1, 1e-8);
  }
}

TEST(Oracle, PositiveAndFavorableCoding) {
  const json all = load("hmda_codings.json");
  for (const auto& at : all["at"]) check_coding(at);
  check_coding(all["cross_validated"]);
}

TEST(Oracle, GapWithoutDisparity) {  // fairness b3: compas by race, score >= .5
  Data data = predictions("compas_pred.csv", 0.5);
  Task task;
  const auto cells = tabulate(Batch{{data.column("race")}, data.label, data.decision, {}}, task);
  const std::vector<std::size_t> first{0};
  const Slices slices = slices_of(*cells, first, false);
  std::vector<Rate> groups;
  std::vector<double> low(2000, 2), high(2000, -1), sums(8000);
  BootstrapOptions options;
  for (std::size_t s = 0; s < slices.size(); ++s) {
    groups.push_back(rate_of(sum_of(*cells, slices.of(s)), *find_rate("selection_rate")).rate());
    slice_replicates(*cells, slices.of(s), options, sums);
    const auto values = replicate_values(sums, 2000, "selection_rate");
    for (std::size_t r = 0; r < 2000; ++r)
      if (!std::isnan(values[r])) low[r] = std::min(low[r], values[r]), high[r] = std::max(high[r], values[r]);
  }
  const NullGap null = null_gap(groups, 200'000, 0);
  EXPECT_NEAR(null.pooled, 0.34211, 1e-5);
  EXPECT_NEAR(null.difference_mean, 0.1449, 0.002);
  EXPECT_NEAR(null.difference_high, 0.281, 0.002);
  EXPECT_NEAR(null.difference_p, 0.026, 0.002);
  double mean = 0;
  for (std::size_t r = 0; r < 2000; ++r) mean += (high[r] - low[r]) / 2000;
  EXPECT_NEAR(mean, 0.370, 0.01);
  EXPECT_NEAR(bias_corrected(0.31698, mean), 2 * 0.31698 - mean, 1e-12);
}

}  // namespace
}  // namespace assay::metrics
