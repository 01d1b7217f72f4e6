#include "assay/gate/lookup.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace assay::gate {
namespace {

using operation::Expression;
using operation::Json;
using Kind = Expression::Kind;

std::string key_of(const std::string& name, const operation::Slice& slice) {
  std::string out = name;
  for (const auto& [column, value] : slice) out += '\x1f' + column + (value ? '=' + *value : "?");
  return out;
}

std::string plain(const Json& word) { return word.is_string() ? word.get<std::string>() : word.dump(); }

bool equal(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  return a == b;
}

// What a call asks for.
struct Wanted {
  std::optional<operation::Slice> slice;  // none: any, because a group was named
  bool unknown_slice = false;
  std::vector<std::string> group;
  std::map<std::string, Json> parameters;
  bool positional = false;

  bool fits(const operation::Figure& f) const {
    if (f.group != group || (slice && f.slice != *slice) || f.parameters.size() != parameters.size()) return false;
    for (const auto& [name, value] : parameters) {
      const auto found = f.parameters.find(name);
      if (found == f.parameters.end() || !equal(found->second, value)) return false;
    }
    return true;
  }
};

Wanted wanted_by(const Expression& e, const Scope& scope) {
  Wanted out;
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    const Expression& argument = e.children[i];
    const std::string& key = e.keys[i];
    if (key == "slice") {
      out.unknown_slice = !scope.slice || argument.kind != Kind::kName || argument.text != scope.variable;
      if (!out.unknown_slice) out.slice = scope.slice->slice;
    } else if (key == "group") {
      out.group = group_of(argument);
    } else if (key.empty()) {
      out.positional = true;
    } else {
      out.parameters[key] = word_of(argument);
    }
  }
  if (out.group.empty() && !out.slice) out.slice.emplace();
  return out;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// How the figures of the name that are there differ from the one asked for.
std::string alternatives(const std::vector<Index::Entry>& there) {
  std::set<std::string> kinds;
  for (const auto& [f, exhibit, order] : there) {
    std::vector<std::string> parts;
    if (!f->group.empty())
      parts.push_back("group=" + (f->group.size() == 1 ? f->group[0] : "[" + joined(f->group) + "]"));
    if (f->group.empty() && !f->slice.empty()) parts.push_back("slices");
    for (const auto& [name, value] : f->parameters) parts.push_back(name + "=" + plain(value));
    kinds.insert(parts.empty() ? "all rows" : joined(parts));
  }
  if (kinds.size() > 4) return "others";
  std::string out;
  for (const auto& kind : kinds) out += (out.empty() ? "" : " and ") + ("one for " + kind);
  return out;
}

std::string missing(const Expression& e, const Wanted& wanted, const Scope& scope) {
  if (wanted.unknown_slice) return text_of(e) + " names no slice; a rule with `for: g in slices` has them";
  if (wanted.positional || e.text.find('.') != std::string::npos) return "nothing is known of " + text_of(e);
  const auto& there = scope.index.named(e.text);
  const std::string asked =
      scope.slice && wanted.slice && !wanted.slice->empty() ? e.text + " for " + text_of(*wanted.slice) : text_of(e);
  std::string out = "the evidence has no " + asked;
  if (!there.empty() && wanted.slice && wanted.slice->empty()) return out + ", only " + alternatives(there);
  if (!there.empty() && !wanted.group.empty()) return out + ", only " + alternatives(there);
  const std::string near = there.empty() ? operation::nearest(e.text, scope.index.names()) : "";
  return near.empty() ? out : out + "; did you mean " + near + "?";
}

// The same figure in evidence of two operations is one figure.
std::vector<Index::Entry> distinct(const std::vector<Index::Entry>& hits) {
  std::vector<Index::Entry> out;
  for (const auto& hit : hits) {
    const auto twin = std::find_if(out.begin(), out.end(), [&](const Index::Entry& other) {
      return other.order != hit.order && operation::to_json(*other.figure) == operation::to_json(*hit.figure);
    });
    if (twin == out.end())
      out.push_back(hit);
    else if (twin->exhibit->stale)
      *twin = hit;
  }
  return out;
}

}  // namespace

