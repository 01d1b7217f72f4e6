// The table that every room shares: immutable, cheap to copy, named Arrow columns made contiguous once at load.
// Arrow's own headers stay inside data/; other rooms see spans and small views.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"

namespace arrow {
class Table;
}

namespace assay::data {

enum class Type { kInt, kFloat, kBool, kText, kTime, kOther };
std::string_view type_name(Type type);  // "int", "float", "bool", "text", "time", "other"

// Which rows hold a value. Missing is validity only; NaN in a float column is a value.
class Validity {
 public:
  Validity() = default;
  Validity(const std::uint8_t* bits, std::int64_t offset, std::int64_t missing)
      : bits_(missing ? bits : nullptr), offset_(offset), missing_(missing) {}
  bool operator[](std::size_t i) const {
    const auto at = static_cast<std::uint64_t>(offset_) + i;
    return bits_ == nullptr || ((bits_[at >> 3] >> (at & 7)) & 1) != 0;
  }
  bool all() const { return bits_ == nullptr; }
  std::int64_t missing() const { return missing_; }

 private:
  const std::uint8_t* bits_ = nullptr;
  std::int64_t offset_ = 0, missing_ = 0;
};

// A numeric column as doubles; a view into Arrow's buffer when it is one double array, else a converted copy.
// int64 beyond 2^53 loses digits here: use `integers`.
struct Numbers {
  std::span<const double> values;
  Validity valid;
  std::shared_ptr<const void> owner;
};
struct Integers {
  std::span<const std::int64_t> values;
  Validity valid;
  std::shared_ptr<const void> owner;
};

// Any column as codes into its distinct values in first-seen order; -1 = missing.
struct Codes {
  std::span<const std::int32_t> codes;
  std::shared_ptr<const std::vector<std::string>> values;
  std::shared_ptr<const void> owner;
};

class Table {
 public:
  explicit Table(std::shared_ptr<arrow::Table> table);
  std::size_t rows() const;
  std::vector<std::string> names() const;
  bool has(std::string_view column) const;
  Result<Type> type(std::string_view column) const;          // not-found with the nearest name
  Result<Numbers> numbers(std::string_view column) const;    // int, float, bool; else invalid-argument
  Result<Integers> integers(std::string_view column) const;  // int, bool, time (µs)
  Result<Codes> codes(std::string_view column) const;        // numbers as their shortest text; at most 2^31 - 1 values
  Result<Table> select(std::span<const std::string> columns) const;
  Result<Table> take(std::span<const std::uint32_t> rows) const;
  const std::shared_ptr<arrow::Table>& arrow() const { return table_; }  // for rooms that link Arrow themselves

 private:
  std::shared_ptr<arrow::Table> table_;
};

// Makes a table column by column; all columns must have the same length.
class TableBuilder {
 public:
  TableBuilder();
  TableBuilder(TableBuilder&&) noexcept;
  ~TableBuilder();
  TableBuilder& numbers(std::string name, std::span<const double> values, const std::vector<bool>& missing = {});
  TableBuilder& integers(std::string name, std::span<const std::int64_t> values, const std::vector<bool>& missing = {});
  // Dictionary-encoded text; code -1 = missing.
  TableBuilder& codes(std::string name, std::span<const std::int32_t> codes, std::span<const std::string> values);
  TableBuilder& text(std::string name, std::span<const std::string> values);
  Result<Table> finish();  // internal when lengths differ

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::data
