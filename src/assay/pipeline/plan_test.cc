#include "assay/pipeline/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "assay/base/files.h"
#include "assay/pipeline/advice.h"
#include "assay/pipeline/expand.h"

namespace assay::pipeline {
namespace {

using operation::Json;

const std::string& example() {
  static const std::string text = *files::read("examples/mortgage/assay.yaml");
  return text;
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = example();
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Error refused(const std::string& text) {
  const auto plan = parse_plan(text, "assay.yaml");
  EXPECT_FALSE(plan);
  return plan ? Error{} : plan.error();
}

TEST(Plan, ReadsTheExample) {
  const auto plan = parse_plan(example(), "assay.yaml");
  ASSERT_TRUE(plan) << plan.error().text();
  EXPECT_EQ(plan->name, "mortgage");
  EXPECT_EQ(plan->data.label.positive->text, "yes");
  EXPECT_EQ(plan->data.label.favorable->text, "no");
  EXPECT_EQ(plan->data.protected_columns, std::vector<std::string>{"afam"});
  EXPECT_EQ(plan->data.split.test, 0.5);
  EXPECT_EQ(plan->purpose.harms.size(), 2u);
  EXPECT_EQ(plan->checks.size(), 4u);
}

TEST(Plan, NumbersAndTruthValuesAreLabelsToo) {
  const auto plan = parse_plan(with("positive: \"yes\"", "positive: 1"), "assay.yaml");
  ASSERT_TRUE(plan) << plan.error().text();
  EXPECT_EQ(plan->data.label.positive->text, "1");
  EXPECT_EQ(parse_plan(with("positive: \"yes\"", "positive: no"), "assay.yaml")->data.label.positive->text, "no");
}

TEST(Plan, ErrorsNameFileLineColumnFieldAndFix) {
  struct Case {
    std::string from, to, where, what, fix;
  };
  for (const auto& c : std::vector<Case>{
           {"seed: 0", "sede: 0", "assay.yaml:26:1 sede", "no such field", "did you mean \"seed\"?"},
           {"seed: 0", "seed: -1", "assay.yaml:26:1 seed", "-1 is out of range", "give a value at least 0"},
           {"seed: 0", "seed: x", "assay.yaml:26:1 seed", "a whole number was expected, not text", ""},
           {"column: deny", "colum: deny", "data.label", "", ""},
           {"name: mortgage", "name: Mort gage", "assay.yaml:3:1 name", "\"Mort gage\" is no name", "use 1 to 63"},
           {"test: 0.5", "test: 1.5", "data.split.test", "1.5 is out of range", "below 1"},
           {"test: 0.5", "test: 0.5\n    validation: 0.6", "data.split", "leave no rows", ""},
           {"protected: [afam]", "protected: [deny]", "data.protected[0]", "the label cannot be protected", ""},
           {"protected: [afam]", "protected: [afam, afam]", "data.protected[0]", "is named twice", "name it once"},
           {"protected: [afam]", "protected: [score]", "data.protected[0]", "predictions use", "rename"},
           {"learner: logistic", "learner: logistics", "model.learner", "", "did you mean \"logistic\"?"},
           {"kind: allocation", "kind: alocation", "purpose.harms[0].kind", "", "did you mean \"allocation\"?"},
           {"auc >= 0.70", "auc >= >= 0.70", "checks[0].require", "a value was expected", ""},
           {"id: four-fifths", "id: discrimination", "checks[2]", "", ""},
           {"seed: 0", "seed: 0\nseed: 1", "assay.yaml:27:1", "", ""},
           {"seed: 0", "seed: 0\ndeploy: {}", "deploy", "does not run it", "take it out"},
           {"assay: 1", "assay: 2", "assay.yaml:2:1 assay", "2 is out of range", ""},
       }) {
    const auto e = refused(with(c.from, c.to));
    EXPECT_TRUE(e.where.starts_with("assay.yaml:")) << c.to << ": " << e.text();
    EXPECT_NE(e.where.find(c.where), std::string::npos) << c.to << ": " << e.text();
    EXPECT_NE(e.what.find(c.what), std::string::npos) << c.to << ": " << e.text();
    EXPECT_NE(e.fix.find(c.fix), std::string::npos) << c.to << ": " << e.text();
  }
  EXPECT_EQ(refused("").code, Code::kInvalidArgument);
  EXPECT_EQ(refused("[1]").code, Code::kInvalidArgument);
}

TEST(Expand, EveryReferenceIsMadeByAnEarlierStep) {
  const auto plan = parse_plan(example(), "assay.yaml");
  const auto made = expand(*plan, "folder");
  ASSERT_TRUE(made) << made.error().text();
  std::set<std::string> before;
  const std::function<void(const Json&)> check = [&](const Json& value) {
    if (value.is_object() && value.contains("$ref") && value["$ref"].get<std::string>().starts_with("steps.")) {
      const auto text = value["$ref"].get<std::string>();
      EXPECT_TRUE(before.contains(text.substr(6, text.find('.', 6) - 6))) << text;
    }
    for (const auto& each : value)
      if (value.is_structured()) check(each);
  };
  for (const auto& step : made->steps) {
    check(step.with);
    EXPECT_TRUE(before.insert(step.id).second) << step.id;
  }
  EXPECT_EQ(made->steps.front().with["source"], "folder/boston_hmda.csv");
  EXPECT_EQ(made->policy["rules"].size(), 4u);
  EXPECT_TRUE(made->steps.back().only_when_held);
}

TEST(Expand, TheGateSeesNoFigureOfTheTrainingRows) {
  const auto made = expand(*parse_plan(example(), "assay.yaml"), ".");
  for (const auto& step : made->steps) {
    if (step.operation != "gate.check") continue;
    for (const auto& each : step.with["evidence"]) EXPECT_NE(each["$ref"], "steps.model.outputs.evidence");
  }
}

TEST(Expand, GroupsAndPolicies) {
  auto plan = *parse_plan(with("protected: [afam]", "protected: [afam, single]"), "assay.yaml");
  EXPECT_EQ(groups_of(plan), (std::vector<std::string>{"afam", "single", "afam,single"}));
  plan.gate.policy = "preset:eeoc-four-fifths";
  EXPECT_EQ(expand(plan, ".")->policy["rules"].size(), 6u);
  plan.gate.policy = "preset:none";
  EXPECT_EQ(expand(plan, ".").error().code, Code::kNotFound);
  plan.gate.policy = "none.yaml";
  EXPECT_EQ(expand(plan, ".").error().code, Code::kNotFound);
}

TEST(Advice, NamesTheRowsThatWouldDecide) {
  const auto verdict = Json::parse(R"({"detail":{"rules":[
    {"id":"a","state":"not_decided","require":"equalized_odds_difference(group=g) <= 0.1","limit":0.1},
    {"id":"b","state":"held","require":"favorable_rate_ratio(group=g) >= 0.8","limit":0.8}]}})");
  const auto fairness = Json::parse(R"({"detail":{"splits":[{"group":["g"],"planning":[
    {"figure":"equalized_odds_difference","limit":0.1,"why":"the interval has no end"},
    {"figure":"equalized_odds_difference","limit":0.1,"power":0.8,"settled":false,
     "groups":[{"slice":{"g":"x"},"extra_rows":33429},{"slice":{"g":null},"extra_rows":12}]},
    {"figure":"favorable_rate_ratio","limit":0.8,"power":0.8,"settled":true,"groups":[]}]}]}})");
  EXPECT_EQ(advice(verdict, fairness),
            (std::vector<std::string>{
                "a: about 33,429 more rows of g=x and 12 more rows of g=(missing) in the test would decide it "
                "(80% power, if the rates stay as they are)"}));
  EXPECT_TRUE(advice(verdict, nullptr).empty());
}

}  // namespace
}  // namespace assay::pipeline
