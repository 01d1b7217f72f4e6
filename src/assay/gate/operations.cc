#include "assay/gate/operations.h"

#include <algorithm>
#include <utility>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/hallmark_operations.h"
#include "assay/gate/wording.h"
#include "assay/operation/yaml.h"

namespace assay::gate {
namespace {

using operation::Evidence;
using operation::Json;

constexpr std::string_view kPreset = "preset:";

Result<Exhibit> exhibit_of(const std::string& ref, Task& task) {
  ASSAY_TRY(const auto path, task.open(ref));
  ASSAY_TRY(const auto bytes, files::read(path));
  ASSAY_TRY(const auto value, operation::parse_json(bytes, ref));
  Exhibit out;
  if (auto s = operation::from_json(value, out.evidence); !s)
    return tl::unexpected<Error>(std::move(s).error().at(ref));
  out.digest = operation::digest_of(value);
  return out;
}

Result<std::vector<Exhibit>> exhibits_of(const CheckRequest& request, Task& task) {
  const std::size_t count = request.evidence.size();
  if (!request.times.empty() && request.times.size() != count)
    return fail(Code::kInvalidArgument,
                std::to_string(request.times.size()) + " times for " + std::to_string(count) + " evidence documents",
                "times", "give one time for each evidence, in the same order, or none");
  for (const auto& ref : request.stale)
    if (std::find(request.evidence.begin(), request.evidence.end(), ref) == request.evidence.end())
      return fail(Code::kInvalidArgument, "\"" + ref + "\" is not among the evidence", "stale",
                  "write it as under evidence");
  std::vector<Exhibit> out;
  for (std::size_t i = 0; i < count; ++i) {
    ASSAY_CHECK(task.check());
    auto made = exhibit_of(request.evidence[i], task);
    if (!made) return tl::unexpected<Error>(std::move(made).error().at("evidence"));
    const auto twin = std::find_if(out.begin(), out.end(), [&](const Exhibit& e) { return e.digest == made->digest; });
    if (!request.times.empty()) {
      const auto time = time::parse(request.times[i]);
      if (!time) return tl::unexpected<Error>(Error(time.error()).at("times: [" + std::to_string(i) + "]"));
      made->time_us = *time;
    }
    made->stale = std::find(request.stale.begin(), request.stale.end(), request.evidence[i]) != request.stale.end();
    if (twin == out.end()) out.push_back(std::move(*made));
  }
  return out;
}

struct PolicyFile {
  Policy policy;
  operation::Yaml yaml;  // empty for a preset and for a JSON file
};

Result<PolicyFile> policy_of(const std::string& ref, Task& task) {
  ASSAY_TRY(const auto path, task.open(ref));
  ASSAY_TRY(const auto text, files::read(path, operation::kMaxYaml));
  PolicyFile out;
  // JSON is read as such: YAML 1.2 holds it, but for escapes of characters beyond 16 bits.
  if (const auto json = operation::parse_json(text, ref)) {
    auto made = parse_policy(*json);
    if (!made) return tl::unexpected<Error>(std::move(made).error().at(ref));
    out.policy = std::move(*made);
    return out;
  }
  ASSAY_TRY(out.yaml, operation::parse_yaml(text, ref));
  ASSAY_TRY(out.policy, parse_policy(text, ref));
  return out;
}

Result<std::optional<std::int64_t>> now_of(const CheckRequest& request, const std::vector<Exhibit>& exhibits) {
  if (!request.now.empty()) {
    const auto now = time::parse(request.now);
    if (!now) return tl::unexpected<Error>(Error(now.error()).at("now"));
    return *now;
  }
  std::optional<std::int64_t> newest;
  for (const auto& each : exhibits)
    if (each.time_us && (!newest || *each.time_us > *newest)) newest = each.time_us;
  return newest;
}

std::string softened(const Rule& rule) {
  std::string out;
  if (rule.failed == "warn") out += "; a failure only warns";
  if (rule.not_decided == "warn") out += "; a doubt only warns";
  if (rule.not_decided == "allow") out += "; a doubt is let pass";
  return out;
}

std::string render_explanation(const Json& response) {
  std::string out = response.value("policy", std::string("policy")) + "\n";
  for (const auto& rule : response.value("rules", Json::array()))
    out += "  " + rule.value("id", std::string()) + ": " + rule.value("words", std::string()) + ".\n";
  for (const auto& waiver : response.value("waivers", Json::array())) out += "  " + waiver.get<std::string>() + ".\n";
  for (const auto& advice : response.value("advice", Json::array()))
    out += "advice: " + advice.get<std::string>() + "\n";
  return out;
}

}  // namespace

Result<Evidence> check(const CheckRequest& request, Task& task) {
  Document document;
  ASSAY_TRY(document.evidence, exhibits_of(request, task));
  std::vector<Evidence> evidence;
  for (const auto& each : document.evidence) evidence.push_back(each.evidence);
  document.slices = slices_of(evidence);
  document.facts = request.facts, document.approvals = request.approvals;
  ASSAY_TRY(document.now_us, now_of(request, document.evidence));
  PolicyFile file;
  if (request.policy.starts_with(kPreset)) {
    ASSAY_TRY(file.policy, preset_policy(std::string_view(request.policy).substr(kPreset.size()), evidence));
  } else {
    auto made = policy_of(request.policy, task);
    if (!made) return tl::unexpected<Error>(std::move(made).error());
    file = std::move(*made);
  }
  auto verdict = judge(file.policy, document);
  if (!verdict) {
    Error e = std::move(verdict).error();
    return tl::unexpected<Error>(!file.yaml.file.empty() && e.where.starts_with("rules")
                                     ? operation::located(file.yaml, std::move(e))
                                     : std::move(e));
  }
  Evidence out;
  out.kind = "assay.verdict/1";
  out.detail = to_json(*verdict);
  return out;
}

Result<Explanation> explain(const ExplainRequest& request, Task& task) {
  ASSAY_TRY(const auto file, policy_of(request.policy, task));
  const Policy& policy = file.policy;
  Explanation out;
  out.policy = policy.policy;
  for (const auto& rule : policy.rules) {
    ASSAY_TRY(const auto condition, condition_of(rule));
    out.rules.push_back(
        {rule.id, in_words(condition) + softened(rule) + (rule.because.empty() ? "" : " - " + rule.because)});
  }
  for (const auto& waiver : policy.waivers)
    out.waivers.push_back("a failure of " + waiver.rule + " is waived through " + waiver.until + " if the role " +
                          waiver.role + " approves");
  out.advice = advice(policy);
  return out;
}

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> all;
  all.push_back(
      operation::operation("gate", "check", "Judges evidence by a policy: held, failed or not decided", &check)
          .like("assay gate check tests/data/gate/evidence.json --policy tests/data/gate/small.yaml")
          .shown_by(&render_verdict)
          .exits_by(&exit_status_of));
  all.push_back(operation::operation("gate", "explain", "Puts the rules of a policy into words", &explain)
                    .uncached()
                    .like("assay gate explain tests/data/gate/policy.yaml")
                    .shown_by(&render_explanation));
  for (auto& each : hallmark_operations()) all.push_back(std::move(each));
  return all;
}

}  // namespace assay::gate
