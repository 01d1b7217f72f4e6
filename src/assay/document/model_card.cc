#include "assay/document/model_card.h"

#include <algorithm>
#include <cmath>

#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Figure;
using operation::Json;

Json described(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push_back(Json{{"description", text}});
  return out;
}

void keep(Json& to, const char* name, Json value) {
  if (value.is_null() || ((value.is_array() || value.is_object()) && value.empty()) || value == "") return;
  to[name] = std::move(value);
}

// The shortest text that reads back as the same number.
std::string exact(double value) {
  const Json written = operation::number(value);
  return written.is_string() ? written.get<std::string>() : written.dump();
}

std::string slice_name(const Figure& f) {
  if (!f.reference.empty()) return slice_text(f.slice) + " - " + slice_text(f.reference);
  if (!f.group.empty()) return "by " + joined(f.group, ",") + (f.slice.empty() ? "" : ", " + slice_text(f.slice));
  std::string out;
  for (const auto& [column, value] : f.slice)
    out += (out.empty() ? "" : ",") + column + "=" + value.value_or("(missing)");
  return out.empty() ? "all" : out;
}

std::string version_of(const Dossier& dossier) {
  const auto at = dossier.model_ref.rfind('@');
  if (at != std::string::npos) return dossier.model_ref.substr(at + 1);
  return dossier.model_digest;
}

std::string name_of(const Dossier& dossier) {
  const auto at = dossier.title.rfind('@');
  return at == std::string::npos || at == 0 ? dossier.title : dossier.title.substr(0, at);
}

std::vector<std::string> training_texts(const Dossier& dossier, std::initializer_list<const char*> names) {
  const Item* item = find(dossier, "training");
  if (!item) return {};
  const Json* options = at_path(item->evidence.provenance, "options");
  for (const char* name : names) {
    if (auto found = texts_at(item->evidence.detail, name); !found.empty()) return found;
    if (options)
      if (auto found = texts_at(*options, name); !found.empty()) return found;
  }
  return {};
}

Json details_of(const Dossier& dossier) {
  Json out = Json::object();
  keep(out, "name", name_of(dossier));
  keep(out, "overview", joined(purpose_of(dossier, "use"), " "));
  std::string documentation = joined(purpose_of(dossier, "documentation"), " ");
  if (documentation.empty()) documentation = joined(purpose_of(dossier, "intended"), " ");
  keep(out, "documentation", documentation);
  Json owners = Json::array();
  if (const Json* list = at_path(dossier.purpose, "owners"); list && list->is_array())
    for (const Json& each : *list) {
      Json owner = Json::object();
      keep(owner, "name", each.is_object() ? text_at(each, "name") : scalar_text(each));
      if (each.is_object()) keep(owner, "contact", text_at(each, "contact"));
      owners.push_back(owner);
    }
  keep(out, "owners", owners);
  Json version = Json::object();
  keep(version, "name", version_of(dossier)), keep(version, "date", dossier.date);
  keep(out, "version", version);
  if (const std::string licence = text_at(dossier.purpose, "license"); !licence.empty())
    out["licenses"] = Json::array({Json{{"identifier", licence}}});
  Json references = Json::array(), citations = Json::array();
  for (const auto& text : purpose_of(dossier, "references")) references.push_back(Json{{"reference", text}});
  for (const auto& text : purpose_of(dossier, "citations")) citations.push_back(Json{{"citation", text}});
  keep(out, "references", references), keep(out, "citations", citations);
  keep(out, "path", dossier.model_digest.empty() ? dossier.model_ref : dossier.model_digest);
  return out;
}

Json parameters_of(const Dossier& dossier) {
  Json out = Json::object();
  const auto learner = training_texts(dossier, {"learner", "model"});
  const Item* training = find(dossier, "training");
  keep(out, "model_architecture", !learner.empty() ? learner[0] : training ? training->evidence.operation : "");
  Json data = Json::array();
  const auto left_out = training_texts(dossier, {"protected", "protected_columns"});
  const Item* split = find(dossier, "split");
  const Json* parts = split ? at_path(split->evidence.detail, "parts") : nullptr;
  if (parts && parts->is_object())
    for (const auto& [name, part] : parts->items()) {
      Json one{{"name", name}};
      keep(one, "link", text_at(part, "rows_digest"));
      if (!left_out.empty()) one["sensitive"] = Json{{"sensitive_data", left_out}};
      if (const auto rows = number_at(part, "rows")) one["description"] = exact(*rows) + " rows";
      data.push_back(std::move(one));
    }
  keep(out, "data", data);
  const Coding coded = coding(dossier);
  Json inputs = Json::array();
  const Item* profile = find(dossier, "profile");
  const Json* columns = profile ? at_path(profile->evidence.detail, "columns") : nullptr;
  const auto features = training_texts(dossier, {"features", "inputs"});
  for (const auto& feature : features) {
    std::string type;
    if (columns && columns->is_array())
      for (const Json& column : *columns)
        if (text_at(column, "name") == feature) type = text_at(column, "type");
    inputs.push_back(Json{{"key", feature}, {"value", type.empty() ? "feature" : type}});
  }
  if (!features.empty()) out["input_format"] = "table with " + std::to_string(features.size()) + " columns";
  keep(out, "input_format_map", inputs);
  if (!coded.positive.empty()) {
    out["output_format"] = "probability of " + coded.positive_text();
    out["output_format_map"] = Json::array({Json{{"key", "score"}, {"value", "probability"}}});
  }
  return out;
}

