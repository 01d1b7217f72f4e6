// SHA-256, Ed25519, base64 and randomness for keys: thin over libsodium, and the only place that calls it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::crypto {

using Digest = std::array<unsigned char, 32>;

// SHA-256 of bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256& add(std::string_view bytes);
  Digest finish();  // once

 private:
  alignas(16) std::array<unsigned char, 128> state_;  // libsodium's own state, kept out of this header
};

Digest sha256(std::string_view bytes);
std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);
Result<std::string> unhex(std::string_view text);  // even number of lower- or upper-case digits, else invalid-argument

// "sha256:" + 64 lower-case hex, the one way Assay writes a digest (spec/README 1).
std::string digest_text(const Digest& digest);
std::string digest_of(std::string_view bytes);
Result<std::string> digest_of_file(const std::string& path);  // streams; not-found, permission-denied

// Standard base64 with padding. Decoding is strict: no blanks, no junk, no spare bits; standard or URL-safe alphabet.
std::string base64(std::string_view bytes);
Result<std::string> unbase64(std::string_view text);

struct KeyPair {
  std::array<unsigned char, 32> open;    // public
  std::array<unsigned char, 64> secret;  // seed and public; wipe() when done
};
Result<KeyPair> make_key();
Result<KeyPair> key_from_seed(std::string_view seed32);
std::string key_id(std::string_view public_key);                 // hex SHA-256 of the 32 raw bytes (DSSE key id)
std::string sign(const KeyPair& key, std::string_view message);  // 64 raw bytes
// Refuses non-canonical S, small-order keys and wrong lengths. Constant time in the signature.
bool verify(std::string_view public_key, std::string_view message, std::string_view signature);
void wipe(KeyPair& key);

std::string random_bytes(std::size_t count);         // the system's CSPRNG
bool equal(std::string_view a, std::string_view b);  // constant time for equal lengths

}  // namespace assay::crypto
