// The Hugging Face model card (serve c5): metadata that their hub reads, then the same facts for people.
#include <algorithm>
#include <set>

#include "assay/document/model_card.h"
#include "assay/document/report.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Figure;
using operation::Json;

// A JSON string is a YAML string, whatever stands in it.
std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace); }

std::string exact(double value) { return operation::number(value).dump(); }

std::string hub_metric(const std::string& name) {
  if (name == "auc") return "roc_auc";
  if (name == "true_positive_rate") return "recall";
  return name;
}

std::string dataset_name(const Dossier& dossier) {
  for (const char* word : {"evaluation", "fairness", "training", "profile"})
    if (const Item* item = find(dossier, word))
      if (const std::string data = text_at(item->evidence.provenance, "inputs.data"); !data.empty()) return data;
  return "evaluation data";
}

std::string front_matter(const Dossier& dossier) {
  std::string out = "---\n";
  if (const std::string licence = text_at(dossier.purpose, "license"); !licence.empty())
    out += "license: " + quoted(licence) + "\n";
  out += "library_name: assay\npipeline_tag: tabular-classification\ntags:\n- tabular-classification\n- assay\n";
  std::vector<const Figure*> figures;
  std::vector<std::string> metrics;
  if (const Item* item = find(dossier, "evaluation"))
    for (const Figure& f : item->evidence.figures)
      if (f.slice.empty() && f.group.empty() && f.reference.empty() && f.value) {
        figures.push_back(&f);
        const std::string metric = hub_metric(f.name);
        if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) metrics.push_back(metric);
      }
  if (figures.empty()) return out + "---\n";
  out += "metrics:\n";
  for (const auto& metric : metrics) out += "- " + quoted(metric) + "\n";
  out += "model-index:\n- name: " + quoted(dossier.title) +
         "\n  results:\n  - task:\n      type: tabular-classification\n" +
         "    dataset:\n      type: " + quoted("tabular") + "\n      name: " + quoted(dataset_name(dossier)) +
         "\n    metrics:\n";
  for (const Figure* f : figures)
    out += "    - type: " + quoted(hub_metric(f->name)) + "\n      value: " + exact(*f->value) +
           "\n      name: " + quoted(measure(f->name).title) + "\n";
  return out + "---\n";
}

void list(std::string& out, std::string_view title, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out += "\n## " + std::string(title) + "\n\n";
  for (const auto& text : texts) out += "- " + markdown(text) + "\n";
}

void figure_rows(std::string& out, const std::vector<const Figure*>& figures, const std::string& level) {
  out += "| Figure | Of | Value | " + level + " interval | n |\n| --- | --- | ---: | ---: | ---: |\n";
  for (const Figure* f : figures)
    out += "| " + markdown(measure(f->name).title) + " | " + markdown(group_text(*f)) + " | " +
           markdown(value_text(*f)) + " | " + markdown(f->value ? interval_text(*f) : "none") + " | " +
           count_text(f->n) + (low_support(*f) ? " (few rows)" : "") + " |\n";
}

}  // namespace

std::string hugging_face_card(const Dossier& dossier) {
  std::string out = front_matter(dossier) + "\n# " + markdown(dossier.title.empty() ? "Model" : dossier.title) + "\n";
  if (const auto use = purpose_of(dossier, "use"); !use.empty()) out += "\n" + markdown(joined(use, " ")) + "\n";
  if (!dossier.model_digest.empty()) out += "\nModel digest: `" + replaced(dossier.model_digest, "`", "") + "`\n";
  list(out, "Users", purpose_of(dossier, "users"));
  list(out, "Intended use", purpose_of(dossier, "intended"));
  list(out, "Out of scope", purpose_of(dossier, "out_of_scope"));
  list(out, "Harms that were thought of", purpose_of(dossier, "harms"));
  if (const std::string state = verdict_state(dossier); !state.empty()) {
    out +=
        "\n## Verdict: " + markdown(replaced(state, "_", " ")) + "\n\n| Check | State | Why |\n| --- | --- | --- |\n";
    for (const Rule& rule : rules_of(dossier))
      out += "| " + markdown(rule.id + ": " + rule.require) + " | " + markdown(replaced(rule.state, "_", " ")) + " | " +
             markdown(rule.why) + " |\n";
  }
  const Coding coded = coding(dossier);
  const std::string note = coding_note(coded);
  for (const auto& [word, title] : {std::pair("evaluation", "Performance"), {"fairness", "Fairness"}}) {
    const Item* item = find(dossier, word);
    if (!item) continue;
    std::vector<const Figure*> figures;
    for (const Figure& f : item->evidence.figures)
      if (std::string_view(word) == "fairness" || (f.slice.empty() && f.group.empty())) figures.push_back(&f);
    if (figures.empty()) continue;
    out += "\n## " + std::string(title) + "\n\n" + markdown(note) + "\n\n";
    figure_rows(out, figures, coded.level_text());
  }
  if (dossier.items.empty()) return out;
  out += "\n## Evidence\n\n| Kind | Made by | Digest |\n| --- | --- | --- |\n";
  for (const Item& item : dossier.items)
    out += "| " + markdown(item.evidence.kind) + " | " + markdown(item.evidence.operation) + " | " +
           markdown(item.digest) + " |\n";
  return out;
}

}  // namespace assay::document
