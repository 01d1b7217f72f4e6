#include <chrono>
#include <thread>

#include "assay/view/view_fixture.h"

namespace assay::view {
namespace {

TEST(Model, FiguresVerdictMarksAndHallmark) {
  auto& in = example();
  const auto got = in.answer("view/models/{name}/{version}", kModel);
  const auto evidence = in.document(in.newest("evaluate.run"));
  Json overall = Json::array();
  for (const auto& figure : evidence["figures"])
    if (figure["slice"].empty()) overall.push_back(figure);
  ASSERT_EQ(got["metrics"].size(), overall.size());
  for (std::size_t i = 0; i < overall.size(); ++i)
    EXPECT_EQ(operation::canonical(got["metrics"][i]), operation::canonical(overall[i]));
  EXPECT_EQ(got["learner"], "logistic");
  EXPECT_EQ(got["features"].size(), 12u);
  EXPECT_EQ(got["excluded"],
            Json::parse(R"([{"column": "deny", "why": "label"}, {"column": "afam", "why": "protected"}])"));
  EXPECT_EQ(got["dataset"], "dataset:boston_hmda@1");
  EXPECT_EQ(got["verdict"]["digest"], in.newest("gate.check"));
  EXPECT_EQ(got["verdict"]["rules"].size(), 4u);
  EXPECT_EQ(got["provenance"]["signature"], "verified");
  const auto& hallmark = got["hallmark"];
  EXPECT_EQ(hallmark["verified"], true);
  EXPECT_EQ(hallmark["statements"].size(), 10u);
  EXPECT_EQ(hallmark["statements"][0]["word"], "index");
  EXPECT_EQ(hallmark["statements"][0]["subject"], got["digest"]);
  for (const auto& line : hallmark["says"])
    EXPECT_EQ(line.get<std::string>().find(in.folder()), std::string::npos) << line;  // no path of this machine
  // The marks are those that the verifier reads out of the signed file.
  const auto shown = in.execute("hallmark.show", Json{{"hallmark", hallmark["digest"]}});
  ASSERT_TRUE(shown) << shown.error().text();
  ASSERT_EQ(shown->result["marks"].size(), 7u);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(got["marks"][i]["state"], shown->result["marks"][i]["state"]);
  EXPECT_EQ(got["marks"][0]["rules"], Json::parse(R"(["four-fifths", "equal-errors"])"));
  EXPECT_EQ(got["report"]["media_type"], "text/html");
  EXPECT_EQ(got["report"]["href"], "/api/v1/w/mortgage/evidence/" + in.newest("view.export") + "/blobs/report");
  const auto list = in.answer("view/models");
  EXPECT_EQ(list["items"][0]["state"], "held");
  EXPECT_EQ(list["items"][0]["signed"], true);
}

TEST(Model, ABrokenHallmarkIsShownAsBroken) {
  Place place(example());
  const auto digest = place.answer("view/models/{name}/{version}", kModel)["hallmark"]["digest"].get<std::string>();
  const auto path = place.space().objects().path_of(digest);
  auto bytes = *files::read(path);
  bytes[bytes.size() / 2] = bytes[bytes.size() / 2] == 'A' ? 'B' : 'A';
  fs::permissions(path, fs::perms::owner_all);
  std::ofstream(path) << bytes;
  const auto got = place.answer("view/models/{name}/{version}", kModel);
  EXPECT_EQ(got["hallmark"]["verified"], false);
  EXPECT_EQ(got["provenance"]["signature"], "broken");
  EXPECT_FALSE(got["hallmark"]["says"].empty());
  fs::remove(path);
  EXPECT_EQ(place.answer("view/models/{name}/{version}", kModel)["hallmark"]["verified"], false);
}

TEST(Model, WithoutTrustNothingIsVerified) {
  Place place(example());
  fs::remove(place.folder() + "/.assay/trust.json");
  EXPECT_EQ(place.answer("view/models/{name}/{version}", kModel)["hallmark"]["verified"], false);
}

TEST(Fairness, FiguresGapsRulesAndRows) {
  auto& in = example();
  const auto got = in.answer("view/models/{name}/{version}/fairness", kModel);
  const auto evidence = in.document(in.newest("fairness.assess"));
  EXPECT_EQ(got["groups"], Json::parse(R"([["afam"]])"));
  EXPECT_EQ(got["reference"], Json::parse(R"({"afam": "no"})"));
  EXPECT_EQ(got["rows"], 1190);
  std::size_t gaps = 0, slices = 0;
  for (const auto& figure : evidence["figures"]) {
    bool found = false;
    if (figure.contains("group")) {
      EXPECT_EQ(operation::canonical(got["gaps"][gaps]["figure"]), operation::canonical(figure));
      ++gaps;
      continue;
    }
    for (const auto& slice : got["slices"])
      for (const auto& each : slice["metrics"])
        found = found || operation::canonical(each) == operation::canonical(figure);
    EXPECT_TRUE(found) << figure.dump();
    ++slices;
  }
  EXPECT_EQ(gaps, got["gaps"].size());
  EXPECT_GT(slices, 0u);
  for (const auto& gap : got["gaps"]) {
    const bool judged =
        gap["figure"]["name"] == "equalized_odds_difference" || gap["figure"]["name"] == "favorable_rate_ratio";
    EXPECT_EQ(gap["rules"].size(), judged ? 1u : 0u) << gap["figure"]["name"];
    if (gap["figure"]["name"] != "equalized_odds_difference") continue;
    EXPECT_EQ(gap["settled"], false);
    EXPECT_EQ(gap["rules"][0]["id"], "equal-errors");
    EXPECT_EQ(gap["rows_needed"][0]["extra_rows"], 33429);
    EXPECT_EQ(gap["rules"][0]["value"], gap["figure"]["value"]);
  }
  EXPECT_EQ(got["slices"][1]["n"], 165);
  EXPECT_EQ(got["slices"][1]["confusion"]["false_negative"], 26);
  EXPECT_EQ(got["four_fifths"][0]["ratio"], evidence["detail"]["splits"][0]["four_fifths"][0]["ratio"]);
  EXPECT_EQ(got["four_fifths"][0]["p"], evidence["detail"]["splits"][0]["four_fifths"][0]["p_z"]);
  EXPECT_EQ(got["harms"].size(), 2u);
  ASSERT_EQ(got["curves"].size(), 3u);
  EXPECT_EQ(got["curves"][0]["roc"][0]["threshold"], "Infinity");
  EXPECT_EQ(got["overall"].size(), 20u);
}

TEST(Fairness, TheNewestAssessmentWins) {
  Place place(example());
  const auto table = place.document(place.newest("model.predict"))["blobs"]["predictions"]["digest"];
  const auto done = place.execute("fairness.assess", Json{{"data", table},
                                                          {"label", "label"},
                                                          {"score", "score"},
                                                          {"positive", "yes"},
                                                          {"favorable", "no"},
                                                          {"missing", "drop"},
                                                          {"group", {"afam"}},
                                                          {"level", 0.9}});
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(place.answer("view/models/{name}/{version}/fairness", kModel)["level"], 0.9);
  // The plan comes to its own conclusion again, out of the cache: that is the newest now.
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ASSERT_TRUE(place.run_plan());
  EXPECT_EQ(place.answer("view/models/{name}/{version}/fairness", kModel)["level"], 0.95);
}

TEST(Card, IsTheStoredOneWithWhatItLacks) {
  auto& in = example();
  const auto got = in.answer("view/models/{name}/{version}/card", kModel);
  const auto evidence = in.document(in.newest("card.build"));
  EXPECT_EQ(operation::canonical(got["card"]), operation::canonical(in.document(evidence["blobs"]["card"]["digest"])));
  EXPECT_EQ(got["missing"], evidence["detail"]["missing"]);
  EXPECT_TRUE(got["markdown"].get<std::string>().starts_with("---\n"));
  EXPECT_FALSE(got["problems"].empty());
}

}  // namespace
}  // namespace assay::view
