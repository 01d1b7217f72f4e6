#include "assay/data/columns.h"

#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <unordered_map>

#include "assay/base/parallel.h"
#include "assay/data/csv_scan.h"
#include "assay/operation/json.h"

namespace assay::data {
namespace {

constexpr std::int64_t kMostCodes = std::numeric_limits<std::int32_t>::max();

using ArrayPtr = std::shared_ptr<arrow::Array>;
using ChunkedPtr = std::shared_ptr<arrow::ChunkedArray>;

Status start_arrow(const std::string& where) {
  if (const auto s = arrow::compute::Initialize(); !s.ok()) return tl::unexpected<Error>(arrow_error(s, where));
  return {};
}

Result<ArrayPtr> joined(const ChunkedPtr& column, const std::string& where) {
  if (column->num_chunks() == 1) return column->chunk(0);
  if (column->num_chunks() == 0) {
    ASSAY_ARROW(auto none, arrow::MakeEmptyArray(column->type()), where);
    return none;
  }
  ASSAY_ARROW(auto whole, arrow::Concatenate(column->chunks()), where);
  return whole;
}

Result<ChunkedPtr> cast(const ChunkedPtr& column, const std::shared_ptr<arrow::DataType>& to, const std::string& where,
                        const arrow::compute::CastOptions& options = arrow::compute::CastOptions::Safe()) {
  ASSAY_CHECK(start_arrow(where));
  ASSAY_ARROW(const arrow::Datum out, arrow::compute::Cast(column, to, options), where);
  return out.chunked_array();
}

// The index of each row of a dictionary chunk, whatever integer type it is stored in; -1 where the row is missing.
template <class Visit>
void each_index(const arrow::DictionaryArray& chunk, Visit visit) {
  const auto& indices = *chunk.indices();
  const auto run = [&](const auto* raw) {
    const bool whole = indices.null_count() == 0;
    for (std::int64_t i = 0; i < indices.length(); ++i)
      visit(i, whole || indices.IsValid(i) ? static_cast<std::int64_t>(raw[i]) : -1);
  };
  switch (indices.type_id()) {
    case arrow::Type::INT8:
      return run(static_cast<const arrow::Int8Array&>(indices).raw_values());
    case arrow::Type::UINT8:
      return run(static_cast<const arrow::UInt8Array&>(indices).raw_values());
    case arrow::Type::INT16:
      return run(static_cast<const arrow::Int16Array&>(indices).raw_values());
    case arrow::Type::UINT16:
      return run(static_cast<const arrow::UInt16Array&>(indices).raw_values());
    case arrow::Type::INT32:
      return run(static_cast<const arrow::Int32Array&>(indices).raw_values());
    case arrow::Type::UINT32:
      return run(static_cast<const arrow::UInt32Array&>(indices).raw_values());
    case arrow::Type::INT64:
      return run(static_cast<const arrow::Int64Array&>(indices).raw_values());
    case arrow::Type::UINT64:
      return run(static_cast<const arrow::UInt64Array&>(indices).raw_values());
    default:
      return;
  }
}

std::string_view text_at(const arrow::Array& values, std::int64_t i) {
  switch (values.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return static_cast<const arrow::BinaryArray&>(values).GetView(i);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return static_cast<const arrow::LargeBinaryArray&>(values).GetView(i);
    default:
      return static_cast<const arrow::BinaryViewArray&>(values).GetView(i);
  }
}

bool is_text(const arrow::DataType& type) {
  return arrow::is_base_binary_like(type.id()) || arrow::is_binary_view_like(type.id());
}

// Codes over all chunks in first-seen order; unused, repeated and missing dictionary entries go away. O(rows +
// distinct).
Result<ArrayPtr> recoded(const ChunkedPtr& column, const std::string& where) {
  if (column->length() > kMostCodes)
    return fail(Code::kExhausted, "more than 2147483647 rows of text", where, "split the file");
  std::vector<std::int32_t> codes(static_cast<std::size_t>(column->length()));
  FirstSeen seen;
  std::size_t row = 0;
  for (const auto& part : column->chunks()) {
    const auto& chunk = static_cast<const arrow::DictionaryArray&>(*part);
    const auto& values = *chunk.dictionary();
    constexpr std::int32_t kUnknown = -2;
    std::vector<std::int32_t> known(static_cast<std::size_t>(values.length()), kUnknown);
    each_index(chunk, [&](std::int64_t i, std::int64_t index) {
      std::int32_t code = -1;
      if (index >= 0) {
        auto& slot = known[static_cast<std::size_t>(index)];
        if (slot == kUnknown) slot = values.IsNull(index) ? -1 : seen.code(text_at(values, index));
        code = slot;
      }
      codes[row + static_cast<std::size_t>(i)] = code;
    });
    row += static_cast<std::size_t>(chunk.length());
  }
  for (const auto value : seen.values())
    if (const std::size_t good = valid_utf8(value); good != value.size())
      return fail(Code::kCorrupt, "a value is not valid UTF-8 at its byte " + std::to_string(good), where,
                  "write the file as UTF-8");
  ASSAY_TRY(auto values, text_values(seen.values(), where));
  return dictionary_array(std::move(codes), std::move(values));
}

// Already what recoded() would make?
bool is_canonical(const arrow::DictionaryArray& array) {
  if (array.indices()->type_id() != arrow::Type::INT32 || array.dictionary()->type_id() != arrow::Type::STRING ||
      array.dictionary()->null_count() != 0)
    return false;
  const auto* raw = static_cast<const arrow::Int32Array&>(*array.indices()).raw_values();
  const bool whole = array.null_count() == 0;
  std::int32_t next = 0;
  for (std::int64_t i = 0; i < array.length(); ++i) {
    if (!whole && array.IsNull(i)) {
      if (raw[i] != -1) return false;
    } else if (raw[i] >= next) {
      if (raw[i] != next) return false;
      ++next;
    }
  }
  return next == array.dictionary()->length();
}

Result<ArrayPtr> text_column(const ChunkedPtr& column, const std::string& where) {
  ASSAY_CHECK(start_arrow(where));
  ChunkedPtr plain = column;
  if (arrow::is_binary_view_like(column->type()->id())) {
    const bool text = column->type()->id() == arrow::Type::STRING_VIEW;
    ASSAY_TRY(plain, cast(column, text ? arrow::large_utf8() : arrow::large_binary(), where));
  }
  ASSAY_ARROW(const arrow::Datum out, arrow::compute::DictionaryEncode(plain), where);
  return recoded(out.chunked_array(), where);
}

Result<ArrayPtr> uint64_column(const ChunkedPtr& column, const std::string& where) {
  if (auto fits = cast(column, arrow::int64(), where); fits) return joined(*fits, where);
  // The lattice of data b1: one integer outside int64 makes the column text.
  ASSAY_TRY(const auto text, cast(column, arrow::utf8(), where));
  return text_column(text, where);
}

Result<ArrayPtr> dictionary_column(const ChunkedPtr& column, const std::string& where) {
  const auto& type = static_cast<const arrow::DictionaryType&>(*column->type());
  if (!is_text(*type.value_type())) {
    ASSAY_TRY(const auto plain, cast(column, type.value_type(), where));
    return canonical_column(plain, where);
  }
  if (column->num_chunks() == 1) {
    const auto& chunk = column->chunk(0);
    if (is_canonical(static_cast<const arrow::DictionaryArray&>(*chunk))) return chunk;
  }
  return recoded(column, where);
}

Result<ArrayPtr> cast_and_join(const ChunkedPtr& column, const std::shared_ptr<arrow::DataType>& to,
                               const std::string& where, bool safe = true) {
  ASSAY_TRY(const auto made, cast(column, to, where,
                                  safe ? arrow::compute::CastOptions::Safe() : arrow::compute::CastOptions::Unsafe()));
  return joined(made, where);
}

Result<ArrayPtr> unwrapped(const ChunkedPtr& column, const std::string& where) {  // run-end encoded, extension types
  arrow::ArrayVector parts;
  if (column->type()->id() == arrow::Type::EXTENSION) {
    for (const auto& chunk : column->chunks())
      parts.push_back(static_cast<const arrow::ExtensionArray&>(*chunk).storage());
    const auto& storage = static_cast<const arrow::ExtensionType&>(*column->type()).storage_type();
    return canonical_column(std::make_shared<arrow::ChunkedArray>(std::move(parts), storage), where);
  }
  ASSAY_CHECK(start_arrow(where));
  ASSAY_ARROW(const arrow::Datum plain, arrow::compute::RunEndDecode(column), where);
  return canonical_column(plain.chunked_array(), where);
}

}  // namespace

Error arrow_error(const arrow::Status& s, const std::string& where, Code invalid) {
  const Code code = s.IsIOError()              ? Code::kUnavailable
                    : s.IsInvalid()            ? invalid
                    : s.IsTypeError()          ? Code::kUnsupported
                    : s.IsNotImplemented()     ? Code::kUnsupported
                    : s.IsOutOfMemory()        ? Code::kExhausted
                    : s.IsCapacityError()      ? Code::kExhausted
                    : s.IsSerializationError() ? Code::kCorrupt
                                               : Code::kInternal;
  std::string what = s.message().substr(0, 400);
  while (!what.empty() && (what.back() == '.' || what.back() == '\n')) what.pop_back();
  return {code, std::move(what), where, {}};
}

Error unknown_column(std::string_view column, const std::vector<std::string>& names) {
  Error error = operation::unknown_name("column", column, names);
  error.code = Code::kNotFound;
  return error;
}

FirstSeen::FirstSeen() : slots_(64, Slot{0, -1}) {}

void FirstSeen::grow() {
  std::vector<Slot> bigger(slots_.size() * 2, Slot{0, -1});
  for (const auto& slot : slots_) {
    if (slot.code < 0) continue;
    std::size_t at = slot.hash & (bigger.size() - 1);
    while (bigger[at].code >= 0) at = (at + 1) & (bigger.size() - 1);
    bigger[at] = slot;
  }
  slots_ = std::move(bigger);
}

std::int32_t FirstSeen::code(std::string_view text) {
  const auto wide = std::hash<std::string_view>{}(text);
  const auto hash = static_cast<std::uint32_t>(wide ^ (wide >> 32));
  for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].code < 0) {
      const auto made = static_cast<std::int32_t>(values_.size());
      slots_[at] = {hash, made};
      values_.push_back(text);
      if (values_.size() * 2 > slots_.size()) grow();
      return made;
    }
    if (slots_[at].hash == hash && values_[static_cast<std::size_t>(slots_[at].code)] == text) return slots_[at].code;
  }
}