Index::Index(const Document& document) {
  for (std::size_t i = 0; i < document.evidence.size(); ++i)
    for (const auto& figure : document.evidence[i].evidence.figures) {
      const Entry entry{&figure, &document.evidence[i], i};
      by_name_[figure.name].push_back(entry);
      if (figure.group.empty()) by_slice_[key_of(figure.name, figure.slice)].push_back(entry);
    }
}

const std::vector<Index::Entry>& Index::named(const std::string& name) const {
  static const std::vector<Entry> kNone;
  auto found = by_name_.find(name);
  if (found == by_name_.end()) found = by_name_.find(full_name(name));
  return found == by_name_.end() ? kNone : found->second;
}

const std::vector<Index::Entry>& Index::of_slice(const std::string& name, const operation::Slice& slice) const {
  static const std::vector<Entry> kNone;
  const auto found = by_slice_.find(key_of(by_name_.contains(name) ? name : full_name(name), slice));
  return found == by_slice_.end() ? kNone : found->second;
}

std::vector<std::string> Index::names() const {
  std::vector<std::string> out;
  for (const auto& [name, entries] : by_name_) out.push_back(name);
  return out;
}

Json word_of(const Expression& e) {
  switch (e.kind) {
    case Kind::kNumber:
      return Json(e.value());
    case Kind::kNegative:
      return Json(-e.children[0].value());
    case Kind::kTruth:
      return Json(e.number != 0);
    case Kind::kList: {
      Json list = Json::array();
      for (const auto& child : e.children) list.push_back(word_of(child));
      return list;
    }
    default:
      return Json(e.text);
  }
}

std::vector<std::string> group_of(const Expression& argument) {
  const Json word = word_of(argument);
  if (!word.is_array()) return {plain(word)};
  std::vector<std::string> out;
  for (const auto& each : word) out.push_back(plain(each));
  return out;
}

std::vector<std::string> fact_keys(const Expression& e) {
  if (e.kind == Kind::kName) return {e.text};
  std::string with = e.text + "(", without = with;
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    const Expression& child = e.children[i];
    const std::string word = child.kind == Kind::kText ? child.text : operation::text_of(child);
    const std::string comma = i ? ", " : "";
    with += comma + (e.keys[i].empty() ? "" : e.keys[i] + "=") + word;
    without += comma + word;
  }
  return {with + ")", without + ")"};
}

Value value_of(const Index::Entry& entry, const Scope& scope) {
  const auto& f = *entry.figure;
  if (scope.read && !entry.exhibit->digest.empty()) scope.read->insert(entry.exhibit->digest);
  if (entry.exhibit->stale)
    return unknown_value("the evidence for " + f.name + " is stale: its inputs have changed since");
  if (!f.value) return unknown_value(f.name + " is undefined" + (f.why.empty() ? "" : ": " + f.why));
  if (!f.low && !f.high) return number_value(*f.value);
  const auto& low = scope.family ? f.low_family : f.low;
  const auto& high = scope.family ? f.high_family : f.high;
  if (!low && !high) return unknown_value(f.name + " has no interval that allows for several slices at once");
  const double infinity = std::numeric_limits<double>::infinity();
  if (low && high && *low > *high) return unknown_value("the interval of " + f.name + " is the wrong way round");
  return number_value(low.value_or(-infinity), high.value_or(infinity), f.value);
}

Result<Value> figure_value(const Expression& e, const Scope& scope) {
  const Wanted wanted = wanted_by(e, scope);
  std::vector<Index::Entry> hits;
  if (!wanted.unknown_slice && !wanted.positional)
    for (const auto& entry :
         wanted.group.empty() ? scope.index.of_slice(e.text, *wanted.slice) : scope.index.named(e.text))
      if (wanted.fits(*entry.figure)) hits.push_back(entry);
  hits = distinct(hits);
  if (hits.empty()) return unknown_value(missing(e, wanted, scope));
  if (hits.size() > 1)
    return fail(Code::kInvalidArgument, text_of(e) + " fits " + std::to_string(hits.size()) + " figures",
                "column " + std::to_string(e.column),
                wanted.group.empty() ? "give evidence of one model and data set only"
                                     : "use `for: g in slices` with slice=g, or the _difference or _ratio");
  return value_of(hits[0], scope);
}

}  // namespace assay::gate
