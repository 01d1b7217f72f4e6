// Purpose, data and model: what it is for, what it was made from, what it is.
#include <algorithm>
#include <cmath>
#include <map>

#include "assay/document/report.h"
#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Json;

// Bar heights of a profiled column in whichever form its distribution is kept.
std::vector<double> heights_of(const Json& column) {
  std::vector<double> out;
  for (const char* name : {"histogram", "bins", "top", "values", "frequent"}) {
    const Json* found = at_path(column, name);
    if (!found) continue;
    if (found->is_object() && found->contains("counts"))
      found = &(*found)["counts"];
    else if (found->is_object() && found->contains("bins"))
      found = &(*found)["bins"];
    if (!found->is_array()) continue;
    for (const Json& each : *found) {
      const auto height = each.is_object() ? number_at(each, "count") : as_number(each);
      if (height) out.push_back(*height);
    }
    if (!out.empty()) return out;
  }
  return out;
}

std::string first_of(const Json& in, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const Json* found = at_path(in, name); found && !found->is_null() && !found->is_structured())
      return scalar_text(*found);
  return {};
}

std::string range_of(const Json& column) {
  const std::string low = first_of(column, {"min", "minimum", "low"}),
                    high = first_of(column, {"max", "maximum", "high"});
  if (!low.empty() && !high.empty()) return low + " to " + high;
  for (const char* name : {"top", "values", "frequent"}) {
    const Json* list = at_path(column, name);
    if (!list || !list->is_array() || list->empty()) continue;
    std::vector<std::string> shown;
    for (const Json& each : *list)
      if (shown.size() < 3)
        shown.push_back(shortened(each.is_object() ? text_at(each, "value") : scalar_text(each), 18));
    return joined(shown, ", ") + (list->size() > 3 ? ", …" : "");
  }
  return {};
}

std::string missing_of(const Json& column, std::optional<double> rows) {
  auto missing = number_at(column, "missing");
  if (!missing) missing = number_at(column, "missing_count");
  auto share = number_at(column, "missing_share");
  if (!share) share = number_at(column, "missing_rate");
  if (!share && missing && rows && *rows > 0) share = *missing / *rows;
  if (!missing && !share) return {};
  if (missing && *missing == 0) return "0";
  return (missing ? count_text(std::llround(*missing)) : "") +
         (share ? " (" + number_text(*share, Unit::kShare) + ")" : "");
}

// What a column is besides a feature: the label, or why the training left it out.
std::map<std::string, std::string> roles_of(const Dossier& dossier) {
  std::map<std::string, std::string> out;
  if (const Item* training = find(dossier, "training"))
    if (const Json* excluded = at_path(training->evidence.detail, "excluded"); excluded && excluded->is_array())
      for (const Json& each : *excluded)
        if (each.is_object()) out[first_of(each, {"column", "name"})] = text_at(each, "why");
  if (const std::string label = coding(dossier).label; !label.empty()) out[label] = "label";
  return out;
}

std::string looks_missing(const Json& column) {
  std::vector<std::string> parts;
  if (const Json* list = at_path(column, "looks_missing"); list && list->is_array())
    for (const Json& each : *list)
      parts.push_back("\"" + shortened(text_at(each, "value"), 16) + "\" " + first_of(each, {"count"}));
  return parts.empty() ? "" : "<small>looks missing: " + html(joined(parts, ", ")) + "</small>";
}

std::string profile_table(const Json& columns, std::optional<double> rows, std::map<std::string, std::string> roles) {
  HtmlTable table("Columns of the data as they were read.",
                  {"Column", "Type", "#Missing", "#Distinct", "Range or values", "#Mean", "Distribution"});
  int index = 0;
  const auto add = [&](const Json& column, const std::string& given) {
    if (!column.is_object()) return;
    const std::string name = given.empty() ? first_of(column, {"name", "column"}) : given;
    std::string role = text_at(column, "role");
    if (role.empty()) role = shortened(roles[name], 24);
    const auto heights = heights_of(column);
    table.row(
        {{html(name) + (role.empty() || role == "feature" ? "" : " <span class=\"tag\">" + html(role) + "</span>")},
         words(first_of(column, {"type"})),
         {html(missing_of(column, rows)) + looks_missing(column), true},
         numeric(first_of(column, {"distinct", "unique"})),
         words(range_of(column)),
         numeric(first_of(column, {"mean"})),
         {heights.empty() ? std::string()
                          : svg::sparkbars("bars-" + std::to_string(index), "Distribution of " + name, heights)}});
    ++index;
  };
  if (columns.is_array())
    for (const Json& column : columns) add(column, {});
  else if (columns.is_object())
    for (const auto& [name, column] : columns.items()) add(column, name);
  return table.empty() ? std::string() : table.text();
}

