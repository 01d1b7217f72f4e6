#include "assay/gate/policy.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "assay/base/time.h"
#include "assay/gate/lint.h"
#include "assay/operation/yaml.h"

namespace assay::gate {
namespace {

using operation::Expression;
using operation::Json;
using Kind = Expression::Kind;

tl::unexpected<Error> wrong(std::string where, std::string what, std::string fix = {}) {
  return fail(Code::kInvalidArgument, std::move(what), std::move(where), std::move(fix));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

// Reads "g in slices where CONDITION" word by word.
struct Words {
  const std::string& text;
  std::size_t at = 0;

  std::string next() {
    while (at < text.size() && is_blank(text[at])) ++at;
    const std::size_t start = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    return text.substr(start, at - start);
  }
  bool ended() {
    while (at < text.size() && is_blank(text[at])) ++at;
    return at == text.size();
  }
};

Status read_for(const std::string& text, Condition& out) {
  Words words{text};
  out.variable = words.next();
  const bool named = !out.variable.empty() && !(out.variable[0] >= '0' && out.variable[0] <= '9');
  if (!named || words.next() != "in" || words.next() != "slices")
    return wrong("column 1", "\"" + text.substr(0, 60) + "\" names no slices",
                 "write g in slices, or g in slices where n >= 200");
  for (const char* taken : {"n", "and", "or", "not", "in", "true", "false"})
    if (out.variable == taken) return wrong("column 1", "\"" + out.variable + "\" cannot name a slice", "call it g");
  out.over_slices = true;
  if (words.ended()) return {};
  const std::size_t column = words.at + 1;
  if (words.next() != "where")
    return wrong("column " + std::to_string(column), "\"where\" was expected", "write g in slices where n >= 200");
  // Blanks in place of what stands before keep the columns right.
  auto made = operation::parse_expression(std::string(words.at, ' ') + text.substr(words.at));
  if (!made) return tl::unexpected<Error>(std::move(made).error());
  ASSAY_CHECK(check_condition(*made, out.variable));
  out.where.push_back(std::move(*made));
  return {};
}

Status check_waiver(const Waiver& waiver, const std::set<std::string>& ids) {
  if (!ids.contains(waiver.rule)) {
    Error e = operation::unknown_name("rule", waiver.rule, {ids.begin(), ids.end()});
    e.what += " \"" + waiver.rule + "\"", e.where = "rule";
    return tl::unexpected<Error>(std::move(e));
  }
  if (waiver.until.size() != 10 || !time::parse(waiver.until))
    return wrong("until", "\"" + waiver.until.substr(0, 40) + "\" is no day", "write it as 2026-12-31");
  if (waiver.role.empty()) return wrong("role", "the role is empty", "name who answers for the failure");
  return {};
}

Status check(const Policy& policy) {
  if (policy.rules.empty())
    return wrong("rules", "the policy has no rule", "write one such as {id: R1, require: auc >= 0.8}");
  std::map<std::string, std::size_t> ids;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const Rule& rule = policy.rules[i];
    const std::string where = "rules: [" + std::to_string(i) + "]";
    if (rule.id.empty()) return wrong(where + ": id", "the id is empty", "name the rule, such as R1");
    if (const auto [first, fresh] = ids.emplace(rule.id, i); !fresh)
      return wrong(where + ": id",
                   "the id \"" + rule.id + "\" is that of rule " + std::to_string(first->second + 1) + " too",
                   "give each rule an id of its own");
    if (auto s = condition_of(rule); !s) return tl::unexpected<Error>(std::move(s).error().at(where));
  }
  std::set<std::string> known;
  for (const auto& [id, unused] : ids) known.insert(id);
  for (std::size_t i = 0; i < policy.waivers.size(); ++i)
    if (auto s = check_waiver(policy.waivers[i], known); !s)
      return tl::unexpected<Error>(std::move(s).error().at("waivers: [" + std::to_string(i) + "]"));
  return {};
}

// A column name as an argument: bare when it is a word of the language, else quoted.
Expression word_of(const std::string& text) {
  if (auto made = operation::parse_expression(text); made && made->kind == Kind::kName && made->text == text)
    return *made;
  Expression quoted;
  quoted.kind = Kind::kText, quoted.text = text;
  return quoted;
}

Rule four_fifths_of(const std::vector<std::string>& group) {
  Expression columns;
  columns.kind = Kind::kList;
  std::string id = "four_fifths";
  for (const auto& column : group) {
    columns.children.push_back(word_of(column));
    id += "_" + column;
  }
  Expression call;
  call.kind = Kind::kCall, call.text = "four_fifths", call.keys = {"group"};
  call.children.push_back(group.size() == 1 ? columns.children[0] : columns);
  Rule rule;
  rule.id = id, rule.require = text_of(call);
  rule.because = "four-fifths rule of thumb of the Uniform Guidelines, 29 CFR 1607.4D; advice, not legal advice";
  return rule;
}

}  // namespace

Result<Condition> condition_of(const Rule& rule) {
  Condition out;
  if (!rule.over.empty())
    if (auto s = read_for(rule.over, out); !s) return tl::unexpected<Error>(std::move(s).error().at("for"));
  auto made = operation::parse_expression(rule.require);
  if (!made) return tl::unexpected<Error>(std::move(made).error().at("require"));
  if (auto s = check_condition(*made, out.variable); !s)
    return tl::unexpected<Error>(std::move(s).error().at("require"));
  out.require = std::move(*made);
  return out;
}

Result<Policy> parse_policy(const Json& value) {
  Policy policy;
  ASSAY_CHECK(operation::from_json(value, policy));
  ASSAY_CHECK(check(policy));
  policy.digest = operation::digest_of(value);
  return policy;
}

Result<Policy> parse_policy(std::string_view text, const std::string& file) {
  ASSAY_TRY(const auto yaml, operation::parse_yaml(text, file));
  auto made = parse_policy(yaml.value);
  if (made) return made;
  Error e = operation::located(yaml, std::move(made).error());
  if (e.what == "no such field" && e.where.find_first_of("()<>=") != std::string::npos)
    e.fix = "put the condition into quotes: inside {..} a comma begins the next field";
  return tl::unexpected<Error>(std::move(e));
}

Result<Policy> preset_policy(std::string_view name, const std::vector<operation::Evidence>& evidence) {
  if (name != "eeoc-four-fifths") {
    Error e = operation::unknown_name("preset", name, {"eeoc-four-fifths"});
    e.code = Code::kNotFound;
    return tl::unexpected<Error>(std::move(e));
  }
  std::set<std::vector<std::string>> groups;
  for (const auto& document : evidence)
    for (const auto& figure : document.figures)
      if (figure.name == "favorable_rate_ratio" && !figure.group.empty()) groups.insert(figure.group);
  if (groups.empty())
    return fail(Code::kFailedPrecondition, "the evidence has no favorable_rate_ratio, so four-fifths cannot be judged",
                "preset:" + std::string(name),
                "declare which value is good for the person (--favorable) and assess again");
  Policy policy;
  policy.policy = "preset:" + std::string(name);
  for (const auto& group : groups) policy.rules.push_back(four_fifths_of(group));
  ASSAY_CHECK(check(policy));
  policy.digest = operation::digest_of(operation::to_json(policy));
  return policy;
}

bool needs_clock(const Policy& policy) {
  if (!policy.waivers.empty()) return true;
  bool needed = false;
  const auto look = [&](const Expression& e) {
    needed = needed || ((e.kind == Kind::kCall || e.kind == Kind::kName) &&
                        (split_pick(e.text).first == "age" || split_pick(e.text).first == "approvals"));
  };
  for (const auto& rule : policy.rules)
    if (const auto condition = condition_of(rule)) {
      for_each_part(condition->require, look);
      for (const auto& where : condition->where) for_each_part(where, look);
    }
  return needed;
}

std::vector<std::string> advice(const Policy& policy) {
  std::vector<std::string> out;
  for (const auto& rule : policy.rules) {
    const auto condition = condition_of(rule);
    if (!condition) continue;
    bool denied = false, picked = false;
    for_each_part(condition->require, [&](const Expression& e) {
      denied = denied || e.kind == Kind::kNot;
      picked = picked || e.kind == Kind::kMember || (e.kind == Kind::kName && !split_pick(e.text).second.empty());
    });
    if (picked)
      out.push_back(
          rule.id +
          ": .value, .low, .high and .absmax pick one number out of an interval, so too little data and a breach " +
          (denied ? "look alike, and under `not` too little data can even pass" : "look alike") +
          "; compare the figure itself");
  }
  return out;
}

Json policy_schema() {
  Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Assay release policy"}};
  out.update(operation::schema<Policy>());
  out["properties"]["rules"]["minItems"] = 1;
  return out;
}

std::string full_name(const std::string& name) {
  static const std::map<std::string, std::string, std::less<>> kShort = {{"tpr", "true_positive_rate"},
                                                                         {"recall", "true_positive_rate"},
                                                                         {"sensitivity", "true_positive_rate"},
                                                                         {"hit_rate", "true_positive_rate"},
                                                                         {"fpr", "false_positive_rate"},
                                                                         {"fall_out", "false_positive_rate"},
                                                                         {"fnr", "false_negative_rate"},
                                                                         {"miss_rate", "false_negative_rate"},
                                                                         {"tnr", "true_negative_rate"},
                                                                         {"specificity", "true_negative_rate"},
                                                                         {"ppv", "precision"},
                                                                         {"positive_predictive_value", "precision"},
                                                                         {"npv", "negative_predictive_value"},
                                                                         {"fdr", "false_discovery_rate"},
                                                                         {"for", "false_omission_rate"},
                                                                         {"acc", "accuracy"},
                                                                         {"error_rate", "zero_one_loss"},
                                                                         {"base_rate", "prevalence"},
                                                                         {"predicted_positive_rate", "selection_rate"},
                                                                         {"roc_auc", "auc"},
                                                                         {"f1_score", "f1"},
                                                                         {"mcc", "matthews_correlation"},
                                                                         {"logloss", "log_loss"},
                                                                         {"eo", "equalized_odds"},
                                                                         {"dp", "demographic_parity"}};
  if (const auto found = kShort.find(name); found != kShort.end()) return found->second;
  for (const std::string_view end : {"_difference", "_ratio", "_gap"})
    if (name.ends_with(end))
      if (const auto found = kShort.find(std::string_view(name).substr(0, name.size() - end.size()));
          found != kShort.end())
        return found->second + std::string(end);
  return name;
}

}  // namespace assay::gate
