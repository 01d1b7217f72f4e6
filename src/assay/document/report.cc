#include "assay/document/report.h"

#include <algorithm>
#include <set>

#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Figure;
using operation::Json;

// Of the model as it is named, else as the training left it.
std::string model_digest(const Dossier& dossier) {
  if (!dossier.model_digest.empty()) return dossier.model_digest;
  const Item* training = find(dossier, "training");
  if (!training) return {};
  const auto blob = training->evidence.blobs.find("model");
  return blob == training->evidence.blobs.end() ? std::string() : blob->second.digest;
}

std::string head_of(const Dossier& dossier) {
  std::vector<svg::Punch> marks;
  for (const MarkState& mark : marks_of(dossier)) marks.push_back({mark.letter, mark.name, mark.state});
  std::string ident;
  const auto add = [&](const std::string& part) { ident += (ident.empty() || part.empty() ? "" : " · ") + part; };
  if (dossier.model_ref != dossier.title) add(html(dossier.model_ref));
  if (const std::string whole = model_digest(dossier); !whole.empty()) add(digest(whole));
  add(html(dossier.date));
  return "<header><div><div class=\"brand\">Assay · Model report</div><h1>" +
         html(dossier.title.empty() ? "Model" : dossier.title) + "</h1><div class=\"ident\">" + ident + "</div></div>" +
         svg::punches("marks", marks) + "</header>\n";
}

bool has_own_section(const std::string& word) {
  static const std::set<std::string> known{"profile", "split", "training", "evaluation", "fairness", "verdict", "card"};
  return known.contains(word);
}

std::string cell_text(const Json& value) {
  if (value.is_object()) {
    std::vector<std::string> parts;
    for (const auto& [name, each] : value.items()) parts.push_back(name + " = " + scalar_text(each));
    return joined(parts, ", ");
  }
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const Json& each : value) parts.push_back(scalar_text(each));
    return joined(parts, ", ");
  }
  return value.is_null() ? "" : scalar_text(value);
}

}  // namespace

std::string coding_note(const Coding& coded) {
  if (coded.positive.empty() && coded.favorable.empty())
    return "The evidence does not say which value is positive or favourable.";
  std::string out = "Positive: " + (coded.positive.empty() ? "not said" : coded.positive_text()) + ".";
  return out + (coded.favorable.empty() ? " No favourable value is declared."
                                        : " Favourable: " + coded.favorable_text() + ".");
}

std::string figure_table(const std::vector<const Figure*>& list, const std::string& caption, const Coding& coded) {
  const bool sliced =
      std::any_of(list.begin(), list.end(), [](const Figure* f) { return group_text(*f) != "all rows"; });
  std::vector<std::string> heads{"Figure", "#Value", "#Interval", "#n", "Method"};
  if (sliced) heads.insert(heads.begin() + 1, "Of");
  HtmlTable table(caption, heads);
  for (const Figure* f : list) {
    std::string note = meaning(f->name, coded);
    if (f->value && !f->why.empty()) note += (note.empty() ? "" : " ") + f->why;
    std::vector<Cell> cells{
        {html(measure(f->name).title) + (note.empty() || sliced ? "" : "<small>" + html(note) + "</small>")},
        numeric(f->value ? value_text(*f) : "undefined"),
        numeric(f->low || f->high ? interval_text(*f) : "none"),
        numeric(count_text(f->n)),
        {html(method_text(f->method)) + (f->value ? "" : "<small>" + html(f->why) + "</small>") +
         (low_support(*f) ? "<small>few rows</small>" : "")}};
    if (sliced) cells.insert(cells.begin() + 1, words(group_text(*f)));
    table.row(std::move(cells), low_support(*f) ? "weak" : "");
  }
  return table.text();
}

std::string record_table(const Json& records, const std::string& caption) {
  Json list = Json::array();
  if (records.is_array()) list = records;
  if (records.is_object()) {
    for (const auto& [name, each] : records.items()) {
      if (!each.is_object()) continue;
      Json row{{"name", name}};
      row.update(each);
      list.push_back(std::move(row));
    }
    if (list.empty()) list.push_back(records);
  }
  std::vector<std::string> keys;
  std::set<std::string> counted;
  for (const Json& each : list) {
    if (!each.is_object()) continue;
    for (const auto& [key, value] : each.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
      if (value.is_number()) counted.insert(key);
    }
  }
  if (keys.empty()) return {};
  std::vector<std::string> heads;
  for (const auto& key : keys) heads.push_back((counted.contains(key) ? "#" : "") + measure(key).title);
  HtmlTable table(caption, heads);
  for (const Json& each : list) {
    if (!each.is_object()) continue;
    std::vector<Cell> cells;
    for (const auto& key : keys) {
      const auto found = each.find(key);
      const std::string text = found == each.end() ? "" : cell_text(*found);
      cells.push_back({html(key == "name" || key == "figure" || key == "metric" ? measure(text).title : text),
                       counted.contains(key)});
    }
    table.row(std::move(cells));
  }
  return table.text();
}

