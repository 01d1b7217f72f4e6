#include "assay/operation/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <charconv>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace assay::operation {
namespace {

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {1, 1};
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

std::string text_of(const std::string& file, Place place) {
  return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

// Ends yaml-cpp's parse; caught where it was called.
struct Refused final : std::exception {
  Refused(Place at, std::string w, std::string f = {}) : place(at), what_is_wrong(std::move(w)), fix(std::move(f)) {}
  const char* what() const noexcept override { return what_is_wrong.c_str(); }
  Place place;
  std::string what_is_wrong, fix;
};

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<Json> integer(std::string_view s) {
  const bool negative = s.starts_with('-');
  std::string_view digits = s;
  if (negative || s.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits == s && (s.starts_with("0x") || s.starts_with("0o"))) base = s[1] == 'x' ? 16 : 8, digits.remove_prefix(2);
  if (!all_of(digits, base == 16 ? "0123456789abcdefABCDEF" : base == 8 ? "01234567" : "0123456789")) return {};
  const char* const end = digits.data() + digits.size();
  if (std::uint64_t v = 0; std::from_chars(digits.data(), end, v, base).ec == std::errc()) {
    if (!negative) return v <= static_cast<std::uint64_t>(INT64_MAX) ? Json(static_cast<std::int64_t>(v)) : Json(v);
    if (v <= static_cast<std::uint64_t>(INT64_MAX)) return Json(-static_cast<std::int64_t>(v));
  }
  double v = 0;
  if (base != 10 || std::from_chars(digits.data(), end, v).ec != std::errc()) return {};
  return Json(negative ? -v : v);
}

std::optional<Json> real(std::string_view s) {
  std::string_view rest = s;
  const bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) rest.remove_prefix(1);
  if (rest == ".inf" || rest == ".Inf" || rest == ".INF") return Json(negative ? "-Infinity" : "Infinity");
  if (s == ".nan" || s == ".NaN" || s == ".NAN") return Json("NaN");
  // [0-9]* ("." [0-9]*)? ([eE] [-+]? [0-9]+)? with a digit before the exponent.
  const std::size_t exponent = rest.find_first_of("eE");
  const std::string_view mantissa = rest.substr(0, exponent);
  if (!all_of(mantissa, "0123456789.") || mantissa.find('.') != mantissa.rfind('.') || mantissa == ".") return {};
  if (exponent != std::string_view::npos) {
    std::string_view power = rest.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!all_of(power, "0123456789")) return {};
  }
  double v = 0;
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), v);
  if (read.ec != std::errc() || read.ptr != rest.data() + rest.size()) return {};
  return Json(negative ? -v : v);
}

std::optional<Json> truth(std::string_view s) {
  if (s == "true") return Json(true);
  if (s == "false") return Json(false);
  return {};
}

bool is_null(std::string_view s) { return s.empty() || s == "~" || s == "null" || s == "Null" || s == "NULL"; }

