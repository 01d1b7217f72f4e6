// The first screen: what was judged and what it means, in sentences made of the figures; then the verdict rule by rule.
#include <algorithm>
#include <cmath>

#include "assay/document/canvas.h"
#include "assay/document/report.h"
#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Figure;
using operation::Json;

std::string strong(std::string_view text) { return "<strong>" + html(text) + "</strong>"; }
// "53.1% (43.3% to 62.6%)"
std::string with_interval(const Figure& f) {
  std::string out = strong(value_text(f));
  if (f.value && (f.low || f.high)) out += " (" + html(interval_text(f)) + ")";
  return out;
}

std::string plural(std::size_t n, std::string_view one, std::string_view many) {
  return count_text(static_cast<std::int64_t>(n)) + " " + std::string(n == 1 ? one : many);
}

bool softened(const Rule& rule) { return rule.effect != "block" && rule.state != "held" && rule.state != "waived"; }

// "1 check failed; 2 cannot be decided with the data there is, 1 of them only warns; 2 held."
std::string tally_text(const std::vector<Rule>& rules) {
  if (rules.empty()) return "The policy has no rules.";
  const auto count = [&](std::string_view state, bool soft_only) {
    return static_cast<std::size_t>(std::count_if(
        rules.begin(), rules.end(), [&](const Rule& r) { return r.state == state && (!soft_only || softened(r)); }));
  };
  const auto only_warns = [&](std::size_t soft, std::size_t all) -> std::string {
    if (soft == 0) return {};
    if (soft == all) return all == 1 ? " and only warns" : " and only warn";
    return ", " + std::to_string(soft) + " of which only " + (soft == 1 ? "warns" : "warn");
  };
  std::vector<std::string> parts;
  if (const auto n = count("failed", false))
    parts.push_back(plural(n, "check failed", "checks failed") + only_warns(count("failed", true), n));
  if (const auto n = count("not_decided", false))
    parts.push_back(plural(n, "check", "checks") + " cannot be decided with the data there is" +
                    only_warns(count("not_decided", true), n));
  if (const auto n = count("waived", false)) parts.push_back(std::to_string(n) + " waived");
  if (const auto n = count("held", false))
    parts.push_back(n != rules.size() ? std::to_string(n) + " held"
                    : n == 1          ? "The one check held"
                                      : "All " + std::to_string(n) + " checks held");
  return joined(parts, "; ") + ".";
}

std::string verdict_words(std::string_view state) {
  if (state == "held") return "This model meets its policy";
  if (state == "failed") return "This model does not meet its policy";
  if (state == "waived") return "This model meets its policy with waivers";
  if (state == "not_decided") return "Not decided yet";
  return "Not judged yet";
}

// The verdict's sign: a filled, outlined or struck octagon.
std::string verdict_sign(std::string_view state) {
  const std::string shown = state.empty() ? "waived" : std::string(state);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart " + shown +
                    "\" viewBox=\"0 0 32 32\" aria-hidden=\"true\"><path d=\"M9 2h14l7 7v14l-7 7H9l-7-7V9z\" ";
  const bool filled = state == "held" || state == "failed";
  out += filled ? "style=\"fill:var(--c)\"/>" : "style=\"fill:none;stroke:var(--c);stroke-width:2\"/>";
  const std::string line =
      "style=\"fill:none;stroke:var(--" + std::string(filled ? "sheet" : "c") + ");stroke-width:2.6\"";
  if (state == "held") out += "<path d=\"M9 16.5l5 5 9-10\" " + line + "/>";
  if (state == "failed") out += "<path d=\"M10 10l12 12M22 10L10 22\" " + line + "/>";
  if (state == "not_decided")
    out +=
        "<path d=\"M16 8a8 8 0 0 0 0 16z\" style=\"fill:var(--c)\"/><circle cx=\"16\" cy=\"16\" r=\"8\" "
        "style=\"fill:none;stroke:var(--c);stroke-width:1.6\"/>";
  if (state.empty() || state == "waived") out += "<path d=\"M10 16h12\" " + line + "/>";
  return out + "</svg>";
}

// What the rule compares: the size of a gap has no sign.
Unit unit_of(const Rule& rule) {
  const Unit unit = measure(rule.metric).unit;
  return rule.absolute && unit == Unit::kShareGap ? Unit::kShareDifference : unit;
}

