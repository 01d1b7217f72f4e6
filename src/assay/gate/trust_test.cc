#include "assay/gate/trust.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "assay/gate/hallmark_fixture.h"

namespace assay::gate {
namespace {

using namespace fixture;

Trust sample(const crypto::KeyPair& key, std::int64_t version) {
  Trust trust = trust_of_key(public_of(key));
  trust.roles["root"] = Role{{id_of(key)}, 1};
  trust.version = version, trust.expires = "2028-01-01T00:00:00Z";
  trust.separate = {{"producer", "approver:*"}};
  trust.revoked[id_of(key_of('r'))] = "2026-01-01T00:00:00Z";
  return trust;
}

TEST(SignVectors, EnvelopesAndForgeries) {
  const Json vectors = *operation::parse_json(*files::read("tests/data/gate/sign_vectors.json"));
  Keys keys;
  for (const auto& each : vectors["keys"]) {
    const auto seed = *crypto::unhex(each["seed_hex"].get<std::string>());
    const auto key = *crypto::key_from_seed(seed);
    EXPECT_EQ(crypto::hex(public_of(key)), each["public_hex"]);
    EXPECT_EQ(id_of(key), each["keyid"]);
    keys[id_of(key)] = public_of(key);
    for (const auto& envelope : vectors["dsse"])
      for (const auto& signature : envelope["signatures"])
        if (signature["keyid"] == each["keyid"]) {
          const auto message = *crypto::unbase64(envelope["pae_b64"].get<std::string>());
          EXPECT_EQ(crypto::base64(crypto::sign(key, message)), signature["sig"]);
        }
  }
  const auto opened = [](Json envelope) {
    Json bare{{"payload", envelope.contains("payload_b64") ? envelope["payload_b64"] : envelope["payload"]},
              {"payloadType", envelope["payloadType"]},
              {"signatures", envelope["signatures"]}};
    return open_envelope(operation::canonical(bare));
  };
  for (const auto& envelope : vectors["dsse"]) {
    const auto read = opened(envelope);
    ASSERT_TRUE(read) << envelope["name"] << read.error().what;
    const auto pae = pre_authentication(read->type, read->payload);
    EXPECT_EQ(crypto::base64(pae), envelope["pae_b64"]);
    EXPECT_EQ(crypto::hex(crypto::sha256(pae)), envelope["pae_sha256"]);
    EXPECT_EQ(signers(*read, keys).size(), envelope["signatures"].size());
  }
  for (const auto& envelope : vectors["dsse_bad"]) {
    const auto read = opened(envelope);
    const std::size_t good = read ? signers(*read, keys).size() : 0;
    const bool accepted = read && good > 0 && good == read->signatures.size();  // as a line of a hallmark would be
    EXPECT_FALSE(accepted) << envelope["name"];
    const bool one_holds = envelope["name"] == "duplicate_key_counts_once" || envelope["name"] == "sig_truncated";
    EXPECT_EQ(good, one_holds ? 1u : 0u) << envelope["name"];
  }
}

TEST(TrustFile, EveryFlippedBitIsRefused) {
  const auto key = key_of('k');
  const std::string bytes = write_trust(sample(key, 4), key);
  const auto read = parse_trust(bytes);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->version, 4);
  EXPECT_EQ(read->separate.size(), 1u);
  EXPECT_EQ(read->revoked.size(), 1u);
  EXPECT_EQ(role_of(*read, "privacy"), role_of(*read, "evaluator"));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string bad = bytes;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    const auto refused = parse_trust(bad);
    ASSERT_FALSE(refused) << "bit " << bit;
    ASSERT_EQ(refused.error().code, Code::kCorrupt);
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) ASSERT_FALSE(parse_trust(bytes.substr(0, size)));
  EXPECT_FALSE(parse_trust(write_trust(sample(key, 4), key_of('x'))));  // signed by another than its root
}

