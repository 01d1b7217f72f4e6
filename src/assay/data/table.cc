#include "assay/data/table.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "assay/data/columns.h"
#include "assay/data/number_text.h"

namespace assay::data {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;

Result<int> index_of(const arrow::Table& table, std::string_view column) {
  const int at = table.schema()->GetFieldIndex(std::string(column));
  if (at < 0) return tl::unexpected<Error>(unknown_column(column, table.ColumnNames()));
  return at;
}

Result<ArrayPtr> column_of(const arrow::Table& table, std::string_view column) {
  ASSAY_TRY(const int at, index_of(table, column));
  return canonical_column(table.column(at), "column " + std::string(column));
}

// `from` says from what bit on the bitmap speaks of row 0.
Validity validity_of(const arrow::Array& array) {
  return Validity(array.null_bitmap_data(), array.offset(), array.null_count());
}

template <class T>
struct Converted {  // values made here, validity still the array's
  std::vector<T> values;
  ArrayPtr array;
};

template <class View, class T, class At>
View converted(const ArrayPtr& array, At at) {
  auto kept = std::make_shared<Converted<T>>();
  kept->array = array;
  kept->values.resize(static_cast<std::size_t>(array->length()));
  for (std::int64_t i = 0; i < array->length(); ++i)
    kept->values[static_cast<std::size_t>(i)] = array->IsNull(i) ? T{} : at(i);
  return View{{kept->values.data(), kept->values.size()}, validity_of(*array), kept};
}

Error not_numbers(std::string_view column, const arrow::DataType& type, const char* wanted) {
  const Type have = type_of(type);
  if (have == Type::kOther)
    return {Code::kUnsupported, "columns of type " + type.ToString() + " cannot be read",
            "column " + std::string(column), "flatten the column or leave it out"};
  return {Code::kInvalidArgument, "holds " + std::string(type_name(have)) + ", not " + wanted,
          "column " + std::string(column), "choose another column or mend the cells that are no numbers"};
}

// Codes of a column whose rows have a 64-bit key and a text.
template <class Key, class Text>
Codes coded(const arrow::Array& array, Key key, Text text) {
  auto codes = std::make_shared<std::vector<std::int32_t>>(static_cast<std::size_t>(array.length()), -1);
  auto values = std::make_shared<std::vector<std::string>>();
  std::unordered_map<std::uint64_t, std::int32_t> seen;
  for (std::int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) continue;
    const auto [at, fresh] = seen.emplace(key(i), static_cast<std::int32_t>(values->size()));
    if (fresh) values->push_back(text(i));
    (*codes)[static_cast<std::size_t>(i)] = at->second;
  }
  return {{codes->data(), codes->size()}, std::move(values), codes};
}

std::uint64_t number_key(double v) {
  return std::bit_cast<std::uint64_t>(v == 0 ? 0.0 : std::isnan(v) ? std::numeric_limits<double>::quiet_NaN() : v);
}

Codes text_codes(const ArrayPtr& array) {
  const auto& coded = static_cast<const arrow::DictionaryArray&>(*array);
  const auto& texts = static_cast<const arrow::StringArray&>(*coded.dictionary());
  auto values = std::make_shared<std::vector<std::string>>();
  values->reserve(static_cast<std::size_t>(texts.length()));
  for (std::int64_t i = 0; i < texts.length(); ++i) values->emplace_back(texts.GetView(i));
  const auto* raw = static_cast<const arrow::Int32Array&>(*coded.indices()).raw_values();
  return {{raw, static_cast<std::size_t>(array->length())}, std::move(values), array};
}

}  // namespace

std::string_view type_name(Type type) {
  switch (type) {
    case Type::kInt:
      return "int";
    case Type::kFloat:
      return "float";
    case Type::kBool:
      return "bool";
    case Type::kText:
      return "text";
    case Type::kTime:
      return "time";
    case Type::kOther:
      break;
  }
  return "other";
}

Table::Table(std::shared_ptr<arrow::Table> table) : table_(std::move(table)) {}

std::size_t Table::rows() const { return static_cast<std::size_t>(table_->num_rows()); }
std::vector<std::string> Table::names() const { return table_->ColumnNames(); }
bool Table::has(std::string_view column) const { return table_->schema()->GetFieldIndex(std::string(column)) >= 0; }

Result<Type> Table::type(std::string_view column) const {
  ASSAY_TRY(const int at, index_of(*table_, column));
  return type_of(*table_->field(at)->type());
}