// The core schema's value of a scalar. `tag`: "?" plain, "!" quoted, or a written one.
Json scalar(const std::string& s, const std::string& tag, Place place) {
  if (tag == "!" || tag == "tag:yaml.org,2002:str") return Json(s);
  const bool plain = tag == "?" || tag.empty();
  std::optional<Json> made;
  if (plain || tag == "tag:yaml.org,2002:null")
    if (is_null(s)) return Json(nullptr);
  if (plain || tag == "tag:yaml.org,2002:bool") made = truth(s);
  if (!made && (plain || tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float")) made = integer(s);
  if (!made && (plain || tag == "tag:yaml.org,2002:float")) made = real(s);
  if (made) return *made;
  if (plain) return Json(s);
  if (tag.starts_with("tag:yaml.org,2002:"))
    throw Refused(place, "\"" + s.substr(0, 40) + "\" is no !!" + tag.substr(18),
                  "write a value of that type, or leave the tag out");
  throw Refused(place, "the tag " + tag.substr(0, 60) + " is not read here", "leave it out");
}

void only_own_tag(const std::string& tag, std::string_view own, Place place) {
  if (tag.empty() || tag == "?" || tag == "!" || tag == own) return;
  throw Refused(place, "the tag " + tag.substr(0, 60) + " is not read here", "leave it out");
}

std::size_t count_of(const Json& value) {
  std::size_t n = 1;
  if (value.is_structured())
    for (const auto& child : value) n += count_of(child);
  return n;
}

bool is_utf8(const std::string& s) {
  try {
    static_cast<void>(Json(s).dump());
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

std::string escaped(const std::string& key) {
  std::string out;
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(Yaml& out) : out_(out) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      throw Refused(place_of(mark), "a second document begins",
                    "keep one document to a file: remove the line ---, or indent this one like the lines before");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(Json(nullptr), place_of(mark), anchor, true);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = place_of(mark);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Refused(place, "the alias stands inside what it names", "write the value out");
    if (expects_key()) throw Refused(place, "an alias cannot be a key", "write the key out");
    count(found->second.second, place);
    add(found->second.first, place, 0, true);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& s) override {
    const Place place = place_of(mark);
    if (!is_utf8(s)) throw Refused(place, "the text is not valid UTF-8", "save the file as UTF-8");
    if (expects_key()) return key(s, tag, place, anchor);
    add(scalar(s, tag, place), place, anchor, false);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    only_own_tag(tag, "tag:yaml.org,2002:seq", place_of(mark));
    open(Json::array(), place_of(mark), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    only_own_tag(tag, "tag:yaml.org,2002:map", place_of(mark));
    open(Json::object(), place_of(mark), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Json value;
    Place place;
    YAML::anchor_t anchor = 0;
    std::string pointer;
    std::optional<std::string> key;
  };

  bool expects_key() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().key; }

  void key(const std::string& s, const std::string& tag, Place place, YAML::anchor_t anchor) {
    if (anchor != 0) throw Refused(place, "a key cannot have an anchor", "put the anchor before the value");
    if (tag != "?" && tag != "!" && !tag.empty() && tag != "tag:yaml.org,2002:str")
      throw Refused(place, "a key is text", "leave the tag out");
    if (tag != "!" && s == "<<") throw Refused(place, "merge keys (<<) are not YAML 1.2", "write the fields out");
    Open& top = open_.back();
    const std::string pointer = top.pointer + "/" + escaped(s);
    if (const auto first = out_.keys.find(pointer); top.value.contains(s))
      throw Refused(place, "the key \"" + s.substr(0, 60) + "\" stands twice",
                    first == out_.keys.end()
                        ? ""
                        : "the first is in line " + std::to_string(first->second.line) + "; remove one");
    top.key = s;
    out_.keys[pointer] = place;
  }

  std::string next_pointer() const {
    if (open_.empty()) return {};
    const Open& top = open_.back();
    return top.pointer + "/" + (top.key ? escaped(*top.key) : std::to_string(top.value.size()));
  }

  void count(std::size_t more, Place place) {
    count_ += more;
    if (count_ > kMaxYamlValues)
      throw Refused(place, "more than " + std::to_string(kMaxYamlValues) + " values",
                    "split the file, or use fewer aliases");
  }

  void add(Json value, Place place, YAML::anchor_t anchor, bool counted) {
    if (expects_key()) throw Refused(place, "a key is text, not empty", "name the field");
    if (!counted || value.is_null()) count(1, place);
    out_.values[next_pointer()] = place;
    if (anchor != 0) anchors_[anchor] = {value, count_of(value)};
    put(std::move(value));
  }

  void put(Json value) {
    if (open_.empty()) {
      out_.value = std::move(value);
    } else if (Open& top = open_.back(); top.key) {
      top.value[*top.key] = std::move(value);
      top.key.reset();
    } else {
      top.value.push_back(std::move(value));
    }
  }

  void open(Json value, Place place, YAML::anchor_t anchor) {
    if (expects_key()) throw Refused(place, "a key is text, not " + std::string(type_name(value)), "name the field");
    count(1, place);
    std::string pointer = next_pointer();
    out_.values[pointer] = place;
    open_.push_back({std::move(value), place, anchor, std::move(pointer), {}});
    if (open_.size() > kMaxYamlDepth)
      throw Refused(place, "nested deeper than " + std::to_string(kMaxYamlDepth), "flatten the document");
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = {done.value, count_of(done.value)};
    put(std::move(done.value));
  }

  Yaml& out_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::pair<Json, std::size_t>> anchors_;
  std::size_t documents_ = 0, count_ = 0;
};

Status build(std::string_view text, Yaml& out) {
  const auto refused = [&](Place place, std::string what, std::string fix) {
    return fail(Code::kInvalidArgument, std::move(what), text_of(out.file, place), std::move(fix));
  };
  Builder builder(out);
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder)) return refused({1, 1}, "the document is empty", "write its fields");
    while (parser.HandleNextDocument(builder)) {
    }
    return {};
  } catch (const Refused& e) {
    return refused(e.place, e.what_is_wrong, e.fix);
  } catch (const YAML::Exception& e) {
    return refused(place_of(e.mark), "this is not YAML: " + e.msg,
                   "check indentation (blanks, no tabs), quotes and colons");
  } catch (const std::exception& e) {
    return refused({1, 1}, std::string("this is not YAML: ") + e.what(), "check indentation, quotes and colons");
  }
}

// What fits of "rules: [3]: threshold" in the value: its pointer, its text as people write it, and what is left over.
struct Walk {
  std::string pointer, text, rest;
};

Walk walk(const Json& root, std::string_view where) {
  Walk out;
  const Json* at = &root;
  while (!where.empty()) {
    std::size_t length = 0;  // of the step that fits
    const Json* next = nullptr;
    if (at->is_array() && where.front() == '[') {
      std::size_t index = 0;
      const auto read = std::from_chars(where.data() + 1, where.data() + where.size(), index);
      if (read.ec != std::errc() || read.ptr == where.data() + where.size() || *read.ptr != ']' || index >= at->size())
        break;
      next = &(*at)[index];
      length = static_cast<std::size_t>(read.ptr - where.data()) + 1;
      out.pointer += "/" + std::to_string(index);
      out.text += "[" + std::to_string(index) + "]";
    } else if (at->is_object()) {
      std::string best;
      for (const auto& [key, child] : at->items())
        if (where.starts_with(key) && (where.size() == key.size() || where.substr(key.size()).starts_with(": ")) &&
            (!next || key.size() > best.size()))
          best = key, next = &child;
      if (!next) break;
      length = best.size();
      out.pointer += "/" + escaped(best);
      out.text += (out.text.empty() ? "" : ".") + best;
    } else {
      break;
    }
    at = next;
    where.remove_prefix(length);
    if (where.starts_with(": ")) where.remove_prefix(2);
  }
  out.rest = std::string(where);
  return out;
}

}  // namespace

