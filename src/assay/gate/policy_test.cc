#include "assay/gate/policy.h"

#include <gtest/gtest.h>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/verdict.h"

namespace assay::gate {
namespace {

using operation::Json;

Document document_of(const Json& c) {
  Document out;
  for (const auto& e : c.value("evidence", Json::array())) {
    Exhibit exhibit;
    const auto status = operation::from_json(e, exhibit.evidence);
    EXPECT_TRUE(status) << (status ? "" : status.error().text());
    exhibit.time_us = *time::parse(e["time"].get<std::string>());
    exhibit.stale = e.value("stale", false);
    out.evidence.push_back(std::move(exhibit));
  }
  for (const auto& s : c.value("slices", Json::array())) {
    SliceRows rows;
    for (const auto& [column, value] : s["slice"].items()) rows.slice[column] = value.get<std::string>();
    rows.n = s["n"].get<double>();
    out.slices.push_back(std::move(rows));
  }
  EXPECT_TRUE(operation::from_json(c.value("approvals", Json::array()), out.approvals));
  out.facts = c.value("facts", Json::object());
  out.now_us = *time::parse(c["now"].get<std::string>());
  return out;
}

void expect_near(const Json& got, const Json& wanted, const std::string& where) {
  if (wanted.is_string())
    EXPECT_EQ(got, wanted) << where;
  else
    EXPECT_NEAR(operation::number_of(got), operation::number_of(wanted), 1e-12) << where;
}

void expect_rule(const Json& got, const Json& wanted, const std::string& where) {
  EXPECT_EQ(got["id"], wanted["id"]) << where;
  EXPECT_EQ(got["state"], wanted["state"]) << where;
  EXPECT_EQ(got["effect"], wanted["effect"]) << where;
  EXPECT_FALSE(got["why"].get<std::string>().empty()) << where;
  for (const char* name : {"value", "low", "high", "limit"})
    if (wanted.contains(name)) expect_near(got[name], wanted[name], where + " " + name);
  if (wanted.contains("not_covered")) {
    EXPECT_EQ(got["not_covered"], wanted["not_covered"]) << where;
  }
  if (!wanted.contains("slices")) return;
  ASSERT_EQ(got["slices"].size(), wanted["slices"].size()) << where;
  for (std::size_t k = 0; k < wanted["slices"].size(); ++k) {
    EXPECT_EQ(got["slices"][k]["slice"], wanted["slices"][k]["slice"]) << where;
    EXPECT_EQ(got["slices"][k]["state"], wanted["slices"][k]["state"]) << where;
  }
}

TEST(Policy, AllWorkedCases) {
  const auto cases = operation::parse_json(*files::read("tests/data/gate/policy_cases.json"));
  ASSERT_TRUE(cases);
  std::size_t judged = 0, refused = 0;
  for (const auto& c : (*cases)["cases"]) {
    const std::string id = c["id"].get<std::string>();
    const auto policy = parse_policy(c["policy"]);
    const auto verdict =
        policy ? judge(*policy, document_of(c)) : Result<Verdict>(tl::unexpected<Error>(policy.error()));
    const Json& expect = c["expect"];
    if (expect.value("refused", false)) {
      ASSERT_FALSE(verdict) << id;
      EXPECT_EQ(verdict.error().code, Code::kInvalidArgument) << id;
      EXPECT_EQ(exit_status(verdict.error().code), expect["exit"]) << id;
      EXPECT_FALSE(verdict.error().where.empty()) << id;
      ++refused;
      continue;
    }
    ASSERT_TRUE(verdict) << id << ": " << verdict.error().text();
    const Json got = to_json(*verdict);
    EXPECT_EQ(got["state"], expect["state"]) << id;
    EXPECT_EQ(exit_status_of(got), expect["exit"]) << id;
    EXPECT_EQ(got["warnings"], expect["warnings"]) << id;
    if (expect.contains("vsa")) {
      EXPECT_EQ(got["vsa"], expect["vsa"]) << id;
    }
    ASSERT_EQ(got["rules"].size(), expect["rules"].size()) << id;
    for (std::size_t i = 0; i < got["rules"].size(); ++i)
      expect_rule(got["rules"][i], expect["rules"][i], id + " " + expect["rules"][i]["id"].get<std::string>());
    EXPECT_FALSE(render_verdict(got).empty());
    ++judged;
  }
  EXPECT_EQ(judged, 78u);
  EXPECT_EQ(refused, 6u);
}

Error error_of(const std::string& text) {
  const auto made = parse_policy(text, "policy.yaml");
  EXPECT_FALSE(made) << text;
  return made ? Error{} : made.error();
}

TEST(Policy, SaysWhatIsWrongWhereAndHowToMendIt) {
  struct Case {
    std::string text, where, what, fix;
  };
  const std::string form = "write names, calls, numbers, + - * /, a comparison, and, or, not: auc >= 0.80";
  const Case cases[] = {
      {"rules: []", "policy.yaml:1:1 rules", "the policy has no rule",
       "write one such as {id: R1, require: auc >= 0.8}"},
      {"policy: x\n", "policy.yaml:1:1 rules", "is required", "what must hold before a release"},
      {"rules:\n  - {id: R1, requires: auc >= 1}\n", "policy.yaml:2:5 rules[0].require", "is required",
       "the condition that must hold"},
      {"rules:\n  - {id: R1, require: auc >= 1, becuase: x}\n", "policy.yaml:2:33 rules[0].becuase", "no such field",
       "did you mean \"because\"?"},
      {"rules:\n  - {id: R1, require: a >= 1}\n  - {id: R1, require: b >= 1}\n", "policy.yaml:3:6 rules[1].id",
       "the id \"R1\" is that of rule 1 too", "give each rule an id of its own"},
      {"rules:\n  - {id: R1, require: auc >= >= 1}\n", "policy.yaml:2:14 rules[0].require column 8",
       "a value was expected, not \">=\"", form},
      {"rules:\n  - {id: R1, require: 0 <= auc <= 1}\n", "policy.yaml:2:14 rules[0].require column 10",
       "comparisons do not chain", "write a <= b and b <= c"},
      {"rules:\n  - {id: R1, require: aprovals(role=risk) >= 1}\n", "policy.yaml:2:14 rules[0].require column 1",
       "there is no function \"aprovals\"", "did you mean \"approvals\"?"},
      {"rules:\n  - {id: R1, require: auc >= nan}\n", "policy.yaml:2:14 rules[0].require column 8",
       "\"nan\" is no limit", "write a number"},
      {"rules:\n  - {id: R1, require: auc >= 1e999}\n", "policy.yaml:2:14 rules[0].require column 8",
       "the number 1e999 is out of range", form},
      {"rules:\n  - {id: R1, require: auc.hgih >= 1 and auc + 1}\n", "policy.yaml:2:14 rules[0].require column 19",
       "auc + 1 is a number where true or false is needed", "compare it with something, such as auc + 1 >= 0.8"},
      {"rules:\n  - {id: R1, require: f(a).hgih >= 1}\n", "policy.yaml:2:14 rules[0].require column 1",
       "\".hgih\" is nothing that a figure has", "it has .value, .low, .high and .absmax"},
      {"rules:\n  - {id: R1, require: '\"a\" <= 3'}\n", "policy.yaml:2:14 rules[0].require column 1",
       "\"a\" is a text, which <= cannot compare", "only numbers have an order; write =="},
      {"rules:\n  - {id: R1, require: 'abs(a, b) <= 3'}\n", "policy.yaml:2:14 rules[0].require column 1",
       "abs takes one number", "write abs(demographic_parity_gap(group=G))"},
      {"rules:\n  - {id: R1, require: abs(a, b) <= 3}\n", "policy.yaml:2:30 rules[0].b) <= 3", "no such field",
       "put the condition into quotes: inside {..} a comma begins the next field"},
      {"rules:\n  - {id: R1, require: approvals(rôle=x) >= 1}\n", "policy.yaml:2:14 rules[0].require column 12",
       "a name has letters a-z, digits and _ only", "put other text into quotes"},
      {"rules:\n  - {id: R1, require: abs(a, b) <= 3}\n", "policy.yaml:2:30 rules[0].b) <= 3", "no such field",
       "put the condition into quotes: inside {..} a comma begins the next field"},
      {"rules:\n  - {id: R1, require: approvals(rol=x) >= 1}\n", "policy.yaml:2:14 rules[0].require column 1",
       "approvals has no argument \"rol\"", "write approvals(role=risk)"},
      {"rules:\n  - {id: R1, require: four_fifths(afam)}\n", "policy.yaml:2:14 rules[0].require column 1",
       "four_fifths takes one argument, the group", "write four_fifths(group=afam)"},
      {"rules:\n  - {id: R1, for: every g, require: a >= 1}\n", "policy.yaml:2:14 rules[0].for column 1",
       "\"every g\" names no slices", "write g in slices, or g in slices where n >= 200"},
      {"rules:\n  - {id: R1, for: g in slices where n >=, require: a >= 1}\n",
       "policy.yaml:2:14 rules[0].for column 23", "a value was expected, not the end", form},
      {"rules:\n  - {id: R1, for: g in slices, require: g >= 1}\n", "policy.yaml:2:32 rules[0].require column 1",
       "\"g\" is a slice, not a value", "write a figure of it, such as selection_rate(slice=g)"},
      {"rules:\n  - {id: R1, require: a >= 1, failed: allow}\n", "policy.yaml:2:31 rules[0].failed", "", form},
      {"rules:\n  - {id: R1, require: a >= 1}\nwaivers: [{rule: R2, until: 2026-12-31, role: cro}]\n",
       "policy.yaml:3:12 waivers[0].rule", "no such rule \"R2\"", "did you mean \"R1\"?"},
      {"rules:\n  - {id: R1, require: a >= 1}\nwaivers: [{rule: R1, until: 2026-13-31, role: cro}]\n",
       "policy.yaml:3:22 waivers[0].until", "\"2026-13-31\" is no day", "write it as 2026-12-31"},
      {"rules: &a [*a]\n", "policy.yaml:1:12", "the alias stands inside what it names", "write the value out"},
      {"rules: 3\n", "policy.yaml:1:1 rules", "a list was expected, not a number", ""},
  };
  for (const auto& c : cases) {
    const Error e = error_of(c.text);
    EXPECT_EQ(e.code, Code::kInvalidArgument) << c.text;
    EXPECT_EQ(e.where, c.where) << c.text << e.text();
    if (!c.what.empty()) {
      EXPECT_EQ(e.what, c.what) << c.text;
      EXPECT_EQ(e.fix, c.fix) << c.text;
    }
  }
}

TEST(Policy, ReadsYamlAndKnowsItsClock) {
  const auto plain =
      parse_policy("policy: p\nrules:\n  - {id: no, require: auc >= 0.8, because: \"house limit\"}\n", "p.yaml");
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_EQ(plain->rules[0].id, "no");
  EXPECT_EQ(plain->digest,
            operation::digest_of(
                Json::parse(R"({"rules":[{"require":"auc >= 0.8","because":"house limit","id":"no"}],"policy":"p"})")));
  EXPECT_FALSE(needs_clock(*plain));
  for (const char* text :
       {"rules: [{id: R, require: age(evidence) <= 30d}]", "rules: [{id: R, require: not approvals(role=a) < 1}]",
        "rules: [{id: R, require: a >= 1}]\nwaivers: [{rule: R, until: 2026-12-31, role: cro}]",
        "rules: [{id: R, for: g in slices where age(evidence) <= 3d, require: a >= 1}]"}) {
    const auto policy = parse_policy(text, "p");
    ASSERT_TRUE(policy) << policy.error().text();
    EXPECT_TRUE(needs_clock(*policy)) << text;
    const auto verdict = judge(*policy, {});
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().where, "now");
  }
}

TEST(Policy, AdvisesAgainstPickedNumbers) {
  const auto policy = parse_policy(
      "rules: [{id: A, require: auc.low >= 0.8}, {id: B, require: not (auc.low < 0.8)}, {id: C, require: auc >= 0.8}]",
      "p");
  ASSERT_TRUE(policy);
  const auto words = advice(*policy);
  ASSERT_EQ(words.size(), 2u);
  EXPECT_NE(words[1].find("can even pass"), std::string::npos);
}

TEST(Policy, SchemaNamesEveryField) {
  const Json schema = policy_schema();
  const Json& rule = schema["properties"]["rules"]["items"];
  for (const char* name : {"id", "require", "for", "because", "failed", "not_decided"})
    EXPECT_TRUE(rule["properties"].contains(name));
  EXPECT_EQ(rule["required"], Json::parse(R"(["id","require"])"));
  EXPECT_EQ(schema["required"], Json::parse(R"(["rules"])"));
  EXPECT_FALSE(schema["properties"].contains("digest"));
}

}  // namespace
}  // namespace assay::gate
