#include "assay/gate/hallmark.h"

#include <set>

#include "assay/base/time.h"
#include "assay/gate/dsse.h"
#include "assay/gate/verify.h"

namespace assay::gate {
namespace {

using operation::canonical;
using operation::Json;

struct Payload {
  std::string kind, type, time, bytes, digest;
};

// "sha256:hex" as in-toto writes it: {"sha256": hex}.
Result<Json> digest_set(const std::string& digest, const std::string& where) {
  const auto colon = digest.find(':');
  const std::string kind = digest.substr(0, colon), hex = colon == std::string::npos ? "" : digest.substr(colon + 1);
  if ((kind != "sha256" && kind != "tree") || hex.size() != 64 ||
      hex.find_first_not_of("0123456789abcdef") != std::string::npos)
    return fail(Code::kInvalidArgument, "not a digest: \"" + digest.substr(0, 80) + "\"", where,
                "write it as sha256: and 64 hex digits");
  return Json{{kind, hex}};
}

// "assay.fairness/1" -> "fairness"; empty for anything else. The hallmark's own lines are no evidence.
std::string word_of(const Json& document) {
  const auto kind = document.is_object() ? document.find("kind") : document.end();
  if (!document.is_object() || kind == document.end() || !kind->is_string()) return {};
  const std::string text = kind->get<std::string>();
  if (text.rfind("assay.", 0) != 0 || text.size() < 9 || text.substr(text.size() - 2) != "/1") return {};
  return text.substr(6, text.size() - 8);
}

class Maker {
 public:
  Maker(const HallmarkInputs& in, Json subject) : in_(in), subject_(std::move(subject)) {}

  void add(std::string kind, std::string type, const std::string& time, const Json& predicate) {
    Payload made{std::move(kind), std::move(type), time.empty() ? in_.created : time, {}, {}};
    made.bytes = statement(made.type, predicate);
    made.digest = crypto::digest_of(made.bytes);
    present.insert(made.digest), present.insert(operation::digest_of(predicate));
    lines.push_back(std::move(made));
  }
  Status add_document(const Attested& document, const std::string& where) {
    const std::string word = word_of(document.json);
    if (word.empty() || word == "index" || word == "verdict")
      return fail(Code::kInvalidArgument, "not an evidence document: its kind is not assay.WORD/1", where,
                  "give a JSON file that Assay wrote");
    if (!document.time.empty() && !time::parse(document.time))
      return fail(Code::kInvalidArgument, "not a time: \"" + document.time + "\"", where);
    add(word, "urn:assay:" + word + ":1", document.time, document.json);
    return {};
  }
  std::string statement(const std::string& type, const Json& predicate) const {
    return canonical(Json{{"_type", "https://in-toto.io/Statement/v1"},
                          {"subject", subject_},
                          {"predicateType", type},
                          {"predicate", predicate}});
  }

  std::vector<Payload> lines;
  std::set<std::string> present;  // digests of statements and of evidence

