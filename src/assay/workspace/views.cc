#include "assay/workspace/views.h"

#include <algorithm>
#include <map>
#include <set>

#include "assay/base/time.h"
#include "assay/workspace/execute.h"

namespace assay::workspace {
namespace {

using operation::Json;

// The document behind a digest, or null when it is no JSON (a model, a table).
Json document(Workspace& workspace, const std::string& digest) {
  const auto bytes = workspace.objects().get(digest);
  if (!bytes || bytes->empty() || bytes->front() != '{') return nullptr;
  const auto json = operation::parse_json(*bytes, digest);
  return json ? *json : Json(nullptr);
}

std::string kind_of(const Json& doc) { return doc.is_object() ? doc.value("kind", std::string()) : std::string(); }

}  // namespace

Result<EvidenceList> evidence_list(const EvidenceListRequest& request, Task& task) {
  ASSAY_TRY(auto* workspace, workspace_of(task));
  ASSAY_TRY(const auto runs, workspace->store().runs());
  EvidenceList out;
  std::set<std::string> seen;
  for (const auto& r : runs) {
    if (r.output.empty() || r.state != "done" || !seen.insert(r.output).second) continue;
    const auto kind = kind_of(document(*workspace, r.output));
    if (kind.empty() || (!request.kind.empty() && kind.find(request.kind) == std::string::npos)) continue;
    out.items.push_back({r.output, kind, r.operation, time::text(r.finished_us), r.id});
    if (static_cast<std::int64_t>(out.items.size()) >= request.limit) break;
  }
  return out;
}

Result<EvidenceShown> evidence_show(const EvidenceShowRequest& request, Task& task) {
  ASSAY_TRY(auto* workspace, workspace_of(task));
  ASSAY_TRY(const auto found, workspace->locate(request.digest));
  ASSAY_TRY(const auto bytes, files::read(found.path));
  ASSAY_TRY(auto evidence, operation::parse_json(bytes, request.digest));
  EvidenceShown out{found.digest, std::move(evidence), Json::object()};
  ASSAY_TRY(const auto makers, workspace->store().runs_making(found.digest));
  if (!makers.empty()) {
    const auto& r = makers.front();
    Json refs = Json::object();
    for (const auto& e : r.inputs) {
      ASSAY_TRY(const auto assets, workspace->store().assets_with(e.digest));
      if (!assets.empty())
        refs[e.role] = assets.back().kind + ":" + assets.back().name + "@" + std::to_string(assets.back().version);
    }
    out.record = Json{{"refs", refs},
                      {"run", r.id},
                      {"started", time::text(r.created_us)},
                      {"finished", time::text(r.finished_us)},
                      {"by", r.by},
                      {"threads", r.threads},
                      {"host", r.host},
                      {"signature", "none"}};
  }
  return out;
}

Result<Lineage> lineage_show(const LineageRequest& request, Task& task) {
  ASSAY_TRY(auto* workspace, workspace_of(task));
  ASSAY_TRY(const auto start, workspace->locate(request.of));
  Lineage out{start.digest, {}, {}};
  std::map<std::string, std::string> labels;
  std::set<std::string> edges;
  const auto label = [&](const std::string& digest, const std::string& otherwise) -> Status {
    if (labels.contains(digest)) return {};
    ASSAY_TRY(const auto assets, workspace->store().assets_with(digest));
    std::string text = otherwise;
    if (!assets.empty())
      text = assets.back().kind + ":" + assets.back().name + "@" + std::to_string(assets.back().version);
    else if (const auto kind = kind_of(document(*workspace, digest)); !kind.empty())
      text = kind;
    labels[digest] = text;
    return {};
  };
  const auto walk = [&](bool up, std::int64_t most) -> Status {
    std::vector<std::string> front{start.digest};
    std::set<std::string> seen{start.digest};
    for (std::int64_t step = 0; step < most && !front.empty(); ++step) {
      std::vector<std::string> next;
      for (const auto& digest : front) {
        ASSAY_TRY(const auto runs,
                  up ? workspace->store().runs_making(digest) : workspace->store().runs_reading(digest));
        for (const auto& r : runs) {
          for (const auto& e : up ? r.inputs : r.outputs) {
            const auto& from = up ? e.digest : digest;
            const auto& to = up ? digest : e.digest;
            ASSAY_CHECK(label(e.digest, e.role.empty() ? r.operation : e.role));
            if (edges.insert(from + r.operation + to).second) out.edges.push_back({from, r.operation, to, r.id});
            if (seen.insert(e.digest).second) next.push_back(e.digest);
          }
        }
      }
      front = std::move(next);
    }
    return {};
  };
  ASSAY_CHECK(label(start.digest, "this"));
  ASSAY_CHECK(walk(true, request.up));
  ASSAY_CHECK(walk(false, request.down));
  for (const auto& [digest, text] : labels) out.nodes.push_back({digest, text});
  return out;
}

Result<AuditReport> audit_verify(const AuditVerifyRequest&, Task& task) {
  ASSAY_TRY(auto* workspace, workspace_of(task));
  ASSAY_TRY(const auto entries, workspace->store().audit_entries());
  ASSAY_TRY(const auto id, workspace->store().log_id());
  AuditReport out;
  out.entries = static_cast<std::int64_t>(entries.size());
  out.first_broken = first_broken(entries, id);
  out.whole = out.first_broken == 0;
  out.head = entries.empty() ? "" : entries.back().hash;
  // Without a head that somebody else holds, cutting off the end cannot be seen: say no more than is proved.
  out.says = out.whole ? "internally consistent: every entry fits the ones before it"
                       : "entry " + std::to_string(out.first_broken) + " does not fit the ones before it";
  return out;
}

Result<RunList> runs_list(const RunsRequest& request, Task& task) {
  ASSAY_TRY(auto* workspace, workspace_of(task));
  ASSAY_TRY(const auto runs, workspace->store().runs(request.limit));
  RunList out;
  for (const auto& r : runs)
    out.items.push_back({r.id, r.operation, r.state, time::text(r.created_us), r.error,
                         r.finished_us ? static_cast<double>(r.finished_us - r.created_us) / 1e6 : 0});
  return out;
}

Result<WorkspaceShown> workspace_show(const WorkspaceShowRequest&, Task& task) {
  ASSAY_TRY(auto* workspace, workspace_of(task));
  ASSAY_TRY(const auto assets, workspace->store().assets());
  ASSAY_TRY(const auto runs, workspace->store().count_runs({}));
  ASSAY_TRY(const auto entries, workspace->store().count_audit());
  WorkspaceShown out{workspace->folder(), workspace->store().place(), {}, runs, entries};
  for (const auto& a : assets)
    out.assets.push_back({a.kind + ":" + a.name + "@" + std::to_string(a.version), a.digest, time::text(a.created_us)});
  return out;
}

}  // namespace assay::workspace
