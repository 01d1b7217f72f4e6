#include "assay/view/provenance.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "assay/base/time.h"
#include "assay/gate/verify_read.h"
#include "assay/workspace/code_version.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::AssetVersion;
using workspace::RunRecord;

constexpr std::int64_t kPlanRuns = 50;   // looked through for what the cache repeated
constexpr std::int64_t kRuns = 1000;     // that read or made one thing, the newest
constexpr std::size_t kCandidates = 50;  // documents read before a search gives up

// "My loans" -> "My-loans": what an address can carry.
std::string address_name(const std::string& folder) {
  std::error_code code;
  auto path = std::filesystem::weakly_canonical(folder, code);
  std::string out = (path.has_filename() ? path : path.parent_path()).filename().string();
  for (char& c : out)
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_') c = '-';
  return out.empty() ? "workspace" : out;
}

std::string word_of(const std::string& kind) {  // "assay.fairness/1" -> "fairness"
  const auto dot = kind.find('.'), slash = kind.rfind('/');
  return dot == std::string::npos || slash == std::string::npos ? kind : kind.substr(dot + 1, slash - dot - 1);
}

int rank(const std::string& state) {
  return state == "failed" ? 4 : state == "not_decided" ? 3 : state == "waived" ? 2 : state == "held" ? 1 : 0;
}

}  // namespace

Message message(std::string key, std::map<std::string, Json> args, std::string text) {
  return {std::move(key), std::move(args), std::move(text)};
}

Reader::Reader(const Request& request) : workspace_(request.workspace) {
  const auto given = request.path.find("workspace");
  name_ = given == request.path.end() ? address_name(workspace_.folder()) : given->second;
}

std::string Reader::page(const std::string& below) const { return "/w/" + name_ + (below.empty() ? "" : "/" + below); }

std::string Reader::blob(const std::string& evidence, const std::string& role) const {
  return "/api/v1/w/" + name_ + "/evidence/" + evidence + "/blobs/" + role;
}

BlobLink Reader::link(const Found& evidence, const std::string& role) const {
  return {evidence.digest, role, text_at(evidence.json, "/blobs/" + role + "/media_type"), blob(evidence.digest, role)};
}

bool Reader::has(const std::string& digest) const {
  return digest.size() == 71 && digest.starts_with("sha256:") && workspace_.objects().has(digest);
}

Result<std::string> Reader::bytes(const std::string& digest) const {
  if (digest.size() != 71 || !digest.starts_with("sha256:"))
    return fail(Code::kNotFound, "not the digest of a stored file: \"" + clipped(digest) + "\"", "objects",
                "run again: what made it makes it anew");
  return workspace_.objects().get(digest);
}

Result<Json> Reader::document(const std::string& digest) {
  if (const auto known = documents_.find(digest); known != documents_.end()) return known->second;
  ASSAY_TRY(const auto bytes, this->bytes(digest));
  if (bytes.empty() || bytes.front() != '{') return documents_[digest] = nullptr;
  auto json = operation::parse_json(bytes, digest);
  return documents_[digest] = json ? std::move(*json) : Json(nullptr);
}

// The steps that plans went through, cached ones too: a step that the cache repeats makes no run of its own.
Status Reader::read_plan_runs() {
  if (repeated_) return {};
  repeated_.emplace();
  ASSAY_TRY(const auto runs, store().runs({.operation = "plan.run", .limit = kPlanRuns}));
  for (const auto& run : runs) {
    if (run.state != "done" || run.output.empty()) continue;
    const auto report = document(run.output);
    if (!report || !report->is_object()) continue;
    for (const auto& step : at_pointer(*report, "/steps")) {
      auto& when = (*repeated_)[text_at(step, "/digest")];
      when = std::max(when, run.finished_us);
    }
  }
  return {};
}

Result<std::vector<Reader::Candidate>> Reader::ranked(std::vector<RunRecord> runs, std::string_view operation) {
  ASSAY_CHECK(read_plan_runs());
  std::vector<Candidate> out;
  for (auto& run : runs) {
    if (run.state != "done" || run.output.empty() || (!operation.empty() && run.operation != operation)) continue;
    const auto again = repeated_->find(run.output);
    const auto when = std::max(run.finished_us, again == repeated_->end() ? 0 : again->second);
    out.push_back({std::move(run), when});
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.concluded_us, a.run.finished_us, a.run.id) >
           std::tuple(b.concluded_us, b.run.finished_us, b.run.id);
  });
  return out;
}

