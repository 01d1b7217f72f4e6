// What this room offers to the outside. The only file here that pays for the JSON of its requests.
#include "assay/workspace/operations.h"

#include <algorithm>
#include <map>
#include <set>

#include "assay/workspace/views.h"

namespace assay::operation {
namespace ws = workspace;
template <>
inline constexpr auto fields<ws::EvidenceListRequest> =
    std::tuple{field("kind", &ws::EvidenceListRequest::kind, "only kinds that contain this word").example("fairness"),
               field("limit", &ws::EvidenceListRequest::limit, "at most so many").range(1, 1e6)};
template <>
inline constexpr auto fields<ws::EvidenceItem> = std::tuple{
    field("digest", &ws::EvidenceItem::digest, "digest of the evidence"),
    field("kind", &ws::EvidenceItem::kind, "kind and version"),
    field("operation", &ws::EvidenceItem::operation, "what concluded it"),
    field("finished", &ws::EvidenceItem::finished, "when"), field("run", &ws::EvidenceItem::run, "id of the run")};
template <>
inline constexpr auto fields<ws::EvidenceList> = std::tuple{field("items", &ws::EvidenceList::items, "newest first")};
template <>
inline constexpr auto fields<ws::EvidenceShowRequest> =
    std::tuple{required("digest", &ws::EvidenceShowRequest::digest, "digest, or at least 12 hexadecimal digits of it")
                   .positional()};
template <>
inline constexpr auto fields<ws::EvidenceShown> =
    std::tuple{field("digest", &ws::EvidenceShown::digest, "digest of the evidence"),
               field("evidence", &ws::EvidenceShown::evidence, "the evidence"),
               field("record", &ws::EvidenceShown::record, "run, user and time beside it")};
template <>
inline constexpr auto fields<ws::LineageRequest> =
    std::tuple{required("of", &ws::LineageRequest::of, "file, asset or digest").positional().example("model:mortgage"),
               field("up", &ws::LineageRequest::up, "steps towards what it came from").range(0, 1000),
               field("down", &ws::LineageRequest::down, "steps towards what came from it").range(0, 1000)};
template <>
inline constexpr auto fields<ws::LineageNode> = std::tuple{field("digest", &ws::LineageNode::digest, "digest"),
                                                           field("label", &ws::LineageNode::label, "what it is")};
template <>
inline constexpr auto fields<ws::LineageEdge> = std::tuple{
    field("from", &ws::LineageEdge::from, "digest read"), field("operation", &ws::LineageEdge::operation, "operation"),
    field("to", &ws::LineageEdge::to, "digest made"), field("run", &ws::LineageEdge::run, "id of the run")};
template <>
inline constexpr auto fields<ws::Lineage> =
    std::tuple{field("of", &ws::Lineage::of, "digest asked for"), field("nodes", &ws::Lineage::nodes, "things"),
               field("edges", &ws::Lineage::edges, "operation read asset, made asset or evidence")};
template <>
inline constexpr auto fields<ws::AuditVerifyRequest> = std::tuple{};
template <>
inline constexpr auto fields<ws::AuditReport> =
    std::tuple{field("whole", &ws::AuditReport::whole, "no entry was changed, left out or put in between"),
               field("entries", &ws::AuditReport::entries, "entries read"),
               field("first_broken", &ws::AuditReport::first_broken,
                     "sequence number of the first that does not fit; 0 when none"),
               field("head", &ws::AuditReport::head,
                     "hash of the last entry: keep it elsewhere to prove that nothing was cut off"),
               field("says", &ws::AuditReport::says, "in words")};
template <>
inline constexpr auto fields<ws::RunsRequest> =
    std::tuple{field("limit", &ws::RunsRequest::limit, "at most so many").range(1, 1e6)};
template <>
inline constexpr auto fields<ws::RunItem> =
    std::tuple{field("id", &ws::RunItem::id, "id"),
               field("operation", &ws::RunItem::operation, "operation"),
               field("state", &ws::RunItem::state, "state"),
               field("created", &ws::RunItem::created, "when it began"),
               field("error", &ws::RunItem::error, "why it failed"),
               field("seconds", &ws::RunItem::seconds, "how long it took").unit("s")};
template <>
inline constexpr auto fields<ws::RunList> = std::tuple{field("items", &ws::RunList::items, "newest first")};
template <>
inline constexpr auto fields<ws::WorkspaceShowRequest> = std::tuple{};
template <>
inline constexpr auto fields<ws::AssetItem> =
    std::tuple{field("ref", &ws::AssetItem::ref, "kind:name@version"),
               field("digest", &ws::AssetItem::digest, "digest"), field("created", &ws::AssetItem::created, "when")};
template <>
inline constexpr auto fields<ws::WorkspaceShown> = std::tuple{
    field("folder", &ws::WorkspaceShown::folder, "where it lies"),
    field("store", &ws::WorkspaceShown::store, "where its records lie: a SQLite file, or a PostgreSQL database"),
    field("assets", &ws::WorkspaceShown::assets, "assets"), field("runs", &ws::WorkspaceShown::runs, "runs recorded"),
    field("audit_entries", &ws::WorkspaceShown::audit_entries, "entries in the audit log")};
}  // namespace assay::operation

