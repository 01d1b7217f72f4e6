#include "assay/model/xgboost_tree.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace assay::model {
namespace {

using rapidjson::SizeType;
using rapidjson::Value;

constexpr std::uint32_t kMaxCategory = 1u << 24;
constexpr std::uint32_t kNoLeaf = 0xffffffff;
constexpr std::size_t kMaxSetWords = std::size_t{1} << 24;  // of all category sets together: 128 MiB

tl::unexpected<Error> bad(std::string what, std::string where) {
  return fail(Code::kCorrupt, std::move(what), std::move(where),
              "save the model again with save_model(\"model.json\")");
}
std::string node_name(std::size_t n) { return "node " + std::to_string(n); }

struct Arrays {
  const Value *left = nullptr, *right = nullptr, *feature = nullptr, *threshold = nullptr, *default_left = nullptr;
  const Value *hessian = nullptr, *type = nullptr;  // may be absent
  SizeType size = 0;
};

Result<Arrays> arrays_of(const Value& tree) {
  Arrays a;
  const std::pair<const char*, const Value**> wanted[] = {{"left_children", &a.left},
                                                          {"right_children", &a.right},
                                                          {"split_indices", &a.feature},
                                                          {"split_conditions", &a.threshold},
                                                          {"default_left", &a.default_left},
                                                          {"sum_hessian", &a.hessian},
                                                          {"split_type", &a.type}};
  for (const auto& [name, to] : wanted) {
    const bool optional = to == &a.hessian || to == &a.type;
    const Value* found = member(tree, name);
    if (!found && optional) continue;
    if (!found || !found->IsArray()) return bad("is not there", name);
    if (to == &a.left) a.size = found->Size();
    if (found->Size() != a.size)
      return bad("has " + std::to_string(found->Size()) + " entries for " + std::to_string(a.size) + " nodes", name);
    *to = found;
  }
  if (a.size == 0) return bad("has no node", "left_children");
  return a;
}

// tree_param's counts are text.
bool claims(const Value& tree, const char* name, std::size_t& out) {
  const Value* param = member(tree, "tree_param");
  const Value* v = param ? member(*param, name) : nullptr;
  if (!v || !v->IsString()) return false;
  const char* const end = v->GetString() + v->GetStringLength();
  const auto [stop, error] = std::from_chars(v->GetString(), end, out);
  return error == std::errc() && stop == end;
}

Result<std::pair<std::size_t, std::size_t>> segment(const Value& starts, const Value& sizes, SizeType i,
                                                    std::size_t available) {
  const std::string where = "category set " + std::to_string(i);
  if (!starts[i].IsUint64() || !sizes[i].IsUint64()) return bad("its segment is not a pair of counts", where);
  const std::uint64_t start = starts[i].GetUint64(), size = sizes[i].GetUint64();
  if (start > available || size > available - start) return bad("its segment reaches beyond the categories", where);
  return std::pair<std::size_t, std::size_t>(start, size);
}

Status add_sets(const Value& tree, std::uint32_t first, const Arrays& a, Trees& out) {
  const Value *nodes = member(tree, "categories_nodes"), *starts = member(tree, "categories_segments"),
              *sizes = member(tree, "categories_sizes"), *values = member(tree, "categories");
  if (!nodes || !nodes->IsArray() || nodes->Empty()) return {};
  if (!starts || !starts->IsArray() || !sizes || !sizes->IsArray() || !values || !values->IsArray() ||
      starts->Size() != nodes->Size() || sizes->Size() != nodes->Size())
    return bad("the arrays of categories differ in length", "categories_nodes");
  for (SizeType i = 0; i < nodes->Size(); ++i) {
    if (!(*nodes)[i].IsUint() || (*nodes)[i].GetUint() >= a.size)
      return bad("names a node that does not exist", "category set " + std::to_string(i));
    const std::uint32_t node = (*nodes)[i].GetUint();
    ASSAY_TRY(const auto range, segment(*starts, *sizes, i, values->Size()));
    std::uint32_t top = 0;
    for (std::size_t j = 0; j < range.second; ++j) {
      const Value& v = (*values)[static_cast<SizeType>(range.first + j)];
      if (!v.IsUint() || v.GetUint() >= kMaxCategory) return bad("has a category out of range", node_name(node));
      top = std::max(top, v.GetUint());
    }
    const std::uint32_t words = range.second ? top / 64 + 1 : 0;
    if (out.bits.size() + words > kMaxSetWords)
      return fail(Code::kUnsupported, "the category sets need more than 128 MiB", node_name(node),
                  "number the categories from 0 without gaps");
    if (out.set[first + node] >= 0) return bad("has two category sets", node_name(node));
    out.set[first + node] = static_cast<std::int32_t>(out.sets.size());
    out.sets.push_back({static_cast<std::uint32_t>(out.bits.size()), words});
    out.bits.resize(out.bits.size() + words);
    for (std::size_t j = 0; j < range.second; ++j) {
      const std::uint32_t code = (*values)[static_cast<SizeType>(range.first + j)].GetUint();
      out.bits[out.sets.back().first + code / 64] |= std::uint64_t{1} << (code % 64);
    }
  }
  return {};
}

// Walks from the root: every way must end in a leaf, read features that exist and compare with numbers. Node numbers
// prove nothing: XGBoost uses those of pruned nodes again, so a child may stand before its parent.
Status walk(Trees::Tree& tree, const Arrays& a, Trees& out) {
  std::vector<bool> seen(tree.count);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> open{{0, 0}};  // node, depth
  while (!open.empty()) {
    const auto [n, depth] = open.back();
    open.pop_back();
    if (seen[n]) return bad("is reached twice: the tree has a cycle", node_name(n));
    seen[n] = true;
    tree.depth = std::max(tree.depth, depth);
    const std::size_t at = tree.first + n;
    const bool leaf = out.left[at] == Trees::kLeaf;
    if (!std::isfinite(out.threshold[at]) && !(out.vector_leaf && leaf) && !(std::isinf(out.threshold[at]) && !leaf))
      return bad(leaf ? "its leaf value is not a finite number" : "its threshold is not a number", node_name(n));
    if (leaf && out.vector_leaf && out.leaf_at[at] == kNoLeaf) return bad("its leaf values do not exist", node_name(n));
    if (leaf) continue;
    const bool categorical = a.type && (*a.type)[n].IsUint() && (*a.type)[n].GetUint() == 1;
    if (categorical != (out.set[at] >= 0))
      return bad(categorical ? "is a categorical split without categories" : "has categories but is a numeric split",
                 node_name(n));
    tree.categorical = tree.categorical || categorical;
    if (out.feature[at] >= out.features)
      return bad("splits on feature " + std::to_string(out.feature[at]) + " of " + std::to_string(out.features),
                 node_name(n));
    for (const std::int32_t child : {out.left[at], out.right[at]})
      open.emplace_back(static_cast<std::uint32_t>(child) - tree.first, depth + 1);
  }
  return {};
}

Status add_nodes(const Arrays& a, std::uint32_t first, Trees& out) {
  for (SizeType n = 0; n < a.size; ++n) {
    const Value &l = (*a.left)[n], &r = (*a.right)[n], &f = (*a.feature)[n], &c = (*a.threshold)[n],
                &d = (*a.default_left)[n];
    if (!l.IsInt() || !r.IsInt() || !f.IsUint() || !c.IsNumber() || (!d.IsBool() && !d.IsUint()))
      return bad("an entry has the wrong type", node_name(n));
    const auto size = static_cast<int>(a.size);
    const bool leaf = l.GetInt() == -1;
    if (!leaf && (l.GetInt() < 0 || l.GetInt() >= size || r.GetInt() < 0 || r.GetInt() >= size))
      return bad("its child " + std::to_string(l.GetInt() < 0 || l.GetInt() >= size ? l.GetInt() : r.GetInt()) +
                     " does not exist",
                 node_name(n));
    if (leaf && !out.vector_leaf && r.GetInt() != -1) return bad("has a right child but no left one", node_name(n));
    out.left.push_back(leaf ? Trees::kLeaf : static_cast<std::int32_t>(first) + l.GetInt());
    out.right.push_back(leaf ? Trees::kLeaf : static_cast<std::int32_t>(first) + r.GetInt());
    out.feature.push_back(f.GetUint());
    out.threshold.push_back(static_cast<float>(c.GetDouble()));
    out.default_left.push_back(d.IsBool() ? d.GetBool() : d.GetUint() != 0);
    const Value* h = a.hessian ? &(*a.hessian)[n] : nullptr;
    out.cover.push_back(h && h->IsNumber() ? static_cast<float>(h->GetDouble()) : 0.0f);
    out.set.push_back(-1);
  }
  return {};
}

Status add_vector_leaves(const Value& tree, const Arrays& a, std::uint32_t first, Trees& out) {
  const Value* list = member(tree, "leaf_weights");
  if (!list || !list->IsArray()) return bad("is not there", "leaf_weights");
  const std::size_t start = out.leaf_values.size();
  for (SizeType i = 0; i < list->Size(); ++i) {
    if (!(*list)[i].IsNumber() || !std::isfinite((*list)[i].GetDouble()))
      return bad("is not a finite number", "leaf_weights " + std::to_string(i));
    out.leaf_values.push_back(static_cast<float>((*list)[i].GetDouble()));
  }
  out.leaf_at.resize(out.left.size(), kNoLeaf);
  for (SizeType n = 0; n < a.size; ++n) {
    if (out.left[first + n] != Trees::kLeaf) continue;
    const int leaf = (*a.right)[n].GetInt();
    if (leaf == -1 && n != 0) continue;  // a pruned node
    const auto at = leaf == -1 ? std::size_t{0} : static_cast<std::size_t>(leaf);
    if (leaf < -1 || (at + 1) * out.outputs > list->Size()) return bad("its leaf values do not exist", node_name(n));
    out.leaf_at[first + n] = static_cast<std::uint32_t>(start + at * out.outputs);
  }
  return {};
}

}  // namespace

