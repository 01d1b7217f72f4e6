#include "assay/operation/json.h"

#include <cstdint>
#include <set>

#include "assay/base/crypto.h"
#include "assay/operation/json_text.h"

namespace assay::operation {
namespace {

constexpr std::size_t kMaxDepth = 64;

// Checks while nlohmann parses: depth, and keys that occur twice in one object.
class Checked : public nlohmann::json_sax<Json> {
 public:
  explicit Checked(Json& out) : build_(out, false) {}
  bool null() override { return build_.null(); }
  bool boolean(bool v) override { return build_.boolean(v); }
  bool number_integer(std::int64_t v) override { return build_.number_integer(v); }
  bool number_unsigned(std::uint64_t v) override { return build_.number_unsigned(v); }
  bool number_float(double v, const std::string& s) override { return build_.number_float(v, s); }
  bool string(std::string& v) override { return build_.string(v); }
  bool binary(Json::binary_t& v) override { return build_.binary(v); }
  bool start_object(std::size_t n) override {
    keys_.emplace_back();
    return deeper() && build_.start_object(n);
  }
  bool key(std::string& v) override {
    if (!keys_.back().insert(v).second) return problem = "the key \"" + v + "\" stands twice in one object", false;
    return build_.key(v);
  }
  bool end_object() override {
    keys_.pop_back(), --depth_;
    return build_.end_object();
  }
  bool start_array(std::size_t n) override { return deeper() && build_.start_array(n); }
  bool end_array() override {
    --depth_;
    return build_.end_array();
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    byte = position, problem = e.what();
    return false;
  }
  std::string problem;
  std::size_t byte = 0;

 private:
  bool deeper() {
    if (++depth_ <= kMaxDepth) return true;
    problem = "nested deeper than " + std::to_string(kMaxDepth);
    return false;
  }
  nlohmann::detail::json_sax_dom_parser<Json> build_;
  std::vector<std::set<std::string>> keys_;
  std::size_t depth_ = 0;
};

// UTF-16 order of two UTF-8 strings: as bytewise, but code points from U+10000 sort before U+E000..U+FFFF.
bool utf16_less(const std::string& a, const std::string& b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const auto p = static_cast<unsigned char>(*x), q = static_cast<unsigned char>(*y);
  if (p >= 0xEE && q >= 0xEE && (p >= 0xF0) != (q >= 0xF0)) return p >= 0xF0;
  return p < q;
}

void write(std::string& out, const Json& v) {
  switch (v.type()) {
    case Json::value_t::object: {
      std::vector<const Json::object_t::value_type*> members;
      for (const auto& each : v.get_ref<const Json::object_t&>()) members.push_back(&each);
      std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return utf16_less(a->first, b->first); });
      out += '{';
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (i) out += ',';
        append_json_text(out, members[i]->first);
        out += ':';
        write(out, members[i]->second);
      }
      out += '}';
      break;
    }
    case Json::value_t::array:
      out += '[';
      for (std::size_t i = 0; i < v.size(); ++i) {
        if (i) out += ',';
        write(out, v[i]);
      }
      out += ']';
      break;
    case Json::value_t::string:
      append_json_text(out, v.get_ref<const std::string&>());
      break;
    case Json::value_t::boolean:
      out += v.get<bool>() ? "true" : "false";
      break;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      if (std::isfinite(v.get<double>()))
        append_number(out, v.get<double>());
      else
        write(out, number(v.get<double>()));
      break;
    default:
      out += "null";
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j)
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
  }
  return row.back();
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& each : names) out += (out.empty() ? "" : ", ") + each;
  return out;
}

}  // namespace

Result<Json> parse_json(std::string_view text, const std::string& where) {
  Json out;
  Checked checked(out);
  if (!Json::sax_parse(text.begin(), text.end(), &checked) || !checked.problem.empty()) {
    std::string what = checked.problem;
    if (const auto colon = what.find("error"); checked.byte && colon != std::string::npos) {
      const auto begin = what.find(": ", colon);
      what =
          "not JSON at byte " + std::to_string(checked.byte) + (begin == std::string::npos ? "" : what.substr(begin));
    }
    return fail(Code::kInvalidArgument, what, where, "give valid JSON");
  }
  return out;
}

