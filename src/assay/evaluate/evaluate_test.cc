#include "assay/evaluate/evaluate.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "assay/data/read.h"
#include "assay/evaluate/operations.h"

namespace assay::evaluate {
namespace {

using operation::Evidence;
using operation::Figure;
using operation::Json;

data::Table read(const std::string& name) {
  Task task;
  return *data::read("tests/data/metrics/" + name, task);
}

EvaluateRequest request_for(std::vector<std::string> group) {
  EvaluateRequest out;
  out.label = "y", out.score = "score", out.group = std::move(group), out.replicates = 400;
  return out;
}

Evidence evaluated(const data::Table& table, const EvaluateRequest& request) {
  Task task;
  const auto rows = metrics::predictions_of(table, request);
  EXPECT_TRUE(rows.has_value()) << rows.error().text();
  auto out = evaluate(*rows, request, task);
  EXPECT_TRUE(out.has_value()) << out.error().text();
  return *out;
}

const Figure* find(const Evidence& e, const std::string& name, const operation::Slice& slice) {
  for (const auto& f : e.figures)
    if (f.name == name && f.slice == slice) return &f;
  return nullptr;
}

TEST(Evaluate, AgreesWithScikitLearnByGroup) {
  std::ifstream in("tests/data/metrics/fairlearn_generated.json");
  const Json want = Json::parse(in)["other"]["scores_compas_race"];
  const auto e = evaluated(read("compas_pred.csv"), request_for({"race"}));
  EXPECT_EQ(e.kind, "assay.evaluation/1");
  for (const auto& [peer, name] :
       {std::pair("roc_auc_score", "auc"), std::pair("average_precision_score", "average_precision"),
        std::pair("log_loss", "log_loss"), std::pair("brier_score_loss", "brier_score")})
    for (const auto& [group, value] : want[peer].items()) {
      const auto* f = find(e, name, group == "overall" ? operation::Slice{} : operation::Slice{{"race", group}});
      ASSERT_NE(f, nullptr) << name << group;
      EXPECT_NEAR(*f->value, value.get<double>(), 1e-12) << name << group;
      ASSERT_TRUE(f->low && f->high) << name << group;
      EXPECT_LE(*f->low, *f->value);
      EXPECT_GE(*f->high, *f->value);
      EXPECT_EQ(f->low_family.has_value(), group != "overall");
    }
  const Json& all = e.detail["slices"][0];
  EXPECT_LE(all["roc"].size(), 200u);
  EXPECT_EQ(all["roc"][0]["threshold"], "Infinity");
  EXPECT_EQ(all["roc"].back()["true_positive_rate"], 1.0);
  EXPECT_EQ(all["reliability"].size(), 10u);
  EXPECT_EQ(e.detail["slices"].size(), 7u);
}

TEST(Evaluate, EveryFigureHasIntervalOrReason) {
  const std::vector<std::string> label{"1", "1", "1", "0", "1"}, group{"a", "a", "b", "b", "c"};
  const std::vector<double> score{0.9, 0.2, 0.7, 0.1, 0.5};
  const auto table = *data::TableBuilder().text("y", label).numbers("score", score).text("g", group).finish();
  const auto e = evaluated(table, request_for({"g"}));
  for (const auto& f : e.figures) {
    EXPECT_TRUE(f.low.has_value() || !f.why.empty()) << f.name;
    EXPECT_EQ(f.flags.front(), "low_support");
  }
  EXPECT_EQ(find(e, "auc", {{"g", "a"}})->why, "no negative labels");
  EXPECT_EQ(find(e, "false_positive_rate", {{"g", "a"}})->why, "no negative labels");
  EXPECT_FALSE(find(e, "log_loss", {{"g", "c"}})->low.has_value());  // one row
  EXPECT_EQ(*find(e, "auc", {{"g", "b"}})->value, 1);
}

TEST(Evaluate, RowOrderAndThreadsChangeNothing) {
  const auto table = read("hmda_pred.csv");
  std::vector<std::uint32_t> turned(table.rows());
  for (std::uint32_t i = 0; i < turned.size(); ++i)
    turned[i] = static_cast<std::uint32_t>((i * 7919ull + 13) % turned.size());
  const auto other = *table.take(turned);
  for (const bool weighted : {false, true}) {
    auto request = request_for({"afam", "lvband"});
    request.replicates = 64;
    if (weighted) request.weight = "weight";
    std::string seen;
    for (const int threads : {1, 4})
      for (const auto& each : {table, other}) {
        oneapi::tbb::task_arena arena(threads);
        arena.execute([&] {
          const auto text = operation::to_json(evaluated(each, request)).dump();
          if (seen.empty()) seen = text;
          EXPECT_TRUE(seen == text);
        });
      }
  }
}

TEST(Evaluate, DecisionsAloneAreEnough) {
  const std::vector<std::string> label{"yes", "no", "yes", "no"}, decision{"yes", "no", "no", "no"};
  auto request = request_for({});
  request.score.clear(), request.decision = "d";
  const auto e = evaluated(*data::TableBuilder().text("y", label).text("d", decision).finish(), request);
  EXPECT_EQ(*find(e, "accuracy", {})->value, 0.75);
  EXPECT_EQ(find(e, "auc", {}), nullptr);
  EXPECT_FALSE(e.flags.empty());
}

TEST(Evaluate, ScoresThatAreNoProbabilitiesStillRank) {
  const std::vector<std::string> label{"yes", "no", "yes", "no"};
  const std::vector<double> score{3, -2, 0.5, 0.7};
  const std::vector<std::int64_t> decision{1, 0, 1, 1};
  auto request = request_for({});
  request.decision = "d";
  const auto e = evaluated(
      *data::TableBuilder().text("y", label).numbers("score", score).integers("d", decision).finish(), request);
  EXPECT_EQ(*find(e, "auc", {})->value, 0.75);
  EXPECT_EQ(find(e, "log_loss", {})->why, "scores lie outside [0, 1]");
}

// A weighted bootstrap of a million replicates takes minutes; being asked to stop ends it within one part.
TEST(Evaluate, StopsInTheMiddleOfItsReplicates) {
  constexpr std::size_t kRows = 20'000;
  std::vector<double> score, weight;
  std::vector<std::string> label, group;
  for (std::size_t i = 0; i < kRows; ++i)
    label.emplace_back(i % 3 ? "no" : "yes"), score.push_back(static_cast<double>(i % 97) / 97),
        weight.push_back(static_cast<double>(1 + i % 5)), group.emplace_back(i % 2 ? "a" : "b");
  const auto table =
      data::TableBuilder().text("y", label).numbers("score", score).numbers("w", weight).text("g", group).finish();
  EvaluateRequest request;
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
  const auto out = evaluate(*predictions, request, task);
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().code, Code::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Operations, RunFromJson) {
  const auto all = operations();
  Task task;
  const Json request{
      {"data", "tests/data/metrics/adult_pred.csv"}, {"label", "y"}, {"score", "score"}, {"group", {"sex"}}};
  const auto out = all[0].call(request, task);
  ASSERT_TRUE(out.has_value()) << out.error().text();
  const auto text = all[0].render(*out);
  for (const char* part : {"accuracy", "sex=0", "log loss", "Next:"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  Json wrong = request;
  wrong["data"] = "no_such_file.csv";
  EXPECT_EQ(all[0].call(wrong, task).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace assay::evaluate
