#include "assay/model/trees.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace assay::model {
namespace {

constexpr std::size_t kLanes = 16;  // rows that walk side by side, so that their loads overlap

}  // namespace

TreeKernel::TreeKernel(const Trees& trees)
    : features_(trees.features),
      outputs_(trees.outputs),
      vector_leaf_(trees.vector_leaf),
      base_(trees.base),
      sets_(trees.sets),
      bits_(trees.bits) {
  const std::size_t row_bytes = 2 * std::max<std::size_t>(1, features_) * sizeof(float);
  block_rows_ = std::clamp<std::size_t>((std::size_t{24} << 10) / row_bytes, 32, 512) / kLanes * kLanes;
  const bool any_set = !sets_.empty();
  std::vector<std::uint32_t> from;  // source node of each node here
  for (const Trees::Tree& tree : trees.trees) {
    const auto first = static_cast<std::uint32_t>(nodes_.size());
    parts_.push_back({first, tree.depth, tree.output, !tree.categorical});
    from.assign(1, tree.first);
    nodes_.push_back({});
    for (std::size_t i = 0; i < from.size(); ++i) {  // breadth first: the top of the tree shares cache lines
      const std::uint32_t n = from[i];
      const auto here = first + static_cast<std::uint32_t>(i);
      const bool leaf = trees.left[n] == Trees::kLeaf;
      if (leaf) {
        nodes_[here] = {std::numeric_limits<float>::quiet_NaN(), here, 0};
      } else {
        nodes_[here] = {trees.threshold[n], static_cast<std::uint32_t>(nodes_.size()),
                        2 * trees.feature[n] + (trees.default_left[n] ? 1u : 0u)};
        if (trees.threshold[n] == -std::numeric_limits<float>::infinity()) parts_.back().plain = false;
        from.push_back(static_cast<std::uint32_t>(trees.left[n]));
        from.push_back(static_cast<std::uint32_t>(trees.right[n]));
        nodes_.resize(nodes_.size() + 2);
      }
      if (any_set) set_.push_back(trees.set[n]);
      value_.push_back(leaf && !vector_leaf_ ? tree.weight * trees.threshold[n] : 0.0f);
      if (!vector_leaf_) continue;
      leaf_at_.push_back(static_cast<std::uint32_t>(leaf_values_.size()));
      if (leaf)
        for (std::size_t k = 0; k < outputs_; ++k)
          leaf_values_.push_back(tree.weight * trees.leaf_values[trees.leaf_at[n] + k]);
    }
  }
}

void TreeKernel::add_leaf(std::uint32_t node, const Part& part, float* row) const {
  if (!vector_leaf_) {
    row[part.output] += value_[node];
    return;
  }
  const float* values = &leaf_values_[leaf_at_[node]];
  for (std::size_t k = 0; k < outputs_; ++k) row[k] += values[k];
}

void TreeKernel::spread(const float* matrix, std::size_t rows, float* out) const {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < rows * features_; ++i) {
    const float x = matrix[i];
    const bool missing = x != x;
    out[2 * i] = missing ? kInfinity : x;
    out[2 * i + 1] = missing ? -kInfinity : x;
  }
}

void TreeKernel::walk_plain(const Part& part, const float* spread, std::size_t rows, float* out) const {
  const Node* const nodes = nodes_.data();
  const std::size_t width = 2 * features_;
  std::size_t r = 0;
  for (; r + kLanes <= rows; r += kLanes) {
    std::array<std::uint32_t, kLanes> at;
    at.fill(part.first);
    const float* const x = spread + r * width;
    for (std::uint32_t step = 0; step < part.depth; ++step) {
      if (step >= 8 && step % 4 == 0 &&  // a deep tree is mostly empty below: stop when all stand in leaves
          std::all_of(at.begin(), at.end(), [&](std::uint32_t n) { return nodes[n].next == n; }))
        break;
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const Node& node = nodes[at[lane]];
        at[lane] = node.next + static_cast<std::uint32_t>(x[lane * width + node.place] >= node.threshold);
      }
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) add_leaf(at[lane], part, out + (r + lane) * outputs_);
  }
  for (; r < rows; ++r) {
    const float* const x = spread + r * width;
    std::uint32_t at = part.first;
    for (std::uint32_t step = 0; step < part.depth; ++step)
      at = nodes[at].next + static_cast<std::uint32_t>(x[nodes[at].place] >= nodes[at].threshold);
    add_leaf(at, part, out + r * outputs_);
  }
}

void TreeKernel::walk_any(const Part& part, const float* matrix, std::size_t rows, float* out) const {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* const x = matrix + r * features_;
    std::uint32_t at = part.first;
    for (;;) {
      const Node& node = nodes_[at];
      if (node.next == at) break;
      const float v = x[node.place / 2];
      bool right;
      if (v != v) {
        right = node.place % 2 == 0;
      } else if (const std::int32_t set = set_.empty() ? -1 : set_[at]; set >= 0) {
        const Trees::Set& s = sets_[static_cast<std::size_t>(set)];
        const std::uint32_t code = v >= 0 && v < 16777216.0f ? static_cast<std::uint32_t>(v) : ~0u;
        right = (code >> 6) < s.words && ((bits_[s.first + (code >> 6)] >> (code & 63)) & 1) != 0;
      } else {
        right = v >= node.threshold;
      }
      at = node.next + (right ? 1u : 0u);
    }
    add_leaf(at, part, out + r * outputs_);
  }
}

void TreeKernel::margins(const float* matrix, std::size_t rows, float* out) const {
  for (std::size_t r = 0; r < rows; ++r) std::copy(base_.begin(), base_.end(), out + r * outputs_);
  std::vector<float> wide(std::min(rows, block_rows_) * features_ * 2);
  for (std::size_t start = 0; start < rows; start += block_rows_) {
    const std::size_t count = std::min(block_rows_, rows - start);
    const float* const from = matrix + start * features_;
    float* const to = out + start * outputs_;
    spread(from, count, wide.data());
    for (const Part& part : parts_)
      part.plain ? walk_plain(part, wide.data(), count, to) : walk_any(part, from, count, to);
  }
}

}  // namespace assay::model
