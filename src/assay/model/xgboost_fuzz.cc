// Any bytes as an XGBoost model: an error or a model that predicts any row without harm.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "assay/model/xgboost.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = assay::model::XgboostModel::read({reinterpret_cast<const char*>(data), size});
  if (!model) return 0;
  const auto width = static_cast<std::size_t>((*model)->summary().features);
  const auto outputs = static_cast<std::size_t>((*model)->summary().outputs);
  constexpr std::size_t kRows = 17;  // a whole lane and one more
  std::vector<float> matrix(kRows * width), out(kRows * outputs);
  for (std::size_t i = 0; i < matrix.size(); ++i)
    matrix[i] = i % 5 == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(i % 7) - 2.0f;
  (*model)->margins(matrix.data(), kRows, out.data());
  return 0;
}
