#include "assay/gate/trust.h"

#include <charconv>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/verify_json.h"

namespace assay::gate {
namespace {

constexpr std::uint64_t kMaxTrust = 4ull << 20;

tl::unexpected<Error> refuse(std::string what, std::string where = {}) {
  return fail(Code::kCorrupt, std::move(what), std::move(where), "ask the issuer for the trust file again");
}

Result<std::int64_t> whole(const Node* node, const char* where) {
  std::int64_t value = 0;
  if (node && node->kind == Node::Kind::kNumber) {
    const char* end = node->text.data() + node->text.size();
    const auto read = std::from_chars(node->text.data(), end, value);
    if (read.ec == std::errc() && read.ptr == end && value >= 1) return value;
  }
  return refuse("a whole number of at least 1 was expected", where);
}

Status read_keys(const Node& root, Trust& out) {
  const Node* keys = root.find("keys");
  if (!keys || keys->kind != Node::Kind::kObject) return refuse("no keys", "keys");
  for (std::size_t i = 0; i < keys->items.size(); ++i) {
    auto raw = crypto::unbase64(keys->items[i].text);
    if (!raw || raw->size() != 32 || crypto::key_id(*raw) != keys->names[i])
      return refuse("the key is not the one that its id names", "keys " + keys->names[i]);
    out.keys[keys->names[i]] = *raw;
  }
  return {};
}

Status read_roles(const Node& root, Trust& out) {
  const Node* roles = root.find("roles");
  if (!roles || roles->kind != Node::Kind::kObject) return refuse("no roles", "roles");
  for (std::size_t i = 0; i < roles->items.size(); ++i) {
    const std::string where = "roles " + roles->names[i];
    const Node* keyids = roles->items[i].find("keyids");
    if (!keyids || keyids->kind != Node::Kind::kArray) return refuse("a list of key ids was expected", where);
    Role role;
    for (const Node& id : keyids->items) {
      if (!out.keys.count(id.text)) return refuse("names a key that the file does not hold: " + id.text, where);
      role.keyids.push_back(id.text);
    }
    ASSAY_TRY(role.threshold, whole(roles->items[i].find("threshold"), where.c_str()));
    out.roles[roles->names[i]] = std::move(role);
  }
  return {};
}

Status read_rest(const Node& root, Trust& out) {
  const Node* separate = root.find("separate");
  const Node* revoked = root.find("revoked");
  if (!separate || separate->kind != Node::Kind::kArray) return refuse("a list was expected", "separate");
  if (!revoked || revoked->kind != Node::Kind::kArray) return refuse("a list was expected", "revoked");
  for (const Node& pair : separate->items) {
    if (pair.items.size() != 2) return refuse("a pair of roles was expected", "separate");
    out.separate.emplace_back(pair.items[0].text, pair.items[1].text);
  }
  for (const Node& each : revoked->items) {
    if (each.string("keyid").empty()) return refuse("a key id was expected", "revoked");
    out.revoked[std::string(each.string("keyid"))] = each.string("time");
  }
  out.expires = root.string("expires");
  if (!out.expires.empty() && !time::parse(out.expires)) return refuse("not a time: " + out.expires, "expires");
  return {};
}

bool enough(const Envelope& envelope, const Trust& trust) {
  const Role* root = role_of(trust, "root");
  if (!root) return false;
  Keys keys;
  for (const auto& id : root->keyids)
    if (!trust.revoked.count(id)) keys[id] = trust.keys.at(id);
  return static_cast<std::int64_t>(signers(envelope, keys).size()) >= root->threshold;
}

Result<Envelope> open_trust(std::string_view bytes) {
  if (bytes.empty() || bytes.back() != '\n') return refuse("the trust file does not end in a line end");
  bytes.remove_suffix(1);
  ASSAY_TRY(Envelope envelope, open_envelope(bytes));
  if (envelope.type != kTrustType) return refuse("it is no trust file but \"" + envelope.type + "\"");
  if (envelope.url_alphabet) return refuse("a trust file is written in the standard base64 alphabet");
  for (std::size_t i = 1; i < envelope.signatures.size(); ++i)
    if (!(envelope.signatures[i - 1].keyid < envelope.signatures[i].keyid))
      return refuse("its signatures are not sorted by key id, each once");
  return envelope;
}

}  // namespace

Result<Trust> parse_trust(std::string_view bytes) {
  ASSAY_TRY(const Envelope envelope, open_trust(bytes));
  std::size_t budget = 1'000'000;
  ASSAY_TRY(const Node root, read_json(envelope.payload, budget));
  if (root.string("kind") != "assay.trust/1") return refuse("its kind is not assay.trust/1", "kind");
  Trust out;
  ASSAY_TRY(out.version, whole(root.find("version"), "version"));
  ASSAY_CHECK(read_keys(root, out));
  ASSAY_CHECK(read_roles(root, out));
  ASSAY_CHECK(read_rest(root, out));
  if (!enough(envelope, out)) return refuse("the trust file is not signed by its own root role");
  // A signature that does not hold, or of a key that the file does not name, would be bytes that nothing binds.
  if (signers(envelope, out.keys).size() != envelope.signatures.size())
    return refuse("the trust file carries a signature that does not hold");
  return out;
}

Result<Trust> load_trust(const std::string& path) {
  ASSAY_TRY(const std::string bytes, files::read(path, kMaxTrust));
  auto parsed = parse_trust(bytes);
  if (!parsed) return tl::unexpected<Error>(std::move(parsed).error().at(path));
  const std::string beside = path + ".seen";
  const auto seen = files::read(beside, kMaxTrust);
  if (seen && *seen == bytes) return parsed;
  if (!seen && seen.error().code != Code::kNotFound) return tl::unexpected<Error>(seen.error());
  if (seen) {
    auto old = parse_trust(*seen);
    if (!old) return tl::unexpected<Error>(std::move(old).error().at(beside));
    const std::string fix = "get the newest trust file; if this change is really meant, remove " + beside;
    if (parsed->version <= old->version)
      return fail(Code::kFailedPrecondition,
                  "version " + std::to_string(parsed->version) + " of the trust file replaces version " +
                      std::to_string(old->version) + " that was already seen",
                  path, fix);
    ASSAY_TRY(const Envelope envelope, open_trust(bytes));
    if (!enough(envelope, *old))
      return fail(Code::kFailedPrecondition, "the new trust file is not signed by the root of the last one", path, fix);
  }
  (void)files::write(beside, bytes);  // a folder that cannot be written keeps no memory
  return parsed;
}

Trust trust_of_key(const std::string& public_key) {
  Trust out;
  const std::string id = crypto::key_id(public_key);
  out.keys[id] = public_key;
  for (const char* role : {"producer", "evaluator", "gate", "log"}) out.roles[role] = Role{{id}, 1};
  return out;
}

const Role* role_of(const Trust& trust, const std::string& name) {
  auto found = trust.roles.find(name);
  if (found == trust.roles.end() && (name == "privacy" || name == "robustness")) found = trust.roles.find("evaluator");
  return found == trust.roles.end() ? nullptr : &found->second;
}

}  // namespace assay::gate
