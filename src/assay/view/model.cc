#include "assay/view/model.h"

#include <algorithm>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/catalog/catalog.h"
#include "assay/gate/verify.h"
#include "assay/gate/verify_read.h"
#include "assay/view/make.h"
#include "assay/workspace/execute.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::AssetVersion;

// `hallmark verify` as the command line runs it: with the trust of this workspace, and the stored model.
Result<Json> verification(Reader& reader, const std::string& hallmark, const AssetVersion& model) {
  const auto* verify = catalog::find("hallmark", "verify");
  if (!verify) return fail(Code::kInternal, "there is no operation hallmark.verify");
  Json with{{"hallmark", hallmark}};
  if (const auto trust = reader.workspace().inside("trust.json"); files::exists(trust)) with["trust"] = trust;
  if (reader.has(model.content)) with["model"] = model.digest;
  workspace::Context context;
  context.workspace = &reader.workspace();
  ASSAY_TRY(auto outcome, workspace::execute(*verify, with, context));
  return std::move(outcome.result);
}

// The path of the trust file is this machine's business.
std::string without(std::string text, const std::string& path, const std::string& name) {
  if (const auto at = text.find(path); at != std::string::npos) text.replace(at, path.size(), name);
  return text;
}

Status add_statements(const std::string& bytes, HallmarkView& out) {
  std::vector<gate::Statement> lines;
  if (const auto failed = gate::read_lines(bytes, lines)) return {};  // the verifier's lines say so
  ASSAY_TRY(const auto told, gate::describe(bytes));
  for (std::size_t i = 0; i < lines.size() && i < told.statements.size(); ++i) {
    const auto& line = told.statements[i];
    out.statements.push_back({line.kind, line.time, line.digest, line.bytes, lines[i].digest});
    if (line.kind != "approval") continue;
    const auto& predicate = lines[i].predicate();
    out.approvals.push_back(
        {std::string(predicate.string("role")), std::string(predicate.string("person")), line.time});
  }
  out.created = told.created;
  if (!told.expires.empty()) out.expires = told.expires;
  return {};
}

Result<HallmarkView> hallmark_of(Reader& reader, const Found& evidence, const AssetVersion& model) {
  HallmarkView out;
  out.digest = text_at(evidence.json, "/blobs/hallmark/digest");
  out.created = text_at(evidence.json, "/detail/created");
  out.href = reader.blob(evidence.digest, "hallmark");
  if (const auto keyid = text_at(evidence.json, "/detail/keyid"); !keyid.empty())
    out.signer = SignerView{keyid, evidence.run.by};
  // A damaged file is no error of this page: it is what the verifier must report.
  const auto path = reader.has(out.digest) ? reader.workspace().objects().path_of(out.digest) : std::string();
  const auto bytes = files::read(path, gate::kMaxHallmark + 1);
  if (!bytes) {
    out.says = {"file: failed, the stored hallmark is gone; run the plan again"};
    return out;
  }
  if (const auto status = add_statements(*bytes, out); !status) out.statements.clear();
  const auto report = verification(reader, path, model);
  if (!report) {
    out.says = {"file: failed, " + report.error().what};
    return out;
  }
  out.verified = text_at(*report, "/state") == "held";
  for (const auto& step : at_pointer(*report, "/steps"))
    out.says.push_back(text_at(step, "/name") + ": " + text_at(step, "/state") + ", " +
                       without(text_at(step, "/text"), reader.workspace().inside("trust.json"), ".assay/trust.json"));
  return out;
}

void add_training(const Chain& chain, ModelView& out) {
  if (!chain.training) return;
  const Json& detail = at_pointer(chain.training->json, "/detail");
  const Json& features = at_pointer(detail, "/features");
  for (const auto& each : features.is_array() ? features : at_pointer(detail, "/signature/inputs"))
    out.features.push_back(text_at(each, "/name"));
  for (const auto& each : at_pointer(detail, "/excluded"))
    out.excluded.push_back({text_at(each, "/column"), text_at(each, "/why")});
}

Status add_metrics(const Chain& chain, ModelView& out) {
  if (!chain.evaluation) return {};
  for (const auto& each : at_pointer(chain.evaluation->json, "/figures")) {
    operation::Figure figure;
    if (auto status = operation::from_json(each, figure); !status)
      return fail(Code::kCorrupt, "the evidence holds a figure that is none", chain.evaluation->digest,
                  status.error().text());
    if (figure.group.empty() && figure.slice.empty()) out.metrics.push_back(std::move(figure));
  }
  return {};
}

}  // namespace

std::string learner_of(const Chain& chain) {
  if (!chain.training) return {};
  const auto learner = text_at(chain.training->json, "/detail/learner");
  return learner.empty() ? text_at(chain.training->json, "/detail/model") : learner;
}

Result<ModelList> model_list(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(auto assets, reader.store().assets("model"));
  std::sort(assets.begin(), assets.end(), [](const AssetVersion& a, const AssetVersion& b) {
    return std::tuple(b.created_us, a.name, b.version) < std::tuple(a.created_us, b.name, a.version);
  });
  ModelList out;
  out.total = static_cast<std::int64_t>(assets.size());
  ASSAY_CHECK(cut(request, assets, out.next, ref_of));
  for (const auto& a : assets) {
    ASSAY_TRY(const auto chain, chain_of(reader, a));
    ModelItem item{a.name, a.version, ref_of(a), a.digest, time::text(a.created_us), learner_of(chain), {}, false, {}};
    item.state = chain.verdict ? text_at(chain.verdict->json, "/detail/state") : "not_started";
    item.is_signed = chain.signed_now();
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<ModelView> model_view(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(const auto asset, asset_in_path(reader, "model", request));
  ASSAY_TRY(const auto chain, chain_of(reader, asset));
  ModelView out;
  out.name = asset.name, out.version = asset.version, out.ref = ref_of(asset), out.digest = asset.digest;
  out.created = time::text(asset.created_us), out.learner = learner_of(chain);
  ASSAY_TRY(const auto versions, reader.store().assets("model", asset.name));
  for (const auto& each : versions) out.versions.push_back(each.version);
  add_training(chain, out);
  if (chain.dataset) out.dataset = ref_of(*chain.dataset);
  ASSAY_CHECK(add_metrics(chain, out));
  out.verdict = verdict_of(chain.verdict);
  ASSAY_TRY(out.marks, marks_of(reader, out.verdict));
  if (chain.hallmark) {
    ASSAY_TRY(out.hallmark, hallmark_of(reader, *chain.hallmark, asset));
  }
  if (chain.report) out.report = reader.link(*chain.report, "report");
  if (chain.card) out.card = reader.link(*chain.card, "card");
  std::vector<const Found*> from{found(chain.evaluation)};
  for (const auto& each : chain.fairness) from.push_back(&each);
  from.insert(from.end(), {found(chain.training), found(chain.predictions), found(chain.verdict)});
  ASSAY_TRY(out.provenance, provenance_of(reader, from, refs_of(chain),
                                          !out.hallmark            ? "none"
                                          : out.hallmark->verified ? "verified"
                                                                   : "broken"));
  return out;
}

std::vector<View> model_views() {
  return {view_of("view/models", "Model versions, newest first",
                  {{"limit", "items at most, 1 to 1000"}, {"after", "the `next` of the page before"}}, &model_list),
          view_of("view/models/{name}/{version}", "A model: figures, verdict, marks and hallmark", {}, &model_view)};
}

}  // namespace assay::view
