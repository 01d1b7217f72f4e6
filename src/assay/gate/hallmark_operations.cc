#include "assay/gate/hallmark_operations.h"

#include <algorithm>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/hallmark.h"
#include "assay/gate/keys.h"
#include "assay/gate/verify.h"

namespace assay::gate {

struct BuildRequest {
  std::string model, name;
  std::int64_t version = 1;
  std::vector<std::string> evidence, times;
  std::string split, verdict, card, policy, plan;
  std::vector<std::string> dataset;
  std::int64_t seed = 0;
  std::string created, expires, supersedes, key, signer;
};
struct VerifyRequest {
  std::string hallmark, trust, key, model, now;
  bool strict = false;
};
struct ShowRequest {
  std::string hallmark;
};

}  // namespace assay::gate

namespace assay::operation {
namespace g = assay::gate;

template <>
inline constexpr auto fields<g::BuildRequest> = std::tuple{
    required("model", &g::BuildRequest::model, "the model: a file, a folder or an asset").positional().input(),
    field("name", &g::BuildRequest::name, "name of the model; its file name when none is given").example("denials"),
    field("version", &g::BuildRequest::version, "version of the model").range(1, 1e9),
    field("evidence", &g::BuildRequest::evidence, "evidence to sign: JSON files or assets").input(),
    field("times", &g::BuildRequest::times, "when each evidence was made, in the same order (RFC 3339)"),
    field("split", &g::BuildRequest::split, "evidence of the data split").input(),
    required("verdict", &g::BuildRequest::verdict, "the verdict of assay gate check").input(),
    field("card", &g::BuildRequest::card, "the model card (JSON)").input(),
    field("policy", &g::BuildRequest::policy, "the policy that was judged").input(),
    field("plan", &g::BuildRequest::plan, "the plan that was run").input(),
    field("dataset", &g::BuildRequest::dataset, "the data sets used, as references").example("dataset:loans@1"),
    field("seed", &g::BuildRequest::seed, "the plan's seed").range(0, 0x1p53),
    field("created", &g::BuildRequest::created, "when the hallmark is made (RFC 3339); now when empty"),
    field("expires", &g::BuildRequest::expires, "when it ends (RFC 3339); never when empty"),
    field("supersedes", &g::BuildRequest::supersedes, "digest of the hallmark that this one follows"),
    field("key", &g::BuildRequest::key, "folder of the signing key; empty: the user's configuration folder").hidden(),
    field("signer", &g::BuildRequest::signer, "id of the key that must sign; another one is refused")};
template <>
inline constexpr auto fields<g::VerifyRequest> =
    std::tuple{required("hallmark", &g::VerifyRequest::hallmark, "the hallmark file").positional().input(),
               field("trust", &g::VerifyRequest::trust, "the trust file; the nearest .assay/trust.json when empty"),
               field("key", &g::VerifyRequest::key, "trust this public key instead (64 hex digits)"),
               field("model", &g::VerifyRequest::model, "the model file or folder that must be the one signed").input(),
               field("now", &g::VerifyRequest::now, "judge expiry at this time (RFC 3339); the clock when empty"),
               field("strict", &g::VerifyRequest::strict, "refuse statements of unknown type")};
template <>
inline constexpr auto fields<g::ShowRequest> =
    std::tuple{required("hallmark", &g::ShowRequest::hallmark, "the hallmark file").positional().input()};

template <>
inline constexpr auto fields<g::Step> = std::tuple{
    field("name", &g::Step::name, "the step"), field("state", &g::Step::state, "held, failed, not_decided or skipped"),
    field("text", &g::Step::text, "what was found")};
template <>
inline constexpr auto fields<g::Line> =
    std::tuple{field("kind", &g::Line::kind, "what it states"),
               field("predicate_type", &g::Line::predicate_type, "in-toto predicate type"),
               field("digest", &g::Line::digest, "digest of the payload"),
               field("time", &g::Line::time, "when it was made"),
               field("bytes", &g::Line::bytes, "size of the payload").unit("B"),
               field("keyids", &g::Line::keyids, "the keys that signed it")};
template <>
inline constexpr auto fields<g::Claim> =
    std::tuple{field("id", &g::Claim::id, "rule"),
               field("require", &g::Claim::require, "what it requires"),
               field("state", &g::Claim::state, "its state"),
               field("effect", &g::Claim::effect, "pass, warn or block"),
               field("value", &g::Claim::value, "as written"),
               field("low", &g::Claim::low, "as written"),
               field("high", &g::Claim::high, "as written"),
               field("limit", &g::Claim::limit, "as written"),
               field("evidence", &g::Claim::evidence, "digests of the evidence it was judged on")};
template <>
inline constexpr auto fields<g::Mark> =
    std::tuple{field("name", &g::Mark::name, "Fair, Private, Explained, Robust, Documented, Secure or Monitored"),
               field("state", &g::Mark::state, "held, not_decided, failed or not_started")};
template <>
inline constexpr auto fields<g::Report> =
    std::tuple{field("state", &g::Report::state, "held, failed, not_decided or not_verified"),
               field("reason", &g::Report::reason, "signature, digest, trust, policy, recompute or expired"),
               field("text", &g::Report::text, "the reason in a sentence"),
               field("exit", &g::Report::exit, "exit code: 0, 1 or 4"),
               field("model", &g::Report::model, "name of the model"),
               field("version", &g::Report::version, "its version"),
               field("digest", &g::Report::digest, "its digest"),
               field("bundle", &g::Report::bundle, "id of the hallmark"),
               field("created", &g::Report::created, "when the hallmark was made"),
               field("expires", &g::Report::expires, "when it ends; empty: never"),
               field("supersedes", &g::Report::supersedes, "the hallmark that it follows"),
               field("policy", &g::Report::policy, "the policy that was judged"),
               field("steps", &g::Report::steps, "what was checked"),
               field("statements", &g::Report::statements, "what was signed"),
               field("claims", &g::Report::claims, "the rules of the verdict"),
               field("marks", &g::Report::marks, "the marks of the hallmark")};

}  // namespace assay::operation

