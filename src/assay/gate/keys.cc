#include "assay/gate/keys.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/operation/json.h"

namespace assay::gate {
namespace {

using operation::Json;
constexpr std::int64_t kDay = 86'400'000'000, kTrustDays = 730, kRenewDays = 30;

std::string_view open_part(const crypto::KeyPair& key) {
  return {reinterpret_cast<const char*>(key.open.data()), key.open.size()};
}

std::string key_text(const crypto::KeyPair& key) {
  const std::string_view seed(reinterpret_cast<const char*>(key.secret.data()), 32);
  return operation::canonical(
             Json{{"keyid", crypto::key_id(open_part(key))}, {"kind", "assay.key/1"}, {"seed", crypto::base64(seed)}}) +
         "\n";
}

Status guarded(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return tl::unexpected<Error>(files::error_of(errno, path));
  if ((info.st_mode & 077) != 0)
    return fail(Code::kPermissionDenied, "others than you may read the signing key", path,
                "chmod go-rwx " + path + ", and make a new key if it may have been copied");
  if (info.st_uid != ::geteuid())
    return fail(Code::kPermissionDenied, "the signing key belongs to another user", path, "use your own key");
  return {};
}

Result<crypto::KeyPair> read_key(const std::string& path) {
  ASSAY_CHECK(guarded(path));
  ASSAY_TRY(const std::string bytes, files::read(path, 4096));
  const auto damaged = [&] {
    return fail(Code::kCorrupt, "the signing key is damaged", path,
                "restore it from a copy, or remove it: a new one is made, which the trust file must then list");
  };
  const auto json = operation::parse_json(bytes, path);
  if (!json || !json->is_object() || !json->contains("seed") || !(*json)["seed"].is_string()) return damaged();
  const auto seed = crypto::unbase64((*json)["seed"].get<std::string>());
  if (!seed || seed->size() != 32) return damaged();
  ASSAY_TRY(const crypto::KeyPair key, crypto::key_from_seed(*seed));
  if (key_text(key) != bytes) return damaged();
  return key;
}

// Links the finished file to its name, so that of two programs that make a key at once one wins and both use its key.
Status place_key(const crypto::KeyPair& key, const std::string& path) {
  const std::string aside = path + "." + crypto::hex(crypto::random_bytes(8));
  ASSAY_CHECK(files::write(aside, key_text(key), 0600));
  const int placed = ::link(aside.c_str(), path.c_str()), number = errno;
  ::unlink(aside.c_str());
  if (placed != 0 && number != EEXIST) return tl::unexpected<Error>(files::error_of(number, path));
  return {};
}

bool inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const auto [end, at] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

// A project may be the home folder itself; then the usual place of the key is no part of the project's content.
Status outside_project(const std::string& configuration, const std::string& assay_folder) {
  std::error_code code;
  const auto key = std::filesystem::weakly_canonical(configuration, code);
  const auto above = std::filesystem::absolute(assay_folder, code).lexically_normal().parent_path();
  const auto project = std::filesystem::weakly_canonical(above, code);
  const char* home = std::getenv("HOME");
  const bool holds_home = home && *home && inside(std::filesystem::weakly_canonical(home, code), project);
  if (inside(key, project) && !holds_home)
    return fail(Code::kFailedPrecondition, "the signing key would lie inside the project", configuration,
                "set XDG_CONFIG_HOME to a folder outside it");
  return {};
}

Status write_own_trust(Signer& signer, std::int64_t now_us, std::int64_t version) {
  Trust trust = trust_of_key(std::string(open_part(signer.key)));
  trust.version = version;
  trust.expires = time::text(now_us + kTrustDays * kDay);
  trust.roles.erase("log");
  trust.roles["root"] = Role{{signer.keyid}, 1};
  signer.made_trust = true;
  return files::write(signer.trust_path, write_trust(trust, signer.key));
}

std::string upwards(std::filesystem::path folder) {
  std::error_code code;
  folder = std::filesystem::absolute(folder, code).lexically_normal();
  for (;; folder = folder.parent_path()) {
    const auto found = folder / ".assay" / "trust.json";
    // A file that somebody else put above the folder, in /tmp say, is no reason for trust.
    struct stat info{};
    if (::stat(found.c_str(), &info) == 0 && (info.st_uid == ::geteuid() || info.st_uid == 0)) return found.string();
    if (!folder.has_parent_path() || folder == folder.parent_path()) return {};
  }
}

}  // namespace

Result<std::string> configuration_folder() {
  const char* set = std::getenv("XDG_CONFIG_HOME");
  if (set && *set == '/') return std::string(set) + "/assay";
  const char* home = std::getenv("HOME");
  if (home && *home == '/') return std::string(home) + "/.config/assay";
  return fail(Code::kFailedPrecondition, "there is no folder for the signing key: HOME is not set", {},
              "set HOME or XDG_CONFIG_HOME to a full path");
}

Result<crypto::KeyPair> load_or_make_key(const std::string& folder) {
  const std::string path = folder + "/signing.key";
  if (!files::exists(path)) {
    ASSAY_CHECK(files::make_folders(folder, 0700));
    ASSAY_CHECK(guarded(folder));
    ASSAY_TRY(crypto::KeyPair key, crypto::make_key());
    const Status placed = place_key(key, path);
    crypto::wipe(key);
    ASSAY_CHECK(placed);
  }
  ASSAY_CHECK(guarded(folder));
  return read_key(path);
}

std::string write_trust(const Trust& trust, const crypto::KeyPair& key) {
  Json keys = Json::object(), roles = Json::object(), separate = Json::array(), revoked = Json::array();
  for (const auto& [id, raw] : trust.keys) keys[id] = crypto::base64(raw);
  for (const auto& [name, role] : trust.roles)
    roles[name] = Json{{"keyids", role.keyids}, {"threshold", role.threshold}};
  for (const auto& [one, other] : trust.separate) separate.push_back(Json::array({one, other}));
  for (const auto& [id, since] : trust.revoked) revoked.push_back(Json{{"keyid", id}, {"time", since}});
  Json out{{"keys", keys},   {"kind", "assay.trust/1"}, {"revoked", revoked},
           {"roles", roles}, {"separate", separate},    {"version", trust.version}};
  if (!trust.expires.empty()) out["expires"] = trust.expires;
  return seal(kTrustType, operation::canonical(out), key) + "\n";
}

Result<Signer> ensure_key_and_trust(const std::string& given, std::int64_t now_us) {
  const std::string assay_folder = given.size() > 1 && given.back() == '/' ? given.substr(0, given.size() - 1) : given;
  Signer signer;
  ASSAY_TRY(const std::string folder, configuration_folder());
  ASSAY_CHECK(outside_project(folder, assay_folder));
  signer.made_key = !files::exists(folder + "/signing.key");
  ASSAY_TRY(signer.key, load_or_make_key(folder));
  signer.keyid = crypto::key_id(open_part(signer.key));
  signer.trust_path = assay_folder + "/trust.json";
  if (!files::exists(signer.trust_path)) {
    // After a version that was seen here before, the next one counts on, or verifying would refuse it as older.
    std::int64_t version = 1;
    if (const auto seen = files::read(signer.trust_path + ".seen"))
      if (const auto old = parse_trust(*seen)) version = old->version + 1;
    ASSAY_CHECK(files::make_folders(assay_folder));
    ASSAY_CHECK(write_own_trust(signer, now_us, version));
    return signer;
  }
  ASSAY_TRY(const Trust trust, load_trust(signer.trust_path));
  for (const char* role : {"producer", "evaluator", "gate"}) {
    const Role* found = role_of(trust, role);
    if (!found || std::find(found->keyids.begin(), found->keyids.end(), signer.keyid) == found->keyids.end() ||
        trust.revoked.count(signer.keyid))
      return fail(Code::kFailedPrecondition, "the trust file does not list your key " + signer.keyid + " as " + role,
                  signer.trust_path,
                  "have the project's root add it, or use the key that it lists (" + folder + "/signing.key)");
  }
  const Role* root = role_of(trust, "root");
  const auto end = time::parse(trust.expires);
  if (end && *end < now_us + kRenewDays * kDay && root && root->threshold == 1 && trust.keys.size() == 1)
    ASSAY_CHECK(write_own_trust(signer, now_us, trust.version + 1));
  return signer;
}

std::string nearest_trust(const std::string& path) {
  std::error_code code;
  const std::filesystem::path start(path);
  const auto found = upwards(std::filesystem::is_directory(start, code) ? start : start.parent_path());
  return found.empty() ? upwards(std::filesystem::current_path(code)) : found;
}

}  // namespace assay::gate
