// How good the predictions are, overall and by slice, every figure with its interval.
#pragma once

#include "assay/base/task.h"
#include "assay/metrics/predictions.h"
#include "assay/operation/evidence.h"

namespace assay::evaluate {

struct EvaluateRequest : metrics::PredictionsRequest {};

// Evidence "assay.evaluation/1". Rates: Wilson; auc: DeLong in Wilson form; log_loss, brier_score: mean ± t·se;
// calibration_ratio: linearised on the log scale; balanced_accuracy, f1, matthews_correlation, average_precision:
// Poisson bootstrap, percentile. Over the slices of a split each figure also has family limits. `detail.slices`:
// confusion matrix, ROC points, reliability table and the log loss of the base rate. O(n log n + replicates·cells);
// with weights O(n·replicates).
Result<operation::Evidence> run(const EvaluateRequest& request, Task& task);
// The same on predictions at hand.
Result<operation::Evidence> evaluate(const metrics::Predictions& rows, const EvaluateRequest& request, Task& task);

}  // namespace assay::evaluate

namespace assay::operation {
template <>
inline constexpr auto fields<evaluate::EvaluateRequest> = metrics::predictions_fields;
}  // namespace assay::operation
