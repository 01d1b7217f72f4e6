// Described structs to and from JSON. Unknown, missing, mistyped and out-of-range fields are errors that name the field
// and, for a misspelling, the nearest name. Included by operations.cc files, server and cli: it is dear to compile.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/base/error.h"
#include "assay/operation/describe.h"

namespace assay::operation {

using Json = nlohmann::ordered_json;

// A type that writes itself otherwise specialises this: static Json to(const T&), static Status from(const Json&, T&),
// static Json schema().
template <class T>
struct Custom {};
template <class T>
concept Customised = requires(const T& t) { Custom<T>::to(t); };

// ---- text (json.cc)
// Parses JSON text: refuses duplicate keys, depth over 64, trailing bytes, invalid UTF-8; says the byte.
Result<Json> parse_json(std::string_view text, const std::string& where = {});
// RFC 8785 bytes of a value: sorted keys, shortest numbers, no blanks. What is hashed and signed.
std::string canonical(const Json& value);
std::string digest_of(const Json& value);  // "sha256:…" of canonical()
// A double as JSON: non-finite ones become the strings "NaN", "Infinity", "-Infinity".
Json number(double value);
double number_of(const Json& value);  // the way back; NaN when it is neither a number nor one of those strings

// ---- checks shared by every face (json.cc)
Error unknown_name(std::string_view what, std::string_view given, const std::vector<std::string>& known);
std::string nearest(std::string_view given, const std::vector<std::string>& known);  // empty when none is near
Status in_range(double value, const Meta& meta);
Status one_of_choices(std::string_view value, const Meta& meta);
std::string_view type_name(const Json& value);
bool is_utf8(std::string_view text);

inline tl::unexpected<Error> at(Error e, std::string_view name) { return tl::unexpected<Error>(std::move(e).at(name)); }

template <class T>
Json to_json(const T& value) {
  if constexpr (Customised<T>) {
    return Custom<T>::to(value);
  } else if constexpr (std::is_same_v<T, Json>) {
    return value;
  } else if constexpr (Described<T>) {
    Json out = Json::object();
    for_each_field<T>([&](const auto& f) { out[std::string(f.name)] = to_json(value.*f.member); });
    return out;
  } else if constexpr (is_a<T, std::vector>) {
    Json out = Json::array();
    for (const auto& each : value) out.push_back(to_json(each));
    return out;
  } else if constexpr (is_a<T, std::map>) {
    Json out = Json::object();
    for (const auto& [key, each] : value) out[key] = to_json(each);
    return out;
  } else if constexpr (is_a<T, std::optional>) {
    return value ? to_json(*value) : Json(nullptr);
  } else if constexpr (is_a<T, std::variant>) {
    Json out{{"kind", std::string(kinds<T>[value.index()])}};
    std::visit([&](const auto& each) { out.update(to_json(each)); }, value);
    return out;
  } else if constexpr (std::is_floating_point_v<T>) {
    return number(value);
  } else {
    return Json(value);
  }
}

template <class T>
Status from_json(const Json& in, T& out);
template <class M>
Status constrained(const M& value, const Meta& meta);

template <Described T>
Status object_from_json(const Json& in, T& out, bool has_kind = false) {
  if (!in.is_object()) return fail(Code::kInvalidArgument, "an object was expected, not " + std::string(type_name(in)));
  Status status;
  std::vector<std::string> names;
  for_each_field<T>([&](const auto& f) {
    names.emplace_back(f.name);
    if (!status) return;
    const auto found = in.find(names.back());
    if (found == in.end()) {
      if (f.meta.required) status = fail(Code::kInvalidArgument, "is required", names.back(), std::string(f.meta.help));
      return;
    }
    if (auto s = from_json(*found, out.*f.member); !s) {
      status = at(std::move(s).error(), f.name);
      return;
    }
    using M = std::remove_cvref_t<decltype(out.*f.member)>;
    if (auto s = constrained<M>(out.*f.member, f.meta); !s) status = at(std::move(s).error(), f.name);
  });
  if (!status) return status;
  for (const auto& [key, unused] : in.items())
    if (!(has_kind && key == "kind") && std::find(names.begin(), names.end(), key) == names.end())
      return tl::unexpected<Error>(unknown_name("field", key, names));
  return {};
}

// Range and choices of a value, of each element of a list, and of an optional that is set.
template <class M>
Status constrained(const M& value, const Meta& meta) {
  if constexpr (is_a<M, std::vector>) {
    for (std::size_t i = 0; i < value.size(); ++i)
      if (auto s = constrained(static_cast<const typename M::value_type&>(value[i]), meta); !s)
        return at(std::move(s).error(), "[" + std::to_string(i) + "]");
  } else if constexpr (is_a<M, std::optional>) {
    if (value) return constrained(*value, meta);
  } else if constexpr (std::is_same_v<M, bool>) {
  } else if constexpr (std::is_arithmetic_v<M>) {
    return in_range(static_cast<double>(value), meta);
  } else if constexpr (std::is_same_v<M, std::string>) {
    return one_of_choices(value, meta);
  }
  return {};
}

template <class V, std::size_t I = 0>
Status variant_from_json(const Json& in, const std::string& kind, V& out) {
  if constexpr (I == std::variant_size_v<V>) {
    return tl::unexpected<Error>(unknown_name("kind", kind, {kinds<V>.begin(), kinds<V>.end()}));
  } else {
    if (kind != kinds<V>[I]) return variant_from_json<V, I + 1>(in, kind, out);
    std::variant_alternative_t<I, V> made{};
    if (auto s = object_from_json(in, made, true); !s) return s;
    out = std::move(made);
    return {};
  }
}

template <class T>
Status scalar_from_json(const Json& in, T& out) {
  if constexpr (std::is_floating_point_v<T>) {
    if (in == "NaN") return out = std::numeric_limits<T>::quiet_NaN(), Status{};
    if (in == "Infinity" || in == "-Infinity")
      return out = (in == "Infinity" ? 1 : -1) * std::numeric_limits<T>::infinity(), Status{};
  }
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    // 3.0 is an integer to JSON; 3.5 and 1e300 are not, and a value outside the type must not wrap around.
    if (in.is_number_float() && std::nearbyint(in.get<double>()) == in.get<double>() &&
        std::abs(in.get<double>()) < 0x1p53)
      return out = static_cast<T>(in.get<double>()), Status{};
    if (in.is_number_float()) return fail(Code::kInvalidArgument, "a whole number was expected, not " + in.dump());
    if (in.is_number_unsigned() && in.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
      return fail(Code::kInvalidArgument, in.dump() + " is too large");
    if constexpr (std::is_unsigned_v<T>)
      if (in.is_number_integer() && !in.is_number_unsigned())
        return fail(Code::kInvalidArgument, in.dump() + " is negative");
  }
  const bool fits = std::is_same_v<T, bool>       ? in.is_boolean()
                    : std::is_integral_v<T>       ? in.is_number_integer()
                    : std::is_floating_point_v<T> ? in.is_number()
                                                  : in.is_string();
  const char* wanted = std::is_same_v<T, bool>       ? "true or false"
                       : std::is_integral_v<T>       ? "a whole number"
                       : std::is_floating_point_v<T> ? "a number"
                                                     : "text";
  if (!fits)
    return fail(Code::kInvalidArgument, std::string(wanted) + " was expected, not " + std::string(type_name(in)));
  out = in.get<T>();
  return {};
}

template <class T>
Status from_json(const Json& in, T& out) {
  if constexpr (Customised<T>) {
    return Custom<T>::from(in, out);
  } else if constexpr (std::is_same_v<T, Json>) {
    return out = in, Status{};
  } else if constexpr (Described<T>) {
    return object_from_json(in, out);
  } else if constexpr (is_a<T, std::vector>) {
    if (!in.is_array()) return fail(Code::kInvalidArgument, "a list was expected, not " + std::string(type_name(in)));
    out.clear();
    for (std::size_t i = 0; i < in.size(); ++i) {
      typename T::value_type each{};
      if (auto s = from_json(in[i], each); !s) return at(std::move(s).error(), "[" + std::to_string(i) + "]");
      out.push_back(std::move(each));
    }
    return {};
  } else if constexpr (is_a<T, std::map>) {
    if (!in.is_object())
      return fail(Code::kInvalidArgument, "an object was expected, not " + std::string(type_name(in)));
    out.clear();
    for (const auto& [key, value] : in.items())
      if (auto s = from_json(value, out[key]); !s) return at(std::move(s).error(), key);
    return {};
  } else if constexpr (is_a<T, std::optional>) {
    if (in.is_null()) return out.reset(), Status{};
    return from_json(in, out.emplace());
  } else if constexpr (is_a<T, std::variant>) {
    if (!in.is_object())
      return fail(Code::kInvalidArgument, "an object was expected, not " + std::string(type_name(in)));
    const auto kind = in.find("kind");
    if (kind == in.end() || !kind->is_string()) return fail(Code::kInvalidArgument, "is required", "kind");
    return variant_from_json(in, kind->get<std::string>(), out);
  } else {
    return scalar_from_json(in, out);
  }
}

// JSON Schema (2020-12) of a type, for OpenAPI, editors and the studio's forms.
template <class T>
Json schema();

void add_constraints(Json& to, const Meta& meta);  // json.cc: description, range, choices, unit, example

template <class V, std::size_t... I>
Json variant_schema(std::index_sequence<I...>) {
  Json out = Json::array();
  const auto one = [&](std::string_view kind, Json s) {
    Json properties{{"kind", {{"const", std::string(kind)}}}};
    properties.update(s["properties"]);
    s["properties"] = std::move(properties);
    s["required"].insert(s["required"].begin(), "kind");
    out.push_back(std::move(s));
  };
  (one(kinds<V>[I], schema<std::variant_alternative_t<I, V>>()), ...);
  return Json{{"oneOf", out}};
}

template <class T>
Json schema() {
  if constexpr (Customised<T>) {
    return Custom<T>::schema();
  } else if constexpr (std::is_same_v<T, Json>) {
    return Json::object();
  } else if constexpr (Described<T>) {
    Json properties = Json::object(), needed = Json::array();
    const T defaults{};
    for_each_field<T>([&](const auto& f) {
      using M = std::remove_cvref_t<decltype(defaults.*f.member)>;
      Json p = schema<M>();
      if constexpr (is_a<M, std::vector>) {
        Meta item = f.meta;
        item.help = item.unit = item.example = {};
        add_constraints(p["items"], item);
        Meta list = f.meta;
        list.choice_count = 0, list.low = -Meta::kOpen, list.high = Meta::kOpen;
        add_constraints(p, list);
      } else {
        add_constraints(p, f.meta);
      }
      if (f.meta.required)
        needed.push_back(std::string(f.name));
      else if (const Json value = to_json(defaults.*f.member);
               !f.meta.secret && constrained<M>(defaults.*f.member, f.meta))
        p["default"] = value;  // an unset choice is "", which is none of the choices
      properties[std::string(f.name)] = std::move(p);
    });
    return Json{{"type", "object"}, {"properties", properties}, {"required", needed}, {"additionalProperties", false}};
  } else if constexpr (is_a<T, std::vector>) {
    return Json{{"type", "array"}, {"items", schema<typename T::value_type>()}};
  } else if constexpr (is_a<T, std::map>) {
    return Json{{"type", "object"}, {"additionalProperties", schema<typename T::mapped_type>()}};
  } else if constexpr (is_a<T, std::optional>) {
    Json inner = schema<typename T::value_type>();
    if (inner.contains("type") && inner["type"].is_string()) inner["type"] = Json::array({inner["type"], "null"});
    return inner;
  } else if constexpr (is_a<T, std::variant>) {
    return variant_schema<T>(std::make_index_sequence<std::variant_size_v<T>>{});
  } else {
    return Json{{"type", std::is_same_v<T, bool>       ? "boolean"
                         : std::is_integral_v<T>       ? "integer"
                         : std::is_floating_point_v<T> ? "number"
                                                       : "string"}};
  }
}

}  // namespace assay::operation
