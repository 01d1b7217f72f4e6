// What stands in an XGBoost model file (explain c1): JSON or UBJSON of versions 1.0 to 3.x. Internal to model/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"
#include "assay/model/trees.h"

namespace assay::model {

struct XgboostFile {
  bool ubjson = false;
  std::string version, booster, objective;  // "3.2.0", gbtree | dart | gblinear, "binary:logistic"
  std::size_t features = 0, outputs = 1, classes = 0;
  std::vector<std::string> names, types;             // empty, or one per feature; types as XGBoost's: q c i int float
  std::vector<std::vector<std::string>> categories;  // per feature; code = position; empty: not recorded
  std::string best_iteration;                        // of early stopping; empty
  std::vector<float> base;                           // per output, in prediction space
  Trees trees;                                       // gbtree, dart
  std::vector<float> weights;                        // gblinear: feature f, output k at f * outputs + k; biases last
};

inline constexpr std::size_t kMaxFeatures = 100'000;
inline constexpr std::size_t kMaxOutputs = 10'000;

// Errors: corrupt (where = tree and node, or the part of the file), unsupported (booster, limits).
Result<XgboostFile> read_xgboost(std::string_view bytes);

}  // namespace assay::model
