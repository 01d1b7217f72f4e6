#include "assay/gate/operations.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "assay/base/files.h"

namespace assay::gate {
namespace {

using operation::Json;

constexpr const char* kEvidence = "tests/data/gate/evidence.json";
constexpr const char* kPolicy = "tests/data/gate/policy.yaml";

CheckRequest request() {
  CheckRequest r;
  r.evidence = {kEvidence}, r.policy = kPolicy, r.now = "2026-06-01T12:00:00Z", r.times = {"2026-05-20T12:00:00Z"};
  r.facts = Json::parse(R"j({"data.overlap(train, test)": 0, "card.complete(annex4)": true})j");
  r.approvals = {{"risk", "p1", "approved", std::nullopt, {}}, {"risk", "p2", "approved", std::nullopt, {}}};
  return r;
}

std::string temporary(const std::string& text) {
  const std::string path = testing::TempDir() + "gate_policy_" + std::to_string(getpid()) + ".yaml";
  EXPECT_TRUE(files::write(path, text));
  return path;
}

TEST(GateCheck, JudgesFiles) {
  Task task;
  const auto out = check(request(), task);
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->kind, "assay.verdict/1");
  EXPECT_EQ(out->detail["state"], "failed");
  EXPECT_EQ(out->detail["now"], "2026-06-01T12:00:00Z");
  const Json evidence = operation::to_json(*out);
  EXPECT_EQ(exit_status_of(evidence), 1);
  EXPECT_EQ(evidence["detail"]["rules"][0]["evidence"][0],
            operation::digest_of(*operation::parse_json(*files::read(kEvidence))));
  EXPECT_NE(render_verdict(evidence).find("✗  R2"), std::string::npos) << render_verdict(evidence);
}

TEST(GateCheck, TimesAndNow) {
  Task task;
  auto r = request();
  r.now.clear();
  EXPECT_EQ(check(r, task)->detail["now"], "2026-05-20T12:00:00Z");
  r.times.clear();
  EXPECT_EQ(check(r, task).error().where, "now");
  r.times = {"2026-05-20T12:00:00Z", "2026-05-20T12:00:00Z"};
  EXPECT_EQ(check(r, task).error().where, "times");
  r.times = {"yesterday"};
  EXPECT_EQ(check(r, task).error().where, "times: [0]");
  r = request();
  r.now = "noon";
  EXPECT_EQ(check(r, task).error().where, "now");
  r = request();
  r.stale = {"other.json"};
  EXPECT_EQ(check(r, task).error().where, "stale");
  r.stale = {kEvidence};
  EXPECT_EQ(check(r, task)->detail["state"], "not_decided");
}

TEST(GateCheck, PresetNeedsFavorable) {
  Task task;
  auto r = request();
  r.policy = "preset:eeoc-four-fifths";
  const auto out = check(r, task);
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->detail["rules"][0]["require"], "four_fifths(group=afam)");
  EXPECT_EQ(out->detail["state"], "failed");
  r.policy = "preset:eeoc-four-fifth";
  EXPECT_EQ(check(r, task).error().code, Code::kNotFound);
  EXPECT_EQ(check(r, task).error().fix, "did you mean \"eeoc-four-fifths\"?");
  r.policy = "preset:eeoc-four-fifths";
  r.evidence = {temporary(R"({"kind": "assay.evaluation/1", "figures": []})")};
  const auto none = check(r, task);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(exit_status(none.error().code), 2);
}

TEST(GateCheck, ErrorsNameTheFile) {
  Task task;
  auto r = request();
  r.policy = temporary("rules:\n  - {id: R1, require: triage.class <= 3}\n");
  r.facts["triage.class"] = "ordinary";
  EXPECT_EQ(check(r, task).error().where, r.policy + ":2:14 rules[0].require column 1");
  r.policy = "tests/data/gate/nothing.yaml";
  EXPECT_EQ(check(r, task).error().code, Code::kNotFound);
  r = request();
  r.evidence = {temporary("{\"a\": 1")};
  EXPECT_FALSE(check(r, task));
  r.evidence = {temporary("{\"kind\": \"assay.x/1\", \"figures\": [{\"name\": 3}]}")};
  EXPECT_NE(check(r, task).error().where.find("figures: [0]: name"), std::string::npos);
}

TEST(GateCheck, SameThroughTheOperation) {
  for (const auto& each : operations()) {
    if (each.id() != "gate.check") continue;
    Task task;
    const auto out =
        each.call(Json{{"evidence", {kEvidence}}, {"policy", kPolicy}, {"now", "2026-06-01T12:00:00Z"}}, task);
    ASSERT_TRUE(out) << out.error().text();
    EXPECT_TRUE(each.evidence);
    EXPECT_FALSE(each.render(*out).empty());
    return;
  }
  FAIL();
}

TEST(GateExplain, PutsRulesIntoWords) {
  Task task;
  const auto out = explain({kPolicy}, task);
  ASSERT_TRUE(out) << out.error().text();
  std::string all;
  for (const auto& rule : out->rules) all += rule.id + ": " + rule.words + "\n";
  EXPECT_EQ(
      all,
      "R1: auc is at least 0.8\n"
      "R2: the size of demographic parity gap by afam is at most 0.1 - house limit\n"
      "R2b: by afam, the lowest group's favourable rate is at least four fifths of the highest group's\n"
      "R3: for every slice where the number of rows is at least 200: false negative rate of the slice is at most 0.45\n"
      "R4: epsilon is at most 8, and membership auc is at most 0.55; a failure only warns; a doubt only warns\n"
      "R5: robust accuracy (norm linf, eps 0.1) is at least 0.75; a doubt is let pass\n"
      "R6: the number of approvals by the role risk is at least 2, and data.overlap(train, test) equals 0, and the age "
      "of the oldest "
      "evidence is at most 30 days, and card.complete(annex4) is true\n");
  EXPECT_EQ(out->waivers[0], "a failure of R4 is waived through 2026-12-31 if the role cro approves");
}

}  // namespace
}  // namespace assay::gate