std::string split_table(const Json& parts) {
  HtmlTable table("How the rows were split.", {"Part", "#Rows", "Labels", "Digest of the rows"});
  const auto add = [&](const std::string& name, const Json& part) {
    const std::string rows = part.is_object() ? first_of(part, {"rows", "n", "count"}) : scalar_text(part);
    std::vector<std::string> labels;
    if (const Json* counts = part.is_object() ? at_path(part, "labels") : nullptr; counts && counts->is_array())
      for (const Json& each : *counts)
        labels.push_back((text_at(each, "value").empty() ? "(missing)" : text_at(each, "value")) + ": " +
                         first_of(each, {"rows"}));
    const std::string whole = part.is_object() ? first_of(part, {"rows_digest", "digest"}) : "";
    table.row({words(name), numeric(rows), words(joined(labels, ", ")), {whole.empty() ? "" : digest(whole)}});
  };
  if (parts.is_object())
    for (const auto& [name, part] : parts.items()) add(name, part);
  else if (parts.is_array())
    for (const Json& part : parts)
      if (part.is_object()) add(first_of(part, {"name", "part"}), part);
  return table.empty() ? std::string() : table.text();
}

std::string coefficients(const Json& list, const std::string& level) {
  HtmlTable table("Coefficients with their " + level + " intervals; above zero pushes towards the positive value.",
                  {"Feature", "#Coefficient", "#Standard error", "#Interval", "#Per unit of the feature"});
  svg::Intervals chart{"coefficients",
                       "Coefficients",
                       "Each coefficient with its " + level + " interval around zero.",
                       {},
                       0.0,
                       "no effect",
                       {},
                       false,
                       {},
                       {}};
  bool scaled = false;
  for (const Json& each : list) {
    if (!each.is_object()) continue;
    const std::string name = first_of(each, {"name", "feature"});
    const auto value = number_at(each, "value"), low = number_at(each, "low"), high = number_at(each, "high");
    const auto se = number_at(each, "se"), unit = number_at(each, "per_unit");
    scaled = scaled || unit;
    table.row({words(name), numeric(value ? number_text(*value) : "undefined"), numeric(se ? number_text(*se) : "none"),
               numeric(range_text(low, high, Unit::kNumber)), numeric(unit ? number_text(*unit) : "")});
    chart.rows.push_back({name,
                          {},
                          value ? number_text(*value) : "",
                          value,
                          low,
                          high,
                          value ? "" : "undefined" + (text_at(each, "why").empty() ? "" : ": " + text_at(each, "why")),
                          {},
                          {},
                          {},
                          false});
  }
  if (chart.rows.empty()) return {};
  return plot(svg::intervals(chart), "Coefficients",
              std::string(scaled ? "Features on one scale (divided by their standard deviation), so lengths compare. "
                                 : "") +
                  "Dot: the estimate. Band: its " + level +
                  " interval. A band over zero says that the data cannot tell the direction.") +
         details("Coefficients as a table", table.text());
}

// Scalars of an object, for what no section knows by name.
std::string scalars(const Json& in, std::initializer_list<std::string_view> but) {
  std::vector<std::pair<std::string, Cell>> pairs;
  if (!in.is_object()) return {};
  for (const auto& [name, value] : in.items()) {
    if (value.is_structured() || value.is_null() || std::find(but.begin(), but.end(), name) != but.end()) continue;
    pairs.emplace_back(measure(name).title, words(scalar_text(value)));
  }
  return facts(pairs);
}

std::vector<std::string> first_texts(const Json& detail, const Json& options,
                                     std::initializer_list<const char*> names) {
  for (const char* name : names)
    for (const Json* from : {&detail, &options})
      if (auto found = texts_at(*from, name); !found.empty()) return found;
  return {};
}

}  // namespace

