// Binds the columns of a table to the inputs of a model that reads float32 features.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assay/data/table.h"
#include "assay/model/signature.h"

namespace assay::model {

// The names of a table's columns for each input. Named: by name, not-found lists up to ten missing columns and the name
// nearest to the first. Nameless (the model knows no names): by name when f0, f1, ... are all there, else by position,
// and then the table must be exactly as wide (invalid-argument with both widths).
Result<std::vector<std::string>> match_columns(const Signature& signature, const data::Table& table, bool nameless);

// "row 17 column income": rows count from 0, as in the column `row` of predictions.
std::string cell_name(std::size_t row, const std::string& column);

// A column as numbers: a view of numbers, or text mapped value by value.
struct NumberColumn {
  data::Numbers numbers;  // used unless coded
  data::Codes codes;
  std::vector<double> map;  // per distinct value of codes
  bool coded = false;
  bool missing(std::uint32_t row) const { return coded ? codes.codes[row] < 0 : !numbers.valid[row]; }
  double value(std::uint32_t row) const {  // of a row that is not missing
    return coded ? map[static_cast<std::size_t>(codes.codes[row])] : numbers.values[row];
  }
};

// Text whose cells in `rows` are all numbers is taken; else invalid-argument with the first bad row and column.
Result<NumberColumn> bind_numeric(const Input& input, const data::Table& table, const std::string& name,
                                  std::span<const std::uint32_t> rows);

// A category column: for each distinct value of the table its place in input.categories, or -1.
struct CategoryColumn {
  data::Codes codes;
  std::vector<std::int32_t> place;
  std::int64_t unseen = 0;  // among the rows
};

// invalid-argument with row and column for an unknown category when input.unseen is "error".
Result<CategoryColumn> bind_category(const Input& input, const data::Table& table, const std::string& name,
                                     std::span<const std::uint32_t> rows);

class FloatInputs {
 public:
  // Looks at all `rows` now, so that fill cannot fail: text in a numeric column is invalid-argument and names the row
  // and column; a category outside the input's list follows its `unseen` rule (model: -1, which no set holds; missing:
  // NaN; error: invalid-argument) and is counted. Numbers are rounded to float32, missing cells are NaN.
  static Result<FloatInputs> bind(const Signature& signature, const data::Table& table,
                                  std::span<const std::uint32_t> rows, bool nameless);
  std::size_t width() const { return columns_.size(); }
  void fill(std::span<const std::uint32_t> rows, float* matrix) const;  // rows x width, row-major
  const std::map<std::string, std::int64_t>& unseen() const { return unseen_; }

 private:
  std::vector<NumberColumn> columns_;
  std::map<std::string, std::int64_t> unseen_;
};

}  // namespace assay::model