bool judges(const operation::Evidence& e) {
  const std::string word = kind_word(e);
  return word != "profile" && word != "split" && word != "verdict" && word != "card" && word != "training";
}

Json metrics_of(const Dossier& dossier) {
  Json out = Json::array();
  for (const Item& item : dossier.items) {
    if (!judges(item.evidence)) continue;
    for (const Figure& f : item.evidence.figures) {
      if (!f.value) continue;
      Json one{{"type", f.name}, {"value", exact(*f.value)}, {"slice", slice_name(f)}};
      if (f.low && f.high)
        one["confidence_interval"] = Json{{"lower_bound", exact(*f.low)}, {"upper_bound", exact(*f.high)}};
      if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(std::move(one));
    }
  }
  return out;
}

std::vector<std::string> limitations_of(const Dossier& dossier) {
  std::vector<std::string> out;
  for (const auto& text : purpose_of(dossier, "out_of_scope")) out.push_back("Not for: " + text);
  for (const auto& text : purpose_of(dossier, "limitations")) out.push_back(text);
  for (const Rule& rule : rules_of(dossier)) {
    if (rule.state == "held") continue;
    out.push_back("Check " + rule.id + " (" + rule.require + ") is " + replaced(rule.state, "_", " ") +
                  (rule.why.empty() ? "" : ": " + rule.why));
  }
  for (const Item& item : dossier.items) {
    if (!judges(item.evidence)) continue;
    for (const Figure& f : item.evidence.figures) {
      if (!f.value)
        out.push_back(f.name + " of " + group_text(f) + " is undefined" + (f.why.empty() ? "" : ": " + f.why));
      else if (low_support(f))
        out.push_back(f.name + " of " + group_text(f) + " rests on few rows (" + std::to_string(f.n) + ")");
    }
  }
  return out;
}

Json risks_of(const Dossier& dossier) {
  Json out = Json::array();
  const Json* list = at_path(dossier.purpose, "harms");
  const auto add = [&](const Json& each) {
    Json risk = Json::object();
    keep(risk, "name", harm_text(each));
    if (each.is_object())
      for (const char* name : {"mitigation", "mitigation_strategy"})
        keep(risk, "mitigation_strategy", text_at(each, name));
    if (!risk.empty()) out.push_back(std::move(risk));
  };
  if (list && list->is_array())
    for (const Json& each : *list) add(each);
  else if (list && !list->is_null())
    add(*list);
  return out;
}

void collect_missing(const Json& card, std::vector<std::string>& out) {
  for (const char* path :
       {"model_details.name", "model_details.overview", "model_details.owners", "model_details.version.name",
        "model_details.version.date", "model_details.licenses", "model_parameters.model_architecture",
        "model_parameters.data", "model_parameters.input_format_map", "model_parameters.output_format",
        "quantitative_analysis.performance_metrics", "considerations.users", "considerations.use_cases",
        "considerations.limitations", "considerations.ethical_considerations"}) {
    const Json* found = at_path(card, path);
    if (!found || found->is_null() || *found == "" || (found->is_structured() && found->empty()))
      out.emplace_back(path);
  }
}

}  // namespace

Json model_card(const Dossier& dossier) {
  Json out{{"schema_version", "0.0.2"}};
  keep(out, "model_details", details_of(dossier));
  keep(out, "model_parameters", parameters_of(dossier));
  if (Json metrics = metrics_of(dossier); !metrics.empty())
    out["quantitative_analysis"] = Json{{"performance_metrics", std::move(metrics)}};
  Json considerations = Json::object();
  keep(considerations, "users", described(purpose_of(dossier, "users")));
  auto uses = purpose_of(dossier, "use");
  for (const auto& text : purpose_of(dossier, "intended"))
    if (std::find(uses.begin(), uses.end(), text) == uses.end()) uses.push_back(text);
  keep(considerations, "use_cases", described(uses));
  keep(considerations, "limitations", described(limitations_of(dossier)));
  keep(considerations, "tradeoffs", described(purpose_of(dossier, "tradeoffs")));
  keep(considerations, "ethical_considerations", risks_of(dossier));
  keep(out, "considerations", considerations);
  return out;
}

std::vector<std::string> missing_fields(const Json& card) {
  std::vector<std::string> out;
  collect_missing(card, out);
  return out;
}

}  // namespace assay::document