namespace assay::gate {
namespace {

using operation::Json;

Result<std::optional<Attested>> read_attested(const std::string& ref, Task& task, const std::string& time) {
  if (ref.empty()) return std::optional<Attested>();
  ASSAY_TRY(const std::string path, task.open(ref));
  ASSAY_TRY(const std::string bytes, files::read(path));
  ASSAY_TRY(Json json, operation::parse_json(bytes, ref));
  return std::optional<Attested>(Attested{std::move(json), time});
}

// The split's evidence and every other document stands in a hallmark once, however often it was named.
Status read_evidence(const BuildRequest& request, Task& task, HallmarkInputs& in) {
  if (!request.times.empty() && request.times.size() != request.evidence.size())
    return fail(
        Code::kInvalidArgument,
        std::to_string(request.times.size()) + " times for " + std::to_string(request.evidence.size()) + " evidences",
        "times", "give one time for each evidence");
  std::vector<std::string> seen;
  if (in.split) seen.push_back(operation::digest_of(in.split->json));
  for (std::size_t i = 0; i < request.evidence.size(); ++i) {
    const std::string time = request.times.empty() ? "" : request.times[i];
    ASSAY_TRY(auto read, read_attested(request.evidence[i], task, time));
    if (!read) return fail(Code::kInvalidArgument, "an empty name", "evidence[" + std::to_string(i) + "]");
    const std::string digest = operation::digest_of(read->json);
    if (in.split && digest == seen.front() && in.split->time.empty()) in.split->time = time;
    if (std::find(seen.begin(), seen.end(), digest) != seen.end()) continue;
    seen.push_back(digest);
    in.evidence.push_back(std::move(*read));
  }
  return {};
}

// "denials@3", or the name of the model's file without its ending.
Status name_model(const BuildRequest& request, HallmarkInputs& in) {
  const std::filesystem::path file(request.model);
  in.model_name = request.name, in.model_version = request.version;
  if (files::exists(request.model)) in.model_file = file.filename().string();
  if (in.model_name.empty()) in.model_name = file.stem().string();
  const auto at = in.model_name.rfind('@');
  if (at == std::string::npos) return {};
  const std::string version = in.model_name.substr(at + 1);
  if (version.empty() || version.size() > 9 || version.find_first_not_of("0123456789") != std::string::npos)
    return fail(Code::kInvalidArgument, "not a version: \"" + version + "\"", "name", "write NAME or NAME@N");
  in.model_version = std::stoll(version);
  in.model_name.resize(at);
  return {};
}

// Of JSON and YAML the digest of the value, not of the bytes, is what names it (spec/README rule 2).
Result<std::string> document_digest(const std::string& ref, Task& task) {
  if (ref.empty()) return std::string();
  ASSAY_TRY(const std::string path, task.open(ref));
  ASSAY_TRY(const std::string bytes, files::read(path));
  const auto json = operation::parse_json(bytes, ref);
  return json ? operation::digest_of(*json) : crypto::digest_of(bytes);
}

// The verdict says which policy it judged; a policy file given beside it must be that one.
Status name_policy(HallmarkInputs& in) {
  const auto text_at = [&](const char* field) {
    const Json::json_pointer at(std::string("/detail/policy/") + field);
    return in.verdict->json.contains(at) && in.verdict->json[at].is_string() ? in.verdict->json[at].get<std::string>()
                                                                             : std::string();
  };
  if (const std::string name = text_at("name"); !name.empty()) in.policy_uri = "policy:" + name;
  const std::string judged = text_at("digest");
  if (judged.empty()) return {};
  if (!in.policy_digest.empty() && in.policy_digest != judged)
    return fail(Code::kFailedPrecondition, "the verdict judged another policy: " + judged, "policy",
                "give the policy that was judged, or judge again with this one");
  in.policy_digest = judged;
  return {};
}

Result<HallmarkInputs> read_inputs(const BuildRequest& request, Task& task) {
  HallmarkInputs in;
  ASSAY_CHECK(name_model(request, in));
  ASSAY_TRY(const std::string path, task.open(request.model));
  ASSAY_TRY(in.model_digest, model_digest(path));
  ASSAY_TRY(in.split, read_attested(request.split, task, ""));
  ASSAY_CHECK(read_evidence(request, task, in));
  ASSAY_TRY(in.card, read_attested(request.card, task, ""));
  ASSAY_TRY(in.verdict, read_attested(request.verdict, task, ""));
  ASSAY_TRY(in.policy_digest, document_digest(request.policy, task));
  ASSAY_TRY(in.plan_digest, document_digest(request.plan, task));
  ASSAY_CHECK(name_policy(in));
  in.seed = request.seed, in.datasets = request.dataset;
  in.created = request.created.empty() ? time::text(time::now_us()) : request.created;
  in.expires = request.expires, in.supersedes = request.supersedes;
  return in;
}

Result<operation::Evidence> build_hallmark(const BuildRequest& request, Task& task) {
  ASSAY_TRY(const HallmarkInputs in, read_inputs(request, task));
  std::string folder = request.key;
  if (folder.empty()) {
    ASSAY_TRY(folder, configuration_folder());
  }
  ASSAY_TRY(crypto::KeyPair key, load_or_make_key(folder));
  const std::string open(reinterpret_cast<const char*>(key.open.data()), key.open.size());
  if (!request.signer.empty() && request.signer != crypto::key_id(open)) {
    crypto::wipe(key);
    return fail(Code::kFailedPrecondition, "the key in " + folder + " is not " + request.signer, "signer",
                "sign with the key of that id, or leave the field out");
  }
  const auto bytes = build(in, key);
  crypto::wipe(key);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  ASSAY_TRY(const std::string path, task.create("hallmark", std::string(kHallmarkMedia)));
  ASSAY_CHECK(files::write(path, *bytes));
  ASSAY_TRY(const Report made, describe(*bytes));
  operation::Evidence out;
  out.kind = "assay.hallmark/1";
  Json statements = Json::array(), marks = Json::object();
  for (const Line& line : made.statements)
    statements.push_back(
        Json{{"kind", line.kind}, {"digest", line.digest}, {"time", line.time}, {"bytes", line.bytes}});
  for (const Mark& mark : made.marks) marks[mark.name] = mark.state;
  out.detail = Json{{"bundle", made.bundle},
                    {"model", {{"name", made.model}, {"version", in.model_version}, {"digest", made.digest}}},
                    {"keyid", made.statements.front().keyids.front()},
                    {"created", made.created},
                    {"statements", statements},
                    {"marks", marks}};
  out.blobs["hallmark"] = {"", std::string(kHallmarkMedia), static_cast<std::int64_t>(made.statements.size())};
  return out;
}

std::string trust_file(const VerifyRequest& request, const std::string& path) {
  return !request.key.empty() ? "" : request.trust.empty() ? nearest_trust(path) : request.trust;
}

Result<Trust> trust_for(const VerifyRequest& request, const std::string& file) {
  if (!request.key.empty()) {
    ASSAY_TRY(const std::string key, crypto::unhex(request.key));
    if (key.size() != 32) return fail(Code::kInvalidArgument, "a public key has 64 hex digits", "key");
    return trust_of_key(key);
  }
  return file.empty() ? Result<Trust>(Trust{}) : load_trust(file);  // without one nobody is trusted
}

Result<Report> verify_hallmark(const VerifyRequest& request, Task& task) {
  if (!request.key.empty() && !request.trust.empty())
    return fail(Code::kInvalidArgument, "both a trust file and a key were given", "key", "give one of them");
  ASSAY_TRY(const std::string path, task.open(request.hallmark));
  ASSAY_TRY(const std::string bytes, files::read(path, kMaxHallmark + 1));
  const std::string file = trust_file(request, files::exists(request.hallmark) ? request.hallmark : path);
  const auto trust = trust_for(request, file);
  if (!trust) {
    if (is_refusal(trust.error())) return refused_trust(trust.error());
    return tl::unexpected<Error>(trust.error());
  }
  VerifyOptions options;
  options.strict = request.strict;
  options.now_us = time::now_us();
  if (!request.now.empty()) {
    ASSAY_TRY(options.now_us, time::parse(request.now));
  }
  if (!request.model.empty()) {
    ASSAY_TRY(options.model, task.open(request.model));
  }
  auto report = verify(bytes, *trust, options);
  // Whose word this rests on: a trust file that came with the hallmark says nothing about who made either.
  if (report && request.key.empty())
    for (auto& step : report->steps)
      if (step.name == "signatures") step.text += "; trusted by " + (file.empty() ? "nobody" : file);
  return report;
}

Result<Report> show_hallmark(const ShowRequest& request, Task& task) {
  ASSAY_TRY(const std::string path, task.open(request.hallmark));
  ASSAY_TRY(const std::string bytes, files::read(path, kMaxHallmark + 1));
  auto report = describe(bytes);
  if (!report) return tl::unexpected<Error>(std::move(report).error().at(request.hallmark));
  return report;
}

std::string render(const Json& response) {
  Report report;
  if (!operation::from_json(response, report)) return response.dump(2) + "\n";
  return text_of(report);
}

std::string render_built(const Json& evidence) {
  const Json& detail = evidence["detail"];
  return "Hallmark of " + detail["model"]["name"].get<std::string>() + "@" + detail["model"]["version"].dump() + ": " +
         std::to_string(detail["statements"].size()) + " statements signed by key " +
         detail["keyid"].get<std::string>().substr(0, 12) + "…\n";
}

}  // namespace

int verification_exit_status(const Json& report) {
  const auto state = report.find("state");
  if (state == report.end()) return 1;
  return *state == "held" || *state == "not_verified" ? 0 : *state == "not_decided" ? 4 : 1;
}

std::vector<operation::Operation> hallmark_operations() {
  using operation::Access;
  using operation::operation;
  return {operation("hallmark", "build", "Sign the evidence of a model that the gate lets pass", &build_hallmark)
              .with_access(Access::kSign)
              .shown_by(&render_built),
          operation("hallmark", "verify", "Check a hallmark: signatures, model, evidence, verdict", &verify_hallmark)
              .uncached()
              .shown_by(&render)
              .exits_by(&verification_exit_status),
          operation("hallmark", "show", "Show what a hallmark says, without checking who signed it", &show_hallmark)
              .uncached()
              .shown_by(&render)};
}

}  // namespace assay::gate
