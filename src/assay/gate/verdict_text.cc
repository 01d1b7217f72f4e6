// A verdict as JSON and as text for a terminal.
#include <algorithm>
#include <cmath>

#include "assay/base/time.h"
#include "assay/gate/verdict.h"
#include "assay/gate/wording.h"

namespace assay::gate {
namespace {

using operation::Json;

Json slice_json(const operation::Slice& slice) {
  Json out = Json::object();
  for (const auto& [column, value] : slice) out[column] = value ? Json(*value) : Json(nullptr);
  return out;
}

Json slices_json(const std::vector<operation::Slice>& slices) {
  Json out = Json::array();
  for (const auto& slice : slices) out.push_back(slice_json(slice));
  return out;
}

Json maybe(const std::optional<double>& x) { return x ? operation::number(*x) : Json(nullptr); }

Json rule_json(const RuleResult& rule) {
  Json out{{"id", rule.id}, {"require", rule.require}};
  if (!rule.over.empty()) out["for"] = rule.over;
  out["state"] = rule.state, out["effect"] = rule.effect;
  out["value"] = maybe(rule.value), out["low"] = maybe(rule.low), out["high"] = maybe(rule.high),
  out["limit"] = maybe(rule.limit);
  out["evidence"] = rule.evidence, out["why"] = rule.why;
  if (!rule.because.empty()) out["because"] = rule.because;
  if (rule.over.empty()) return out;
  Json slices = Json::array();
  for (const auto& s : rule.slices)
    slices.push_back(Json{{"slice", slice_json(s.slice)},
                          {"state", s.state},
                          {"value", maybe(s.value)},
                          {"low", maybe(s.low)},
                          {"high", maybe(s.high)},
                          {"n", operation::number(s.n)}});
  out["slices"] = std::move(slices), out["not_covered"] = slices_json(rule.not_covered);
  return out;
}

const Json& detail_of(const Json& verdict) {
  const auto found = verdict.find("detail");
  return found == verdict.end() ? verdict : *found;
}

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Width on screen: bytes that begin a character.
std::size_t width(const std::string& s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i) line += "  ";
      line += row[i] + std::string(widths[i] - width(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

// Long conditions are cut on screen; the JSON has them whole.
std::string cut(const std::string& s, std::size_t most) {
  if (width(s) <= most) return s;
  std::string out;
  std::size_t n = 0;
  for (const char c : s) {
    if ((c & 0xC0) != 0x80 && ++n == most) break;
    out += c;
  }
  return out + "…";
}

std::string_view mark(const std::string& state) {
  if (state == "held") return "✓";
  if (state == "failed") return "✗";
  return state == "waived" ? "~" : "?";
}

std::string in_words(std::string state) {
  std::replace(state.begin(), state.end(), '_', ' ');
  return state;
}

struct Cells {
  std::string value, range, limit;
};

Cells cells_of(const Json& rule) {
  const auto get = [&](const char* name) {
    const auto found = rule.find(name);
    return found == rule.end() || found->is_null() ? std::nullopt : std::optional(operation::number_of(*found));
  };
  const auto value = get("value"), low = get("low"), high = get("high"), limit = get("limit");
  Cells out;
  std::vector<double> beside;
  for (const auto& x : {value, low, high, limit})
    if (x) beside.push_back(*x);
  const bool age = text_at(rule, "require").find("age(") == 0;
  const auto text = [&](double x) { return age ? duration_text(x) : number_text(x, beside); };
  if (value) out.value = text(*value);
  if (low && high && *low != *high) out.range = range_text({*low, *high, value}, beside);
  if (limit) out.limit = text(*limit);
  if (const auto slices = rule.find("slices"); slices != rule.end()) {
    out.value = std::to_string(slices->size()) + (slices->size() == 1 ? " slice" : " slices");
    out.range.clear();
  }
  return out;
}

}  // namespace

Json to_json(const Verdict& verdict) {
  Json rules = Json::array(), left_out = Json::array();
  for (const auto& rule : verdict.rules) {
    rules.push_back(rule_json(rule));
    if (!rule.not_covered.empty())
      left_out.push_back(Json{{"rule", rule.id}, {"slices", slices_json(rule.not_covered)}});
  }
  return Json{{"now", verdict.now_us ? Json(time::text(*verdict.now_us)) : Json(nullptr)},
              {"state", verdict.state},
              {"policy", {{"name", verdict.policy}, {"digest", verdict.policy_digest}}},
              {"rules", std::move(rules)},
              {"warnings", verdict.warnings},
              {"not_covered", std::move(left_out)},
              {"vsa", verdict.passed() ? "PASSED" : "FAILED"}};
}

int exit_status_of(const Json& verdict) {
  const std::string state = text_at(detail_of(verdict), "state");
  return state == "held" || state == "waived" ? 0 : state == "failed" ? 1 : 4;
}

std::string render_verdict(const Json& verdict) {
  const Json& detail = detail_of(verdict);
  const auto rules = detail.find("rules");
  const auto policy = detail.find("policy");
  const std::string name = policy == detail.end() || !policy->is_object() ? "" : text_at(*policy, "name");
  std::string out = "Gate: " + in_words(text_at(detail, "state")) + (name.empty() ? "" : " (" + name + ")") + "\n";
  if (rules == detail.end() || !rules->is_array()) return out;
  std::vector<std::vector<std::string>> rows{{"", "rule", "check", "value", "95% interval", "limit", "state"}};
  std::string reasons;
  for (const auto& rule : *rules) {
    const std::string state = text_at(rule, "state"), effect = text_at(rule, "effect"), why = text_at(rule, "why");
    const Cells cells = cells_of(rule);
    const bool softened = state != "held" && state != "waived" && effect != "block";
    rows.push_back({std::string(mark(state)), cut(text_at(rule, "id"), 28), cut(text_at(rule, "require"), 60),
                    cells.value, cells.range, cells.limit,
                    in_words(state) + (softened ? effect == "warn" ? " (warning)" : " (allowed)" : "")});
    const auto left = rule.find("not_covered");
    const bool gaps = left != rule.end() && !left->empty();
    if (state == "held" && !gaps) continue;
    reasons += std::string(mark(state)) + " " + text_at(rule, "id") + ": " + why + ".\n";
    if (const std::string because = text_at(rule, "because"); !because.empty() && state != "held")
      reasons += "  Rule: " + because + ".\n";
  }
  out += "\n" + table(rows);
  return reasons.empty() ? out : out + "\n" + reasons;
}

}  // namespace assay::gate
