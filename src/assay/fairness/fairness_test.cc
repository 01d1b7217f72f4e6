#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "assay/data/read.h"
#include "assay/fairness/assess.h"
#include "assay/fairness/operations.h"
#include "assay/fairness/render.h"

namespace assay::fairness {
namespace {

using operation::Evidence;
using operation::Figure;
using operation::Json;

Json load(const std::string& name) {
  std::ifstream in("tests/data/metrics/" + name);
  return Json::parse(in);
}

const Figure* find(const Evidence& e, const std::string& name, const operation::Slice& slice = {},
                   const std::vector<std::string>& group = {}) {
  for (const auto& f : e.figures)
    if (f.name == name && f.slice == slice && (group.empty() || f.group == group)) return &f;
  return nullptr;
}

void expect_figure(const Figure* f, double value, double low, double high, const std::string& method, std::int64_t n) {
  ASSERT_NE(f, nullptr);
  EXPECT_NEAR(f->value.value_or(-9), value, 1e-9) << f->name;
  EXPECT_NEAR(f->low.value_or(-9), low, 1e-9) << f->name;
  EXPECT_NEAR(f->high.value_or(-9), high, 1e-9) << f->name;
  EXPECT_EQ(f->method, method) << f->name;
  EXPECT_EQ(f->n, n) << f->name;
}

// Mortgage predictions: deny yes is positive, no is favorable.
data::Table mortgages(const Json& label, const Json& score, const Json& group) {
  std::vector<std::string> deny, afam;
  std::vector<double> scores;
  for (std::size_t i = 0; i < label.size(); ++i)
    deny.push_back(label[i] == 1 ? "yes" : "no"), afam.push_back(group[i]), scores.push_back(score[i]);
  return *data::TableBuilder().text("deny", deny).numbers("score", scores).text("afam", afam).finish();
}

AssessRequest mortgage_request() {
  AssessRequest out;
  out.label = "deny", out.score = "score", out.threshold = 0.2, out.group = {"afam"}, out.favorable = "no";
  return out;
}

Evidence assessed(const data::Table& table, const AssessRequest& request) {
  Task task;
  const auto rows = metrics::predictions_of(table, request, request.control);
  EXPECT_TRUE(rows.has_value()) << rows.error().text();
  auto out = assess(*rows, request, task);
  EXPECT_TRUE(out.has_value()) << out.error().text();
  return *out;
}

// What `detail` says beside the first figure of that name.
Json note(const Evidence& e, const std::string& name) {
  for (const auto& each : e.detail["splits"][0]["notes"])
    if (each["name"] == name) return each;
  return Json::object();
}

TEST(Assess, WorkedExample) {  // spec README, section 4
  const Json all = load("fairness_hmda.json"), &p = all["predictions"];
  const auto e = assessed(mortgages(p["label"], p["score"], p["group"]), mortgage_request());
  EXPECT_EQ(e.kind, "assay.fairness/1");
  const operation::Slice no{{"afam", "no"}}, yes{{"afam", "yes"}};
  const auto* gap = find(e, "demographic_parity_gap", yes);
  expect_figure(gap, 0.3622448979591837, 0.26275949304878116, 0.46277719179201554, "newcombe", 714);
  EXPECT_EQ(gap->reference, no);
  EXPECT_NEAR(*gap->p / 5.24e-20, 1, 1e-3);
  EXPECT_EQ(gap->better, "zero");
  expect_figure(find(e, "favorable_rate", no), 0.8928571428571429, 0.8659520330522437, 0.9148927993035252, "wilson",
                616);
  expect_figure(find(e, "favorable_rate", yes), 0.5306122448979592, 0.43252467204457545, 0.6263904306010359, "wilson",
                98);
  expect_figure(find(e, "favorable_rate_ratio", {}, {"afam"}), 0.5942857142857143, 0.47769406973366113,
                0.7101114758808185, "mover_r", 714);
  expect_figure(find(e, "selection_rate", no), 0.10714285714285714, 0.0851072006964749, 0.13404796694775642, "wilson",
                616);
  for (const auto& g : all["groups"])
    for (const auto& [metric, m] : g["metrics"].items())
      expect_figure(find(e, metric, g["group"] == "afam = no" ? no : yes), m["v"], m["lo"], m["hi"], "wilson", m["n"]);
  for (const auto& [metric, d] : all["disparity"].items())
    expect_figure(find(e, metric == "selection_rate" ? "demographic_parity_gap" : metric + "_gap", yes), d["diff"],
                  d["lo"], d["hi"], "newcombe", find(e, metric, no)->n + find(e, metric, yes)->n);
}

TEST(Assess, FavorableCodingAndFourFifths) {
  const Json all = load("hmda_codings.json"), &at = all["at"][0], &want = at["four_fifths"][0];
  const auto e = assessed(mortgages(all["labels"], all["scores"], all["groups"]), mortgage_request());
  const auto* impact = find(e, "adverse_impact_ratio", {{"afam", "yes"}});
  expect_figure(impact, want["ratio"], want["low"], want["high"], "katz_log", 714);
  EXPECT_NEAR(*impact->p / want["p_z"].get<double>(), 1, 1e-8);
  const Json& row = e.detail["splits"][0]["four_fifths"][0];
  EXPECT_NEAR(row["ratio_with_one_person_moved"].get<double>(), want["ratio_with_one_person_moved"].get<double>(),
              1e-9);
  EXPECT_NEAR(row["p_fisher"].get<double>() / want["p_fisher"].get<double>(), 1, 1e-8);
  EXPECT_EQ(row["significant_gap_above_four_fifths"], false);
  for (const char* coding : {"positive_coding", "favorable_coding"})
    for (const auto& f : at[coding]) {
      if (f["method"] == "simultaneous" || f["method"] == "simultaneous MOVER-R") {
        const auto* got = find(e, f["name"], {}, {"afam"});
        ASSERT_NE(got, nullptr);
        EXPECT_NEAR(*got->low, f["low"].get<double>(), 1e-9);
        EXPECT_NEAR(*got->high, f["high"].get<double>(), 1e-9);
      }
    }
}

TEST(Assess, WithoutFavorableValueTheFiguresAreLeftOut) {
  const Json all = load("fairness_hmda.json"), &p = all["predictions"];
  auto request = mortgage_request();
  request.favorable.clear();
  const auto e = assessed(mortgages(p["label"], p["score"], p["group"]), request);
  EXPECT_EQ(find(e, "favorable_rate", {{"afam", "no"}}), nullptr);
  EXPECT_NE(std::find(e.flags.begin(), e.flags.end(), "favorable not declared"), e.flags.end());
  EXPECT_NE(render_fairness(operation::to_json(e)).find("not declared"), std::string::npos);
}

data::Table hmda() {
  Task task;
  return *data::read("tests/data/metrics/hmda_pred.csv", task);
}

AssessRequest hmda_request() {
  AssessRequest out;
  out.label = "y", out.score = "score", out.threshold = 0.25, out.group = {"afam"}, out.replicates = 200;
  return out;
}

TEST(Assess, AgreesWithFairlearn) {
  const Json want = load("fairlearn_generated.json")["binary"]["hmda_afam_t25"];
  const auto e = assessed(hmda(), hmda_request());
  for (const char* name : {"demographic_parity_difference", "demographic_parity_ratio", "equalized_odds_difference",
                           "equalized_odds_ratio", "equal_opportunity_difference", "equal_opportunity_ratio"}) {
    const auto* f = find(e, name, {}, {"afam"});
    ASSERT_NE(f, nullptr) << name;
    EXPECT_NEAR(*f->value, want[std::string(name) + "|between_groups"].get<double>(), 1e-12) << name;
    EXPECT_LE(*f->low, *f->value);
    EXPECT_GE(*f->high, *f->value);
    EXPECT_TRUE(f->p && f->parameters.empty() && note(e, name).contains("bias_corrected")) << name;
  }
  EXPECT_NEAR(operation::number_of(note(e, "equalized_odds_difference").at("mean")),
              want["equalized_odds_difference|between_groups|mean"].get<double>(), 1e-12);
}

TEST(Assess, ManyGroupsCarryFamilyLimitsAndHolm) {
  auto request = hmda_request();
  request.group = {"lvband", "afam,single,lvband"};
  const auto e = assessed(hmda(), request);
  std::size_t gaps = 0, weak = 0, empty = 0;
  for (const auto& f : e.figures) {
    if (f.name.ends_with("_gap") && f.value) {
      ++gaps;
      ASSERT_TRUE(f.p_adjusted && f.low_family && f.high_family) << f.name;
      EXPECT_GE(*f.p_adjusted, *f.p);
      EXPECT_LE(*f.low_family, *f.low + 1e-12);
      EXPECT_GE(*f.high_family, *f.high - 1e-12);
    }
    weak += std::count(f.flags.begin(), f.flags.end(), "low_support");
    empty += !f.value;
    EXPECT_EQ(f.value.has_value() && f.low.has_value(), f.why.empty()) << f.name;
  }
  EXPECT_GT(gaps, 50u);
  EXPECT_GT(weak, 5u);
  EXPECT_EQ(empty, 0u);
  EXPECT_EQ(e.detail["splits"][1]["groups"].size(), 16u);
  EXPECT_EQ(e.detail["splits"][0]["reference"]["lvband"], "0.6-0.8");
  EXPECT_FALSE(e.detail["splits"][0]["planning"].empty());
}

TEST(Assess, EmptyIntersectionsAreListed) {
  const std::vector<std::string> label{"1", "0", "1", "0"}, a{"x", "x", "y", "y"}, b{"u", "u", "u", "v"};
  const std::vector<double> score{0.9, 0.2, 0.7, 0.6};
  auto request = hmda_request();
  request.group = {"a,b"};
  const auto e = assessed(
      *data::TableBuilder().text("y", label).numbers("score", score).text("a", a).text("b", b).finish(), request);
  const auto* none = find(e, "selection_rate", {{"a", "x"}, {"b", "v"}});
  ASSERT_NE(none, nullptr);
  EXPECT_FALSE(none->value.has_value());
  EXPECT_EQ(none->why, "no rows");
  EXPECT_EQ(none->n, 0);
  EXPECT_EQ(none->flags, (std::vector<std::string>{"low_support"}));
  EXPECT_EQ(find(e, "true_positive_rate", {{"a", "y"}, {"b", "v"}})->why, "no positive labels");
  EXPECT_EQ(find(e, "true_positive_rate_gap", {{"a", "y"}, {"b", "v"}})->why, "no positive labels");
}

TEST(Assess, ControlsGiveOneFamilyPerStratum) {
  auto request = hmda_request();
  request.control = {"single"};
  request.reference = "afam=yes";
  const auto e = assessed(hmda(), request);
  ASSERT_EQ(e.detail["splits"].size(), 2u);
  const auto* a = find(e, "demographic_parity_difference", {{"single", "no"}}, {"afam"});
  const auto* b = find(e, "demographic_parity_gap", {{"single", "no"}, {"afam", "no"}}, {"afam"});
  ASSERT_TRUE(a && b);
  EXPECT_NEAR(*a->value, std::abs(*b->value), 1e-15);
  EXPECT_EQ(b->reference, (operation::Slice{{"single", "no"}, {"afam", "yes"}}));
}

TEST(Assess, RowOrderAndThreadsChangeNothing) {
  const auto table = hmda();
  std::vector<std::uint32_t> turned(table.rows());
  for (std::uint32_t i = 0; i < turned.size(); ++i)
    turned[i] = static_cast<std::uint32_t>((i * 7919ull + 13) % turned.size());
  const auto other = *table.take(turned);
  for (const bool weighted : {false, true}) {
    auto request = hmda_request();
    request.group = {"afam,lvband"}, request.favorable = "0";
    if (weighted) request.weight = "weight";
    std::string seen;
    for (const int threads : {1, 4})
      for (const auto& each : {table, other}) {
        oneapi::tbb::task_arena arena(threads);
        arena.execute([&] {
          const auto text = operation::to_json(assessed(each, request)).dump();
          if (seen.empty()) seen = text;
          EXPECT_EQ(seen, text);
        });
      }
  }
}

TEST(Assess, IntegerWeightsAreRepeatedRows) {
  const auto table = hmda();
  std::vector<std::uint32_t> twice;
  for (std::uint32_t i = 0; i < table.rows(); ++i) twice.insert(twice.end(), i % 3 == 0 ? 2 : 1, i);
  std::vector<double> weight;
  for (std::size_t i = 0; i < table.rows(); ++i) weight.push_back(i % 3 == 0 ? 2 : 1);
  const auto label = *table.codes("y"), group = *table.codes("afam");
  const auto weighted = *data::TableBuilder()
                             .codes("y", label.codes, *label.values)
                             .codes("afam", group.codes, *group.values)
                             .numbers("score", table.numbers("score")->values)
                             .numbers("w", weight)
                             .finish();
  auto request = hmda_request();
  const auto a = assessed(*table.take(twice), request);
  request.weight = "w";
  const auto b = assessed(weighted, request);
  for (const auto& f : a.figures) {
    const auto* g = find(b, f.name, f.slice, f.group);
    ASSERT_NE(g, nullptr);
    EXPECT_NEAR(g->value.value_or(9), f.value.value_or(9), 1e-12) << f.name;
  }
}

TEST(Assess, BadInput) {
  Task task;
  const auto table = hmda();
  const auto refused = [&](AssessRequest request, const std::string& key, const std::string& where) {
    const auto rows = metrics::predictions_of(table, request, request.control);
    ASSERT_TRUE(rows.has_value()) << rows.error().text();
    const auto got = assess(*rows, request, task);
    ASSERT_FALSE(got.has_value()) << key;
    EXPECT_EQ(got.error().code, Code::kInvalidArgument);
    EXPECT_NE(got.error().what.find("(fairness." + key + ")"), std::string::npos) << got.error().text();
    EXPECT_EQ(got.error().where, where);
    EXPECT_FALSE(got.error().fix.empty());
  };
  auto request = hmda_request();
  request.group.clear();
  refused(request, "option", "group");
  request = hmda_request(), request.favorable = "granted";
  refused(request, "label", "favorable");
  request = hmda_request(), request.reference = "afam";
  refused(request, "option", "reference");
  request = hmda_request(), request.reference = "afam=maybe";
  refused(request, "option", "reference");
  request = hmda_request(), request.reference = "single=no";
  refused(request, "option", "reference");
}

// A weighted bootstrap of a million replicates takes minutes; being asked to stop ends it within one part.
TEST(Fairness, StopsInTheMiddleOfItsReplicates) {
  constexpr std::size_t kRows = 20'000;
  std::vector<double> score, weight;
  std::vector<std::string> label, group;
  for (std::size_t i = 0; i < kRows; ++i)
    label.emplace_back(i % 3 ? "no" : "yes"), score.push_back(static_cast<double>(i % 97) / 97),
        weight.push_back(static_cast<double>(1 + i % 5)), group.emplace_back(i % 2 ? "a" : "b");
  const auto table =
      data::TableBuilder().text("y", label).numbers("score", score).numbers("w", weight).text("g", group).finish();
  AssessRequest request;
  request.label = "y", request.score = "score", request.weight = "w", request.group = {"g"};
  request.replicates = 1'000'000;
  std::stop_source stop;
  Task task(stop.get_token());
  const auto predictions = metrics::predictions_of(*table, request);
  ASSERT_TRUE(predictions.has_value()) << predictions.error().text();
  std::jthread asks([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto out = assess(*predictions, request, task);
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().code, Code::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Operations, RunFromJson) {
  const auto all = operations();
  ASSERT_EQ(all.size(), 1u);
  Task task;
  const Json request{
      {"data", "tests/data/metrics/hmda_pred.csv"}, {"label", "y"},    {"score", "score"}, {"threshold", 0.2},
      {"group", {"afam", "afam,single"}},           {"favorable", "0"}};
  const auto out = all[0].call(request, task);
  ASSERT_TRUE(out.has_value()) << out.error().text();
  const auto text = all[0].render(*out);
  for (const char* part : {"favorable: 0", "By afam", "afam=yes", "four fifths", "Next:"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  for (const auto& [field, bad] :
       {std::pair("threshold", Json(1.5)), std::pair("level", Json(1)), std::pair("replicates", Json(1)),
        std::pair("missing", Json("keep")), std::pair("colour", Json("red"))}) {
    Json wrong = request;
    wrong[field] = bad;
    const auto refused = all[0].call(wrong, task);
    ASSERT_FALSE(refused.has_value()) << field;
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  }
}

}  // namespace
}  // namespace assay::fairness
