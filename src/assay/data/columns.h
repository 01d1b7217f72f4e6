// Arrow columns brought to the forms that a Table holds: int64, double, bool, time (µs) and dictionary text with int32
// codes in first-seen order; anything nested stays as it is. Internal to data/: this header pulls Arrow in.
#pragma once

#include <arrow/api.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"
#include "assay/data/table.h"

namespace assay::data {

Error arrow_error(const arrow::Status& status, const std::string& where, Code invalid = Code::kInvalidArgument);

// Not found, with the nearest name of the table.
Error unknown_column(std::string_view column, const std::vector<std::string>& names);

// Distinct texts in the order in which they are first asked for. The views must outlive it.
class FirstSeen {
 public:
  FirstSeen();
  std::int32_t code(std::string_view text);
  const std::vector<std::string_view>& values() const { return values_; }

 private:
  void grow();
  struct Slot {
    std::uint32_t hash;
    std::int32_t code;
  };
  std::vector<Slot> slots_;
  std::vector<std::string_view> values_;
};

// One contiguous array in canonical form. `where` names the column in errors. Errors: corrupt (text that is no UTF-8),
// exhausted (more than 2^31 - 1 values or 2 GiB of distinct text).
Result<std::shared_ptr<arrow::Array>> canonical_column(const std::shared_ptr<arrow::ChunkedArray>& column,
                                                       const std::string& where);
// All columns, in parallel; metadata of the schema is dropped. Also refuses duplicate and empty names and too many.
Result<Table> canonical_table(const arrow::Table& table, const std::string& where, std::size_t max_columns);
Status check_names(const std::vector<std::string>& names, const std::string& where, std::size_t max_columns);

// Whether Arrow may use its own threads: not when the process is limited to one.
bool many_threads();

Type type_of(const arrow::DataType& type);

// Canonical arrays out of parts. `bits`: a validity bitmap of length bits, or null when nothing is missing.
std::shared_ptr<arrow::Array> dictionary_array(std::vector<std::int32_t> codes, std::shared_ptr<arrow::Array> values);
Result<std::shared_ptr<arrow::Array>> text_values(const std::vector<std::string_view>& values,
                                                  const std::string& where);
// A buffer that keeps the vector alive.
template <class T>
std::shared_ptr<arrow::Buffer> buffer_of(std::vector<T> values) {
  auto kept = std::make_shared<std::vector<T>>(std::move(values));
  const auto* data = reinterpret_cast<const std::uint8_t*>(kept->data());
  const auto size = static_cast<std::int64_t>(kept->size() * sizeof(T));
  return std::shared_ptr<arrow::Buffer>(new arrow::Buffer(data, size), [kept](arrow::Buffer* b) { delete b; });
}

}  // namespace assay::data

#define ASSAY_ARROW(lhs, expression, where) ASSAY_ARROW_(ASSAY_NAME_(arrow_result_, __LINE__), lhs, expression, where)
#define ASSAY_ARROW_(result, lhs, expression, where)                                                           \
  auto result = (expression);                                                                                  \
  if (!result.ok()) return tl::unexpected<::assay::Error>(::assay::data::arrow_error(result.status(), where)); \
  lhs = std::move(result).ValueUnsafe()
