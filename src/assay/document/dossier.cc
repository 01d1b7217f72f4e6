#include "assay/document/dossier.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "assay/document/text.h"

namespace assay::document {

using operation::Evidence;
using operation::Figure;
using operation::Json;

Result<Item> read_item(std::string_view text, std::string ref, std::string time) {
  ASSAY_TRY(const Json parsed, operation::parse_json(text, ref));
  Item item{ref, operation::digest_of(parsed), std::move(time), {}};
  if (auto read = operation::from_json(parsed, item.evidence); !read) {
    Error e = std::move(read).error();
    return fail(Code::kCorrupt, "is not evidence: " + e.what, ref + (e.where.empty() ? "" : " " + e.where),
                "name a document that an Assay operation made");
  }
  if (!item.evidence.kind.starts_with("assay."))
    return fail(Code::kCorrupt, "\"" + item.evidence.kind + "\" is not a kind of evidence", ref + " kind",
                "name a document that an Assay operation made");
  return item;
}

std::string kind_word(const Evidence& evidence) {
  std::string word = evidence.kind;
  if (word.starts_with("assay.")) word.erase(0, 6);
  if (const auto slash = word.find('/'); slash != std::string::npos) word.resize(slash);
  return word;
}

const Item* find(const Dossier& dossier, std::string_view word) {
  for (auto item = dossier.items.rbegin(); item != dossier.items.rend(); ++item)
    if (kind_word(item->evidence) == word) return &*item;
  return nullptr;
}

const Json* at_path(const Json& in, std::string_view path) {
  const Json* here = &in;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string step(path.substr(0, dot));
    if (!here->is_object()) return nullptr;
    const auto found = here->find(step);
    if (found == here->end()) return nullptr;
    here = &*found;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return here;
}

std::string scalar_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_integer() && !value.is_number_unsigned()) return count_text(value.get<std::int64_t>());
  if (value.is_number_unsigned()) return count_text(static_cast<std::int64_t>(value.get<std::uint64_t>()));
  if (value.is_number_float()) return plain_text(value.get<double>());
  if (value.is_null()) return "none";
  return value.dump();
}

std::string text_at(const Json& in, std::string_view path) {
  const Json* found = at_path(in, path);
  if (!found || found->is_null() || found->is_structured()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::optional<double> as_number(const Json& in) {
  const double value = operation::number_of(in);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> number_at(const Json& in, std::string_view path) {
  const Json* found = at_path(in, path);
  return found ? as_number(*found) : std::nullopt;
}

std::vector<std::string> texts_at(const Json& in, std::string_view path) {
  std::vector<std::string> out;
  const Json* found = at_path(in, path);
  if (!found || found->is_null()) return out;
  if (!found->is_array()) {
    if (!found->is_object()) out.push_back(scalar_text(*found));
    return out;
  }
  for (const Json& each : *found) {
    if (each.is_object()) {
      const auto first = [&](std::initializer_list<const char*> names) {
        std::string text;
        for (const char* name : names)
          if (text.empty()) text = text_at(each, name);
        return text;
      };
      const std::string name = first({"name", "column", "value"});
      const std::string more = first({"description", "mitigation", "mitigation_strategy", "why", "reason"});
      out.push_back(name.empty() || more.empty() ? name + more : name + ": " + more);
    } else if (!each.is_null()) {
      out.push_back(scalar_text(each));
    }
  }
  std::erase(out, "");
  return out;
}

std::string harm_text(const Json& harm) {
  if (!harm.is_object()) return scalar_text(harm);
  if (const auto name = text_at(harm, "name"); !name.empty()) return name;
  std::string out = replaced(text_at(harm, "kind"), "-", " ") + ": " + text_at(harm, "who");
  if (const auto metric = text_at(harm, "metric"); !metric.empty())
    out += " (shown by " + replaced(metric, "_", " ") + ")";
  return out;
}

std::vector<std::string> purpose_of(const Dossier& dossier, std::string_view name) {
  const Json* harms = name == "harms" ? at_path(dossier.purpose, "harms") : nullptr;
  if (!harms || !harms->is_array()) return texts_at(dossier.purpose, name);
  std::vector<std::string> out;
  for (const Json& each : *harms)
    if (auto text = harm_text(each); !text.empty()) out.push_back(std::move(text));
  return out;
}

std::string Coding::positive_text() const {
  if (positive.empty()) return "the positive value";
  return label.empty() ? positive : label + " = " + positive;
}

std::string Coding::level_text() const { return plain_text(100 * level) + "%"; }

std::string Coding::favorable_text() const {
  if (favorable.empty()) return {};
  return label.empty() ? favorable : label + " = " + favorable;
}

Coding coding(const Dossier& dossier) {
  Coding out;
  for (const Item& item : dossier.items) {
    if (!item.evidence.figures.empty()) out.level = item.evidence.figures.front().level;
    if (const auto flagged = number_at(item.evidence.provenance, "options.min_n")) out.min_n = std::llround(*flagged);
  }
  // The label's own name is the one it has in the data: a table of predictions may call it otherwise.
  for (const std::string_view word : {"training", "split", "fairness", "evaluation", "profile"}) {
    const Item* item = find(dossier, word);
    if (!item) continue;
    const Json options = item->evidence.provenance.contains("options") ? item->evidence.provenance["options"] : Json();
    for (const Json* from : {&options, &item->evidence.detail}) {
      const auto take = [&](std::string& to, std::string_view name) {
        if (to.empty()) to = text_at(*from, name);
      };
      take(out.label, "label"), take(out.positive, "positive"), take(out.favorable, "favorable");
      if (!out.threshold) out.threshold = number_at(*from, "threshold");
    }
  }
  return out;
}

std::string meaning(std::string_view metric, const Coding& coding) {
  const std::string favorable = coding.favorable_text();
  std::string text = replaced(measure(metric).meaning, "{positive}", coding.positive_text());
  if (favorable.empty()) text = replaced(text, "the favourable decision, {favorable}", "the favourable decision");
  return replaced(text, "{favorable}", favorable);
}

const Figure* overall(const Evidence& evidence, std::string_view name) {
  for (const Figure& f : evidence.figures)
    if (f.name == name && f.slice.empty() && f.group.empty() && f.reference.empty()) return &f;
  return nullptr;
}

std::vector<std::vector<std::string>> groupings(const Evidence& evidence) {
  std::vector<std::vector<std::string>> out;
  for (const Figure& f : evidence.figures) {
    if (f.slice.empty() || !f.reference.empty() || !f.group.empty()) continue;
    std::vector<std::string> columns;
    for (const auto& [column, value] : f.slice) columns.push_back(column);
    if (std::find(out.begin(), out.end(), columns) == out.end()) out.push_back(columns);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return out;
}

std::vector<const Figure*> by_group(const Evidence& evidence, std::string_view name,
                                    const std::vector<std::string>& columns) {
  std::vector<const Figure*> out;
  for (const Figure& f : evidence.figures) {
    if (f.name != name || f.slice.size() != columns.size() || !f.reference.empty() || !f.group.empty()) continue;
    if (std::all_of(columns.begin(), columns.end(), [&](const auto& c) { return f.slice.contains(c); }))
      out.push_back(&f);
  }
  std::stable_sort(out.begin(), out.end(), [](const Figure* a, const Figure* b) {
    const auto key = [](const Figure* f) {
      std::vector<std::pair<bool, std::string>> k;
      for (const auto& [column, value] : f->slice) k.emplace_back(!value, value.value_or(""));
      return k;
    };
    return key(a) < key(b);
  });
  return out;
}

}  // namespace assay::document