Result<Numbers> Table::numbers(std::string_view column) const {
  ASSAY_TRY(const ArrayPtr array, column_of(*table_, column));
  switch (array->type_id()) {
    case arrow::Type::DOUBLE: {
      const auto& doubles = static_cast<const arrow::DoubleArray&>(*array);
      return Numbers{{doubles.raw_values(), static_cast<std::size_t>(array->length())}, validity_of(*array), array};
    }
    case arrow::Type::INT64: {
      const auto* raw = static_cast<const arrow::Int64Array&>(*array).raw_values();
      return converted<Numbers, double>(array, [&](std::int64_t i) { return static_cast<double>(raw[i]); });
    }
    case arrow::Type::BOOL: {
      const auto& bits = static_cast<const arrow::BooleanArray&>(*array);
      return converted<Numbers, double>(array, [&](std::int64_t i) { return bits.Value(i) ? 1.0 : 0.0; });
    }
    default:
      return tl::unexpected<Error>(not_numbers(column, *array->type(), "numbers"));
  }
}

Result<Integers> Table::integers(std::string_view column) const {
  ASSAY_TRY(const ArrayPtr array, column_of(*table_, column));
  switch (array->type_id()) {
    case arrow::Type::INT64:
    case arrow::Type::TIMESTAMP: {  // both are 64-bit values under the same layout
      const auto* raw = array->data()->GetValues<std::int64_t>(1);
      return Integers{{raw, static_cast<std::size_t>(array->length())}, validity_of(*array), array};
    }
    case arrow::Type::BOOL: {
      const auto& bits = static_cast<const arrow::BooleanArray&>(*array);
      return converted<Integers, std::int64_t>(array, [&](std::int64_t i) { return bits.Value(i) ? 1 : 0; });
    }
    default:
      return tl::unexpected<Error>(not_numbers(column, *array->type(), "integers"));
  }
}

Result<Codes> Table::codes(std::string_view column) const {
  ASSAY_TRY(const ArrayPtr array, column_of(*table_, column));
  if (array->length() > std::numeric_limits<std::int32_t>::max())
    return fail(Code::kExhausted, "more than 2147483647 rows", "column " + std::string(column), "split the table");
  switch (array->type_id()) {
    case arrow::Type::DICTIONARY:
      return text_codes(array);
    case arrow::Type::DOUBLE: {
      const auto* raw = static_cast<const arrow::DoubleArray&>(*array).raw_values();
      return coded(
          *array, [&](std::int64_t i) { return number_key(raw[i]); },
          [&](std::int64_t i) { return number_text(raw[i]); });
    }
    case arrow::Type::INT64: {
      const auto* raw = static_cast<const arrow::Int64Array&>(*array).raw_values();
      return coded(
          *array, [&](std::int64_t i) { return static_cast<std::uint64_t>(raw[i]); },
          [&](std::int64_t i) { return std::to_string(raw[i]); });
    }
    case arrow::Type::TIMESTAMP: {
      const auto* raw = array->data()->GetValues<std::int64_t>(1);
      return coded(
          *array, [&](std::int64_t i) { return static_cast<std::uint64_t>(raw[i]); },
          [&](std::int64_t i) { return time_text(raw[i]); });
    }
    case arrow::Type::BOOL: {
      const auto& bits = static_cast<const arrow::BooleanArray&>(*array);
      return coded(
          *array, [&](std::int64_t i) { return bits.Value(i) ? 1u : 0u; },
          [&](std::int64_t i) { return std::string(bits.Value(i) ? "true" : "false"); });
    }
    default:
      return tl::unexpected<Error>(not_numbers(column, *array->type(), "values with a text"));
  }
}

Result<Table> Table::select(std::span<const std::string> columns) const {
  std::vector<int> at;
  for (const auto& name : columns) {
    ASSAY_TRY(const int i, index_of(*table_, name));
    at.push_back(i);
  }
  ASSAY_ARROW(auto chosen, table_->SelectColumns(at), "");
  return Table(std::move(chosen));
}

