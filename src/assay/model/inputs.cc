#include "assay/model/inputs.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace assay::model {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

bool read_number(const std::string& text, double& out) {
  const char* first = text.data();
  const char* const last = first + text.size();
  if (first != last && *first == '+') ++first;
  const auto [end, error] = std::from_chars(first, last, out);
  return error == std::errc() && end == last;
}

bool read_bool(const std::string& text, double& out) {  // as Python and JSON write them
  out = text == "True" || text == "true" ? 1 : 0;
  return out == 1 || text == "False" || text == "false";
}

Error bad_cell(const std::string& what, std::uint32_t row, const std::string& column, const std::string& fix) {
  return {Code::kInvalidArgument, what, cell_name(row, column), fix};
}

Result<std::vector<std::string>> by_position(const Signature& signature, const data::Table& table) {
  auto names = table.names();
  if (names.size() == signature.inputs.size()) return names;
  return fail(Code::kInvalidArgument,
              "the model knows no column names and reads " + std::to_string(signature.inputs.size()) +
                  " columns by position, but the data have " + std::to_string(names.size()),
              {}, "give exactly the model's columns in its order, or save the model with feature names");
}

}  // namespace

std::string cell_name(std::size_t row, const std::string& column) {
  return "row " + std::to_string(row) + " column " + column;
}

Result<std::vector<std::string>> match_columns(const Signature& signature, const data::Table& table, bool nameless) {
  std::vector<std::string> names, missing;
  for (const Input& input : signature.inputs) {
    names.push_back(input.name);
    if (!table.has(input.name)) missing.push_back(input.name);
  }
  if (missing.empty()) return names;
  if (nameless) return by_position(signature, table);
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(10, missing.size()); ++i) list += (i ? ", " : "") + missing[i];
  if (missing.size() > 10) list += " and " + std::to_string(missing.size() - 10) + " more";
  Error error = table.type(missing[0]).error();  // knows the nearest name
  error.code = Code::kNotFound;
  error.what = missing.size() == 1 ? "the data have no column " + list + ", which the model reads"
                                   : "the data lack columns that the model reads: " + list;
  error.where = "column " + missing[0];
  return tl::unexpected<Error>(std::move(error));
}

Result<NumberColumn> bind_numeric(const Input& input, const data::Table& table, const std::string& name,
                                  std::span<const std::uint32_t> rows) {
  NumberColumn made;
  ASSAY_TRY(const auto type, table.type(name));
  if (type == data::Type::kInt || type == data::Type::kFloat || type == data::Type::kBool) {
    ASSAY_TRY(made.numbers, table.numbers(name));
    return made;
  }
  if (type != data::Type::kText)
    return fail(Code::kInvalidArgument, "the model reads a number, the data hold " + std::string(data::type_name(type)),
                "column " + name, "turn the column into numbers as the model was trained on");
  ASSAY_TRY(made.codes, table.codes(name));  // text that may all be numbers in these rows
  made.coded = true;
  std::vector<bool> is_number;
  for (const std::string& value : *made.codes.values) {
    double number = std::numeric_limits<double>::quiet_NaN();
    is_number.push_back(read_number(value, number) || (input.type == "bool" && read_bool(value, number)));
    made.map.push_back(number);
  }
  for (const std::uint32_t row : rows)
    if (const auto code = made.codes.codes[row]; code >= 0 && !is_number[static_cast<std::size_t>(code)])
      return tl::unexpected<Error>(bad_cell(
          "\"" + (*made.codes.values)[static_cast<std::size_t>(code)] + "\" is not a number, and the model reads one",
          row, name,
          input.type == "category"
              ? "the model file holds category numbers only: give those, or save it from a data frame"
              : "turn the column into numbers as the model was trained on, or name the text missing"));
  return made;
}

Result<CategoryColumn> bind_category(const Input& input, const data::Table& table, const std::string& name,
                                     std::span<const std::uint32_t> rows) {
  CategoryColumn made;
  ASSAY_TRY(made.codes, table.codes(name));
  std::unordered_map<std::string, std::int32_t> place;
  for (std::size_t i = 0; i < input.categories.size(); ++i)
    place.emplace(input.categories[i], static_cast<std::int32_t>(i));
  for (const std::string& value : *made.codes.values) {
    const auto found = place.find(value);
    made.place.push_back(found == place.end() ? -1 : found->second);
  }
  for (const std::uint32_t row : rows) {
    const auto code = made.codes.codes[row];
    if (code < 0 || made.place[static_cast<std::size_t>(code)] >= 0) continue;
    if (input.unseen == "error")
      return tl::unexpected<Error>(bad_cell(
          "the model has never seen the category \"" + (*made.codes.values)[static_cast<std::size_t>(code)] + "\"", row,
          name, "drop the row, or use a model whose signature says unseen: model"));
    ++made.unseen;
  }
  return made;
}

Result<FloatInputs> FloatInputs::bind(const Signature& signature, const data::Table& table,
                                      std::span<const std::uint32_t> rows, bool nameless) {
  FloatInputs made;
  ASSAY_TRY(const auto names, match_columns(signature, table, nameless));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Input& input = signature.inputs[i];
    NumberColumn column;
    if (input.type == "category" && !input.categories.empty()) {
      ASSAY_TRY(const auto category, bind_category(input, table, names[i], rows));
      column.coded = true;
      column.codes = category.codes;
      for (const std::int32_t place : category.place)
        column.map.push_back(place < 0 && input.unseen == "missing" ? std::numeric_limits<double>::quiet_NaN() : place);
      if (category.unseen > 0) made.unseen_[input.name] = category.unseen;
    } else {
      ASSAY_TRY(column, bind_numeric(input, table, names[i], rows));
    }
    made.columns_.push_back(std::move(column));
  }
  return made;
}

void FloatInputs::fill(std::span<const std::uint32_t> rows, float* matrix) const {
  const std::size_t width = columns_.size();
  for (std::size_t c = 0; c < width; ++c) {
    const NumberColumn& column = columns_[c];
    float* to = matrix + c;
    if (column.coded) {
      for (std::size_t i = 0; i < rows.size(); ++i, to += width) {
        const auto code = column.codes.codes[rows[i]];
        *to = code < 0 ? kMissing : static_cast<float>(column.map[static_cast<std::size_t>(code)]);
      }
    } else if (column.numbers.valid.all()) {
      for (std::size_t i = 0; i < rows.size(); ++i, to += width)
        *to = static_cast<float>(column.numbers.values[rows[i]]);
    } else {
      for (std::size_t i = 0; i < rows.size(); ++i, to += width)
        *to = column.numbers.valid[rows[i]] ? static_cast<float>(column.numbers.values[rows[i]]) : kMissing;
    }
  }
}

}  // namespace assay::model
