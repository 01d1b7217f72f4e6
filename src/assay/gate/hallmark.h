// Makes a hallmark: signed statements about one model version (serve b7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/crypto.h"
#include "assay/base/error.h"
#include "assay/operation/json.h"

namespace assay::gate {

struct Attested {
  operation::Json json;  // evidence, unchanged; its "kind" ("assay.WORD/N") names the statement
  std::string time;      // RFC 3339; empty: when the hallmark was created
};

struct Dependency {               // a resolved dependency of the provenance: data, code, libraries
  std::string name, uri, digest;  // digest: "sha256:…" or "tree:…"
};

struct HallmarkInputs {
  std::string model_name, model_digest;  // "sha256:…" of a file, "tree:…" of a folder
  std::int64_t model_version = 1;
  std::string model_file;  // file name, for the reader's eye

  std::vector<Attested> evidence;
  std::optional<Attested> split, card;
  std::optional<Attested> verdict;  // assay.verdict/1; required
  std::string policy_digest, policy_uri;

  std::string builder = "urn:assay:builder:local", build_type = "urn:assay:plan:1", plan_digest, started, finished;
  std::int64_t seed = 0;
  std::vector<std::string> datasets;  // references, "dataset:NAME@N"
  std::vector<Dependency> dependencies;

  std::string created, expires;  // RFC 3339; expires may be empty
  std::string supersedes;        // digest of the hallmark file that this one follows; may be empty
};

// JSON Lines: index, provenance, split, evidence in the order given, card, gate. The same inputs and key give the same
// bytes. Errors: failed-precondition when a blocking rule of the verdict failed or stayed undecided, or when it rests
// on evidence that is not among the inputs; invalid-argument for what is missing or malformed. O(bytes).
Result<std::string> build(const HallmarkInputs& inputs, const crypto::KeyPair& key);

}  // namespace assay::gate