Result<std::vector<Found>> Reader::concluded_from(const std::string& digest, std::string_view operation,
                                                  std::size_t most, const Accept& accept) {
  ASSAY_TRY(auto runs, store().runs_reading(digest, kRuns));
  ASSAY_TRY(auto candidates, ranked(std::move(runs), operation));
  std::vector<Found> out;
  std::set<std::string> seen;
  for (auto& each : candidates) {
    if (out.size() == most || seen.size() == kCandidates) break;
    if (!seen.insert(each.run.output).second) continue;
    ASSAY_TRY(auto json, document(each.run.output));
    if (accept && !accept(json)) continue;
    out.push_back({each.run.output, std::move(json), std::move(each.run)});
  }
  return out;
}

Result<std::optional<Found>> Reader::latest_from(const std::string& digest, std::string_view operation,
                                                 const Accept& accept) {
  ASSAY_TRY(auto all, concluded_from(digest, operation, 1, accept));
  if (all.empty()) return std::optional<Found>();
  return std::optional<Found>(std::move(all.front()));
}

Result<std::optional<Found>> Reader::maker_of(const std::string& digest) {
  ASSAY_TRY(auto runs, store().runs_making(digest, kRuns));
  ASSAY_TRY(auto candidates, ranked(std::move(runs), {}));
  if (candidates.empty()) return std::optional<Found>();
  auto& run = candidates.front().run;
  ASSAY_TRY(auto json, document(run.output));
  return std::optional<Found>(Found{run.output, std::move(json), std::move(run)});
}

Result<std::optional<AssetVersion>> Reader::asset_with(const std::string& digest, std::string_view kind) {
  ASSAY_TRY(auto assets, store().assets_with(digest));
  std::optional<AssetVersion> out;
  for (auto& each : assets)
    if (kind.empty() || each.kind == kind) out = std::move(each);
  return out;
}

Result<Chain> chain_of(Reader& reader, const AssetVersion& model) {
  Chain chain;
  chain.model = model;
  ASSAY_TRY(chain.training, reader.maker_of(model.content));
  ASSAY_TRY(chain.predictions, reader.latest_from(model.digest, "model.predict"));
  for (const auto* from : {found(chain.predictions), found(chain.training)})
    for (const auto& input : from && !chain.dataset ? from->run.inputs : std::vector<workspace::Edge>{})
      if (input.role == "data") {
        ASSAY_TRY(chain.dataset, reader.asset_with(input.digest, "dataset"));
      }
  if (!chain.predictions) return chain;
  const auto table = text_at(chain.predictions->json, "/blobs/predictions/digest");
  ASSAY_TRY(chain.evaluation, reader.latest_from(table, "evaluate.run"));
  ASSAY_TRY(chain.fairness, reader.concluded_from(table, "fairness.assess", 20));
  const auto* figures = chain.evaluation ? &*chain.evaluation : chain.fairness.empty() ? nullptr : &chain.fairness[0];
  if (!figures) return chain;
  const auto of_model = [&](const Json& json) {
    return text_at(json, "/provenance/options/model_digest") == model.digest;
  };
  ASSAY_TRY(chain.card, reader.latest_from(figures->digest, "card.build", of_model));
  ASSAY_TRY(chain.report, reader.latest_from(figures->digest, "view.export", of_model));
  ASSAY_TRY(chain.verdict, reader.latest_from(figures->digest, "gate.check"));
  if (chain.verdict) {
    ASSAY_TRY(chain.hallmark, reader.latest_from(chain.verdict->digest, "hallmark.build", [&](const Json& json) {
      return text_at(json, "/provenance/inputs/model") == model.digest;
    }));
  }
  return chain;
}

std::map<std::string, std::string> refs_of(const Chain& chain) {
  std::map<std::string, std::string> refs{{"model", ref_of(chain.model)}};
  if (chain.dataset) refs["data"] = ref_of(*chain.dataset);
  return refs;
}

std::string ref_of(const AssetVersion& asset) {
  return asset.kind + ":" + asset.name + "@" + std::to_string(asset.version);
}