Result<ArrayPtr> text_values(const std::vector<std::string_view>& values, const std::string& where) {
  std::size_t bytes = 0;
  for (const auto value : values) bytes += value.size();
  if (bytes > static_cast<std::size_t>(kMostCodes))
    return fail(Code::kExhausted, "more than 2 GiB of distinct text in one column", where, "leave the column out");
  std::vector<std::int32_t> offsets(1, 0);
  offsets.reserve(values.size() + 1);
  std::vector<char> data;
  data.reserve(bytes);
  for (const auto value : values) {
    data.insert(data.end(), value.begin(), value.end());
    offsets.push_back(static_cast<std::int32_t>(data.size()));
  }
  return std::make_shared<arrow::StringArray>(static_cast<std::int64_t>(values.size()), buffer_of(std::move(offsets)),
                                              buffer_of(std::move(data)));
}

ArrayPtr dictionary_array(std::vector<std::int32_t> codes, ArrayPtr values) {
  const auto length = static_cast<std::int64_t>(codes.size());
  const auto missing = std::count(codes.begin(), codes.end(), -1);
  std::shared_ptr<arrow::Buffer> valid;
  if (missing > 0) {
    std::vector<std::uint8_t> bits((codes.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < codes.size(); ++i)
      if (codes[i] >= 0) bits[i >> 3] = static_cast<std::uint8_t>(bits[i >> 3] | (1u << (i & 7)));
    valid = buffer_of(std::move(bits));
  }
  auto indices = std::make_shared<arrow::Int32Array>(length, buffer_of(std::move(codes)), valid, missing);
  return std::make_shared<arrow::DictionaryArray>(arrow::dictionary(arrow::int32(), arrow::utf8()), std::move(indices),
                                                  std::move(values));
}

bool many_threads() {
  return oneapi::tbb::global_control::active_value(oneapi::tbb::global_control::max_allowed_parallelism) > 1;
}

Type type_of(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DICTIONARY)
    return type_of(*static_cast<const arrow::DictionaryType&>(type).value_type());
  if (type.id() == arrow::Type::BOOL) return Type::kBool;
  if (arrow::is_integer(type.id())) return Type::kInt;
  if (arrow::is_floating(type.id()) || arrow::is_decimal(type.id())) return Type::kFloat;
  if (is_text(type) || type.id() == arrow::Type::NA || arrow::is_time(type.id())) return Type::kText;
  if (arrow::is_date(type.id()) || type.id() == arrow::Type::TIMESTAMP) return Type::kTime;
  return Type::kOther;
}