 private:
  const HallmarkInputs& in_;
  Json subject_;
};

Result<Json> provenance(const HallmarkInputs& in) {
  Json dependencies = Json::array(), external = Json::object(), metadata = Json::object();
  for (const Dependency& each : in.dependencies) {
    ASSAY_TRY(Json digest, digest_set(each.digest, "dependency " + each.name));
    Json made{{"name", each.name}, {"digest", std::move(digest)}};
    if (!each.uri.empty()) made["uri"] = each.uri;
    dependencies.push_back(std::move(made));
  }
  if (!in.plan_digest.empty()) {
    ASSAY_TRY(external["plan"], digest_set(in.plan_digest, "plan"));
  }
  external["datasets"] = in.datasets;
  if (!in.started.empty()) metadata["startedOn"] = in.started;
  if (!in.finished.empty()) metadata["finishedOn"] = in.finished;
  return Json{{"buildDefinition",
               {{"buildType", in.build_type},
                {"externalParameters", external},
                {"internalParameters", {{"seed", in.seed}}},
                {"resolvedDependencies", dependencies}}},
              {"runDetails",
               {{"builder", {{"id", in.builder}, {"version", {{"assay", ASSAY_VERSION}}}}}, {"metadata", metadata}}}};
}

// Refuses a verdict that blocks, and one that rests on what is not in the hallmark.
Status check_verdict(const Json& verdict, const std::set<std::string>& present) {
  const auto bad = [](std::string what) {
    return fail(Code::kInvalidArgument, std::move(what), "verdict", "give the evidence that assay gate check wrote");
  };
  if (word_of(verdict) != "verdict" || !verdict.contains("detail")) return bad("not a verdict");
  const Json& detail = verdict["detail"];
  if (!detail.is_object() || !detail.contains("rules") || !detail["rules"].is_array() || detail["rules"].empty())
    return bad("the verdict has no rules");
  std::string blocking;
  for (const Json& rule : detail["rules"]) {
    if (!rule.is_object()) return bad("a rule is no object");
    const std::string id = rule.value("id", Json("?")).is_string() ? rule.value("id", std::string("?")) : "?";
    if (rule.contains("effect") && rule["effect"] == "block") blocking += " " + id;
    if (!rule.contains("evidence") || !rule["evidence"].is_array()) continue;
    for (const Json& digest : rule["evidence"])
      if (!digest.is_string() || !present.count(digest.get<std::string>()))
        return fail(Code::kFailedPrecondition, "rule " + id + " rests on evidence that was not given: " + digest.dump(),
                    "verdict", "give every evidence that the gate judged");
  }
  const Json state = detail.contains("state") ? detail["state"] : Json();
  const bool doubt = state == "not_decided";
  if (!blocking.empty() || (state != "held" && state != "waived"))
    return fail(Code::kFailedPrecondition,
                (doubt ? "the gate could not decide:" : "the gate does not let it pass:") + blocking, "verdict",
                doubt ? "gather more data until the rules can be decided" : "mend the model until the rules hold");
  return {};
}

Result<Json> summary(const HallmarkInputs& in, const Maker& maker) {
  Json inputs = Json::array();
  for (const Payload& line : maker.lines)
    inputs.push_back(Json{{"uri", line.type}, {"digest", {{"sha256", line.digest.substr(7)}}}});
  Json policy{{"uri", in.policy_uri}};
  if (!in.policy_digest.empty()) {
    ASSAY_TRY(policy["digest"], digest_set(in.policy_digest, "policy"));
  }
  return Json{{"verifier", {{"id", "urn:assay:gate"}, {"version", {{"assay", ASSAY_VERSION}}}}},
              {"timeVerified", in.verdict->time.empty() ? in.created : in.verdict->time},
              {"resourceUri", "model:" + in.model_name + "@" + std::to_string(in.model_version)},
              {"policy", policy},
              {"inputAttestations", inputs},
              {"verificationResult", "PASSED"},
              {"verifiedLevels", Json::array({"SLSA_BUILD_LEVEL_1"})},
              {"slsaVersion", "1.0"},
              {"assay_verdict", in.verdict->json}};
}

Result<Json> index(const HallmarkInputs& in, const Maker& maker) {
  crypto::Sha256 sum;
  Json list = Json::array();
  for (const Payload& line : maker.lines) {
    sum.add(line.digest);
    list.push_back(Json{{"kind", line.kind}, {"digest", line.digest}, {"time", line.time}});
  }
  Json model{{"name", in.model_name}, {"version", in.model_version}, {"digest", in.model_digest}};
  if (!in.model_file.empty()) model["file"] = in.model_file;
  Json out{{"kind", "assay.index/1"},
           {"bundle", crypto::hex(sum.finish()).substr(0, 32)},
           {"model", model},
           {"statements", list},
           {"created", in.created}};
  if (!in.expires.empty()) out["expires"] = in.expires;
  if (!in.supersedes.empty()) out["supersedes"] = in.supersedes;
  return out;
}

Status check_inputs(const HallmarkInputs& in) {
  if (in.model_name.empty()) return fail(Code::kInvalidArgument, "the model has no name", "name");
  if (!in.verdict)
    return fail(Code::kFailedPrecondition, "there is no verdict: a hallmark is made after the gate", "verdict",
                "run assay gate check first");
  for (const auto& [name, text] : {std::pair{"created", in.created},
                                   {"expires", in.expires},
                                   {"started", in.started},
                                   {"finished", in.finished},
                                   {"verdict time", in.verdict->time}})
    if ((!text.empty() || std::string_view(name) == "created") && !time::parse(text))
      return fail(Code::kInvalidArgument, "not a time: \"" + text + "\"", name, "write it as 2026-06-01T12:00:00Z");
  return {};
}

}  // namespace

Result<std::string> build(const HallmarkInputs& in, const crypto::KeyPair& key) {
  ASSAY_CHECK(check_inputs(in));
  ASSAY_TRY(Json digest, digest_set(in.model_digest, "model"));
  const std::string name = in.model_name + "@" + std::to_string(in.model_version);
  Maker maker(in, Json::array({Json{{"name", name}, {"digest", digest}}}));
  ASSAY_TRY(const Json built, provenance(in));
  maker.add("provenance", "https://slsa.dev/provenance/v1", in.finished, built);
  if (in.split) ASSAY_CHECK(maker.add_document(*in.split, "split"));
  for (std::size_t i = 0; i < in.evidence.size(); ++i)
    ASSAY_CHECK(maker.add_document(in.evidence[i], "evidence[" + std::to_string(i) + "]"));
  if (in.card) {
    // A card that is no evidence of ours (Model Card Toolkit JSON) stands by its digest.
    Attested card = *in.card;
    if (word_of(card.json) != "card")
      card.json = Json{{"kind", "assay.card/1"}, {"model_card", {{"digest", operation::digest_of(in.card->json)}}}};
    ASSAY_CHECK(maker.add_document(card, "card"));
    maker.present.insert(operation::digest_of(in.card->json));
  }
  ASSAY_CHECK(check_verdict(in.verdict->json, maker.present));
  ASSAY_TRY(const Json gate, summary(in, maker));
  maker.add("gate", "https://slsa.dev/verification_summary/v1", in.verdict->time, gate);
  ASSAY_TRY(const Json first, index(in, maker));
  std::string out = seal(kStatementType, maker.statement("urn:assay:index:1", first), key) + "\n";
  for (const Payload& line : maker.lines) out += seal(kStatementType, line.bytes, key) + "\n";
  for (const auto& line : maker.lines)
    if (line.bytes.size() > kMaxLine / 4 * 3 - 4096)
      return fail(Code::kInvalidArgument, "the " + line.kind + " statement is larger than a hallmark line may be",
                  line.kind, "keep rows in blobs");
  if (maker.lines.size() + 1 > kMaxLines) return fail(Code::kInvalidArgument, "more than 999 statements", "evidence");
  return out;
}

}  // namespace assay::gate
