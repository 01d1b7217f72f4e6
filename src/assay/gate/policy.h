// A release policy: a list of rules, each a one-line condition over evidence (spec/README 13-17 and 4, serve b8).
//
//   policy: mortgage-prod
//   rules:
//     - {id: R1, require: auc >= 0.80}
//     - {id: R3, for: "g in slices where n >= 200", require: false_negative_rate(slice=g) <= 0.45, failed: warn}
//   waivers: [{rule: R1, until: 2026-12-31, role: cro}]
//
// In a condition stand figures (auc, robust_accuracy(eps=0.1), demographic_parity_gap(group=afam)), facts
// (data.overlap(train, test), card.complete(annex4)) and the functions abs, age, approvals and four_fifths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"
#include "assay/operation/evidence.h"
#include "assay/operation/expression.h"
#include "assay/operation/json.h"

namespace assay::gate {

struct Rule {
  std::string id;
  std::string require;                // the condition
  std::string over;                   // field `for`: "g in slices where n >= 200"; empty: judged once
  std::string because;                // for people
  std::string failed = "block";       // block | warn
  std::string not_decided = "block";  // block | warn | allow
};

// Turns the failure of one rule into `waived` through the end of a day (UTC), while an unexpired approval by the role
// names the rule.
struct Waiver {
  std::string rule, until, role;
};

struct Policy {
  std::string policy;  // its name
  std::vector<Rule> rules;
  std::vector<Waiver> waivers;
  std::string digest;  // of the JSON value that it was read from
};

// A rule as it is judged.
struct Condition {
  operation::Expression require;
  bool over_slices = false;
  std::string variable;                      // g
  std::vector<operation::Expression> where;  // none or one
};
Result<Condition> condition_of(const Rule& rule);  // errors: `where` = "require: column 8" or "for: column 3"

// Reads and checks a policy: fields, unique ids, at least one rule, conditions that parse and whose types fit, waivers
// of rules that exist. Errors are invalid-argument with `where` = "rules: [2]: require: column 8".
Result<Policy> parse_policy(const operation::Json& value);
// The same from YAML or JSON text; `where` = "policy.yaml:4:12 rules[2].require column 8".
Result<Policy> parse_policy(std::string_view text, const std::string& file);

// The policy `preset:NAME` for this evidence. eeoc-four-fifths: four_fifths(group=G) for every group that has a
// favorable_rate_ratio; failed-precondition when there is none, not-found for an unknown name.
Result<Policy> preset_policy(std::string_view name, const std::vector<operation::Evidence>& evidence);

// Whether judging asks what time it is: age(), approvals() or a waiver.
bool needs_clock(const Policy& policy);

// Warnings that stop nothing: `.low` and the like under a comparison lose the three values, louder under `not`.
std::vector<std::string> advice(const Policy& policy);

operation::Json policy_schema();  // JSON Schema 2020-12

// The full name of a figure's short form (tpr -> true_positive_rate, fnr_gap -> false_negative_rate_gap); else itself.
std::string full_name(const std::string& name);

}  // namespace assay::gate

namespace assay::operation {
template <>
inline constexpr auto fields<gate::Rule> =
    std::tuple{required("id", &gate::Rule::id, "name of the rule, unique in the policy").example("R1"),
               required("require", &gate::Rule::require, "the condition that must hold").example("auc >= 0.80"),
               field("for", &gate::Rule::over, "slices that it is judged for").example("g in slices where n >= 200"),
               field("because", &gate::Rule::because, "why the rule is there"),
               field("failed", &gate::Rule::failed, "what a failure does; it can be softened, never allowed")
                   .one_of({"block", "warn"}),
               field("not_decided", &gate::Rule::not_decided, "what a doubt does").one_of({"block", "warn", "allow"})};
template <>
inline constexpr auto fields<gate::Waiver> =
    std::tuple{required("rule", &gate::Waiver::rule, "id of the rule whose failure is waived"),
               required("until", &gate::Waiver::until, "last day (UTC) on which it holds").example("2026-12-31"),
               required("role", &gate::Waiver::role, "role that must have approved it").example("cro")};
template <>
inline constexpr auto fields<gate::Policy> =
    std::tuple{field("policy", &gate::Policy::policy, "name of the policy"),
               required("rules", &gate::Policy::rules, "what must hold before a release"),
               field("waivers", &gate::Policy::waivers, "failures that someone answers for, for a time")};
}  // namespace assay::operation
