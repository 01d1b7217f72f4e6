// What the gate offers to the command line, the server and Python.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/gate/verdict.h"
#include "assay/operation/operation.h"

namespace assay::gate {

struct CheckRequest {
  std::vector<std::string> evidence;  // files or references of Evidence JSON
  std::string policy;                 // file or reference, YAML or JSON; or preset:NAME
  std::vector<std::string> times;     // of each evidence, RFC 3339; none or as many as evidence
  std::vector<std::string> stale;     // those of `evidence` whose inputs have changed since
  std::string now;                    // RFC 3339; default the newest of times
  std::vector<Approval> approvals;
  operation::Json facts = operation::Json::object();
};
struct ExplainRequest {
  std::string policy;
};
struct RuleInWords {
  std::string id, words;
};
struct Explanation {
  std::string policy;
  std::vector<RuleInWords> rules;
  std::vector<std::string> waivers, advice;
};

// Evidence of kind assay.verdict/1 with to_json(Verdict) as detail.
Result<operation::Evidence> check(const CheckRequest& request, Task& task);
Result<Explanation> explain(const ExplainRequest& request, Task& task);

std::vector<operation::Operation> operations();  // with those of the hallmark

}  // namespace assay::gate

namespace assay::operation {
template <>
inline constexpr auto fields<gate::CheckRequest> = std::tuple{
    required("evidence", &gate::CheckRequest::evidence, "evidence to judge: files or references").positional().input(),
    required("policy", &gate::CheckRequest::policy,
             "policy to judge by: a YAML or JSON file, a reference, or preset:NAME")
        .input()
        .example("preset:eeoc-four-fifths"),
    field("times", &gate::CheckRequest::times, "when each evidence was made (RFC 3339), in their order"),
    field("stale", &gate::CheckRequest::stale,
          "those of the evidence whose inputs have changed since; they decide nothing"),
    field("now", &gate::CheckRequest::now, "the time to judge at (RFC 3339); the newest of times when it is left out"),
    field("approvals", &gate::CheckRequest::approvals,
          "approvals that were given: role, person, decision, expires, waives"),
    field("facts", &gate::CheckRequest::facts, "what else is known").example(R"j({"card.complete(annex4)": true})j")};
template <>
inline constexpr auto fields<gate::ExplainRequest> =
    std::tuple{required("policy", &gate::ExplainRequest::policy, "policy to put into words").positional().input()};
template <>
inline constexpr auto fields<gate::RuleInWords> =
    std::tuple{field("id", &gate::RuleInWords::id, "name of the rule"),
               field("words", &gate::RuleInWords::words, "what it asks for")};
template <>
inline constexpr auto fields<gate::Explanation> =
    std::tuple{field("policy", &gate::Explanation::policy, "name of the policy"),
               field("rules", &gate::Explanation::rules, "each rule in words"),
               field("waivers", &gate::Explanation::waivers, "each waiver in words"),
               field("advice", &gate::Explanation::advice, "what could be written better")};
}  // namespace assay::operation
