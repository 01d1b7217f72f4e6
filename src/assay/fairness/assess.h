// Is the model fair, and how sure are we: figures by group, the gaps between groups, and what would settle them.
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/metrics/predictions.h"
#include "assay/operation/evidence.h"

namespace assay::fairness {

struct AssessRequest : metrics::PredictionsRequest {
  std::vector<std::string> control;
  std::string reference, favorable;
};

// Evidence "assay.fairness/1". By group: selection_rate, true_positive_rate, false_positive_rate, false_negative_rate,
// precision, accuracy and, where the favorable value is declared, favorable_rate (Wilson). Over groups:
// `<metric>_difference` and `_ratio`, demographic_parity_, equal_opportunity_ and equalized_odds_ ones (simultaneous
// intervals, fairness b3), with the parametric null and a bias-corrected value in `detail.splits[].notes`. Against the
// reference group (default: the largest): signed `*_gap` (Newcombe), p by pooled z or Fisher, Holm over the table. With
// `control` every aggregate once per stratum. `detail`: confusion by group, who attains the ends, four-fifths, rows
// needed to settle a limit.
Result<operation::Evidence> run(const AssessRequest& request, Task& task);
Result<operation::Evidence> assess(const metrics::Predictions& rows, const AssessRequest& request, Task& task);

}  // namespace assay::fairness

namespace assay::operation {
template <>
inline constexpr auto fields<fairness::AssessRequest> = std::tuple_cat(
    metrics::predictions_fields,
    std::tuple{
        field("control", &fairness::AssessRequest::control, "columns to condition on: aggregates per combination"),
        field("reference", &fairness::AssessRequest::reference,
              "group that gaps are measured from, as column=value; else the largest"),
        field("favorable", &fairness::AssessRequest::favorable, "label value that is good for the person")});
}  // namespace assay::operation
