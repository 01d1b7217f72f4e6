// Trains a linear model on the rows of a file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/learn/logistic.h"
#include "assay/model/linear.h"
#include "assay/operation/evidence.h"

namespace assay::learn {

struct TrainRequest {
  std::string data, label, positive, split;
  std::string part = "train";
  std::vector<std::string> include, exclude, protected_columns;
  std::string weight, id, time;
  double c = 1.0;
  int max_iterations = 100;
  double tolerance = 1e-10;
  std::vector<std::string> null;
  std::int64_t seed = 0;
};

// What training on a table gave, before it becomes evidence.
struct Trained {
  std::unique_ptr<model::LinearModel> model;
  LogisticFit fit;
  std::optional<double> auc;  // on the rows it was fitted on, weighted; none when it is undefined
  std::int64_t rows = 0, positives = 0, dropped_no_label = 0, dropped_no_weight = 0;
  std::string positive;
  std::vector<std::pair<std::string, std::string>> excluded;  // column and why, in the order of the table
};

// Features: every column of the table but the label, the columns named by weight, id, time and protected, and those in
// exclude; include brings back columns that would be left out for being protected, id or time. Rows without a label or
// with weight 0 are dropped. With more than two label values `positive` must be named; the others count as negative.
// Errors: not-found (columns, with the nearest name), invalid-argument (one class only, many classes without positive,
// negative or missing weight: row and column, a column both included and excluded, NaN), failed-precondition (no
// feature left, no row left).
Result<Trained> train_linear(const data::Table& table, std::vector<std::uint32_t> rows, const TrainRequest& request,
                             Task& task);

// The operation train.linear: Evidence "assay.training/1" and the blob `model` (.amodel).
Result<operation::Evidence> train(const TrainRequest& request, Task& task);

// Weighted area under the ROC curve, ties counted half; none when one class has no weight. O(n log n).
std::optional<double> auc_of(std::span<const double> scores, std::span<const std::uint8_t> positive,
                             std::span<const double> weights);

}  // namespace assay::learn

namespace assay::operation {

template <>
inline constexpr auto fields<learn::TrainRequest> = std::tuple{
    required("data", &learn::TrainRequest::data, "rows to learn from").positional().input(),
    required("label", &learn::TrainRequest::label, "outcome column"),
    field("positive", &learn::TrainRequest::positive,
          "value of the label to predict; the later of two when none is named")
        .example("yes"),
    field("split", &learn::TrainRequest::split, "split of the data; all rows when none is named").input(),
    field("part", &learn::TrainRequest::part, "part of the split to learn from"),
    field("include", &learn::TrainRequest::include, "columns to use although they are protected, id or time"),
    field("exclude", &learn::TrainRequest::exclude, "columns not to use"),
    field("protected", &learn::TrainRequest::protected_columns, "columns that no one may be judged by; not used"),
    field("weight", &learn::TrainRequest::weight, "column of row weights"),
    field("id", &learn::TrainRequest::id, "entity column; not used"),
    field("time", &learn::TrainRequest::time, "time column; not used"),
    field("c", &learn::TrainRequest::c,
          "weight of the loss against the L2 penalty 0.5 w'w on standardised columns; smaller = simpler")
        .above(0),
    field("max_iterations", &learn::TrainRequest::max_iterations, "Newton steps at most").range(1, 10'000),
    field("tolerance", &learn::TrainRequest::tolerance, "gradient that counts as none, relative to c times the rows")
        .above(0),
    field("null", &learn::TrainRequest::null, "spellings of missing besides the empty cell"),
    field("seed", &learn::TrainRequest::seed, "kept with the evidence; this learner draws no random number")
        .range(0, 9007199254740991.0)};

}  // namespace assay::operation