Result<AssetVersion> asset_of(Reader& reader, const std::string& kind, const std::string& name,
                              const std::string& version) {
  const std::string where = kind + ":" + clipped(name) + "@" + clipped(version);
  std::int64_t number = 0;
  const auto end = std::from_chars(version.data(), version.data() + version.size(), number);
  if (version.empty() || version.size() > 9 || end.ec != std::errc() || end.ptr != version.data() + version.size() ||
      number < 1)
    return fail(Code::kInvalidArgument, "not a version: \"" + clipped(version) + "\"", where,
                "write a whole number from 1, as in " + kind + ":" + clipped(name) + "@1");
  ASSAY_TRY(auto there, reader.store().asset(kind, name, number));
  if (there) return std::move(*there);
  ASSAY_TRY(const auto versions, reader.store().assets(kind, name));
  std::string known;
  for (const auto& each : versions)
    if (versions.size() <= 20) known += (known.empty() ? "" : ", ") + std::to_string(each.version);
  if (!versions.empty())
    return fail(Code::kNotFound, "no version " + version + " of " + kind + ":" + name, where,
                known.empty() ? "the newest is " + std::to_string(versions.back().version) : "there are: " + known);
  ASSAY_TRY(const auto all, reader.store().assets(kind));
  std::vector<std::string> names;
  for (const auto& each : all)
    if (names.empty() || names.back() != each.name) names.push_back(each.name);
  const std::string near = operation::nearest(name, names);
  std::string listed;
  for (std::size_t i = 0; i < names.size() && i < 10; ++i) listed += (i ? ", " : "") + names[i];
  return fail(Code::kNotFound, "no " + kind + " of that name in this workspace", where,
              !near.empty()     ? "did you mean \"" + near + "\"?"
              : !names.empty()  ? "there are: " + listed
              : kind == "model" ? "run `assay run` first"
                                : "run `assay data add FILE` or `assay run` first");
}

Result<AssetVersion> asset_in_path(Reader& reader, const std::string& kind, const Request& request) {
  const auto part = [&](const char* name) {
    const auto at = request.path.find(name);
    return at == request.path.end() ? std::string() : at->second;
  };
  return asset_of(reader, kind, part("name"), part("version"));
}

Result<std::string> thing_named(Reader& reader, const std::string& ref) {
  const std::string shown = clipped(ref);
  const std::string hex = ref.starts_with("sha256:") ? ref.substr(7) : ref;
  if (hex.size() >= 12 && hex.size() <= 64 && hex.find_first_not_of("0123456789abcdef") == std::string::npos) {
    if (hex.size() == 64) {
      ASSAY_TRY(const auto asset, reader.asset_with("sha256:" + hex));
      if (asset || reader.has("sha256:" + hex)) return "sha256:" + hex;
    }
    auto whole = reader.workspace().objects().find("sha256:" + hex);
    if (whole || ref.starts_with("sha256:")) return whole;
  }
  const auto colon = ref.find(':'), at = ref.rfind('@');
  const auto name_from = colon == std::string::npos ? 0 : colon + 1;
  const auto name = ref.substr(name_from, (at == std::string::npos ? ref.size() : at) - name_from);
  const auto kind = colon == std::string::npos ? std::string() : ref.substr(0, colon);
  const auto version = at == std::string::npos || ref.substr(at + 1) == "latest" ? std::string() : ref.substr(at + 1);
  if (at != std::string::npos && at < name_from)
    return fail(Code::kInvalidArgument, "not a reference: \"" + shown + "\"", "focus", "write kind:name@version");
  ASSAY_TRY(const auto assets, kind.empty() ? reader.store().assets() : reader.store().assets(kind));
  std::optional<AssetVersion> best;
  std::vector<std::string> names;
  for (const auto& each : assets) {
    names.push_back(kind.empty() ? each.name : each.kind + ":" + each.name);
    if (each.name != name || (!version.empty() && std::to_string(each.version) != version)) continue;
    if (!best || each.created_us >= best->created_us) best = each;
  }
  if (best) return best->digest;
  const auto near = operation::nearest(kind.empty() ? name : kind + ":" + name, names);
  return fail(Code::kNotFound, "nothing in this workspace is called \"" + shown + "\"", "focus",
              near.empty() ? "see `assay workspace show`" : "did you mean \"" + near + "\"?");
}

const Found* found(const std::optional<Found>& one) { return one ? &*one : nullptr; }

