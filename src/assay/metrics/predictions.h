// A table of predictions made ready for the metrics: labels and decisions as 0/1, group values as ordered codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/metrics/bootstrap.h"
#include "assay/operation/describe.h"
#include "assay/operation/evidence.h"

namespace assay::metrics {

// What evaluate.run and fairness.assess ask alike; their requests extend it.
struct PredictionsRequest {
  std::string data, label, score, decision;
  double threshold = 0.5;
  std::string positive, weight;
  std::vector<std::string> group;
  double level = 0.95;
  int replicates = 2000;
  std::int64_t min_n = 30;
  std::string missing = "error", missing_group = "slice";
  std::int64_t seed = 0;
};

inline constexpr auto predictions_fields = [] {
  using R = PredictionsRequest;
  using operation::field;
  return std::tuple{
      operation::required("data", &R::data, "predictions to judge: a file or dataset").positional().input(),
      operation::required("label", &R::label, "column of the true outcome"),
      field("score", &R::score, "column of the model's probability of the positive label"),
      field("decision", &R::decision, "column of decisions: 0/1 or the label's own values; else score >= threshold"),
      field("threshold", &R::threshold, "cut: a row is predicted positive when score >= threshold").range(0, 1),
      field("positive", &R::positive, "label value counted as positive; else the later of the two values"),
      field("weight", &R::weight, "column of row weights"),
      field("group", &R::group, "columns to split by; a comma makes an intersection, repeat for another split"),
      field("level", &R::level, "confidence level of the intervals").between(0, 1),
      field("replicates", &R::replicates, "bootstrap and null replicates").range(2, 1e6),
      field("min_n", &R::min_n, "figures on fewer rows are flagged low_support").range(0, 1e15),
      field("missing", &R::missing, "rows without label, score, decision or weight").one_of({"error", "drop"}),
      field("missing_group", &R::missing_group, "rows without a group value").one_of({"slice", "drop", "error"}),
      field("seed", &R::seed, "seed of the replicates").range(0, 9007199254740991.0)};
}();

struct GroupColumn {
  std::string name;
  std::vector<std::optional<std::string>> values;  // ascending (numbers as numbers, text bytewise), missing last
  std::vector<std::int32_t> codes;
};

struct Predictions {
  std::vector<std::uint8_t> label, decision;
  std::vector<double> score, weight;             // empty when there is none
  std::vector<std::int64_t> row;                 // place in the file, from 0
  std::vector<GroupColumn> columns;              // every group and control column once
  std::vector<std::vector<std::size_t>> splits;  // of each `group`: its columns
  std::vector<std::size_t> controls;
  std::string positive;               // label value that is 1
  std::vector<std::string> negative;  // label values that are 0
  std::int64_t rows_read = 0, dropped = 0, dropped_group = 0;

  Batch batch() const;
  std::size_t rows() const { return label.size(); }
  operation::Slice slice(std::span<const std::size_t> chosen, std::span<const std::uint32_t> levels) const;
};

// Errors (invalid-argument; the key stands in the text): fairness.shape no rows; fairness.nan a missing value or NaN,
// with first row and count; fairness.weight; fairness.label; fairness.range; fairness.group; fairness.option.
Result<Predictions> predictions_of(const data::Table& table, const PredictionsRequest& request,
                                   const std::vector<std::string>& control = {});
Result<Predictions> load_predictions(const PredictionsRequest& request, Task& task,
                                     const std::vector<std::string>& control = {});

// Writes row, label, score, decision, weight and group columns as the blob "predictions": what a verifier recomputes
// from.
Status keep_predictions(const Predictions& rows, const PredictionsRequest& request, Task& task,
                        operation::Evidence& evidence);

// The order of rows that depends on their content only: by score, label, decision, weight and group values.
std::vector<std::uint32_t> canonical_order(const Predictions& rows);

// Which slice of a choice of columns each row is in.
std::vector<std::uint32_t> slice_of_rows(const Predictions& rows, const Slices& slices,
                                         std::span<const std::size_t> columns);

// The slices of a choice of columns; up to 10,000 combinations those without rows too.
Slices listed_slices(const Predictions& rows, const Cells& cells, std::span<const std::size_t> columns);

// Replicate sums by outcome of every slice: by cells without weights, else by rows in canonical order.
std::vector<std::vector<double>> replicates_of(const Predictions& rows, const Cells& cells, const Slices& slices,
                                               std::span<const std::size_t> columns,
                                               std::span<const std::uint32_t> order, const BootstrapOptions& options);

}  // namespace assay::metrics