std::string limit_text(const Rule& rule) {
  if (!rule.limit) return {};
  const Unit unit = unit_of(rule);
  const std::string value = number_text(*rule.limit, unit);
  return rule.at_most ? "at most " + value : rule.at_least ? "at least " + value : value;
}

std::string group_sentence(const Figure& f, bool first, const std::string& outcome) {
  const std::string n = count_text(f.n);
  if (first)
    return "Of the " + n + " cases with " + html(slice_text(f.slice)) + ", " + with_interval(f) + " " + outcome;
  return "; of the " + n + " with " + html(slice_text(f.slice)) + ", " + with_interval(f);
}

void rate_sentences(const Dossier& dossier, const Coding& coded, std::vector<std::string>& out) {
  const Item* item = find(dossier, "fairness");
  if (!item) return;
  const std::string favorable = coded.favorable_text();
  const std::string name = favorable.empty() ? "selection_rate" : "favorable_rate";
  const std::string outcome = favorable.empty() ? "would be predicted " + html(coded.positive_text())
                                                : "would get the favourable decision, " + html(favorable);
  for (const auto& columns : groupings(item->evidence)) {
    if (columns.size() > 1) continue;
    auto figures = by_group(item->evidence, name, columns);
    std::erase_if(figures, [](const Figure* f) { return !f->value; });
    if (figures.size() < 2) continue;
    std::stable_sort(figures.begin(), figures.end(),
                     [](const Figure* a, const Figure* b) { return *a->value < *b->value; });
    std::string text;
    if (figures.size() > 3) {
      text = "By " + html(columns[0]) + " (" + count_text(static_cast<std::int64_t>(figures.size())) +
             " groups), the share that " + outcome + " runs from " + with_interval(*figures.front()) + " where " +
             html(slice_text(figures.front()->slice)) + " to " + with_interval(*figures.back()) + " where " +
             html(slice_text(figures.back()->slice)) + ".";
    } else {
      for (std::size_t i = 0; i < figures.size(); ++i) text += group_sentence(*figures[i], i == 0, outcome);
      text += ".";
    }
    for (const Figure& f : item->evidence.figures)
      if (f.name == name + "_ratio" && f.group == columns && f.slice.empty() && f.value)
        text += " The smallest share is " + with_interval(f) + " times the largest.";
    out.push_back(text);
  }
}

// What stands against the verdict: the rules in `state`, blocking or softened, the first two by name.
std::string rules_sentence(const std::vector<Rule>& rules, std::string_view state, bool soft, std::string_view lead) {
  std::vector<std::string> named;
  for (const Rule& rule : rules) {
    if (rule.state != state || softened(rule) != soft) continue;
    std::string text = html(rule.metric.empty() ? rule.require : measure(rule.metric).title);
    if (rule.value) text += " is " + strong(number_text(*rule.value, unit_of(rule)));
    if (rule.low || rule.high) text += " (" + html(range_text(rule.low, rule.high, unit_of(rule))) + ")";
    if (rule.limit) text += "; it must be " + html(limit_text(rule));
    named.push_back(text);
  }
  if (named.empty()) return {};
  const std::size_t more = named.size() > 2 ? named.size() - 2 : 0;
  if (more) named.resize(2);
  return std::string(lead) + joined(named, ". ") + (more ? ". " + std::to_string(more) + " more stand below." : ".");
}

svg::Row row_of(const Rule& rule) {
  svg::Row row{{}, {}, {}, rule.value, rule.low, rule.high, {}, rule.state, {}, {}, false};
  if (rule.at_most) row.limit_high = rule.limit;
  if (rule.at_least) row.limit_low = rule.limit;
  // A gap judged by its size is drawn with its sign when the value carries one.
  if (rule.at_most && rule.absolute && rule.limit && rule.figure) {
    row.value = rule.figure->value, row.low = rule.figure->low, row.high = rule.figure->high;
    row.limit_low = -*rule.limit;
  }
  return row;
}

