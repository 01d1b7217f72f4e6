// Judging: a policy and evidence give a verdict. No clock, no files, no workspace: everything it knows is in the
// Document.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/error.h"
#include "assay/gate/policy.h"
#include "assay/operation/evidence.h"

namespace assay::gate {

// One piece of evidence as it is laid before the gate.
struct Exhibit {
  operation::Evidence evidence;
  std::string digest;                   // of the evidence; may be empty
  std::optional<std::int64_t> time_us;  // when it was made; age() reads it
  bool stale = false;                   // an input has changed since: it decides nothing
};

struct SliceRows {
  operation::Slice slice;
  double n = 0;  // rows
};

struct Approval {
  std::string role, person;
  std::string decision;                // approved | rejected
  std::optional<std::string> expires;  // RFC 3339; none: never
  std::vector<std::string> waives;     // ids of the rules whose waiver it covers
};

struct Document {
  std::vector<Exhibit> evidence;
  std::vector<SliceRows> slices;                      // that `for` goes over
  operation::Json facts = operation::Json::object();  // "card.complete(annex4)": true
  std::vector<Approval> approvals;
  std::optional<std::int64_t> now_us;
};

struct SliceResult {
  operation::Slice slice;
  std::string state;
  std::optional<double> value, low, high;
  double n = 0;
};

struct RuleResult {
  std::string id, require, over, because;
  std::string state;                              // held | not_decided | failed | waived
  std::string effect;                             // pass | warn | block
  std::optional<double> value, low, high, limit;  // of a plain comparison or claim
  std::vector<std::string> evidence;              // digests of what was read
  std::vector<SliceResult> slices;
  std::vector<operation::Slice> not_covered;  // left out by `where`
  std::string why;                            // for people
};

struct Verdict {
  std::optional<std::int64_t> now_us;
  std::string policy, policy_digest;
  std::string state;  // worst blocking rule, else waived, else held
  std::vector<RuleResult> rules;
  std::vector<std::string> warnings;  // ids of rules softened to a warning
  bool passed() const { return state == "held" || state == "waived"; }
};

// Errors (nothing is judged then): invalid-argument for types that do not fit, a call that matches several figures,
// facts and approvals of the wrong form, a policy that asks for the time where none is given. O(rules x slices x
// figures of the name).
Result<Verdict> judge(const Policy& policy, const Document& document);

// The slices that evidence speaks of, with their rows: the largest n among a slice's figures.
std::vector<SliceRows> slices_of(const std::vector<operation::Evidence>& evidence);

operation::Json to_json(const Verdict& verdict);     // `detail` of assay.verdict/1
int exit_status_of(const operation::Json& verdict);  // 0 held or waived, 1 failed, 4 not decided; evidence or detail
std::string render_verdict(const operation::Json& verdict);  // for a terminal; evidence or detail

// "race=b, sex=F"; "all rows" for {}.
std::string text_of(const operation::Slice& slice);

}  // namespace assay::gate

namespace assay::operation {
template <>
inline constexpr auto fields<gate::Approval> =
    std::tuple{required("role", &gate::Approval::role, "role in which it was given").example("risk"),
               required("person", &gate::Approval::person, "who gave it; each person counts once"),
               required("decision", &gate::Approval::decision, "what was decided").one_of({"approved", "rejected"}),
               field("expires", &gate::Approval::expires, "when it ends (RFC 3339); never when it is left out"),
               field("waives", &gate::Approval::waives, "ids of the rules whose waiver it covers")};
}  // namespace assay::operation