Result<Table> Table::take(std::span<const std::uint32_t> rows) const {
  for (const auto row : rows)
    if (row >= this->rows())
      return fail(Code::kInvalidArgument, "row " + std::to_string(row) + " of a table of " +
                                              std::to_string(this->rows()) + " rows was asked for");
  if (const auto s = arrow::compute::Initialize(); !s.ok()) return tl::unexpected<Error>(arrow_error(s, ""));
  const auto indices = std::make_shared<arrow::UInt32Array>(static_cast<std::int64_t>(rows.size()),
                                                            arrow::Buffer::Wrap(rows.data(), rows.size()));
  ASSAY_ARROW(
      const arrow::Datum taken,
      arrow::compute::Take(arrow::Datum(table_), arrow::Datum(indices), arrow::compute::TakeOptions::NoBoundsCheck()),
      "");
  // Text gets its codes anew, so that values that are gone do not show up as empty groups.
  return canonical_table(*taken.table(), "", std::numeric_limits<std::size_t>::max());
}

// ---- TableBuilder

struct TableBuilder::Impl {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  std::string problem;

  void add(std::string name, ArrayPtr array) {
    fields.push_back(arrow::field(std::move(name), array->type()));
    arrays.push_back(std::move(array));
  }
};

namespace {

template <class T, class Array>
ArrayPtr plain_array(std::span<const T> values, const std::vector<bool>& missing) {
  std::vector<T> kept(values.begin(), values.end());
  std::shared_ptr<arrow::Buffer> valid;
  std::int64_t nulls = 0;
  if (std::find(missing.begin(), missing.end(), true) != missing.end()) {
    std::vector<std::uint8_t> bits((values.size() + 7) / 8, 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (missing[i]) {
        kept[i] = T{};
        ++nulls;
      } else {
        bits[i >> 3] = static_cast<std::uint8_t>(bits[i >> 3] | (1u << (i & 7)));
      }
    }
    valid = buffer_of(std::move(bits));
  }
  const auto length = static_cast<std::int64_t>(kept.size());
  return std::make_shared<Array>(length, buffer_of(std::move(kept)), valid, nulls);
}

}  // namespace

TableBuilder::TableBuilder() : impl_(std::make_unique<Impl>()) {}
TableBuilder::TableBuilder(TableBuilder&&) noexcept = default;
TableBuilder::~TableBuilder() = default;

TableBuilder& TableBuilder::numbers(std::string name, std::span<const double> values,
                                    const std::vector<bool>& missing) {
  if (!missing.empty() && missing.size() != values.size())
    impl_->problem = "the missing flags of column " + name + " have another length";
  else
    impl_->add(std::move(name), plain_array<double, arrow::DoubleArray>(values, missing));
  return *this;
}

TableBuilder& TableBuilder::integers(std::string name, std::span<const std::int64_t> values,
                                     const std::vector<bool>& missing) {
  if (!missing.empty() && missing.size() != values.size())
    impl_->problem = "the missing flags of column " + name + " have another length";
  else
    impl_->add(std::move(name), plain_array<std::int64_t, arrow::Int64Array>(values, missing));
  return *this;
}

TableBuilder& TableBuilder::codes(std::string name, std::span<const std::int32_t> codes,
                                  std::span<const std::string> values) {
  for (const auto code : codes)
    if (code < -1 || code >= static_cast<std::int64_t>(values.size())) {
      impl_->problem = "a code of column " + name + " lies outside its values";
      return *this;
    }
  auto texts = text_values({values.begin(), values.end()}, name);
  if (!texts) {
    impl_->problem = texts.error().what;
    return *this;
  }
  impl_->add(std::move(name), dictionary_array({codes.begin(), codes.end()}, std::move(*texts)));
  return *this;
}

TableBuilder& TableBuilder::text(std::string name, std::span<const std::string> values) {
  FirstSeen seen;
  std::vector<std::int32_t> codes;
  codes.reserve(values.size());
  for (const auto& value : values) codes.push_back(seen.code(value));
  auto texts = text_values(seen.values(), name);
  if (!texts) {
    impl_->problem = texts.error().what;
    return *this;
  }
  impl_->add(std::move(name), dictionary_array(std::move(codes), std::move(*texts)));
  return *this;
}

Result<Table> TableBuilder::finish() {
  if (!impl_->problem.empty()) return fail(Code::kInternal, impl_->problem);
  for (std::size_t i = 1; i < impl_->arrays.size(); ++i)
    if (impl_->arrays[i]->length() != impl_->arrays[0]->length())
      return fail(Code::kInternal, "columns " + impl_->fields[0]->name() + " and " + impl_->fields[i]->name() +
                                       " of a table differ in length");
  const auto made = arrow::Table::Make(arrow::schema(impl_->fields), impl_->arrays,
                                       impl_->arrays.empty() ? 0 : impl_->arrays[0]->length());
  return canonical_table(*made, "", std::numeric_limits<std::size_t>::max());
}

}  // namespace assay::data