std::string verdict_table(const std::vector<Rule>& rules, const std::string& level) {
  HtmlTable table("Each check compares a figure's whole " + level +
                      " interval with its limit: held when all of it is within, failed "
                      "when all of it is beyond, else not decided.",
                  {"Check", "#Value and interval", "#Limit", "Against the limit", "State"});
  int index = 0;
  for (const Rule& rule : rules) {
    std::string check = "<strong>" + html(rule.id) + "</strong> " + code(rule.require);
    const auto add = [&](const std::string& line) { check += line.empty() ? "" : "<small>" + html(line) + "</small>"; };
    add(rule.because);
    if (rule.state != "held") add(rule.why);  // a held rule's figures say it already
    if (rule.figure)
      add(group_text(*rule.figure) + ", n = " + count_text(rule.figure->n) +
          (low_support(*rule.figure) ? ", few rows" : ""));
    const std::string value = html(rule.value ? number_text(*rule.value, unit_of(rule)) : "undefined") + "<small>" +
                              html(range_text(rule.low, rule.high, unit_of(rule))) + "</small>";
    const std::string drawing =
        rule.value && rule.limit && (rule.at_least || rule.at_most)
            ? svg::strip("strip-" + std::to_string(index), rule.id + " against its limit", row_of(rule))
            : std::string();
    table.row({{check},
               {value, true},
               numeric(limit_text(rule)),
               {drawing},
               {pill(rule.state) + (softened(rule) ? "<small>does not block</small>" : "")}});
    ++index;
  }
  return table.text();
}

std::string group_rows(const Json& groups) {
  std::vector<std::string> parts;
  if (groups.is_array())
    for (const Json& each : groups) {
      std::vector<std::string> where;
      if (const Json* slice = at_path(each, "slice"); slice && slice->is_object())
        for (const auto& [column, value] : slice->items())
          where.push_back(column + " = " + (value.is_null() ? "(missing)" : scalar_text(value)));
      if (const auto extra = number_at(each, "extra_rows"); extra && *extra > 0)
        parts.push_back(count_text(std::llround(*extra)) + " of " + joined(where, ", "));
    }
  return joined(parts, "; ");
}

// How many more rows would settle the open figures, from the fairness evidence.
std::string planning(const Dossier& dossier, const std::vector<Rule>& rules) {
  const Item* fairness = find(dossier, "fairness");
  const Json* splits = fairness ? at_path(fairness->evidence.detail, "splits") : nullptr;
  HtmlTable table(
      "More rows that would settle an open figure against the limit named, if the measured rates stay as they are.",
      {"Figure", "#Limit", "#Power", "More rows of each group"});
  if (splits && splits->is_array())
    for (const Json& split : *splits) {
      const Json* list = at_path(split, "planning");
      if (!list || !list->is_array()) continue;
      for (const Json& each : *list) {
        const std::string name = text_at(each, "figure");
        const bool open = std::any_of(rules.begin(), rules.end(),
                                      [&](const Rule& r) { return r.state == "not_decided" && r.metric == name; });
        if (!open) continue;
        Unit unit = measure(name).unit;
        const auto limit = number_at(each, "limit"), power = number_at(each, "power");
        const std::string rows = at_path(each, "groups") ? group_rows(*at_path(each, "groups")) : "";
        const Json* settled = at_path(each, "settled");
        table.row({words(measure(name).title), numeric(limit ? number_text(*limit, unit) : ""),
                   numeric(power ? plain_text(100 * *power) + "%" : ""),
                   words(!rows.empty()                       ? rows
                         : settled && *settled == Json(true) ? "none: this limit is settled by the rows there are"
                                                             : text_at(each, "why"))});
      }
    }
  return table.empty() ? absent("No plan says how many more rows it takes.", "assay fairness power") : table.text();
}

// What a `for` rule found in each slice.
std::string slices_tables(const std::vector<Rule>& rules) {
  std::string out;
  for (const Rule& rule : rules) {
    if (!rule.slices.is_array() || rule.slices.empty()) continue;
    const Unit unit = unit_of(rule);
    HtmlTable table(rule.id + " in each slice.", {"Slice", "#n", "#Value", "#Interval", "State"});
    for (const Json& each : rule.slices) {
      std::vector<std::string> where;
      if (const Json* slice = at_path(each, "slice"); slice && slice->is_object())
        for (const auto& [column, value] : slice->items())
          where.push_back(column + " = " + (value.is_null() ? "(missing)" : scalar_text(value)));
      const auto value = number_at(each, "value"), n = number_at(each, "n");
      table.row({words(where.empty() ? "all rows" : joined(where, ", ")),
                 numeric(n ? count_text(std::llround(*n)) : ""),
                 numeric(value ? number_text(*value, unit) : "undefined"),
                 numeric(range_text(number_at(each, "low"), number_at(each, "high"), unit)),
                 {pill(text_at(each, "state"))}});
    }
    out += details(rule.id + " in each slice", table.text());
  }
  return out;
}

}  // namespace