TEST(TrustFile, OlderVersionsAreRefused) {
  const Folder folder;
  const std::string path = folder / "trust.json";
  const auto key = key_of('k'), next = key_of('n');
  const auto load = [&](const Trust& trust, const crypto::KeyPair& by) {
    EXPECT_TRUE(files::write(path, write_trust(trust, by)));
    const auto loaded = load_trust(path);
    return loaded ? Code::kInternal : loaded.error().code;
  };
  EXPECT_EQ(load(sample(key, 2), key), Code::kInternal);
  EXPECT_EQ(load(sample(key, 2), key), Code::kInternal);
  EXPECT_EQ(load(sample(key, 3), key), Code::kInternal);
  EXPECT_EQ(load(sample(key, 2), key), Code::kFailedPrecondition);  // rollback
  Trust other = sample(key, 3);
  other.expires = "2030-01-01T00:00:00Z";
  EXPECT_EQ(load(other, key), Code::kFailedPrecondition);             // another file with the same version
  EXPECT_EQ(load(sample(next, 4), next), Code::kFailedPrecondition);  // a new root that the old one did not sign
  EXPECT_EQ(load(sample(key, 3), key), Code::kInternal);
  std::filesystem::remove(path);
  EXPECT_EQ(load_trust(path).error().code, Code::kNotFound);
}

TEST(SigningKey, MadeOncePrivateAndBound) {
  const Folder folder;
  const std::string home = folder / "config", path = home + "/signing.key";
  const auto made = load_or_make_key(home);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(load_or_make_key(home)->open, made->open);
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  ASSERT_EQ(::stat(home.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);

  const std::string bytes = *files::read(path);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string bad = bytes;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    std::ofstream(path, std::ios::binary) << bad;
    const auto refused = load_or_make_key(home);
    ASSERT_FALSE(refused) << "bit " << bit;
    ASSERT_EQ(refused.error().code, Code::kCorrupt);
  }
  ASSERT_TRUE(files::write(path, bytes, 0640));
  EXPECT_EQ(load_or_make_key(home).error().code, Code::kPermissionDenied);
  ASSERT_TRUE(files::write(path, bytes, 0600));
  ::chmod(home.c_str(), 0755);
  EXPECT_EQ(load_or_make_key(home).error().code, Code::kPermissionDenied);
}

TEST(SigningKey, EnsureMakesKeyAndTrustOutsideTheProject) {
  const Folder folder;
  const char* before = std::getenv("XDG_CONFIG_HOME");
  const std::string kept = before ? before : "";
  const std::string project = folder / "project/.assay";
  const std::int64_t now = *time::parse(kNow);

  ::setenv("XDG_CONFIG_HOME", (folder / "project/config").c_str(), 1);
  EXPECT_EQ(ensure_key_and_trust(project, now).error().code, Code::kFailedPrecondition);

  ::setenv("XDG_CONFIG_HOME", (folder / "config").c_str(), 1);
  const auto first = ensure_key_and_trust(project + "/", now);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_TRUE(first->made_key && first->made_trust);
  const auto second = ensure_key_and_trust(project, now);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_FALSE(second->made_key || second->made_trust);
  EXPECT_EQ(second->keyid, first->keyid);
  EXPECT_EQ(nearest_trust(folder / "project/out/x.hallmark.jsonl"), project + "/trust.json");

  // Two years on, the next version of the same trust is written.
  EXPECT_TRUE(ensure_key_and_trust(project, now + 725ll * 86'400'000'000)->made_trust);
  EXPECT_EQ(load_trust(project + "/trust.json")->version, 2);

  // Another user's key is not listed.
  ::setenv("XDG_CONFIG_HOME", (folder / "other").c_str(), 1);
  const auto other = ensure_key_and_trust(project, now);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kFailedPrecondition);
  EXPECT_NE(other.error().what.find("does not list your key"), std::string::npos);

  kept.empty() ? ::unsetenv("XDG_CONFIG_HOME") : ::setenv("XDG_CONFIG_HOME", kept.c_str(), 1);
}

}  // namespace
}  // namespace assay::gate