namespace assay::workspace {
namespace {

using operation::Json;

// Columns padded to the widest cell (ASCII cells only).
std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (width.size() <= i) width.push_back(0);
      width[i] = std::max(width[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + (i + 1 < row.size() ? std::string(width[i] - row[i].size() + 2, ' ') : "");
    out += line + "\n";
  }
  return out;
}

std::string brief(const std::string& digest) { return digest.substr(0, 19); }

std::string show_evidence_list(const Json& r) {
  std::vector<std::vector<std::string>> rows{{"digest", "kind", "operation", "finished"}};
  for (const auto& i : r["items"]) rows.push_back({brief(i["digest"]), i["kind"], i["operation"], i["finished"]});
  if (rows.size() == 1) return "no evidence yet\n  next: assay run\n";
  return columns(rows) + "  next: assay evidence show " + rows[1][0] + "\n";
}

// A thing that several operations share is followed where it stands first, and named with "…" after that.
void tree(std::string& out, const Json& r, const std::map<std::string, std::string>& labels, const std::string& at,
          bool up, const std::string& indent, std::set<std::string>& seen) {
  std::vector<std::pair<std::string, std::string>> next;  // operation, digest
  for (const auto& e : r["edges"])
    if (e[up ? "to" : "from"] == at) next.emplace_back(e["operation"], e[up ? "from" : "to"]);
  for (std::size_t i = 0; i < next.size(); ++i) {
    const bool last = i + 1 == next.size();
    const bool first = seen.insert(next[i].second).second;
    out += indent + (last ? "└─ " : "├─ ") + next[i].first + (up ? " ← " : " → ") + labels.at(next[i].second) + "  " +
           brief(next[i].second) + (first ? "\n" : " …\n");
    if (first) tree(out, r, labels, next[i].second, up, indent + (last ? "   " : "│  "), seen);
  }
}

std::string show_lineage(const Json& r) {
  std::map<std::string, std::string> labels;
  for (const auto& n : r["nodes"]) labels[n["digest"]] = n["label"];
  std::string out = labels[r["of"]] + "  " + brief(r["of"]) + "\n", up, down;
  std::set<std::string> above, below;
  tree(up, r, labels, r["of"], true, "  ", above);
  tree(down, r, labels, r["of"], false, "  ", below);
  return out + (up.empty() ? "" : "came from\n" + up) + (down.empty() ? "" : "went into\n" + down);
}

std::string show_audit(const Json& r) {
  return std::string(r["whole"] ? "✓ " : "✗ ") + r["says"].get<std::string>() + "\n  " +
         std::to_string(r["entries"].get<long long>()) + " entries; head " + r["head"].get<std::string>() +
         "\n  keep the head somewhere else: it proves later that nothing was cut off\n";
}

std::string show_runs(const Json& r) {
  std::vector<std::vector<std::string>> rows{{"run", "operation", "state", "began", "seconds", ""}};
  for (const auto& i : r["items"]) {
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.3f", i["seconds"].get<double>());
    rows.push_back(
        {i["id"].get<std::string>().substr(0, 12), i["operation"], i["state"], i["created"], seconds, i["error"]});
  }
  return columns(rows);
}

std::string show_workspace(const Json& r) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& a : r["assets"])
    rows.push_back({"  " + a["ref"].get<std::string>(), brief(a["digest"]), a["created"]});
  return r["folder"].get<std::string>() + "/.assay: " + std::to_string(r["runs"].get<long long>()) + " runs, " +
         std::to_string(r["audit_entries"].get<long long>()) + " audit entries in\n  " + r["store"].get<std::string>() +
         "\n" + columns(rows);
}

}  // namespace

std::vector<operation::Operation> operations() {
  using operation::operation;
  return {operation("evidence", "list", "List what was concluded in this workspace", &evidence_list)
              .uncached()
              .shown_by(&show_evidence_list)
              .like("assay evidence list"),
          operation("evidence", "show", "Show one piece of evidence and its record", &evidence_show).uncached(),
          operation("lineage", "show", "Show what a thing came from and what came from it", &lineage_show)
              .uncached()
              .shown_by(&show_lineage)
              .like("assay lineage show model:mortgage"),
          operation("audit", "verify", "Check that the audit log is whole", &audit_verify)
              .uncached()
              .shown_by(&show_audit)
              .like("assay audit verify"),
          operation("runs", "list", "List runs, newest first", &runs_list)
              .uncached()
              .shown_by(&show_runs)
              .like("assay runs list"),
          operation("workspace", "show", "Show the assets of this workspace", &workspace_show)
              .uncached()
              .shown_by(&show_workspace)};
}

}  // namespace assay::workspace
