// A sum of decision trees over float32 features: as the file tells it (Trees) and laid out for speed (TreeKernel).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace assay::model {

// Nodes of all trees in one set of arrays; children are numbers in the same arrays. A value goes left when
//   missing (NaN): default_left;  numeric: x < threshold;  categorical: not (x in the node's set).
struct Trees {
  static constexpr std::int32_t kLeaf = -1;
  struct Tree {
    std::uint32_t first = 0, count = 0;  // nodes [first, first + count), the root first; a few may be unused (pruned)
    std::uint32_t output = 0;            // which output it adds to; a vector leaf adds to all
    std::uint32_t depth = 0;             // longest way from the root to a leaf, in steps
    float weight = 1;                    // of its leaves (dart)
    bool categorical = false;            // has a categorical split
  };
  struct Set {  // a node's categories as bits
    std::uint32_t first = 0, words = 0;
  };

  std::size_t features = 0, outputs = 1;
  std::vector<float> base;  // per output, in margin space
  bool vector_leaf = false;
  std::vector<Tree> trees;
  std::vector<std::int32_t> left, right;
  std::vector<std::uint32_t> feature;
  std::vector<float> threshold;  // of a leaf: its value, or with vector leaves the number of its first value
  std::vector<std::uint8_t> default_left;
  std::vector<float> cover;       // sum of hessians of the training rows that came by
  std::vector<std::int32_t> set;  // number of the category set, or -1: a numeric split
  std::vector<Set> sets;
  std::vector<std::uint64_t> bits;
  std::vector<float> leaf_values;      // vector leaves: outputs numbers each
  std::vector<std::uint32_t> leaf_at;  // per node: first of its values in leaf_values; empty without vector leaves

  bool in_set(std::int32_t number, float x) const {
    if (!(x >= 0) || x >= 16777216.0f) return false;
    const auto code = static_cast<std::uint32_t>(x);
    const Set& s = sets[static_cast<std::size_t>(number)];
    return (code >> 6) < s.words && ((bits[s.first + (code >> 6)] >> (code & 63)) & 1) != 0;
  }
};

// The same trees with children side by side, so that a step of a walk has no branch. Immutable; any thread may use it.
class TreeKernel {
 public:
  TreeKernel() = default;
  explicit TreeKernel(const Trees& trees);
  // Rows x features (NaN = missing) -> rows x outputs margins, summed in float32 in the order of the trees, base first,
  // as XGBoost does. Equal bits for any cut of the rows. O(rows * sum of depths).
  void margins(const float* matrix, std::size_t rows, float* out) const;
  std::size_t block_rows() const { return block_rows_; }  // as many rows of the matrix as the first cache holds

 private:
  // A row is spread to two numbers per feature, the first with missing as +infinity, the second as -infinity: a node
  // that sends missing to the right reads the first, else the second, and a step is one comparison.
  struct Node {
    float threshold;      // of a leaf NaN: no number is >= it
    std::uint32_t next;   // left child, the right one follows; a leaf is its own child
    std::uint32_t place;  // 2 * feature + (missing goes left)
  };
  struct Part {
    std::uint32_t first, depth, output;
    bool plain;  // one comparison per step is enough: no category, no threshold of -infinity
  };
  void spread(const float* matrix, std::size_t rows, float* out) const;
  void walk_plain(const Part& part, const float* spread, std::size_t rows, float* out) const;
  void walk_any(const Part& part, const float* matrix, std::size_t rows, float* out) const;
  void add_leaf(std::uint32_t node, const Part& part, float* row) const;

  std::size_t features_ = 0, outputs_ = 1, block_rows_ = 64;
  bool vector_leaf_ = false;
  std::vector<float> base_;
  std::vector<Part> parts_;
  std::vector<Node> nodes_;
  std::vector<float> value_;  // per node: weight * value of a leaf
  std::vector<std::uint32_t> leaf_at_;
  std::vector<float> leaf_values_;  // vector leaves, weights multiplied in
  std::vector<std::int32_t> set_;
  std::vector<Trees::Set> sets_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace assay::model
