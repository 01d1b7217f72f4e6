// view/lineage: what a thing came from and what came from it. Things and runs are nodes: input -> run -> output.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct LineageNode {
  std::string id;  // digest of a thing, id of a run
  std::string kind, name;
  std::optional<std::int64_t> version;
  std::string digest, state, time;
};
struct LineageEdge {
  std::string from, to, role;
};
struct LineageView {
  std::string focus;
  std::vector<LineageNode> nodes;
  std::vector<LineageEdge> edges;
  bool truncated = false;
  Provenance provenance;
};

inline constexpr std::size_t kLineageNodes = 500;  // at most; more are cut off and `truncated` says so

Result<LineageView> lineage_view(const Request& request);
std::vector<View> lineage_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::LineageNode> = std::tuple{
    required("id", &v::LineageNode::id, "digest of a thing, id of a run"),
    required("kind", &v::LineageNode::kind, "what it is")
        .one_of({"dataset", "model", "run", "evidence", "card", "hallmark", "policy", "plan", "schema", "file"}),
    required("name", &v::LineageNode::name, "of an asset, of an operation, or the kind of evidence"),
    required("version", &v::LineageNode::version, "of an asset"),
    required("digest", &v::LineageNode::digest, "of a thing; of a run: what it concluded"),
    required("state", &v::LineageNode::state, "of a run or a verdict; empty otherwise"),
    required("time", &v::LineageNode::time, "when it was made (RFC 3339); empty when nothing says")};
template <>
inline constexpr auto fields<v::LineageEdge> = std::tuple{
    required("from", &v::LineageEdge::from, "id of a node"), required("to", &v::LineageEdge::to, "id of a node"),
    required("role", &v::LineageEdge::role, "what the thing is to the run; `result`: its conclusion")};
template <>
inline constexpr auto fields<v::LineageView> =
    std::tuple{required("focus", &v::LineageView::focus, "id of the node that was asked for; empty: nothing is there"),
               required("nodes", &v::LineageView::nodes, "in the order in which they were found"),
               required("edges", &v::LineageView::edges, "input -> run -> output"),
               required("truncated", &v::LineageView::truncated, "there is more than is shown"),
               required("provenance", &v::LineageView::provenance, "empty: lineage is the record itself")};
}  // namespace assay::operation
