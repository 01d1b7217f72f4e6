#include "assay/gate/dsse.h"

#include <array>
#include <cstdint>

namespace assay::gate {
namespace {

tl::unexpected<Error> refuse(std::string what) { return fail(Code::kCorrupt, std::move(what)); }

// 0..63, or 64 for what no base64 alphabet has.
constexpr std::array<unsigned char, 256> kSixBits = [] {
  std::array<unsigned char, 256> out{};
  out.fill(64);
  unsigned char value = 0;
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
    out[static_cast<unsigned char>(c)] = value++;
  out['-'] = 62, out['_'] = 63;
  return out;
}();

// Strict base64 with padding: no blanks, no junk, no spare bits, one alphabet. Faster than crypto::unbase64, which
// takes the same time for every text because keys pass through it.
Result<std::string> decode(std::string_view text, Envelope& seen) {
  const auto has = [&](char c) { return text.find(c) != std::string_view::npos; };
  const bool url = has('-') || has('_'), plain = has('+') || has('/');
  seen.url_alphabet |= url, seen.plain_alphabet |= plain;
  if (text.size() % 4 != 0 || (url && plain)) return refuse("not strict base64");
  const std::size_t padding = text.size() < 4 || text.back() != '=' ? 0 : text[text.size() - 2] == '=' ? 2 : 1;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::size_t drop = i + 4 == text.size() ? padding : 0;
    std::uint32_t bits = 0, bad = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const std::uint32_t value = j + drop < 4 ? kSixBits[static_cast<unsigned char>(text[i + j])] : 0u;
      bad |= value & 64, bits = bits << 6 | (value & 63);
    }
    if (bad || (drop == 1 && (bits & 0xff)) || (drop == 2 && (bits & 0xffff))) return refuse("not strict base64");
    const char bytes[3] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
    out.append(bytes, 3 - drop);
  }
  return out;
}

// Reads along a line that has one spelling only.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}
  bool take(std::string_view literal) {
    if (rest_.substr(0, literal.size()) != literal) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  // Text up to the next quote, which stays.
  std::string_view text() {
    std::size_t size = rest_.find('"');
    if (size == std::string_view::npos) size = rest_.size();
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool needs_no_escape(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\') return false;
  return true;
}

}  // namespace

std::string pre_authentication(std::string_view type, std::string_view body) {
  std::string out = "DSSEv1 " + std::to_string(type.size()) + " ";
  out.append(type).append(" ").append(std::to_string(body.size())).append(" ").append(body);
  return out;
}

std::string seal(std::string_view type, std::string_view body, const crypto::KeyPair& key) {
  const std::string id = crypto::key_id({reinterpret_cast<const char*>(key.open.data()), key.open.size()});
  std::string out = "{\"payload\":\"" + crypto::base64(body) + "\",\"payloadType\":\"";
  out.append(type).append("\",\"signatures\":[{\"keyid\":\"").append(id).append("\",\"sig\":\"");
  out.append(crypto::base64(crypto::sign(key, pre_authentication(type, body)))).append("\"}]}");
  return out;
}

Result<Envelope> open_envelope(std::string_view line) {
  const auto other = [] { return refuse("it is not the canonical JSON of a DSSE envelope"); };
  Cursor at(line);
  Envelope out;
  if (!at.take("{\"payload\":\"")) return other();
  const std::string_view payload = at.text();
  if (!at.take("\",\"payloadType\":\"")) return other();
  out.type = at.text();
  if (!needs_no_escape(out.type) || !at.take("\",\"signatures\":[")) return other();
  while (at.take(out.signatures.empty() ? "{\"keyid\":\"" : ",{\"keyid\":\"")) {
    const std::string_view keyid = at.text();
    const bool hex = keyid.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (!hex || !at.take("\",\"sig\":\"")) return other();
    ASSAY_TRY(std::string bytes, decode(at.text(), out));
    out.signatures.push_back({std::string(keyid), std::move(bytes)});
    if (!at.take("\"}")) return other();
  }
  if (!at.take("]}") || !at.done()) return other();
  ASSAY_TRY(out.payload, decode(payload, out));
  return out;
}

std::set<std::string> signers(const Envelope& envelope, const Keys& keys) {
  std::set<std::string> out;
  const std::string message = pre_authentication(envelope.type, envelope.payload);
  for (const Signature& each : envelope.signatures) {
    const auto key = keys.find(each.keyid);
    if (key != keys.end() && crypto::verify(key->second, message, each.bytes)) out.insert(each.keyid);
  }
  return out;
}

}  // namespace assay::gate
