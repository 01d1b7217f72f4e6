// Scores and decisions of a model for the rows of a file.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::model {

struct PredictRequest {
  std::string model, data, split;
  std::string part = "test";
  std::string label, positive;
  double threshold = 0.5;
  std::vector<std::string> protected_columns;
  std::string weight, id;
  std::vector<std::string> null;
};

// Evidence "assay.predictions/1": detail {rows, model, positive, threshold, decided, unseen, filled, notes}, and the
// blob `predictions` (Arrow IPC): row (number in data, from 0), label (text as it stands), score (probability of
// `positive`), decision (1 when score >= threshold), the protected columns as text, weight, id. When the model knows
// `positive` among its classes the score is of that class; else the model's own positive class (for XGBoost: class 1)
// stands for it, and a note says so. Errors: those of the files and of Model::predict; unsupported when the model gives
// no probability.
Result<operation::Evidence> predict(const PredictRequest& request, Task& task);

}  // namespace assay::model

namespace assay::operation {

template <>
inline constexpr auto fields<model::PredictRequest> =
    std::tuple{required("model", &model::PredictRequest::model, "model file or asset").positional().input(),
               required("data", &model::PredictRequest::data, "rows to score").positional().input(),
               field("split", &model::PredictRequest::split, "split of the data; all rows when none is named").input(),
               field("part", &model::PredictRequest::part, "part of the split to score"),
               field("label", &model::PredictRequest::label, "outcome column, kept beside the scores"),
               field("positive", &model::PredictRequest::positive, "value of the label that is scored").example("yes"),
               field("threshold", &model::PredictRequest::threshold, "decision is 1 from this score on").range(0, 1),
               field("protected", &model::PredictRequest::protected_columns, "columns kept for figures by group"),
               field("weight", &model::PredictRequest::weight, "column of row weights, kept"),
               field("id", &model::PredictRequest::id, "entity column, kept"),
               field("null", &model::PredictRequest::null, "spellings of missing besides the empty cell")};

}  // namespace assay::operation