std::string canonical(const Json& value) {
  std::string out;
  write(out, value);
  return out;
}

std::string digest_of(const Json& value) { return crypto::digest_of(canonical(value)); }

Json number(double value) {
  if (std::isfinite(value)) return Json(value);
  return Json(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}

double number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  const double infinity = std::numeric_limits<double>::infinity();
  return value == "Infinity" ? infinity : value == "-Infinity" ? -infinity : std::nan("");
}

std::string nearest(std::string_view given, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = std::min<std::size_t>(3, given.size() / 2 + 1);  // at most 2 edits, fewer for short words
  for (const auto& each : known)
    if (given.size() < 200 && each.size() < 200)
      if (const auto d = edit_distance(given, each); d < least) least = d, best = each;
  return best;
}

Error unknown_name(std::string_view what, std::string_view given, const std::vector<std::string>& known) {
  const std::string near = nearest(given, known);
  return {Code::kInvalidArgument, "no such " + std::string(what), std::string(given),
          !near.empty()                          ? "did you mean \"" + near + "\"?"
          : !known.empty() && known.size() <= 24 ? "known are: " + listed(known)
                                                 : ""};
}

Status in_range(double value, const Meta& meta) {
  const bool low = meta.low_excluded ? value > meta.low : value >= meta.low;
  const bool high = meta.high_excluded ? value < meta.high : value <= meta.high;
  if (std::isfinite(meta.low) || std::isfinite(meta.high))
    if (!low || !high) {  // NaN is in no range
      const auto text = [](double v) {
        std::string s;
        append_number(s, v);
        return s;
      };
      std::string allowed;
      if (std::isfinite(meta.low)) allowed = (meta.low_excluded ? "above " : "at least ") + text(meta.low);
      if (std::isfinite(meta.high))
        allowed += (allowed.empty() ? "" : " and ") + std::string(meta.high_excluded ? "below " : "at most ") +
                   text(meta.high);
      return fail(Code::kInvalidArgument,
                  (std::isfinite(value) ? text(value) : "a value that is no finite number") + " is out of range", {},
                  "give a value " + allowed);
    }
  return {};
}

Status one_of_choices(std::string_view value, const Meta& meta) {
  if (meta.choice_count == 0) return {};
  std::vector<std::string> known;
  for (std::size_t i = 0; i < meta.choice_count; ++i) {
    if (value == meta.choices[i]) return {};
    known.emplace_back(meta.choices[i]);
  }
  const auto near = nearest(value, known);
  return fail(Code::kInvalidArgument, "\"" + std::string(value) + "\" is not one of: " + listed(known), {},
              near.empty() ? "choose one of: " + listed(known) : "did you mean \"" + near + "\"?");
}

bool is_utf8(std::string_view text) {
  try {
    return static_cast<void>(Json(std::string(text)).dump()), true;
  } catch (const Json::exception&) {
    return false;
  }
}

std::string_view type_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "text";
    case Json::value_t::boolean:
      return "true or false";
    case Json::value_t::null:
      return "null";
    default:
      return "a number";
  }
}

void add_constraints(Json& to, const Meta& meta) {
  if (!meta.help.empty()) to["description"] = std::string(meta.help);
  if (std::isfinite(meta.low)) to[meta.low_excluded ? "exclusiveMinimum" : "minimum"] = meta.low;
  if (std::isfinite(meta.high)) to[meta.high_excluded ? "exclusiveMaximum" : "maximum"] = meta.high;
  for (std::size_t i = 0; i < meta.choice_count; ++i) to["enum"].push_back(std::string(meta.choices[i]));
  if (!meta.unit.empty()) to["x-unit"] = std::string(meta.unit);
  if (!meta.example.empty()) to["examples"] = Json::array({std::string(meta.example)});
  if (!meta.deprecated.empty()) to["deprecated"] = true;
  if (meta.secret) to["writeOnly"] = true;
  if (meta.input) to["x-input"] = true;
}

}  // namespace assay::operation