Result<ArrayPtr> canonical_column(const ChunkedPtr& column, const std::string& where) {
  const auto id = column->type()->id();
  switch (id) {
    case arrow::Type::INT64:
    case arrow::Type::DOUBLE:
    case arrow::Type::BOOL:
      return joined(column, where);
    case arrow::Type::NA: {
      ASSAY_TRY(auto none, text_values({}, where));
      return dictionary_array(std::vector<std::int32_t>(static_cast<std::size_t>(column->length()), -1),
                              std::move(none));
    }
    case arrow::Type::UINT64:
      return uint64_column(column, where);
    case arrow::Type::DICTIONARY:
      return dictionary_column(column, where);
    case arrow::Type::EXTENSION:
    case arrow::Type::RUN_END_ENCODED:
      return unwrapped(column, where);
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      return cast_and_join(column, arrow::timestamp(arrow::TimeUnit::MICRO), where);
    case arrow::Type::TIMESTAMP: {
      const auto& type = static_cast<const arrow::TimestampType&>(*column->type());
      if (type.unit() == arrow::TimeUnit::MICRO) return joined(column, where);
      return cast_and_join(column, arrow::timestamp(arrow::TimeUnit::MICRO, type.timezone()), where,
                           type.unit() != arrow::TimeUnit::NANO);
    }
    case arrow::Type::TIME32:
    case arrow::Type::TIME64: {
      ASSAY_TRY(const auto text, cast(column, arrow::utf8(), where));
      return text_column(text, where);
    }
    default:
      break;
  }
  if (arrow::is_integer(id)) return cast_and_join(column, arrow::int64(), where);
  if (arrow::is_floating(id)) return cast_and_join(column, arrow::float64(), where);
  if (arrow::is_decimal(id)) {
    const auto& type = static_cast<const arrow::DecimalType&>(*column->type());
    return cast_and_join(column, type.scale() == 0 && type.precision() <= 18 ? arrow::int64() : arrow::float64(), where,
                         false);
  }
  if (is_text(*column->type())) return text_column(column, where);
  return joined(column, where);
}