const Value* member(const Value& from, const char* name) {
  if (!from.IsObject()) return nullptr;
  const auto found = from.FindMember(name);
  return found == from.MemberEnd() ? nullptr : &found->value;
}

Status add_tree(const Value& tree, std::uint32_t output, float weight, bool first, Trees& out) {
  ASSAY_TRY(const Arrays a, arrays_of(tree));
  std::size_t nodes = a.size, width = 1;
  if (claims(tree, "num_nodes", nodes) && nodes != a.size)
    return bad(std::to_string(nodes) + " nodes are claimed, " + std::to_string(a.size) + " are there", "num_nodes");
  const bool vector = claims(tree, "size_leaf_vector", width) && width > 1;
  if (vector && width != out.outputs)
    return bad("leaves hold " + std::to_string(width) + " values for " + std::to_string(out.outputs) + " outputs",
               "size_leaf_vector");
  if (first) out.vector_leaf = vector;
  if (vector != out.vector_leaf) return bad("some trees have vector leaves and some do not", "size_leaf_vector");
  if (out.left.size() + a.size > std::size_t{0x7fffffff})
    return fail(Code::kUnsupported, "has more than 2^31 nodes", {}, "use a smaller model");
  Trees::Tree made{
      .first = static_cast<std::uint32_t>(out.left.size()), .count = a.size, .output = output, .weight = weight};
  ASSAY_CHECK(add_nodes(a, made.first, out));
  if (vector) ASSAY_CHECK(add_vector_leaves(tree, a, made.first, out));
  ASSAY_CHECK(add_sets(tree, made.first, a, out));
  ASSAY_CHECK(walk(made, a, out));
  out.trees.push_back(made);
  return {};
}

}  // namespace assay::model
