#include "assay/base/crypto.h"

#include <sodium.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace assay::crypto {
namespace {
const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
crypto_hash_sha256_state* state(std::array<unsigned char, 128>& s) {
  static_assert(sizeof(crypto_hash_sha256_state) <= 128);
  return reinterpret_cast<crypto_hash_sha256_state*>(s.data());
}
}  // namespace

Sha256::Sha256() { crypto_hash_sha256_init(state(state_)); }
Sha256& Sha256::add(std::string_view bytes) {
  crypto_hash_sha256_update(state(state_), raw(bytes), bytes.size());
  return *this;
}
Digest Sha256::finish() {
  Digest out;
  crypto_hash_sha256_final(state(state_), out.data());
  return out;
}

Digest sha256(std::string_view bytes) { return Sha256().add(bytes).finish(); }

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto b = static_cast<unsigned char>(c);
    out += kDigits[b >> 4];
    out += kDigits[b & 15];
  }
  return out;
}
std::string hex(const Digest& digest) { return hex({reinterpret_cast<const char*>(digest.data()), digest.size()}); }

Result<std::string> unhex(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  std::size_t size = 0;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr, &size,
                     nullptr) != 0 ||
      size != out.size())
    return fail(Code::kInvalidArgument, "not hexadecimal: \"" + std::string(text.substr(0, 80)) + "\"");
  return out;
}

std::string digest_text(const Digest& digest) { return "sha256:" + hex(digest); }
std::string digest_of(std::string_view bytes) { return digest_text(sha256(bytes)); }

Result<std::string> digest_of_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file)
    return fail(errno == ENOENT ? Code::kNotFound : Code::kPermissionDenied, std::strerror(errno), path,
                errno == ENOENT ? "check the path" : "check that you may read it");
  std::vector<char> buffer(1 << 20);
  Sha256 sum;
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0;)
    sum.add({buffer.data(), got});
  if (std::ferror(file.get())) return fail(Code::kUnavailable, "cannot be read to its end", path);
  return digest_text(sum.finish());
}

std::string base64(std::string_view bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), raw(bytes), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return out;
}

Result<std::string> unbase64(std::string_view text) {
  const bool url = text.find('-') != std::string_view::npos || text.find('_') != std::string_view::npos;
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                        &size, &end, url ? sodium_base64_VARIANT_URLSAFE : sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size())
    return fail(Code::kInvalidArgument, "not strict base64");
  out.resize(size);
  return out;
}

Result<KeyPair> make_key() {
  if (sodium_init() < 0) return fail(Code::kInternal, "the cryptographic library did not start");
  KeyPair key;
  crypto_sign_keypair(key.open.data(), key.secret.data());
  return key;
}

Result<KeyPair> key_from_seed(std::string_view seed32) {
  if (seed32.size() != crypto_sign_SEEDBYTES) return fail(Code::kInvalidArgument, "a key seed has 32 bytes");
  KeyPair key;
  crypto_sign_seed_keypair(key.open.data(), key.secret.data(), raw(seed32));
  return key;
}

std::string key_id(std::string_view public_key) { return hex(sha256(public_key)); }

std::string sign(const KeyPair& key, std::string_view message) {
  std::string out(crypto_sign_BYTES, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(out.data()), nullptr, raw(message), message.size(),
                       key.secret.data());
  return out;
}

bool verify(std::string_view public_key, std::string_view message, std::string_view signature) {
  return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_core_ed25519_is_valid_point(raw(public_key)) == 1 &&
         crypto_sign_verify_detached(raw(signature), raw(message), message.size(), raw(public_key)) == 0;
}

void wipe(KeyPair& key) { sodium_memzero(key.secret.data(), key.secret.size()); }

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  randombytes_buf(out.data(), count);
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace assay::crypto