Status check_names(const std::vector<std::string>& names, const std::string& where, std::size_t max_columns) {
  if (names.empty()) return fail(Code::kInvalidArgument, "no columns", where, "give a file with a header line");
  if (names.size() > max_columns)
    return fail(Code::kExhausted,
                std::to_string(names.size()) + " columns are more than the limit of " + std::to_string(max_columns),
                where, "choose fewer columns or raise max_columns");
  std::unordered_map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string position = "column " + std::to_string(i + 1);
    if (names[i].empty())
      return fail(Code::kInvalidArgument, position + " has no name", where, "name every column in the header");
    if (valid_utf8(names[i]) != names[i].size())
      return fail(Code::kCorrupt, "the name of " + position + " is not valid UTF-8", where, "write the file as UTF-8");
    if (const auto [at, fresh] = first.emplace(names[i], i); !fresh)
      return fail(Code::kInvalidArgument,
                  "columns " + std::to_string(at->second + 1) + " and " + std::to_string(i + 1) + " are both named \"" +
                      names[i].substr(0, 80) + "\"",
                  where, "rename one of them");
  }
  return {};
}

Result<Table> canonical_table(const arrow::Table& table, const std::string& where, std::size_t max_columns) {
  const auto names = table.ColumnNames();
  ASSAY_CHECK(check_names(names, where, max_columns));
  std::vector<Result<ArrayPtr>> made(names.size());
  ASSAY_CHECK(start_arrow(where));
  parallel_parts(names.size(), [&](std::size_t i) {
    made[i] = canonical_column(table.column(static_cast<int>(i)), where + " column " + names[i]);
  });
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!made[i]) return tl::unexpected<Error>(std::move(made[i]).error());
    fields.push_back(arrow::field(names[i], (*made[i])->type()));
    arrays.push_back(std::move(*made[i]));
  }
  return Table(arrow::Table::Make(arrow::schema(std::move(fields)), std::move(arrays), table.num_rows()));
}

}  // namespace assay::data
