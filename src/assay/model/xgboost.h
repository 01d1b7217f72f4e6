// XGBoost models read from their own files (explain c1), without XGBoost.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "assay/model/model.h"
#include "assay/model/trees.h"

namespace assay::model {

class XgboostModel final : public Model {
 public:
  // From the bytes of save_model("m.json" or "m.ubj"): boosters gbtree, dart and gblinear; all of XGBoost's objectives
  // up to 3.4. Errors: corrupt (where = tree and node, or byte), unsupported (objective, booster, limits), exhausted.
  static Result<std::unique_ptr<XgboostModel>> read(std::string_view bytes);

  const Signature& signature() const override { return signature_; }
  const Summary& summary() const override { return summary_; }
  Result<Scores> predict(const data::Table& table, std::span<const std::uint32_t> rows, Task& task) const override;

  // Rows x features float32 (NaN = missing) -> rows x outputs margins, on the calling thread.
  void margins(const float* matrix, std::size_t rows, float* out) const;
  const Trees& trees() const { return trees_; }  // no tree for gblinear
  bool linear() const { return !weights_.empty(); }

 private:
  // What the objective makes of a margin.
  enum class Link { kIdentity, kLogistic, kLogisticRaw, kHinge, kExp, kSoftmax, kArgmax };
  struct Objective {
    std::string_view name;
    Link link;
    std::string_view meaning;
  };
  static const Objective* objective_named(std::string_view name);
  void describe_outputs(std::string_view meaning, std::size_t classes);
  void apply_link(std::size_t begin, std::size_t end, Scores& scores) const;
  void linear_margins(const float* matrix, std::size_t rows, float* out) const;

  Signature signature_;
  Summary summary_;
  Trees trees_;
  TreeKernel kernel_;
  std::vector<float> base_, weights_;
  std::size_t features_ = 0, outputs_ = 1;
  Link link_ = Link::kIdentity;
  bool nameless_ = false;
  std::vector<std::string> notes_;
};

}  // namespace assay::model