Result<Provenance> provenance_of(Reader& reader, const std::vector<const Found*>& from,
                                 std::map<std::string, std::string> refs, std::string signature) {
  Provenance out;
  const Found* lead = nullptr;
  for (const auto* each : from) {
    if (!each) continue;
    if (!lead) lead = each;
    if (std::find(out.evidence.begin(), out.evidence.end(), each->digest) == out.evidence.end())
      out.evidence.push_back(each->digest);
    out.stale = out.stale || text_at(each->json, "/provenance/code") != workspace::code_version();
  }
  for (const auto& [role, ref] : refs) {
    const auto colon = ref.find(':'), at = ref.rfind('@');
    const auto kind = ref.substr(0, colon);
    if (colon == std::string::npos || at == std::string::npos || (kind != "dataset" && kind != "schema")) continue;
    ASSAY_TRY(const auto latest, reader.store().asset(kind, ref.substr(colon + 1, at - colon - 1)));
    out.stale = out.stale || (latest && std::to_string(latest->version) != ref.substr(at + 1));
  }
  out.refs = std::move(refs), out.signature = std::move(signature);
  if (!lead) return out;
  if (const auto& seed = at_pointer(lead->json, "/provenance/seed"); seed.is_number_integer())
    out.seed = seed.get<std::int64_t>();
  out.code = text_at(lead->json, "/provenance/code");
  out.run = lead->run.id, out.finished = time::text(lead->run.finished_us);
  return out;
}

std::optional<Verdict> verdict_of(const std::optional<Found>& evidence) {
  if (!evidence) return std::nullopt;
  const Json& json = evidence->json;
  Verdict out{evidence->digest, text_at(json, "/detail/state"), text_at(json, "/detail/policy/name"), {}, {}};
  if (const auto now = text_at(json, "/detail/now"); !now.empty()) out.now = now;
  for (const auto& rule : at_pointer(json, "/detail/rules"))
    out.rules.push_back({text_at(rule, "/id"), text_at(rule, "/require"), text_at(rule, "/because"),
                         text_at(rule, "/state"), text_at(rule, "/effect"), number_at(rule, "/value"),
                         number_at(rule, "/low"), number_at(rule, "/high"), number_at(rule, "/limit"),
                         texts_at(rule, "/evidence"), text_at(rule, "/why")});
  return out;
}

Result<std::vector<Mark>> marks_of(Reader& reader, const std::optional<Verdict>& verdict) {
  std::vector<Mark> out;
  for (const char* name : {"fair", "private", "explained", "robust", "documented", "secure", "monitored"})
    out.push_back({name, "not_started", {}, {}});
  if (!verdict) return out;
  for (const auto& rule : verdict->rules)
    for (const auto& digest : rule.evidence) {
      ASSAY_TRY(const auto json, reader.document(digest));
      std::string name(gate::kind_of("urn:assay:" + word_of(text_at(json, "/kind")) + ":1").mark);
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      for (auto& mark : out) {
        if (mark.name != name) continue;
        if (rank(rule.state) > rank(mark.state)) mark.state = rule.state;
        if (std::find(mark.rules.begin(), mark.rules.end(), rule.id) == mark.rules.end()) mark.rules.push_back(rule.id);
        if (std::find(mark.evidence.begin(), mark.evidence.end(), digest) == mark.evidence.end())
          mark.evidence.push_back(digest);
      }
    }
  return out;
}

const Json& at_pointer(const Json& json, const std::string& pointer) {
  static const Json none;
  const Json::json_pointer at(pointer);
  return json.contains(at) ? json.at(at) : none;
}

std::string text_at(const Json& json, const std::string& pointer, const std::string& otherwise) {
  const Json& at = at_pointer(json, pointer);
  return at.is_string() ? at.get<std::string>() : otherwise;
}

std::int64_t integer_at(const Json& json, const std::string& pointer) {
  const Json& at = at_pointer(json, pointer);
  return at.is_number_integer() ? at.get<std::int64_t>() : 0;
}

std::optional<double> number_at(const Json& json, const std::string& pointer) {
  const Json& at = at_pointer(json, pointer);
  if (at.is_number() || at == "Infinity" || at == "-Infinity") return operation::number_of(at);
  return std::nullopt;
}

std::vector<std::string> texts_at(const Json& json, const std::string& pointer) {
  std::vector<std::string> out;
  const Json& at = at_pointer(json, pointer);
  if (at.is_string()) return {at.get<std::string>()};
  if (at.is_array())
    for (const auto& each : at)
      if (each.is_string()) out.push_back(each.get<std::string>());
  return out;
}

std::string query_of(const Request& request, const std::string& name, const std::string& otherwise) {
  const auto at = request.query.find(name);
  return at == request.query.end() ? otherwise : at->second;
}

Result<std::size_t> limit_of(const Request& request, std::size_t otherwise) {
  const auto text = query_of(request, "limit");
  if (text.empty()) return otherwise;
  std::size_t limit = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || limit < 1 || limit > 1000)
    return fail(Code::kInvalidArgument, "\"" + clipped(text) + "\" is no number of items", "limit",
                "give a whole number from 1 to 1000");
  return limit;
}

}  // namespace assay::view
