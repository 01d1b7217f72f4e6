// DSSE 1.0 envelopes with Ed25519 signatures: one line of canonical JSON each (serve b7).
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/crypto.h"
#include "assay/base/error.h"

namespace assay::gate {

inline constexpr std::string_view kStatementType = "application/vnd.in-toto+json";
inline constexpr std::string_view kTrustType = "application/vnd.assay.trust+json";

struct Signature {
  std::string keyid;  // hex SHA-256 of the raw public key
  std::string bytes;  // 64
};
struct Envelope {
  std::string type, payload;  // payload: decoded
  std::vector<Signature> signatures;
  bool plain_alphabet = false, url_alphabet = false;  // characters that only one base64 alphabet has were seen
};

using Keys = std::map<std::string, std::string>;  // key id -> 32 raw bytes

// "DSSEv1 SP len(type) SP type SP len(body) SP body": what is signed.
std::string pre_authentication(std::string_view type, std::string_view body);

// The RFC 8785 bytes of an envelope with one signature, without a line end. `type` is printable ASCII without quotes.
std::string seal(std::string_view type, std::string_view body, const crypto::KeyPair& key);

// Reads an envelope and refuses any spelling but the canonical one: each bit of `line` is bound. Error corrupt.
Result<Envelope> open_envelope(std::string_view line);

// The distinct keys of `keys` whose signature holds. A signature counts only for the key that its keyid names.
std::set<std::string> signers(const Envelope& envelope, const Keys& keys);

}  // namespace assay::gate
