// Looks at the workspace: what was concluded, from what it came, and whether the log is whole. They change nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/json.h"

namespace assay::workspace {

struct EvidenceListRequest {
  std::string kind;
  std::int64_t limit = 100;
};
struct EvidenceItem {
  std::string digest, kind, operation, finished, run;
};
struct EvidenceList {
  std::vector<EvidenceItem> items;  // newest first, each digest once
};
Result<EvidenceList> evidence_list(const EvidenceListRequest&, Task&);

struct EvidenceShowRequest {
  std::string digest;  // or a prefix of at least 12 hex
};
struct EvidenceShown {
  std::string digest;
  operation::Json evidence, record;
};
Result<EvidenceShown> evidence_show(const EvidenceShowRequest&, Task&);

struct LineageRequest {
  std::string of;
  std::int64_t up = 20, down = 20;  // steps
};
struct LineageNode {
  std::string digest, label;  // a reference, a kind of evidence, or a role
};
struct LineageEdge {
  std::string from, operation, to, run;  // digest -> digest
};
struct Lineage {
  std::string of;
  std::vector<LineageNode> nodes;
  std::vector<LineageEdge> edges;
};
Result<Lineage> lineage_show(const LineageRequest&, Task&);

struct AuditVerifyRequest {};
struct AuditReport {
  bool whole = false;
  std::int64_t entries = 0, first_broken = 0;  // 0: none
  std::string head;                            // hash of the last entry
  std::string says;
};
Result<AuditReport> audit_verify(const AuditVerifyRequest&, Task&);

struct RunsRequest {
  std::int64_t limit = 30;
};
struct RunItem {
  std::string id, operation, state, created, error;
  double seconds = 0;
};
struct RunList {
  std::vector<RunItem> items;
};
Result<RunList> runs_list(const RunsRequest&, Task&);

struct WorkspaceShowRequest {};
struct AssetItem {
  std::string ref, digest, created;
};
struct WorkspaceShown {
  std::string folder;
  std::string store;  // the file, or the database's URL without any secret
  std::vector<AssetItem> assets;
  std::int64_t runs = 0, audit_entries = 0;
};
Result<WorkspaceShown> workspace_show(const WorkspaceShowRequest&, Task&);

}  // namespace assay::workspace
