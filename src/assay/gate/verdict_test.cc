#include "assay/gate/verdict.h"

#include <gtest/gtest.h>

#include "assay/base/time.h"

namespace assay::gate {
namespace {

using operation::Figure;
using operation::Json;

Figure figure(std::string name, double value, std::optional<double> low = {}, std::optional<double> high = {}) {
  Figure f;
  f.name = std::move(name), f.value = value, f.low = low, f.high = high, f.n = 714;
  return f;
}

Document with(std::vector<Figure> figures) {
  Document d;
  Exhibit e;
  e.evidence.kind = "assay.evaluation/1", e.evidence.figures = std::move(figures), e.digest = "sha256:aa";
  d.evidence.push_back(std::move(e));
  return d;
}

Result<Verdict> judged(const std::string& require, const Document& document, const std::string& over = "") {
  Policy policy;
  Rule rule;
  rule.id = "R", rule.require = require, rule.over = over;
  policy.rules.push_back(rule);
  return judge(policy, document);
}

std::string told(const std::string& require, const Document& document, const std::string& over = "") {
  const auto verdict = judged(require, document, over);
  return verdict ? verdict->rules[0].state + ": " + verdict->rules[0].why : "REFUSED " + verdict.error().text();
}

TEST(Verdict, ReasonsArePlainEnglish) {
  auto d = with({figure("auc", 0.83, 0.8, 0.86), figure("rows", 714), figure("epsilon", INFINITY),
                 figure("membership_auc", 0.53, 0.5, 0.56)});
  d.facts = Json::parse(R"j({"card.complete(annex4)": true, "triage.class": "ordinary", "card.forms": ["annex4"]})j");
  const std::pair<const char*, const char*> cases[] = {
      {"auc >= 0.80", "held: 0.83 (0.80 to 0.86) is at least 0.80"},
      {"0.80 <= auc", "held: 0.83 (0.80 to 0.86) is at least 0.80"},
      {"auc >= 0.82", "not_decided: the interval 0.80 to 0.86 straddles the limit 0.82: more rows would decide it"},
      {"auc >= 0.86", "not_decided: the interval 0.80 to 0.86 just reaches the limit 0.86: more rows would decide it"},
      {"auc >= 0.8601", "failed: 0.8300 (0.8000 to 0.8600) is below 0.8601"},
      {"auc >= 90%", "failed: 83% (80% to 86%) is below 90%"},
      {"not auc >= 0.9", "held: 0.83 (0.80 to 0.86) is below 0.90"},
      {"rows >= 715", "failed: 714 is below 715"},
      {"epsilon <= 8", "failed: infinite is above 8"},
      {"epsilon <= 8 and membership_auc <= 0.55", "failed: epsilon infinite is above 8"},
      {"auc >= 0.8 and membership_auc <= 0.6",
       "held: auc 0.83 (0.80 to 0.86) is at least 0.80; membership_auc 0.53 (0.50 to 0.56) is at most 0.60"},
      {"auc >= 0.9 or rows >= 3", "held: rows 714 is at least 3"},
      {"membership_acu >= 0.9", "not_decided: the evidence has no membership_acu; did you mean membership_auc?"},
      {"auc(baseline=live) >= 0.9", "not_decided: the evidence has no auc(baseline=live), only one for all rows"},
      {"auc / (auc - auc) >= 1", "not_decided: the divisor may be 0"},
      {"card.complete(annex4)", "held: card.complete(annex4) is true"},
      {"not card.complete(annex4)", "failed: card.complete(annex4) is true"},
      {"card.complete(other)", "not_decided: nothing is known of card.complete(other)"},
      {"triage.class == \"sensitive\"", "failed: triage.class (\"ordinary\") is not \"sensitive\""},
      {"\"annex4\" in card.forms", "held: \"annex4\" is in card.forms"},
      {"rows in [1, 2]", "failed: rows is not in [1, 2]"},
      {"selection_rate(slice=g) >= 1",
       "not_decided: selection_rate(slice=g) names no slice; a rule with `for: g in slices` has them"},
  };
  for (const auto& [require, why] : cases) EXPECT_EQ(told(require, d), why) << require;
  d.now_us = *time::parse("2026-06-01T12:00:00Z"), d.evidence[0].time_us = *time::parse("2026-05-20T12:00:00Z");
  EXPECT_EQ(told("age(evidence) <= 30d", d), "held: 12 days is at most 30 days");
  EXPECT_EQ(told("age(evaluation) <= 36h", d), "failed: 12 days is above 36 hours");
  EXPECT_EQ(told("age(fairness) <= 36h", d), "not_decided: there is no fairness evidence");
  EXPECT_EQ(told("approvals(role=risk) >= 2", d), "failed: 0 is below 2");
  d.evidence[0].stale = true;
  EXPECT_EQ(told("auc >= 0.8", d), "not_decided: the evidence for auc is stale: its inputs have changed since");
}

TEST(Verdict, SlicesAreExplained) {
  Document d = with({});
  for (const auto& [name, n, low, high, family_low, family_high] : {std::tuple("a", 300, 0.2, 0.44, 0.15, 0.5),
                                                                    {"b", 250, 0.46, 0.64, 0.42, 0.68},
                                                                    {"c", 20, 0.1, 0.9, 0.0, 1.0}}) {
    Figure f = figure("false_negative_rate", (low + high) / 2, low, high);
    f.slice = {{"race", name}}, f.low_family = family_low, f.high_family = family_high, f.n = n;
    d.evidence[0].evidence.figures.push_back(f);
  }
  d.slices = slices_of({d.evidence[0].evidence});
  ASSERT_EQ(d.slices.size(), 3u);
  EXPECT_EQ(told("fnr(slice=g) <= 0.45", d, "g in slices where n >= 200"),
            "not_decided: race=b: 0.55 (0.46 to 0.64) is above 0.45, but not for certain when all 2 slices are judged "
            "together: the "
            "interval 0.42 to 0.68 straddles the limit 0.45: more rows would decide it; left out by `where`: race=c");
  EXPECT_EQ(told("false_negative_rate(slice=g) <= 0.4", d, "g in slices where n >= 200"),
            "failed: race=b: 0.55 (0.46 to 0.64) is above 0.40, also when all slices are judged together; left out by "
            "`where`: race=c");
  EXPECT_EQ(told("false_negative_rate(slice=g) <= 0.7", d, "g in slices where n >= 200"),
            "held: all 2 slices meet it; left out by `where`: race=c");
  EXPECT_EQ(told("false_negative_rate(slice=g) <= 0.7", d, "g in slices where n >= 2000"),
            "not_decided: no slice is covered; left out by `where`: race=a; race=b; race=c");
  EXPECT_EQ(told("selection_rate(slice=g) <= 0.7", d, "g in slices where n >= 300"),
            "not_decided: race=a: the evidence has no selection_rate for race=a; left out by `where`: race=b; race=c");
  const auto verdict = judged("false_negative_rate(slice=g) <= 0.7", d, "g in slices where n >= 200");
  EXPECT_EQ(verdict->rules[0].evidence, std::vector<std::string>{"sha256:aa"});
  EXPECT_EQ(to_json(*verdict)["not_covered"], Json::parse(R"([{"rule":"R","slices":[{"race":"c"}]}])"));
}

TEST(Verdict, FourFifths) {
  const auto document = [](double ratio, double low, double high, std::optional<double> p) {
    Figure f = figure("favorable_rate_ratio", ratio, low, high);
    f.group = {"afam"}, f.p = p, f.method = "katz_log";
    return with({f});
  };
  EXPECT_EQ(told("four_fifths(group=afam)", document(0.594, 0.478, 0.71, 1e-9)),
            "failed: the favourable rate of the lowest group is 0.59 of the highest group's (0.48 to 0.71), below "
            "0.80, and chance does "
            "not explain it (p < 0.001)");
  EXPECT_EQ(told("four_fifths(group=afam)", document(0.75, 0.55, 1.02, 0.12)),
            "not_decided: the favourable rate of the lowest group is 0.75 of the highest group's (0.55 to 1.02), below "
            "0.80, but chance "
            "could explain it (p = 0.12)");
  EXPECT_EQ(told("four_fifths(group=afam)", document(0.9, 0.84, 0.96, 0.2)).substr(0, 5), "held:");
  EXPECT_NE(told("four_fifths(group=afam)", document(0.9, 0.84, 0.96, 0.01)).find("smaller differences may count"),
            std::string::npos);
  EXPECT_EQ(told("four_fifths(group=afam)", document(0.85, 0.7, 1.0, 0.2)).substr(0, 12), "not_decided:");
  EXPECT_EQ(told("four_fifths(group=afam)", document(0.7, 0.5, 0.79, {})).substr(0, 12), "not_decided:");
  EXPECT_EQ(told("four_fifths(group=sex)", document(0.9, 0.84, 0.96, 0.01)),
            "not_decided: the evidence has no favorable_rate_ratio for four_fifths(group=sex); declare which value is "
            "good for the person "
            "(favorable)");
  // The flip test, from the counts: 15 of 20 against 40 of 40.
  auto d = document(0.75, 0.5, 1.02, 0.12);
  for (const auto& [name, k, n] : {std::tuple("yes", 15, 20), {"no", 40, 40}}) {
    Figure f = figure("favorable_rate", static_cast<double>(k) / n, 0.0, 1.0);
    f.slice = {{"afam", name}}, f.n = n;
    d.evidence[0].evidence.figures.push_back(f);
  }
  EXPECT_NE(
      told("four_fifths(group=afam)", d).find("one favourable decision more in the lower group would make it 0.80"),
      std::string::npos);
  const auto verdict = judged("four_fifths(group=afam)", d);
  EXPECT_EQ(verdict->rules[0].value, 0.75);
  EXPECT_EQ(verdict->rules[0].limit, 0.8);
}

TEST(Verdict, RefusesWhatFitsSeveral) {
  Figure a = figure("equal_opportunity_gap", 0.1, 0.0, 0.2), b = a;
  a.group = b.group = {"race"}, a.slice = {{"race", "x"}}, b.slice = {{"race", "y"}};
  const auto several = judged("equal_opportunity_gap(group=race) <= 0.1", with({a, b}));
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, Code::kInvalidArgument);
  EXPECT_EQ(several.error().where, "rules: [0]: require: column 1");
  EXPECT_EQ(several.error().what, "equal_opportunity_gap(group=race) fits 2 figures");
  auto d = with({a, b});
  d.slices = {{a.slice, 10}, {b.slice, 10}};
  EXPECT_TRUE(judged("equal_opportunity_gap(group=race, slice=g) <= 0.3", d, "g in slices"));
  // The same figure out of two operations is one; two different ones are not.
  auto two = with({figure("auc", 0.8, 0.7, 0.9)});
  two.evidence.push_back(two.evidence[0]);
  EXPECT_TRUE(judged("auc >= 0.8", two));
  two.evidence[1].evidence.figures[0].value = 0.81;
  EXPECT_FALSE(judged("auc >= 0.8", two));
  EXPECT_FALSE(judged("auc >= 0.8", with({figure("auc", 0.8), figure("auc", 0.8)})));
}

TEST(Verdict, StrangeFiguresDecideNothing) {
  EXPECT_EQ(told("auc >= 0.8", with({figure("auc", NAN)})).substr(0, 11), "not_decided");
  EXPECT_EQ(told("auc >= 0.8", with({figure("auc", 0.9, NAN, 0.95)})).substr(0, 11), "not_decided");
  EXPECT_EQ(told("auc >= 0.8", with({figure("auc", 0.9, 0.95, 0.85)})),
            "not_decided: the interval of auc is the wrong way round");
  Document d;
  d.facts = Json::array();
  EXPECT_EQ(judged("a >= 1", d).error().where, "facts");
  d.facts = Json::parse(R"({"a": {"b": 1}})");
  EXPECT_EQ(judged("a >= 1", d).error().what, "the fact a is an object");
  d.facts = Json::parse(R"({"a": "x"})");
  EXPECT_EQ(judged("a + 1 >= 1", d).error().what, "one cannot calculate with a text in a + 1");
  EXPECT_EQ(judged("1 in a", d).error().what, "`in` needs a list, not a text");
  EXPECT_EQ(judged("a and a == \"x\"", d).error().what, "a is a text where true or false is needed");
  d.facts = Json::object();
  d.now_us = 0, d.approvals = {{"risk", "p", "approved", "soon", {}}};
  EXPECT_EQ(judged("approvals() >= 1", d).error().where, "rules: [0]: require: approvals: expires");
}

TEST(Verdict, ShortNamesAreRead) {
  Figure gap = figure("false_negative_rate_gap", 0.1, 0.0, 0.2);
  gap.group = {"sex"};
  const auto d = with({figure("true_positive_rate", 0.9, 0.8, 1.0), gap});
  EXPECT_EQ(judged("tpr >= 0.8", d)->state, "held");
  EXPECT_EQ(judged("recall >= 0.8", d)->state, "held");
  EXPECT_EQ(judged("fnr_gap(group=sex) <= 0.2", d)->state, "held");
  EXPECT_EQ(judged("fpr <= 0.2", d)->state, "not_decided");
}

TEST(Verdict, RendersATable) {
  Policy policy;
  policy.policy = "mortgage-prod";
  policy.rules = {Rule{"R1", "auc >= 0.80", "", "", "block", "block"},
                  Rule{"R2", "auc >= 0.82", "", "house limit", "block", "warn"},
                  Rule{"R3", "auc >= 0.9", "", "", "block", "block"}};
  const auto verdict = judge(policy, with({figure("auc", 0.83, 0.8, 0.86)}));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(render_verdict(to_json(*verdict)),
            "Gate: failed (mortgage-prod)\n"
            "\n"
            "   rule  check        value  95% interval  limit  state\n"
            "✓  R1    auc >= 0.80  0.83   0.80 to 0.86  0.80   held\n"
            "?  R2    auc >= 0.82  0.83   0.80 to 0.86  0.82   not decided (warning)\n"
            "✗  R3    auc >= 0.9   0.83   0.80 to 0.86  0.90   failed\n"
            "\n"
            "? R2: the interval 0.80 to 0.86 straddles the limit 0.82: more rows would decide it.\n"
            "  Rule: house limit.\n"
            "✗ R3: 0.83 (0.80 to 0.86) is below 0.90.\n");
}

}  // namespace
}  // namespace assay::gate
