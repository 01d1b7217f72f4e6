// Field tables: a plain struct plus one constexpr list of its fields. JSON, command-line options, the OpenAPI schema,
// Python keyword arguments, the studio's forms and the reference page are all read off the same list.
//
//   struct ProfileRequest { std::string data; std::vector<std::string> columns; int bins = 10; };
//   template <> inline constexpr auto fields<ProfileRequest> = std::tuple{
//       required("data", &ProfileRequest::data, "file or dataset to read").positional().input(),
//       field("columns", &ProfileRequest::columns, "only these columns; all when none is named"),
//       field("bins", &ProfileRequest::bins, "histogram bins").range(1, 1000)};
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace assay::operation {

// All that is said of a field besides its name and type.
struct Meta {
  static constexpr double kOpen = std::numeric_limits<double>::infinity();
  std::string_view help, unit, example, since, deprecated;
  std::array<std::string_view, 16> choices{};  // text fields: the values allowed
  std::size_t choice_count = 0;
  double low = -kOpen, high = kOpen;  // numbers: the range allowed
  bool low_excluded = false, high_excluded = false;
  bool required = false, positional = false, secret = false, hidden = false;
  bool input = false;   // names a file or an asset that is read: a role in provenance, not an option
  bool output = false;  // names a file that a face writes; no part of the request's identity
  char short_flag = 0;
};

template <class Owner, class T>
struct Field {
  std::string_view name;  // snake_case; the command line shows --kebab-case
  T Owner::* member;
  Meta meta;

  constexpr Field range(double low, double high) const {
    return with([&](Meta& m) { m.low = low, m.high = high; });
  }
  // Both ends excluded.
  constexpr Field between(double low, double high) const {
    return with([&](Meta& m) { m.low = low, m.high = high, m.low_excluded = m.high_excluded = true; });
  }
  constexpr Field above(double low) const {
    return with([&](Meta& m) { m.low = low, m.low_excluded = true; });
  }
  constexpr Field one_of(std::initializer_list<std::string_view> values) const {
    return with([&](Meta& m) {
      for (const auto v : values) m.choices[m.choice_count++] = v;
    });
  }
  constexpr Field unit(std::string_view text) const {
    return with([&](Meta& m) { m.unit = text; });
  }
  constexpr Field example(std::string_view text) const {
    return with([&](Meta& m) { m.example = text; });
  }
  constexpr Field since(std::string_view text) const {
    return with([&](Meta& m) { m.since = text; });
  }
  constexpr Field deprecated(std::string_view text) const {
    return with([&](Meta& m) { m.deprecated = text; });
  }
  constexpr Field short_flag(char c) const {
    return with([&](Meta& m) { m.short_flag = c; });
  }
  constexpr Field positional() const {
    return with([](Meta& m) { m.positional = true; });
  }
  constexpr Field secret() const {
    return with([](Meta& m) { m.secret = true; });
  }
  constexpr Field hidden() const {
    return with([](Meta& m) { m.hidden = true; });
  }
  constexpr Field input() const {
    return with([](Meta& m) { m.input = true; });
  }
  constexpr Field output() const {
    return with([](Meta& m) { m.output = true; });
  }

 private:
  template <class Change>
  constexpr Field with(Change change) const {
    Field copy = *this;
    change(copy.meta);
    return copy;
  }
};

template <class Owner, class T>
constexpr Field<Owner, T> field(std::string_view name, T Owner::* member, std::string_view help) {
  Field<Owner, T> made{name, member, {}};
  made.meta.help = help;
  return made;
}
template <class Owner, class T>
constexpr Field<Owner, T> required(std::string_view name, T Owner::* member, std::string_view help) {
  auto made = field(name, member, help);
  made.meta.required = true;
  return made;
}

// Specialised by hand beside each struct.
template <class T>
inline constexpr int fields = 0;
template <class T>
concept Described = !std::is_same_v<std::remove_cvref_t<decltype(fields<T>)>, int>;

template <Described T, class Visit>
constexpr void for_each_field(Visit visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, fields<T>);
}

// A std::variant of described structs is {"kind": NAME, ...fields}; NAMEs stand here in the variant's order:
//   template <> inline constexpr std::array kinds<Learner> = {std::string_view("logistic"), std::string_view("boost")};
template <class V>
inline constexpr int kinds = 0;

template <class T, template <class...> class Of>
inline constexpr bool is_a = false;
template <template <class...> class Of, class... A>
inline constexpr bool is_a<Of<A...>, Of> = true;

}  // namespace assay::operation
