#include "assay/model/outside_json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <bit>
#include <cstring>
#include <string>
#include <vector>

namespace assay::model {
namespace {

using rapidjson::Document;
using rapidjson::SizeType;

tl::unexpected<Error> broken(std::string what, std::size_t byte) {
  return fail(Code::kCorrupt, std::move(what) + " at byte " + std::to_string(byte), {},
              "save the model again; the file is damaged or is no model");
}
tl::unexpected<Error> too_many() {
  return fail(Code::kExhausted, "holds more than " + std::to_string(kMaxValues) + " values", {}, "use a smaller model");
}

// Passes events on to the document and watches depth and number.
class Guard {
 public:
  using Ch = char;
  explicit Guard(Document& to) : to_(to) {}
  bool Null() { return room() && to_.Null(); }
  bool Bool(bool v) { return room() && to_.Bool(v); }
  bool Int(int v) { return room() && to_.Int(v); }
  bool Uint(unsigned v) { return room() && to_.Uint(v); }
  bool Int64(std::int64_t v) { return room() && to_.Int64(v); }
  bool Uint64(std::uint64_t v) { return room() && to_.Uint64(v); }
  bool Double(double v) { return room() && to_.Double(v); }
  bool RawNumber(const Ch* text, SizeType n, bool) { return room() && to_.String(text, n, true); }
  bool String(const Ch* text, SizeType n, bool) { return room() && to_.String(text, n, true); }
  bool Key(const Ch* text, SizeType n, bool) { return room() && to_.String(text, n, true); }
  bool StartObject() { return enter() && to_.StartObject(); }
  bool EndObject(SizeType n) { return --depth_, to_.EndObject(n); }
  bool StartArray() { return enter() && to_.StartArray(); }
  bool EndArray(SizeType n) { return --depth_, to_.EndArray(n); }
  bool deep() const { return depth_ > kMaxDepth; }
  bool full() const { return count_ > kMaxValues; }

 private:
  bool room() { return ++count_ <= kMaxValues; }
  bool enter() { return ++depth_ <= kMaxDepth && room(); }
  Document& to_;
  std::size_t depth_ = 0, count_ = 0;
};

Status limits(const Guard& guard, std::size_t byte) {
  if (guard.deep()) return broken("is nested deeper than " + std::to_string(kMaxDepth) + " levels", byte);
  if (guard.full()) return too_many();
  return {};
}

// UBJSON draft 12 as XGBoost writes it: containers with and without counts and types.
class Ubjson {
 public:
  Ubjson(std::string_view bytes, Guard& guard) : bytes_(bytes), guard_(guard) {}

  Status run() {
    if (auto s = value(next()); !s) return s;
    while (!open_.empty())
      if (auto s = step(); !s) return s;
    if (at_ != bytes_.size()) return broken("has bytes after its end", at_);
    return {};
  }

 private:
  struct Open {
    bool object;
    char type;  // of every element; 0 = each says its own
    bool counted;
    std::uint64_t left;  // elements to come, when counted
    SizeType seen;
  };

  char next() { return at_ < bytes_.size() ? bytes_[at_++] : '\0'; }
  char peek() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }

  template <class T>
  bool number(T& out) {
    if (bytes_.size() - at_ < sizeof(T)) return false;
    unsigned char raw[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i)
      raw[sizeof(T) - 1 - i] = static_cast<unsigned char>(bytes_[at_ + i]);  // big-endian
    static_assert(std::endian::native == std::endian::little);
    std::memcpy(&out, raw, sizeof(T));
    at_ += sizeof(T);
    return true;
  }
  template <class T, class Emit>
  Status emit(Emit put) {
    T v{};
    if (!number(v)) return broken("ends in the middle of a number", at_);
    return put(v) ? Status{} : limits(guard_, at_);
  }

  Status length(std::uint64_t& out) {
    const std::size_t where = at_;
    std::int64_t n = -1;
    switch (next()) {
      case 'i':
        if (std::int8_t v; number(v)) n = v;
        break;
      case 'U':
        if (std::uint8_t v; number(v)) n = v;
        break;
      case 'I':
        if (std::int16_t v; number(v)) n = v;
        break;
      case 'l':
        if (std::int32_t v; number(v)) n = v;
        break;
      case 'L':
        if (std::int64_t v; number(v)) n = v;
        break;
      default:
        break;
    }
    if (n < 0) return broken("has no valid length", where);
    out = static_cast<std::uint64_t>(n);
    return {};
  }

