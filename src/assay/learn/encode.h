// From the columns of a table to the encoding of a linear model: what is numeric, which levels there are, their scale.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/table.h"
#include "assay/model/linear.h"

namespace assay::learn {

struct Encoding {
  std::vector<model::LinearInput> inputs;
  std::vector<model::Input> signature;                        // beside inputs: type, categories, range, nullable
  std::vector<double> means, scales;                          // per encoded column
  std::vector<std::pair<std::string, std::string>> excluded;  // column and why; of those offered
};

inline constexpr std::size_t kMaxLevels = 1000;  // a column with more is no category but an identifier

// Fits the encoding of model::LinearInput to `rows`. Int and float columns are numeric, text and bool ones categories;
// times, other types, columns without a value and categories with over kMaxLevels levels are left out and say why.
// A numeric column with missing cells gets the column `name=(missing)`, and its missing cells count as the mean.
// Means and standard deviations (divisor: total weight) use `weights` when they are given, one per row; a constant
// column gets scale 1. Sums run over 65,536-row chunks merged in a fixed tree. Errors: invalid-argument (NaN or
// infinite in a numeric column: row and column), not-found.
Result<Encoding> fit_encoding(const data::Table& table, std::span<const std::uint32_t> rows,
                              std::span<const std::string> columns, std::span<const double> weights, Task& task);

}  // namespace assay::learn
