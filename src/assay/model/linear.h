// Linear and logistic models of Assay's own making: the encoding of columns, the file, and predictions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "assay/model/model.h"

namespace assay::model {

// How one column of a table becomes columns of numbers, in this order:
//   numeric:     (x - mean) / scale; with `missing`, a second column 1 where the cell is missing (there x counts as
//   mean) category:    one 0/1 column per level but the first, in the order of `levels`; with `missing`, the missing
//   level is
//                the last one. Not centred, not scaled.
// A cell that the encoding has no place for (an unseen level, a missing cell where training had none) counts as the
// training average: mean of x, or the levels' shares. That is the maker's rule behind `unseen: model`.
struct LinearInput {
  std::string name;
  bool numeric = true;
  bool missing = false;
  std::vector<std::string> levels;  // sorted by bytes; without the missing level
  std::size_t columns() const {
    if (numeric) return missing ? 2 : 1;
    return levels.size() + (missing ? 1 : 0) - (levels.empty() && !missing ? 0 : 1);
  }
};

// "income", "income=(missing)", "state=CA", ...: one per encoded column.
std::vector<std::string> column_names(std::span<const LinearInput> inputs);

// What training said, kept in the file.
struct LinearTraining {
  std::string label;
  double c = 1;
  std::int64_t rows = 0;
  double total_weight = 0;
  double log_loss = 0;
};

struct LinearParts {
  Signature signature;  // one input per LinearInput, in their order
  std::vector<LinearInput> inputs;
  std::vector<double> means, scales;  // per encoded column; of a 0/1 column its share in training, and 1
  std::vector<double> coefficients, standard_errors;  // per encoded column, on the encoded scale
  double intercept = 0, intercept_error = 0;
  LinearTraining training;
};

// Encoded rows: numbers dense, 0/1 columns by the place of the 1.
struct Design {
  static constexpr std::int32_t kNone = -1, kAverage = -2;
  std::size_t rows = 0;
  std::vector<std::size_t> dense_columns;  // encoded column of each dense number
  std::vector<double> dense;               // rows x dense_columns.size()
  std::vector<std::size_t> slot_inputs;    // input of each slot
  std::vector<std::int32_t> slots;         // rows x slot_inputs.size(): encoded column that is 1, kNone, kAverage
  std::map<std::string, std::int64_t> unseen, filled;
};

// Errors: not-found (columns), invalid-argument (text in a numeric column, NaN or infinite: row and column; a refused
// category).
Result<Design> encode(std::span<const LinearInput> inputs, const Signature& signature, std::span<const double> means,
                      std::span<const double> scales, const data::Table& table, std::span<const std::uint32_t> rows);

class LinearModel final : public Model {
 public:
  explicit LinearModel(LinearParts parts);
  static Result<std::unique_ptr<LinearModel>> read(std::string_view bytes);  // an .amodel file; errors of unpack
  std::string write() const;  // the bytes of an .amodel file; same model, same bytes

  const Signature& signature() const override { return parts_.signature; }
  const Summary& summary() const override { return summary_; }
  Result<Scores> predict(const data::Table& table, std::span<const std::uint32_t> rows, Task& task) const override;
  const LinearParts& parts() const { return parts_; }

 private:
  LinearParts parts_;
  Summary summary_;
};

// Margins of encoded rows: intercept + sum of coefficients, summed in the order of the inputs.
std::vector<double> margins(const Design& design, const LinearParts& parts);

}  // namespace assay::model

namespace assay::operation {

template <>
inline constexpr auto fields<model::LinearInput> =
    std::tuple{required("name", &model::LinearInput::name, "column"),
               required("numeric", &model::LinearInput::numeric, "a number, else a category"),
               required("missing", &model::LinearInput::missing, "has an own column for missing cells"),
               required("levels", &model::LinearInput::levels, "levels of a category, the reference first")};

template <>
inline constexpr auto fields<model::LinearTraining> =
    std::tuple{required("label", &model::LinearTraining::label, "column that was learned"),
               required("c", &model::LinearTraining::c, "weight of the loss against the penalty"),
               required("rows", &model::LinearTraining::rows, "rows that were used"),
               required("total_weight", &model::LinearTraining::total_weight, "sum of their weights"),
               required("log_loss", &model::LinearTraining::log_loss, "mean loss on these rows")};

}  // namespace assay::operation