  Status text(bool key) {
    std::uint64_t n = 0;
    const std::size_t where = at_;
    if (auto s = length(n); !s) return s;
    if (n > bytes_.size() - at_) return broken("claims a text longer than the file", where);
    const char* const from = bytes_.data() + at_;
    at_ += n;
    const auto size = static_cast<SizeType>(n);
    const bool ok = key ? guard_.Key(from, size, true) : guard_.String(from, size, true);
    return ok ? Status{} : limits(guard_, at_);
  }

  static std::uint64_t width(char type) {
    switch (type) {
      case 'i':
      case 'U':
      case 'C':
        return 1;
      case 'I':
        return 2;
      case 'l':
      case 'd':
        return 4;
      case 'L':
      case 'D':
        return 8;
      case 'S':
      case '[':
      case '{':
        return 1;  // at least
      default:
        return 0;
    }
  }

  Status container(bool object) {
    const std::size_t where = at_;
    Open open{object, 0, false, 0, 0};
    if (peek() == '$') {
      ++at_, open.type = next();
      if (width(open.type) == 0) return broken("has an array of an unknown type", where);
      if (peek() != '#') return broken("has a typed array without a count", where);
    }
    if (peek() == '#') {
      ++at_, open.counted = true;
      if (auto s = length(open.left); !s) return s;
      const std::uint64_t least = open.type ? width(open.type) : 1;
      if (open.left > (bytes_.size() - at_) / least) return broken("claims more elements than the file holds", where);
    }
    if (!(object ? guard_.StartObject() : guard_.StartArray())) return limits(guard_, at_);
    open_.push_back(open);
    return {};
  }

  Status value(char type) {
    switch (type) {
      case 'Z':
        return guard_.Null() ? Status{} : limits(guard_, at_);
      case 'T':
        return guard_.Bool(true) ? Status{} : limits(guard_, at_);
      case 'F':
        return guard_.Bool(false) ? Status{} : limits(guard_, at_);
      case 'i':
        return emit<std::int8_t>([&](auto v) { return guard_.Int(v); });
      case 'U':
        return emit<std::uint8_t>([&](auto v) { return guard_.Int(v); });
      case 'I':
        return emit<std::int16_t>([&](auto v) { return guard_.Int(v); });
      case 'l':
        return emit<std::int32_t>([&](auto v) { return guard_.Int(v); });
      case 'L':
        return emit<std::int64_t>([&](auto v) { return guard_.Int64(v); });
      case 'd':
        return emit<float>([&](auto v) { return guard_.Double(static_cast<double>(v)); });
      case 'D':
        return emit<double>([&](auto v) { return guard_.Double(v); });
      case 'C':
        return emit<std::int8_t>([&](auto v) { return guard_.Int(v); });
      case 'S':
        return text(false);
      case '[':
        return container(false);
      case '{':
        return container(true);
      default:
        return broken("has an unknown mark", at_ == 0 ? 0 : at_ - 1);
    }
  }

  // One element of the innermost container, or its end.
  Status step() {
    Open& open = open_.back();
    const char close = open.object ? '}' : ']';
    if (open.counted ? open.left == 0 : peek() == close) {
      if (!open.counted) ++at_;
      const SizeType seen = open.seen;
      const bool object = open.object;
      open_.pop_back();
      return (object ? guard_.EndObject(seen) : guard_.EndArray(seen)) ? Status{} : limits(guard_, at_);
    }
    if (at_ >= bytes_.size()) return broken("is cut off", at_);
    if (open.counted) --open.left;
    ++open.seen;
    const char type = open.type;
    if (open.object)
      if (auto s = text(true); !s) return s;
    return value(type ? type : next());
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  Guard& guard_;
  std::vector<Open> open_;
};

}  // namespace

Status parse_json(std::string_view bytes, Document& out) {
  rapidjson::MemoryStream stream(bytes.data(), bytes.size());
  rapidjson::Reader reader;
  Guard guard(out);
  rapidjson::ParseResult result;
  const auto generate = [&](Document&) {
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag |
                                rapidjson::kParseNanAndInfFlag | rapidjson::kParseValidateEncodingFlag;
    result = reader.Parse<kFlags>(stream, guard);
    return !result.IsError();
  };
  out.Populate(generate);
  if (!result.IsError()) return {};
  ASSAY_CHECK(limits(guard, result.Offset()));
  std::string what = rapidjson::GetParseError_En(result.Code());
  while (!what.empty() && what.back() == '.') what.pop_back();
  return broken("is not valid JSON (" + what + ")", result.Offset());
}

Status parse_ubjson(std::string_view bytes, Document& out) {
  Guard guard(out);
  Status status;
  const auto generate = [&](Document&) {
    status = Ubjson(bytes, guard).run();
    return status.has_value();
  };
  out.Populate(generate);
  return status;
}

}  // namespace assay::model
