// The hallmark verifier: what an outsider runs, offline, on a file, a trust file and a model (serve b7).
//
// It depends on base/crypto and its own JSON reader only, so that `assay-verify` stays one small static program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"
#include "assay/gate/trust.h"

namespace assay::gate {

struct VerifyOptions {
  std::string model;          // file or folder whose digest must be the subject's; empty: that step is skipped
  std::int64_t now_us = 0;    // judged against expiry dates
  std::string expect_digest;  // when set, the subject must have this digest ("sha256:…", "tree:…")
  bool strict = false;        // refuse predicates of unknown type
};

struct Step {
  std::string name;   // limits encoding signatures model index links separation policy expiry
  std::string state;  // held failed not_decided skipped
  std::string text;   // one sentence
};
struct Line {  // one statement of the hallmark
  std::string kind, predicate_type, digest, time;
  std::int64_t bytes = 0;
  std::vector<std::string> keyids;  // who signed it
};
struct Claim {  // one rule of the verdict; figures as written, empty when undefined
  std::string id, require, state, effect, value, low, high, limit;
  std::vector<std::string> evidence;  // digests it was judged on
};
struct Mark {
  std::string name, state;  // state: held not_decided failed not_started
};
struct Report {
  std::string state;   // held failed not_decided; not_verified when only described
  std::string reason;  // signature digest trust policy recompute expired; empty when held
  std::string text;    // the sentence behind the reason
  int exit = 0;
  std::string model, version, digest, bundle, created, expires, supersedes, policy;
  std::vector<Step> steps;
  std::vector<Line> statements;
  std::vector<Claim> claims;
  std::vector<Mark> marks;
};

inline constexpr std::size_t kMaxLine = 16u << 20, kMaxLines = 1000;
inline constexpr std::uint64_t kMaxHallmark = 256u << 20;

// Runs the steps in order and stops at the first that fails; the report says which. An Error only when the model given
// cannot be read. O(bytes of the hallmark + bytes of the model).
Result<Report> verify(std::string_view bytes, const Trust& trust, const VerifyOptions& options);

// What the file says, checked for form only: state "not_verified". Error corrupt.
Result<Report> describe(std::string_view bytes);

// The report of a trust file that was refused (reason trust); is_refusal tells that from one that cannot be read.
bool is_refusal(const Error& error);
Report refused_trust(const Error& error);

// A table for a person: the steps, what was signed, the conclusion.
std::string text_of(const Report& report);

// "sha256:…" of a file, "tree:…" of a folder: SHA-256 over its manifest, lines "hex SP SP size SP path LF", sorted by
// path bytewise; symbolic links and special files are refused (serve b7, spec/README rule 2).
Result<std::string> model_digest(const std::string& path);

}  // namespace assay::gate
