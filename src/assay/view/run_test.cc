#include "assay/view/run.h"

#include <set>

#include "assay/view/lineage.h"
#include "assay/view/view_fixture.h"

namespace assay::view {
namespace {

TEST(Runs, ArePagedAndFiltered) {
  auto& in = example();
  const auto all = in.answer("view/runs");
  EXPECT_EQ(all["total"], 13);
  EXPECT_EQ(all["next"], nullptr);
  Json seen = Json::array();
  Names query{{"limit", "5"}};
  for (int page = 0; page < 5; ++page) {
    const auto got = in.answer("view/runs", {}, query);
    EXPECT_LE(got["items"].size(), 5u);
    for (const auto& item : got["items"]) seen.push_back(item);
    if (got["next"].is_null()) break;
    query["after"] = got["next"];
  }
  EXPECT_EQ(seen, all["items"]);
  const auto top = in.answer("view/runs", {}, {{"parent", ""}});
  ASSERT_EQ(top["items"].size(), 1u);
  const std::string plan = top["items"][0]["run"];
  EXPECT_EQ(in.answer("view/runs", {}, {{"parent", plan}})["total"], 12);
  EXPECT_EQ(in.answer("view/runs", {}, {{"operation", "gate.check"}})["total"], 1);
  EXPECT_EQ(in.answer("view/runs", {}, {{"state", "failed"}})["total"], 0);
  EXPECT_EQ(in.answer("view/runs", {}, {{"operation", "train.linear"}})["items"][0]["name"], "mortgage");
}

TEST(Runs, AWholePlanAndItsSteps) {
  auto& in = example();
  const std::string id = in.answer("view/runs", {}, {{"parent", ""}})["items"][0]["run"];
  const auto got = in.answer("view/runs/{id}", {{"id", id.substr(0, 16)}});
  EXPECT_EQ(got["run"], id);
  ASSERT_EQ(got["steps"].size(), 12u);
  EXPECT_EQ(got["steps"][0]["id"], "data");
  EXPECT_EQ(got["steps"][11]["operation"], "hallmark.build");
  for (const auto& step : got["steps"]) {
    EXPECT_EQ(step["of"], 12);
    EXPECT_EQ(in.answer("runs/{id}", {{"id", step["run"]}})["digest"], step["digest"]);
  }
  EXPECT_EQ(got["files"]["report"], "out/mortgage/report.html");
  EXPECT_EQ(got["verdict"]["digest"], got["steps"][9]["digest"]);
  EXPECT_EQ(got["error"], nullptr);
  const auto predict = in.answer("runs/{id}", {{"id", got["steps"][5]["run"]}});
  EXPECT_EQ(predict["options"]["part"], "test");
  EXPECT_EQ(predict["parent"], id);
  EXPECT_EQ(predict["provenance"]["refs"]["data"], "dataset:boston_hmda@1");
}

TEST(Runs, CachedStepsNameTheRunThatMadeThem) {
  Place place(example());
  ASSERT_TRUE(place.run_plan());
  const auto top = place.answer("view/runs", {}, {{"parent", ""}});
  ASSERT_EQ(top["items"].size(), 2u);
  const auto again = place.answer("view/runs/{id}", {{"id", top["items"][0]["run"]}});
  const auto first = place.answer("view/runs/{id}", {{"id", top["items"][1]["run"]}});
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(again["steps"][i]["state"], "cached");
    EXPECT_EQ(again["steps"][i]["run"], first["steps"][i]["run"]);
  }
}

TEST(Runs, AFailedRunSaysWhy) {
  Place place;
  place.write_example("boston_hmda.csv", "gone.csv");
  ASSERT_FALSE(place.run_plan());
  const auto top = place.answer("view/runs", {}, {{"parent", ""}});
  const auto got = place.answer("view/runs/{id}", {{"id", top["items"][0]["run"]}});
  EXPECT_EQ(got["state"], "failed");
  EXPECT_EQ(got["error"]["code"], "not-found");
  EXPECT_EQ(got["error"]["status"], 404);
  EXPECT_EQ(got["error"]["type"], "urn:assay:error:not-found");
  EXPECT_NE(got["error"]["detail"].get<std::string>().find("gone.csv"), std::string::npos);
  EXPECT_EQ(got["digest"], nullptr);
}

std::set<std::string> kinds_and_names(const Json& lineage) {
  std::set<std::string> out;
  for (const auto& node : lineage["nodes"])
    out.insert(node["kind"].get<std::string>() + ":" + node["name"].get<std::string>());
  return out;
}

TEST(Lineage, JoinsThingsAndRuns) {
  auto& in = example();
  for (const char* focus : {"model:mortgage@1", "dataset:boston_hmda", "hallmark:mortgage@latest", ""}) {
    const auto got = in.answer("view/lineage", {}, {{"focus", focus}, {"up", "20"}, {"down", "20"}});
    std::map<std::string, std::string> kinds;
    for (const auto& node : got["nodes"]) EXPECT_TRUE(kinds.emplace(node["id"], node["kind"]).second);
    EXPECT_TRUE(kinds.contains(got["focus"]));
    for (const auto& edge : got["edges"]) {
      ASSERT_TRUE(kinds.contains(edge["from"]) && kinds.contains(edge["to"])) << edge.dump();
      EXPECT_NE(kinds[edge["from"]] == "run", kinds[edge["to"]] == "run") << edge.dump();
    }
    const auto names = kinds_and_names(got);
    for (const char* each : {"dataset:boston_hmda", "model:mortgage", "hallmark:mortgage", "run:train.linear"})
      EXPECT_TRUE(names.contains(each)) << focus << ": " << each;
    EXPECT_EQ(got["truncated"], false);
  }
  const auto up = in.answer("view/lineage", {}, {{"focus", "hallmark:mortgage"}, {"down", "0"}, {"up", "20"}});
  for (const char* each : {"file:source", "plan:mortgage", "policy:mortgage", "evidence:verdict", "card:mortgage"})
    EXPECT_TRUE(kinds_and_names(up).contains(each)) << each;
  const auto alone = in.answer("view/lineage", {}, {{"focus", "model:mortgage"}, {"up", "0"}, {"down", "0"}});
  EXPECT_EQ(alone["nodes"].size(), 1u);
  const auto one = in.answer("view/lineage", {}, {{"focus", "model:mortgage"}, {"up", "1"}, {"down", "0"}});
  EXPECT_TRUE(kinds_and_names(one).contains("run:train.linear"));
  EXPECT_FALSE(kinds_and_names(one).contains("run:data.add"));
}

TEST(Lineage, OfARun) {
  auto& in = example();
  const std::string id = in.answer("view/runs", {}, {{"operation", "train.linear"}})["items"][0]["run"];
  const auto got = in.answer("view/lineage", {}, {{"focus", "run:" + id}, {"up", "1"}, {"down", "1"}});
  EXPECT_EQ(got["focus"], id);
  const auto names = kinds_and_names(got);
  EXPECT_TRUE(names.contains("dataset:boston_hmda"));
  EXPECT_TRUE(names.contains("model:mortgage"));
  EXPECT_FALSE(names.contains("run:model.predict"));
}

TEST(Bounds, AHugeLineageIsCutAndSaysSo) {
  Place place;
  auto& store = place.space().store();
  const auto digest = [](int i) {
    const auto text = std::to_string(i);
    return "sha256:" + std::string(64 - text.size(), '0') + text;
  };
  for (int i = 0; i < 30; ++i) {  // each makes twenty things of the first
    workspace::RunRecord run;
    run.id = workspace::make_id(1'000'000 + i * 1000), run.operation = "test.op" + std::to_string(i),
    run.state = "done";
    run.created_us = 1'000'000 + i, run.finished_us = 2'000'000 + i, run.inputs = {{"data", digest(0)}};
    for (int k = 1; k <= 20; ++k) run.outputs.push_back({"out" + std::to_string(k), digest(100 * i + k)});
    ASSERT_TRUE(store.begin_run(run));
    ASSERT_TRUE(store.end_run(run, {}));
  }
  workspace::AssetVersion asset{"dataset", "big", digest(0), digest(0), "me", "{}"};
  ASSERT_TRUE(store.register_asset(asset));
  const auto got = place.answer("view/lineage", {}, {{"focus", "dataset:big"}});
  EXPECT_EQ(got["nodes"].size(), kLineageNodes);
  EXPECT_EQ(got["truncated"], true);
}

}  // namespace
}  // namespace assay::view
