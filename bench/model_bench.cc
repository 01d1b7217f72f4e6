// Prediction with trees read from an XGBoost file, and verification of a hallmark.
// Cost of prediction: O(rows * sum of depths); a block of rows stays in the first-level cache while all trees pass by.
// Cost of verification: O(bytes): each line is decoded, its signature checked, its JSON read and its links compared.
#include <cstring>
#include <memory>

#include "assay/base/files.h"
#include "assay/gate/hallmark_fixture.h"
#include "assay/model/xgboost.h"
#include "cases.h"

namespace assay::bench {

Result<Ready> tree_predict(const Arguments& arguments) {
  if (arguments.size() < 2) return fail(Code::kInvalidArgument, "give MODEL MATRIX", "arguments", "name both");
  ASSAY_TRY(const auto bytes, files::read(arguments[0], std::uint64_t{1} << 30));
  ASSAY_TRY(auto read, model::XgboostModel::read(bytes));
  const std::shared_ptr<const model::XgboostModel> trees = std::move(read);
  ASSAY_TRY(const auto raw, files::read(arguments[1], std::uint64_t{1} << 32));
  const auto matrix = std::make_shared<std::vector<float>>(raw.size() / sizeof(float));
  std::memcpy(matrix->data(), raw.data(), raw.size());
  const std::size_t rows = matrix->size() / trees->trees().features;
  const auto margins = std::make_shared<std::vector<float>>(rows * trees->trees().outputs);
  return Ready{rows,
               [=](Task&) -> Status {
                 trees->margins(matrix->data(), rows, margins->data());
                 return {};
               },
               [=](Task&) -> Result<Json> { return Json{{"margins", *margins}}; }};
}

Result<Ready> hallmark_verify(const Arguments&) {
  using namespace gate::fixture;
  auto in = inputs("model");
  Json figures = Json::array();
  for (int i = 0; i < 5000; ++i)
    figures.push_back(Json{{"name", "selection_rate"},
                           {"slice", {{"race", std::to_string(i)}}},
                           {"value", i / 7.0},
                           {"low", i / 9.0},
                           {"high", i / 6.0},
                           {"level", 0.95},
                           {"method", "wilson"},
                           {"n", i}});
  in.evidence.push_back({Json{{"kind", "assay.slices/1"}, {"figures", figures}}, ""});
  const auto key = key_of('k');
  ASSAY_TRY(const auto bytes, gate::build(in, key));
  const auto trust = gate::trust_of_key(public_of(key));
  const auto check = [bytes, trust](Task&) -> Status {
    ASSAY_TRY(const auto report, gate::verify(bytes, trust, at()));
    return report.state == "held" ? Status{} : fail(Code::kInternal, report.text);
  };
  return Ready{1, check, [size = bytes.size()](Task&) -> Result<Json> { return Json{{"bytes", size}}; }};
}

}  // namespace assay::bench
