// A small model with its evidence, and the hallmark made of them. For tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/dsse.h"
#include "assay/gate/hallmark.h"
#include "assay/gate/keys.h"
#include "assay/gate/verify.h"

namespace assay::gate::fixture {

using operation::Json;
inline constexpr const char* kNow = "2026-06-02T00:00:00Z";

inline crypto::KeyPair key_of(char seed) { return *crypto::key_from_seed(std::string(32, seed)); }
inline std::string public_of(const crypto::KeyPair& key) {
  return {reinterpret_cast<const char*>(key.open.data()), key.open.size()};
}
inline std::string id_of(const crypto::KeyPair& key) { return crypto::key_id(public_of(key)); }
inline std::string digest(const std::string& text) { return crypto::digest_of(text); }

inline Json evidence(const std::string& word, const std::string& data) {
  return Json{{"kind", "assay." + word + "/1"},
              {"operation", word + ".run"},
              {"provenance", {{"inputs", {{"data", digest(data)}}}, {"seed", 7}}},
              {"figures", Json::array({Json{{"name", "auc"}, {"value", 0.8125}, {"low", 0.78}, {"high", 0.85}}})}};
}

inline Json rule(const std::string& id, const std::string& state, const std::string& effect, const Json& on) {
  return Json{{"id", id},
              {"require", "auc >= 0.75"},
              {"state", state},
              {"effect", effect},
              {"value", 0.8125},
              {"low", 0.78},
              {"high", 0.85},
              {"limit", 0.75},
              {"evidence", Json::array({operation::digest_of(on)})}};
}

inline Json verdict(const std::string& state, const Json& rules) {
  return Json{{"kind", "assay.verdict/1"}, {"detail", {{"now", kNow}, {"state", state}, {"rules", rules}}}};
}

inline HallmarkInputs inputs(const std::string& model) {
  HallmarkInputs in;
  in.model_name = "denials", in.model_version = 3, in.model_digest = digest(model), in.model_file = "denials.amodel";
  const Json evaluation = evidence("evaluation", "test rows"), fairness = evidence("fairness", "test rows");
  in.evidence = {{evaluation, "2026-06-01T11:00:00Z"}, {fairness, "2026-06-01T11:30:00Z"}};
  in.split = Attested{Json{{"kind", "assay.split/1"},
                           {"detail",
                            {{"parts",
                              {{"train", {{"rows", 1666}, {"digest", digest("train rows")}}},
                               {"test", {{"rows", 714}, {"digest", digest("test rows")}}}}},
                             {"overlap", 0}}}},
                      ""};
  in.card = Attested{Json{{"model_details", {{"name", "denials"}}}}, ""};
  const Json rules = Json::array({rule("R1", "held", "pass", evaluation), rule("R2", "held", "pass", fairness)});
  in.verdict = Attested{verdict("held", rules), ""};
  in.policy_digest = digest("policy"), in.policy_uri = "policy:mortgage-prod", in.plan_digest = digest("plan");
  in.created = "2026-06-01T12:00:00Z";
  in.datasets = {"dataset:boston_hmda@1"};
  in.dependencies = {{"train", "dataset:boston_hmda@1", digest("train rows")}};
  return in;
}

inline VerifyOptions at(const std::string& now = kNow) {
  VerifyOptions options;
  options.now_us = *time::parse(now);
  return options;
}

// A folder that goes when the test ends.
class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / ("assay-" + crypto::hex(crypto::random_bytes(8)))).string();
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace assay::gate::fixture