Section purpose_section(const Dossier& dossier, const Json& card) {
  Section out{"purpose", "Purpose", {}};
  const std::vector<std::pair<const char*, const char*>> parts{{"use", "What it is for"},
                                                               {"intended", "Intended use"},
                                                               {"users", "Who uses it"},
                                                               {"out_of_scope", "What it must not be used for"},
                                                               {"harms", "Harms that were thought of"}};
  std::vector<std::string> unsaid;
  for (const auto& [name, title] : parts) {
    const auto texts = purpose_of(dossier, name);
    if (!texts.empty())
      out.body += "<h3>" + html(title) + "</h3>\n" + bullets(texts);
    else if (std::string_view(name) != "intended")
      unsaid.push_back("purpose." + std::string(name));
  }
  if (const Json* details = at_path(card, "model_details")) {
    std::vector<std::string> owners, licences;
    if (const Json* list = at_path(*details, "owners"); list && list->is_array())
      for (const Json& each : *list) owners.push_back(joined({text_at(each, "name"), text_at(each, "contact")}, " "));
    if (const Json* list = at_path(*details, "licenses"); list && list->is_array())
      for (const Json& each : *list) licences.push_back(text_at(each, "identifier") + text_at(each, "custom_text"));
    out.body += facts({{"Owners", words(joined(owners, ", "))}, {"Licence", words(joined(licences, ", "))}});
  }
  if (!unsaid.empty())
    out.body += "<p class=\"absent\">Not said: " + html(joined(unsaid, ", ")) + ". Write it under " + code("purpose") +
                " in " + code("assay.yaml") + ".</p>\n";
  return out;
}

Section data_section(const Dossier& dossier) {
  Section out{"data", "Data", {}};
  const Item* split = find(dossier, "split");
  const Item* profile = find(dossier, "profile");
  if (profile) {
    const Json& detail = profile->evidence.detail;
    const Json* columns = at_path(detail, "columns");
    const auto rows = number_at(detail, "rows");
    const std::string count =
        columns && columns->is_structured() ? count_text(static_cast<std::int64_t>(columns->size())) : "";
    out.body += facts({{"Rows", words(rows ? count_text(std::llround(*rows)) : "")},
                       {"Columns", words(count)},
                       {"Duplicate rows", words(first_of(detail, {"duplicate_rows", "duplicates"}))}});
    if (columns) out.body += profile_table(*columns, rows, roles_of(dossier));
  } else {
    out.body += absent("There is no profile of the data.", "assay stats profile DATA");
  }
  if (split) {
    const Json& detail = split->evidence.detail;
    out.body += "<h3>Split</h3>\n";
    if (const Json* parts = at_path(detail, "parts")) out.body += split_table(*parts);
    std::vector<std::string> shared;
    if (const Json* overlap = at_path(detail, "overlap"); overlap && overlap->is_object())
      for (const auto& [parts, rows] : overlap->items())
        shared.push_back(scalar_text(rows) + " in " + replaced(parts, ",", " and "));
    out.body += facts({{"Stratified by", words(joined(texts_at(detail, "stratify"), ", "))},
                       {"Equal rows shared", words(joined(shared, "; "))}});
    out.body += scalars(detail, {"stratify"});
  } else {
    out.body += absent("There is no record of how the data were split.", "assay data split DATA");
  }
  return out;
}

Section model_section(const Dossier& dossier) {
  Section out{"model", "Model", {}};
  const Item* item = find(dossier, "training");
  if (!item) {
    out.body = absent("There is no record of the training.", "assay train linear DATA");
    return out;
  }
  const Json& detail = item->evidence.detail;
  const Json options =
      item->evidence.provenance.contains("options") ? item->evidence.provenance["options"] : Json::object();
  const auto features = first_texts(detail, options, {"features", "inputs", "include"});
  const auto left_out = first_texts(detail, options, {"excluded", "exclude", "protected"});
  std::string learner = text_at(detail, "learner");
  if (learner.empty()) learner = text_at(detail, "model");
  if (learner.empty()) learner = item->evidence.operation;
  out.body = facts({{"Learner", words(learner)},
                    {"Features used", words(joined(features, ", "))},
                    {"Left out", words(joined(left_out, "; "))},
                    {"Converged", words(first_of(detail, {"convergence.converged"}))}});
  out.body += scalars(detail, {"learner", "model", "total_weight"});
  if (const Json* list = at_path(detail, "coefficients"); list && list->is_array() && !list->empty())
    out.body += coefficients(*list, coding(dossier).level_text());
  std::vector<const operation::Figure*> figures;
  for (const auto& f : item->evidence.figures) figures.push_back(&f);
  if (!figures.empty())
    out.body +=
        details("Figures of the training",
                figure_table(figures, "Measured while training, so on the rows trained on unless it says otherwise.",
                             coding(dossier)));
  return out;
}

}  // namespace assay::document