Section other_section(const Dossier& dossier) {
  Section out{"other", "Further evidence", {}};
  const Coding coded = coding(dossier);
  for (const Item& item : dossier.items) {
    const std::string word = kind_word(item.evidence);
    if (has_own_section(word)) continue;
    std::vector<const Figure*> figures;
    for (const Figure& f : item.evidence.figures) figures.push_back(&f);
    std::vector<std::pair<std::string, Cell>> pairs;
    if (item.evidence.detail.is_object())
      for (const auto& [name, value] : item.evidence.detail.items())
        if (!value.is_structured() && !value.is_null())
          pairs.emplace_back(measure(name).title, words(scalar_text(value)));
    if (figures.empty() && pairs.empty()) continue;  // its digest stands under Provenance
    out.body += "<h3>" + html(measure(replaced(word, "-", "_")).title) + "</h3>\n" + facts(pairs);
    if (!figures.empty())
      out.body += figure_table(figures, "Made by " + item.evidence.operation + ". " + coding_note(coded), coded);
  }
  return out;
}

Section provenance_section(const Dossier& dossier) {
  Section out{"provenance", "Provenance", {}};
  if (dossier.items.empty()) {
    out.body = absent("No evidence was given.", "assay run");
    return out;
  }
  const bool timed =
      std::any_of(dossier.items.begin(), dossier.items.end(), [](const Item& i) { return !i.time.empty(); });
  std::vector<std::string> heads{"Evidence", "Made by", "Digest", "#Seed", "Code"};
  if (timed) heads.push_back("Made at");
  HtmlTable table("What this report was made from. The same inputs, options, seed and code give the same digests.",
                  heads);
  HtmlTable inputs("What the evidence was made from.", {"Input", "Of", "Digest"});
  std::set<std::pair<std::string, std::string>> seen;
  std::set<std::string> listed;  // evidence that other evidence was made from stands above already
  for (const Item& item : dossier.items) listed.insert(item.digest);
  for (const Item& item : dossier.items) {
    const Json& from = item.evidence.provenance;
    const std::string flags = joined(item.evidence.flags, ", ");
    std::vector<Cell> cells{{html(item.evidence.kind) + (flags.empty() ? "" : "<small>" + html(flags) + "</small>")},
                            {code(item.evidence.operation)},
                            {code(item.digest)},
                            numeric(text_at(from, "seed")),
                            {code(text_at(from, "code"))}};
    if (timed) cells.push_back(words(item.time));
    table.row(std::move(cells));
    if (const Json* list = at_path(from, "inputs"); list && list->is_object())
      for (const auto& [role, value] : list->items())
        for (const std::string& each : value.is_array() ? texts_at(*list, role) : std::vector{scalar_text(value)})
          if (!listed.contains(each) && seen.emplace(role, each).second)
            inputs.row({words(role), {code(item.evidence.operation)}, {code(each)}});
  }
  out.body = facts({{"Model", {model_digest(dossier).empty() ? "" : code(model_digest(dossier))}}}) + table.text();
  if (!inputs.empty()) out.body += inputs.text();
  return out;
}

std::string report(const Dossier& dossier, const Json& card) {
  std::vector<Section> sections{verdict_section(dossier), purpose_section(dossier, card), data_section(dossier),
                                model_section(dossier),   performance_section(dossier),   fairness_section(dossier)};
  if (Section other = other_section(dossier); !other.body.empty()) sections.push_back(std::move(other));
  sections.push_back(provenance_section(dossier));
  std::string foot = "Made by Assay from " + count_text(static_cast<std::int64_t>(dossier.items.size())) +
                     (dossier.items.size() == 1 ? " evidence document" : " evidence documents") +
                     "; every figure is rendered from them, none is typed. Intervals are two-sided at " +
                     coding(dossier).level_text() + ".";
  if (const std::string whole = model_digest(dossier); !whole.empty()) foot += " Model " + code(whole) + ".";
  return page((dossier.title.empty() ? "Model" : dossier.title) + " · Assay report",
              head_of(dossier) + first_screen(dossier), sections, foot);
}

}  // namespace assay::document
