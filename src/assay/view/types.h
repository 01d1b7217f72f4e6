// What several views speak of. The field tables are the schemas of the REST answers and the types of the studio.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/operation/describe.h"
#include "assay/operation/evidence.h"

namespace assay::view {

// A sentence of ours: the studio translates `key` with `args`, and shows `text` where it knows no translation.
struct Message {
  std::string key;
  std::map<std::string, operation::Json> args;  // text or numbers
  std::string text;
};
Message message(std::string key, std::map<std::string, operation::Json> args, std::string text);

struct Provenance {
  std::vector<std::string> evidence;
  std::map<std::string, std::string> refs;  // role -> dataset:loans@1
  std::optional<std::int64_t> seed;
  std::string code, run, finished, signature = "none";
  bool stale = false;
};

struct Rule {
  std::string id, require, because, state, effect;
  std::optional<double> value, low, high, limit;
  std::vector<std::string> evidence;
  std::string why;
};
struct Verdict {
  std::string digest, state, policy;
  std::optional<std::string> now;
  std::vector<Rule> rules;
};
struct Mark {
  std::string name, state;
  std::vector<std::string> rules, evidence;
};
struct BlobLink {
  std::string evidence, role, media_type, href;
};
struct RunItem {
  std::string run, operation, state, by, started;
  std::optional<std::string> finished;
  double seconds = 0;
  std::optional<std::string> parent;
  std::string name;
  std::optional<std::string> digest;
};

// What a user gave, as an error quotes it: at most 100 bytes, cut between characters.
std::string clipped(const std::string& text);

}  // namespace assay::view

namespace assay::operation {
namespace v = assay::view;

template <>
inline constexpr auto fields<v::Message> =
    std::tuple{required("key", &v::Message::key, "names the sentence, for translation"),
               required("args", &v::Message::args, "texts and numbers that stand in it"),
               required("text", &v::Message::text, "the sentence in English")};
template <>
inline constexpr auto fields<v::Provenance> = std::tuple{
    required("evidence", &v::Provenance::evidence, "digests of the evidence that the figures come from"),
    required("refs", &v::Provenance::refs, "the assets that went in, by role"),
    required("seed", &v::Provenance::seed, "of the random choices; null when there were none"),
    required("code", &v::Provenance::code, "version of the code that concluded it"),
    required("run", &v::Provenance::run, "the run that concluded it"),
    required("finished", &v::Provenance::finished, "when it was concluded (RFC 3339)"),
    required("signature", &v::Provenance::signature, "whether a hallmark covers it, and what the verifier says")
        .one_of({"none", "signed", "verified", "broken"}),
    required("stale", &v::Provenance::stale, "a newer version of its data exists, or the code has changed since")};
template <>
inline constexpr auto fields<v::Rule> = std::tuple{
    required("id", &v::Rule::id, "name of the rule"),
    required("require", &v::Rule::require, "the condition"),
    required("because", &v::Rule::because, "why the rule is there"),
    required("state", &v::Rule::state, "what the gate found").one_of({"held", "not_decided", "failed", "waived"}),
    required("effect", &v::Rule::effect, "what that does").one_of({"pass", "warn", "block"}),
    required("value", &v::Rule::value, "the figure judged"),
    required("low", &v::Rule::low, "lower end of its interval"),
    required("high", &v::Rule::high, "upper end of its interval"),
    required("limit", &v::Rule::limit, "what it was compared with"),
    required("evidence", &v::Rule::evidence, "digests of the evidence it was judged on"),
    required("why", &v::Rule::why, "the reason in words")};
template <>
inline constexpr auto fields<v::Verdict> =
    std::tuple{required("digest", &v::Verdict::digest, "of the verdict"),
               required("state", &v::Verdict::state, "worst blocking rule, else waived, else held")
                   .one_of({"held", "not_decided", "failed", "waived"}),
               required("policy", &v::Verdict::policy, "name of the policy"),
               required("now", &v::Verdict::now, "the time it was judged at, when the policy asks for one"),
               required("rules", &v::Verdict::rules, "each rule")};
template <>
inline constexpr auto fields<v::Mark> =
    std::tuple{required("name", &v::Mark::name, "the property")
                   .one_of({"fair", "private", "explained", "robust", "documented", "secure", "monitored"}),
               required("state", &v::Mark::state, "worst of its rules")
                   .one_of({"held", "not_decided", "failed", "waived", "not_started"}),
               required("rules", &v::Mark::rules, "ids of the rules that read its evidence"),
               required("evidence", &v::Mark::evidence, "digests of that evidence")};
template <>
inline constexpr auto fields<v::BlobLink> =
    std::tuple{required("evidence", &v::BlobLink::evidence, "digest of the evidence that it belongs to"),
               required("role", &v::BlobLink::role, "its name in the evidence"),
               required("media_type", &v::BlobLink::media_type, "what the bytes are"),
               required("href", &v::BlobLink::href, "where they are served")};
template <>
inline constexpr auto fields<v::RunItem> = std::tuple{
    required("run", &v::RunItem::run, "id"),
    required("operation", &v::RunItem::operation, "what was run"),
    required("state", &v::RunItem::state, "how it stands")
        .one_of({"waiting", "queued", "running", "done", "cached", "skipped", "failed", "cancelled", "preempted"}),
    required("by", &v::RunItem::by, "who asked"),
    required("started", &v::RunItem::started, "when it began (RFC 3339)"),
    required("finished", &v::RunItem::finished, "when it ended"),
    required("seconds", &v::RunItem::seconds, "how long it took; 0 while it runs").unit("s"),
    required("parent", &v::RunItem::parent, "the run that it is a step of"),
    required("name", &v::RunItem::name, "the plan or asset it is about; empty when unknown"),
    required("digest", &v::RunItem::digest, "of what it concluded")};

}  // namespace assay::operation