std::vector<std::string> plain_sentences(const Dossier& dossier) {
  std::vector<std::string> out;
  const Coding coded = coding(dossier);
  const auto rules = rules_of(dossier);
  for (const auto& [state, lead] : {std::pair("failed", "Failed: "), {"not_decided", "Open: "}})
    if (std::string text = rules_sentence(rules, state, false, lead); !text.empty()) out.push_back(std::move(text));
  rate_sentences(dossier, coded, out);
  if (const Item* item = find(dossier, "evaluation")) {
    const Figure* accuracy = overall(item->evidence, "accuracy");
    const Figure* auc = overall(item->evidence, "auc");
    std::string text;
    if (accuracy && accuracy->value)
      text = "In " + count_text(accuracy->n) + " cases the model is right in " + with_interval(*accuracy) + ".";
    if (auc && auc->value)
      text += (text.empty() ? "" : " ") + std::string("Its AUC is ") + with_interval(*auc) +
              ": the chance that it ranks a case with " + html(coded.positive_text()) + " above one without.";
    if (!text.empty()) out.push_back(text);
  }
  for (const auto& [state, lead] :
       {std::pair("failed", "Only a warning, failed: "), {"not_decided", "Only a warning, open: "}})
    if (std::string text = rules_sentence(rules, state, true, lead); !text.empty()) out.push_back(std::move(text));
  return out;
}

std::string first_screen(const Dossier& dossier) {
  const std::string state = verdict_state(dossier);
  const auto rules = rules_of(dossier);
  const Coding coded = coding(dossier);
  std::string out = "<div class=\"lead\"><div><p class=\"verdict\">" + verdict_sign(state) + "<span><b>" +
                    html(verdict_words(state)) + "</b>" +
                    (state.empty() ? "No gate has judged this evidence; " + code("assay gate check") + " does."
                                   : html(tally_text(rules))) +
                    "</span></p>\n<ul class=\"says\">";
  for (const std::string& sentence : plain_sentences(dossier)) out += "<li>" + sentence + "</li>\n";
  out += "</ul></div>\n<aside aria-label=\"Key facts\"><dl>";
  const auto fact = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += "<dt>" + html(name) + "</dt><dd>" + value + "</dd>";
  };
  const auto use = purpose_of(dossier, "use");
  fact("Used for", html(shortened(joined(use, " "), 160)));
  fact("Positive means", html(coded.positive.empty() ? "" : coded.positive_text()));
  fact("Favourable means", coded.favorable.empty()
                               ? "<span class=\"note\">none declared, so favourable figures are left out</span>"
                               : html(coded.favorable_text()));
  fact("Decision", coded.threshold ? html(coded.positive_text() + " is predicted at a score of " +
                                          plain_text(*coded.threshold) + " or more")
                                   : "");
  if (const Item* item = find(dossier, "evaluation"))
    for (const Figure& f : item->evidence.figures)
      if (f.slice.empty() && f.group.empty()) {
        fact("Measured on", html(count_text(f.n) + " rows"));
        break;
      }
  fact("Brackets hold",
       html("the " + coded.level_text() + " interval: where the true figure lies, with that confidence"));
  return out + "</dl></aside></div>\n";
}

Section verdict_section(const Dossier& dossier) {
  Section out{"verdict", "Verdict", {}};
  const auto rules = rules_of(dossier);
  if (!find(dossier, "verdict")) {
    out.body = absent("There is no verdict: nothing was judged against a policy.", "assay gate check");
    return out;
  }
  out.body = "<p>" + pill(verdict_state(dossier)) + " " + html(tally_text(rules)) + "</p>\n" +
             verdict_table(rules, coding(dossier).level_text()) + slices_tables(rules);
  const bool open = std::any_of(rules.begin(), rules.end(), [](const Rule& r) { return r.state == "not_decided"; });
  if (!open) return out;
  out.body += "<h3>What would decide the open checks</h3>\n";
  std::vector<std::string> reasons;
  for (const Rule& rule : rules)
    if (rule.state == "not_decided")
      reasons.push_back(
          rule.id + ": " +
          (rule.why.empty() ? "the interval reaches over the limit; more rows make it narrower" : rule.why));
  out.body += "<ul>";
  for (const auto& reason : reasons) out.body += "<li>" + html(reason) + "</li>";
  out.body += "</ul>\n";
  out.body += planning(dossier, rules);
  return out;
}

}  // namespace assay::document
