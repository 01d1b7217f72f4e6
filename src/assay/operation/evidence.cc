#include "assay/operation/evidence.h"

#include <algorithm>
#include <tuple>

namespace assay::operation {
namespace {

Json slice_json(const Slice& slice) {
  Json out = Json::object();
  for (const auto& [column, value] : slice) out[column] = value ? Json(*value) : Json(nullptr);
  return out;
}

Status slice_from(const Json& in, Slice& out) {
  if (!in.is_object()) return fail(Code::kInvalidArgument, "an object was expected, not " + std::string(type_name(in)));
  out.clear();
  for (const auto& [column, value] : in.items()) {
    if (!value.is_null() && !value.is_string())
      return fail(Code::kInvalidArgument, "a slice value is text or null", column);
    out[column] = value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
  }
  return {};
}

Json opt(const std::optional<double>& v) { return v ? number(*v) : Json(nullptr); }

// Values ascending, missing last.
bool slice_less(const Slice& a, const Slice& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return std::tuple(x.first, !x.second, x.second.value_or("")) <
           std::tuple(y.first, !y.second, y.second.value_or(""));
  });
}

struct Reader {
  const Json& in;
  Status status;
  template <class T>
  void operator()(const char* name, T& out) {
    if (!status) return;
    const auto found = in.find(name);
    if (found == in.end() || found->is_null()) return;
    if (auto s = from_json(*found, out); !s) status = at(std::move(s).error(), name);
  }
  void slice(const char* name, Slice& out) {
    if (!status) return;
    if (const auto found = in.find(name); found != in.end())
      if (auto s = slice_from(*found, out); !s) status = at(std::move(s).error(), name);
  }
};

}  // namespace

void sort_figures(std::vector<Figure>& figures) {
  std::stable_sort(figures.begin(), figures.end(), [](const Figure& a, const Figure& b) {
    if (a.name != b.name) return a.name < b.name;
    if (a.group != b.group) return a.group < b.group;
    if (slice_less(a.slice, b.slice)) return true;
    if (slice_less(b.slice, a.slice)) return false;
    if (slice_less(a.reference, b.reference)) return true;
    if (slice_less(b.reference, a.reference)) return false;
    return to_json(a.parameters).dump() < to_json(b.parameters).dump();
  });
}

Json Custom<Figure>::to(const Figure& f) {
  Json out{{"name", f.name}};
  if (!f.group.empty()) out["group"] = f.group;
  if (f.group.empty() || !f.slice.empty()) out["slice"] = slice_json(f.slice);
  if (!f.reference.empty()) out["reference"] = slice_json(f.reference);
  out["value"] = opt(f.value), out["low"] = opt(f.low), out["high"] = opt(f.high);
  out["level"] = f.level, out["method"] = f.method, out["n"] = f.n;
  if (!f.why.empty()) out["why"] = f.why;
  for (const auto& [name, v] : {std::pair("n_eff", f.n_eff),
                                {"se", f.se},
                                {"p", f.p},
                                {"p_adjusted", f.p_adjusted},
                                {"low_family", f.low_family},
                                {"high_family", f.high_family}})
    if (v) out[name] = number(*v);
  for (const auto& [name, v] : {std::pair("bound", &f.bound), {"unit", &f.unit}, {"better", &f.better}})
    if (!v->empty()) out[name] = *v;
  if (!f.parameters.empty()) out["parameters"] = to_json(f.parameters);
  if (!f.flags.empty()) out["flags"] = f.flags;
  return out;
}

Status Custom<Figure>::from(const Json& in, Figure& f) {
  if (!in.is_object()) return fail(Code::kInvalidArgument, "a figure is an object, not " + std::string(type_name(in)));
  f = {};
  Reader read{in, {}};
  read("name", f.name), read("group", f.group), read.slice("slice", f.slice), read.slice("reference", f.reference);
  read("value", f.value), read("low", f.low), read("high", f.high), read("level", f.level), read("method", f.method);
  read("n", f.n), read("why", f.why), read("n_eff", f.n_eff), read("se", f.se), read("p", f.p);
  read("p_adjusted", f.p_adjusted), read("low_family", f.low_family), read("high_family", f.high_family);
  read("bound", f.bound), read("unit", f.unit), read("better", f.better), read("parameters", f.parameters);
  read("flags", f.flags);
  if (read.status && f.name.empty()) return fail(Code::kInvalidArgument, "is required", "name");
  return read.status;
}

Json Custom<Figure>::schema() {
  const Json numeric{{"type", {"number", "string", "null"}}}, text{{"type", "string"}}, object{{"type", "object"}};
  Json properties{
      {"name", text}, {"slice", object}, {"group", {{"type", "array"}, {"items", text}}}, {"reference", object}};
  for (const char* name : {"value", "low", "high", "n_eff", "se", "p", "p_adjusted", "low_family", "high_family"})
    properties[name] = numeric;
  for (const char* name : {"method", "why", "bound", "unit", "better"}) properties[name] = text;
  properties["level"] = {{"type", "number"}}, properties["n"] = {{"type", "integer"}};
  properties["parameters"] = object, properties["flags"] = {{"type", "array"}, {"items", text}};
  return Json{{"type", "object"},
              {"properties", properties},
              {"required", {"name", "value", "low", "high", "level", "method", "n"}}};
}

Json Custom<Evidence>::to(const Evidence& e) {
  auto figures = e.figures;
  sort_figures(figures);
  Json blobs = Json::object();
  for (const auto& [role, b] : e.blobs)
    blobs[role] = Json{{"digest", b.digest}, {"media_type", b.media_type}, {"rows", b.rows}};
  return Json{{"kind", e.kind},
              {"operation", e.operation},
              {"provenance", e.provenance},
              {"figures", to_json(figures)},
              {"detail", e.detail},
              {"blobs", blobs},
              {"flags", e.flags}};
}

Status Custom<Evidence>::from(const Json& in, Evidence& e) {
  if (!in.is_object()) return fail(Code::kInvalidArgument, "evidence is an object, not " + std::string(type_name(in)));
  e = {};
  Reader read{in, {}};
  read("kind", e.kind), read("operation", e.operation), read("provenance", e.provenance), read("figures", e.figures);
  read("detail", e.detail), read("flags", e.flags);
  if (!read.status) return read.status;
  if (const auto blobs = in.find("blobs"); blobs != in.end() && blobs->is_object())
    for (const auto& [role, b] : blobs->items()) {
      if (!b.is_object()) return fail(Code::kInvalidArgument, "a blob is an object", "blobs: " + role);
      Reader one{b, {}};
      auto& made = e.blobs[role];
      one("digest", made.digest), one("media_type", made.media_type), one("rows", made.rows);
      if (!one.status) return at(std::move(one.status).error(), "blobs: " + role);
    }
  if (e.kind.empty())
    return fail(Code::kInvalidArgument, "is required", "kind", "give a document that an operation made");
  return {};
}

Json Custom<Evidence>::schema() {
  const Json text{{"type", "string"}}, object{{"type", "object"}};
  return Json{{"type", "object"},
              {"properties",
               {{"kind", text},
                {"operation", text},
                {"provenance", object},
                {"figures", {{"type", "array"}, {"items", Custom<Figure>::schema()}}},
                {"detail", object},
                {"blobs", object},
                {"flags", {{"type", "array"}, {"items", text}}}}},
              {"required", {"kind", "operation", "provenance", "figures", "detail", "blobs", "flags"}}};
}

}  // namespace assay::operation
