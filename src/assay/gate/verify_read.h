// The lines of a hallmark as the verifier's steps see them. Internal to the verifier.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/gate/dsse.h"
#include "assay/gate/verify.h"
#include "assay/gate/verify_json.h"

namespace assay::gate {

struct Failure {
  std::string reason, text;
  bool undecided = false;
};
using Outcome = std::optional<Failure>;  // empty: the step held

struct Statement {
  Line line;
  Envelope envelope;
  Node root;                     // the payload
  std::string subject, digest;   // name and "sha256:…" of the model that the statement is about
  std::string predicate_digest;  // of the predicate's bytes: an evidence's own digest, as payloads are canonical
  const Node& predicate() const { return *root.find("predicate"); }
};

struct Kind {
  std::string_view type, word, role, mark;  // predicate type or the WORD of "urn:assay:WORD:1"
};
// Evidence of a plain kind has an empty word here, a foreign predicate of unknown type the word "other".
const Kind& kind_of(std::string_view predicate_type);

// "sha256:…" or "tree:…" of an in-toto digest object; empty when it is neither.
std::string digest_in(const Node* digest_set);

std::vector<std::string_view> split_lines(std::string_view bytes);
Outcome check_limits(std::string_view bytes);                             // step 1
Outcome read_lines(std::string_view bytes, std::vector<Statement>& out);  // steps 1 and 2
Outcome check_index(const std::vector<Statement>& lines);                 // step 5
void fill_contents(const std::vector<Statement>& lines, Report& report);  // model, statements, claims, marks
const Node* verdict_of(const Statement& gate);                            // the detail of its assay_verdict, or null

// "line 3 (fairness): " before what is wrong with it.
Failure wrong(std::string reason, const std::vector<Statement>& lines, const Statement& which, std::string text);

}  // namespace assay::gate
