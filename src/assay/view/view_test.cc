#include <set>

#include "assay/view/view_fixture.h"

namespace assay::view {
namespace {

struct Ask {
  std::string pattern;
  Names path, query;
};

// One good request for every view there is.
std::vector<Ask> asks() {
  auto& in = example();
  const auto runs = *in.space().store().runs(workspace::RunFilter{.operation = "plan.run", .limit = 1});
  const Names run{{"id", runs.front().id}}, asset{{"kind", "model"}, {"name", "mortgage"}, {"version", "1"}};
  return {{"view/overview", {}, {}},
          {"view/data", {}, {}},
          {"view/data/{name}/{version}/stats", kData, {}},
          {"view/models", {}, {}},
          {"view/models/{name}/{version}", kModel, {}},
          {"view/models/{name}/{version}/fairness", kModel, {{"group", "afam"}}},
          {"view/models/{name}/{version}/card", kModel, {}},
          {"view/runs", {}, {{"limit", "5"}}},
          {"view/runs/{id}", run, {}},
          {"runs/{id}", run, {}},
          {"view/lineage", {}, {}},
          {"lineage", {}, {{"focus", "dataset:boston_hmda@1"}}},
          {"view/search", {}, {{"q", "mort"}}},
          {"view/forms", {}, {}},
          {"evidence/{digest}", {{"digest", in.newest("fairness.assess")}}, {}},
          {"assets", {}, {}},
          {"assets/{kind}", asset, {}},
          {"assets/{kind}/{name}", asset, {}},
          {"assets/{kind}/{name}/{version}", asset, {}},
          {"audit", {}, {{"limit", "3"}}}};
}

TEST(Views, EveryAnswerKeepsToItsSchemaAndIsTheSameTwice) {
  std::set<std::string> asked;
  for (const auto& ask : asks()) {
    asked.insert(ask.pattern);
    const auto first = example().answer(ask.pattern, ask.path, ask.query);
    EXPECT_EQ(first.dump(), example().answer(ask.pattern, ask.path, ask.query).dump()) << ask.pattern;
    for (const auto& view : views()) {
      if (view.pattern != ask.pattern) continue;
      EXPECT_EQ(misfit(view.response_schema, first), "") << ask.pattern;
    }
  }
  for (const auto& view : views()) {
    EXPECT_TRUE(asked.contains(view.pattern)) << view.pattern;
    EXPECT_FALSE(view.summary.empty()) << view.pattern;
    EXPECT_EQ(view.response_schema["type"], "object") << view.pattern;
  }
}

TEST(Views, EveryViewSaysWhereItComesFrom) {
  for (const auto& ask : asks()) {
    if (!ask.pattern.starts_with("view/")) continue;
    const auto got = example().answer(ask.pattern, ask.path, ask.query);
    if (!got.contains("provenance")) continue;  // lists, search and forms
    const auto& provenance = got["provenance"];
    EXPECT_FALSE(provenance["stale"]) << ask.pattern;
    for (const auto& digest : provenance["evidence"])
      EXPECT_TRUE(example().document(digest).contains("kind")) << ask.pattern;
  }
}

TEST(Overview, TellsTheStagesAndWhatIsNext) {
  const auto got = example().answer("view/overview");
  EXPECT_EQ(got["workspace"], "mortgage");
  EXPECT_EQ(got["plans"], Json::parse(R"([{"path": "assay.yaml", "name": "mortgage"}])"));
  std::string states;
  for (const auto& stage : got["stages"])
    states += stage["key"].get<std::string>() + "=" + stage["state"].get<std::string>() + " ";
  EXPECT_EQ(states, "define=done data=done train=done evaluate=done deploy=todo ");
  EXPECT_EQ(got["stages"][4]["why"]["key"], "stage.deploy.signed");
  double before = 2;
  std::set<std::string> keys;
  for (const auto& each : got["next"]) {
    EXPECT_LE(each["weight"].get<double>(), before);
    before = each["weight"];
    keys.insert(each["title"]["key"]);
    EXPECT_FALSE(each["title"]["text"].get<std::string>().empty());
  }
  EXPECT_EQ(keys, (std::set<std::string>{"next.more_rows", "next.verify", "next.complete_card", "next.deploy_later"}));
  EXPECT_EQ(got["next"][0]["title"]["args"]["rows"], 33429 + 5382);
  EXPECT_EQ(got["models"][0]["state"], "held");
  EXPECT_EQ(got["models"][0]["signed"], true);
  EXPECT_EQ(got["data"], Json::parse(R"([{"name": "boston_hmda", "version": 1, "rows": 2380, "columns": 14}])"));
  ASSERT_EQ(got["recent"].size(), 1u);
  EXPECT_EQ(got["recent"][0]["name"], "mortgage");
  std::set<std::string> alerts;
  for (const auto& each : got["alerts"]) alerts.insert(each["title"]["key"]);
  EXPECT_EQ(alerts, (std::set<std::string>{"alert.rule_not_decided", "alert.overlap"}));
}

TEST(Overview, AsksForWhatIsMissingInTheOrderOfTheLifeCycle) {
  Place place;
  auto got = place.answer("view/overview");
  EXPECT_EQ(got["next"][0]["command"], "assay init DATA");
  EXPECT_EQ(got["stages"][0]["state"], "now");
  EXPECT_EQ(got["provenance"]["evidence"], Json::array());
  place.write("loans.csv", "a,b\n1,2\n");
  EXPECT_EQ(place.answer("view/overview")["next"][0]["command"], "assay init loans.csv");
  place.write_example("seed: 0", "sede: 0");
  got = place.answer("view/overview");
  EXPECT_EQ(got["next"][0]["command"], "assay plan check assay.yaml");
  EXPECT_EQ(got["stages"][0]["state"], "blocked");
  EXPECT_NE(got["stages"][0]["why"]["text"].get<std::string>().find("sede"), std::string::npos);
  place.write_example();
  got = place.answer("view/overview");
  EXPECT_EQ(got["next"][0]["command"], "assay run assay.yaml");
  EXPECT_EQ(got["next"][0]["title"]["key"], "next.run_plan");
  EXPECT_EQ(got["stages"][1]["state"], "now");
}

TEST(Overview, SeesAChangedPlanAFailedRunAndAFailedCheck) {
  Place place(example());
  place.write_example("require: auc >= 0.70", "require: auc >= 0.99");
  auto got = place.answer("view/overview");
  EXPECT_EQ(got["next"][0]["title"]["key"], "next.run_changed_plan");
  const auto done = place.run_plan();
  ASSERT_TRUE(done) << done.error().text();
  got = place.answer("view/overview");
  EXPECT_EQ(got["stages"][3]["state"], "blocked");
  EXPECT_EQ(got["models"][0]["state"], "failed");
  EXPECT_EQ(got["models"][0]["signed"], false);  // the earlier hallmark covers another verdict
  EXPECT_EQ(got["alerts"][0]["state"], "failed");
  EXPECT_EQ(place.answer("view/models/{name}/{version}", kModel)["hallmark"], nullptr);
  place.write_example("boston_hmda.csv", "gone.csv");
  EXPECT_FALSE(place.run_plan());
  got = place.answer("view/overview");
  std::set<std::string> keys;
  for (const auto& each : got["next"]) keys.insert(each["title"]["key"]);
  EXPECT_TRUE(keys.contains("next.run_again"));
  EXPECT_TRUE(keys.contains("next.mend_rule"));
  EXPECT_EQ(got["recent"][0]["state"], "failed");
}

TEST(Stale, ANewerVersionOfTheDataOrOtherCode) {
  Place place(example());
  ASSERT_EQ(place.answer("view/models/{name}/{version}", kModel)["provenance"]["stale"], false);
  workspace::AssetVersion newer{
      "dataset", "boston_hmda", "sha256:" + std::string(64, '1'), "sha256:" + std::string(64, '2'), "me", "{}"};
  newer.created_us = 1;  // older than all by the clock: a version is newer by its number
  ASSERT_TRUE(place.space().store().register_asset(newer));
  for (const char* pattern : {"view/models/{name}/{version}", "view/models/{name}/{version}/fairness"})
    EXPECT_EQ(place.answer(pattern, kModel)["provenance"]["stale"], true) << pattern;
  const auto stats = place.answer("view/data/{name}/{version}/stats", kData);
  EXPECT_EQ(stats["versions"], Json::parse("[1, 2]"));
}

}  // namespace
}  // namespace assay::view