Place Yaml::where(std::string_view pointer) const {
  for (std::string p(pointer);;) {
    if (const auto key = keys.find(p); key != keys.end()) return key->second;
    if (const auto v = values.find(p); v != values.end()) return v->second;
    if (p.empty()) return {1, 1};
    p.resize(p.rfind('/') == std::string::npos ? 0 : p.rfind('/'));
  }
}

Result<Yaml> parse_yaml(std::string_view text, std::string file) {
  Yaml out;
  out.file = std::move(file);
  if (text.size() > kMaxYaml)
    return fail(Code::kInvalidArgument,
                std::to_string(text.size()) + " bytes are more than " + std::to_string(kMaxYaml), out.file,
                "keep what people write small; give data as a data set");
  if (const auto zero = text.find('\0'); zero != std::string_view::npos)
    return fail(Code::kInvalidArgument, "a zero byte at position " + std::to_string(zero), out.file,
                "save the file as UTF-8 text");
  if (!is_utf8(std::string(text)))
    return fail(Code::kInvalidArgument, "the text is not valid UTF-8", out.file, "save the file as UTF-8");
  ASSAY_CHECK(build(text, out));
  return out;
}

Error located(const Yaml& yaml, Error error) {
  Walk found = walk(yaml.value, error.where);
  std::string path = std::move(found.text);
  // A field that is missing has no place of its own: it is named behind its parent's.
  if (!found.rest.empty()) path += (path.empty() ? "" : found.rest.starts_with("column ") ? " " : ".") + found.rest;
  error.where = text_of(yaml.file, yaml.where(found.pointer)) + (path.empty() ? "" : " " + path);
  return error;
}

}  // namespace assay::operation
