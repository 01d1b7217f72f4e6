// What the verdict says, as far as documents need it: rules with the figures they judge, and the marks of the hallmark.
#include <algorithm>
#include <array>
#include <cmath>

#include "assay/document/dossier.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Figure;
using operation::Json;

int badness(std::string_view state) {
  return state == "failed" ? 3 : state == "not_decided" ? 2 : state == "waived" ? 1 : 0;
}

bool word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size();) {
    if (!word_char(text[i])) {
      ++i;
      continue;
    }
    const std::size_t from = i;
    while (i < text.size() && word_char(text[i])) ++i;
    out.emplace_back(text.substr(from, i - from));
  }
  return out;
}

bool same(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b && std::abs(*a - *b) <= 1e-12 * std::max(1.0, std::abs(*b));
}

// The figure with the rule's metric and value; of several the one whose interval agrees too.
void attach_figure(const Dossier& dossier, Rule& rule) {
  for (const auto& name : names_in(rule.require)) {
    for (const Item& item : dossier.items) {
      for (const Figure& f : item.evidence.figures) {
        if (f.name != name) continue;
        if (rule.metric.empty()) rule.metric = name;
        if (rule.metric != name || !f.value || !rule.value) continue;
        const bool fits = same(f.value, rule.value) || (rule.absolute && same(std::abs(*f.value), rule.value));
        if (fits && (!rule.figure || same(f.low, rule.low))) rule.figure = &f;
      }
    }
    if (!rule.metric.empty()) return;
  }
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t out = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++out;
  return out;
}

void attach_kinds(const Dossier& dossier, const Json& json, Rule& rule) {
  const auto add = [&](const std::string& word) {
    if (!word.empty() && std::find(rule.kinds.begin(), rule.kinds.end(), word) == rule.kinds.end())
      rule.kinds.push_back(word);
  };
  for (const std::string& named : texts_at(json, "evidence")) {
    for (const Item& item : dossier.items)
      if (item.digest == named || item.ref == named || item.evidence.kind == named) add(kind_word(item.evidence));
    if (named.starts_with("assay."))
      add(named.substr(6, named.find('/') == std::string::npos ? named.npos : named.find('/') - 6));
  }
  if (!rule.kinds.empty() || rule.metric.empty()) return;
  for (const Item& item : dossier.items)
    for (const Figure& f : item.evidence.figures)
      if (f.name == rule.metric && (!rule.figure || &f == rule.figure)) add(kind_word(item.evidence));
}

}  // namespace

std::vector<Rule> rules_of(const Dossier& dossier) {
  std::vector<Rule> out;
  const Item* verdict = find(dossier, "verdict");
  const Json* list = verdict ? at_path(verdict->evidence.detail, "rules") : nullptr;
  if (!list || !list->is_array()) return out;
  for (const Json& each : *list) {
    Rule rule;
    rule.id = text_at(each, "id"), rule.require = text_at(each, "require"), rule.state = text_at(each, "state");
    if (const std::string over = text_at(each, "for"); !over.empty())
      rule.require = "for " + over + ": " + rule.require;
    rule.effect = text_at(each, "effect"), rule.why = text_at(each, "why"), rule.because = text_at(each, "because");
    rule.value = number_at(each, "value"), rule.low = number_at(each, "low"), rule.high = number_at(each, "high");
    rule.limit = number_at(each, "limit");
    if (const Json* slices = at_path(each, "slices")) rule.slices = *slices;
    const std::string_view text = rule.require;
    const bool single = count_of(text, "<") + count_of(text, ">") == 1;
    rule.at_most = single && count_of(text, "<") == 1, rule.at_least = single && count_of(text, ">") == 1;
    rule.absolute = count_of(text, "abs(") > 0;
    attach_figure(dossier, rule);
    attach_kinds(dossier, each, rule);
    out.push_back(std::move(rule));
  }
  return out;
}

std::string verdict_state(const Dossier& dossier) {
  const Item* verdict = find(dossier, "verdict");
  return verdict ? text_at(verdict->evidence.detail, "state") : std::string();
}

std::vector<MarkState> marks_of(const Dossier& dossier) {
  struct Known {
    char letter;
    const char* name;
    std::vector<std::string_view> kinds;
  };
  static const std::array<Known, 7> known = {
      Known{'F', "Fair", {"fairness", "compatibility"}},
      Known{'P', "Private", {"privacy-account", "membership", "audit-epsilon", "pii", "anonymity"}},
      Known{'X', "Explained", {"explanation", "effects", "reasons", "recourse", "fidelity"}},
      Known{'R', "Robust", {"robustness"}},
      Known{'D', "Documented", {"card", "checklist"}},
      Known{'S', "Secure", {"verification"}},
      Known{'M', "Monitored", {"rollout"}}};
  const auto rules = rules_of(dossier);
  std::vector<MarkState> out;
  for (const Known& mark : known) {
    MarkState state{mark.letter, mark.name, {}};
    for (const Rule& rule : rules)
      for (const auto& kind : rule.kinds)
        if (std::find(mark.kinds.begin(), mark.kinds.end(), kind) != mark.kinds.end() &&
            (state.state.empty() || badness(rule.state) > badness(state.state)))
          state.state = rule.state;
    out.push_back(std::move(state));
  }
  return out;
}

}  // namespace assay::document
