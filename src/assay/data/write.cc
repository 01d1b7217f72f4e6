#include <arrow/csv/api.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/api.h>
#include <fcntl.h>
#include <parquet/arrow/writer.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "assay/base/files.h"
#include "assay/data/columns.h"
#include "assay/data/memory_file.h"
#include "assay/data/number_text.h"
#include "assay/data/read.h"

namespace assay::data {
namespace {

Status save(const std::shared_ptr<arrow::Buffer>& buffer, const std::string& path) {
  return files::write(path, {reinterpret_cast<const char*>(buffer->data()), static_cast<std::size_t>(buffer->size())});
}

void set_bit(std::vector<std::uint8_t>& bits, std::int64_t i) {
  auto& byte = bits[static_cast<std::size_t>(i >> 3)];
  byte = static_cast<std::uint8_t>(byte | (1u << (i & 7)));
}

std::shared_ptr<arrow::Array> settled_flags(const arrow::BooleanArray& array) {
  const auto bytes = static_cast<std::size_t>((array.length() + 7) / 8);
  std::vector<std::uint8_t> values(bytes, 0), valid(bytes, 0);
  for (std::int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) continue;
    set_bit(valid, i);
    if (array.Value(i)) set_bit(values, i);
  }
  const auto nulls = array.null_count();
  return std::make_shared<arrow::BooleanArray>(array.length(), buffer_of(std::move(values)),
                                               nulls > 0 ? buffer_of(std::move(valid)) : nullptr, nulls);
}

// The same values in the same bytes: missing slots zero, spare bits of the bitmap zero, no offset, no idle bitmap.
Result<std::shared_ptr<arrow::Array>> settled(const std::shared_ptr<arrow::Array>& array) {
  if (array->type_id() == arrow::Type::BOOL) return settled_flags(static_cast<const arrow::BooleanArray&>(*array));
  if (array->null_count() == 0 && array->offset() == 0) return array;
  switch (array->type_id()) {
    case arrow::Type::DICTIONARY:
    case arrow::Type::INT64:
    case arrow::Type::DOUBLE:
    case arrow::Type::TIMESTAMP:
      break;
    default:
      return array;
  }
  const auto& slots = array->type_id() == arrow::Type::DICTIONARY
                          ? static_cast<const arrow::DictionaryArray&>(*array).indices()
                          : array;
  const auto rows = static_cast<std::size_t>(array->length());
  std::vector<std::uint8_t> bits((rows + 7) / 8, 0);
  for (std::size_t i = 0; i < rows; ++i)
    if (array->IsValid(static_cast<std::int64_t>(i))) set_bit(bits, static_cast<std::int64_t>(i));
  const auto fill = [&]<class T>(T nothing) {
    const T* raw = slots->data()->GetValues<T>(1);
    std::vector<T> values(raw, raw + rows);
    for (std::size_t i = 0; i < rows; ++i)
      if (((bits[i >> 3] >> (i & 7)) & 1) == 0) values[i] = nothing;
    return buffer_of(std::move(values));
  };
  if (array->type_id() == arrow::Type::DICTIONARY) {
    const std::int32_t* raw = slots->data()->GetValues<std::int32_t>(1);
    std::vector<std::int32_t> codes(raw, raw + rows);
    for (std::size_t i = 0; i < rows; ++i)
      if (((bits[i >> 3] >> (i & 7)) & 1) == 0) codes[i] = -1;
    return dictionary_array(std::move(codes), static_cast<const arrow::DictionaryArray&>(*array).dictionary());
  }
  auto values = array->type_id() == arrow::Type::DOUBLE ? fill(double{0}) : fill(std::int64_t{0});
  const auto nulls = array->null_count();
  return arrow::MakeArray(arrow::ArrayData::Make(
      array->type(), array->length(), {nulls > 0 ? buffer_of(std::move(bits)) : nullptr, std::move(values)}, nulls, 0));
}

Result<std::shared_ptr<arrow::Table>> settled(const Table& table) {
  ASSAY_TRY(const Table whole, canonical_table(*table.arrow(), "", static_cast<std::size_t>(-1)));
  arrow::ArrayVector arrays;
  for (const auto& column : whole.arrow()->columns()) {
    ASSAY_TRY(auto array, settled(column->chunk(0)));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(whole.arrow()->schema(), std::move(arrays), whole.arrow()->num_rows());
}

void append_csv_text(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// A float keeps its type on the way back: 5 is written as 5.0.
void append_csv_float(std::string& out, double value) {
  const std::size_t from = out.size();
  append_number(out, value);
  if (out.find_first_not_of("-0123456789", from) == std::string::npos) out += ".0";
}

Result<std::vector<std::string>> csv_cells(const arrow::Array& array, const std::string& name) {
  std::vector<std::string> out(static_cast<std::size_t>(array.length()));
  for (std::int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) continue;
    auto& cell = out[static_cast<std::size_t>(i)];
    switch (array.type_id()) {
      case arrow::Type::DOUBLE:
        append_csv_float(cell, static_cast<const arrow::DoubleArray&>(array).Value(i));
        break;
      case arrow::Type::INT64:
        cell = std::to_string(static_cast<const arrow::Int64Array&>(array).Value(i));
        break;
      case arrow::Type::BOOL:
        cell = static_cast<const arrow::BooleanArray&>(array).Value(i) ? "true" : "false";
        break;
      case arrow::Type::TIMESTAMP:
        cell = time_text(array.data()->GetValues<std::int64_t>(1)[i]);
        break;
      case arrow::Type::DICTIONARY: {
        const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
        append_csv_text(cell,
                        static_cast<const arrow::StringArray&>(*coded.dictionary()).GetView(coded.GetValueIndex(i)));
        break;
      }
      default:
        return fail(Code::kUnsupported, "columns of type " + array.type()->ToString() + " have no form in CSV",
                    "column " + name, "write Parquet or Arrow instead");
    }
  }
  return out;
}

}  // namespace

Status write_arrow(const Table& table, const std::string& path) {
  ASSAY_TRY(const auto made, settled(table));
  ASSAY_ARROW(const auto out, arrow::io::BufferOutputStream::Create(), path);
  ASSAY_ARROW(const auto writer, arrow::ipc::MakeFileWriter(out, made->schema()), path);
  // One batch, so that reading gives contiguous columns without a copy.
  if (auto s = writer->WriteTable(*made); !s.ok()) return tl::unexpected<Error>(arrow_error(s, path));
  if (auto s = writer->Close(); !s.ok()) return tl::unexpected<Error>(arrow_error(s, path));
  ASSAY_ARROW(const auto buffer, out->Finish(), path);
  return save(buffer, path);
}

Status write_arrow_to(const Table& table, int fd, const std::string& where) {
  ASSAY_TRY(const auto made, settled(table));
  const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);  // Arrow closes the one it gets
  if (own < 0) return tl::unexpected<Error>(files::error_of(errno, where));
  ASSAY_ARROW(const auto out, arrow::io::FileOutputStream::Open(own), where);
  ASSAY_ARROW(const auto writer, arrow::ipc::MakeFileWriter(out, made->schema()), where);
  if (auto s = writer->WriteTable(*made); !s.ok()) return tl::unexpected<Error>(arrow_error(s, where));
  if (auto s = writer->Close(); !s.ok()) return tl::unexpected<Error>(arrow_error(s, where));
  if (auto s = out->Close(); !s.ok()) return tl::unexpected<Error>(arrow_error(s, where));
  return {};
}

Status write_parquet(const Table& table, const std::string& path) try {
  ASSAY_TRY(const auto made, settled(table));
  ASSAY_ARROW(const auto out, arrow::io::BufferOutputStream::Create(), path);
  const auto properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  if (auto s = parquet::arrow::WriteTable(*made, arrow::default_memory_pool(), out, 1 << 20,
                                          parquet::default_writer_properties(), properties);
      !s.ok())
    return tl::unexpected<Error>(arrow_error(s, path));
  ASSAY_ARROW(const auto buffer, out->Finish(), path);
  return save(buffer, path);
} catch (const std::exception& e) {
  return fail(Code::kInternal, "cannot be written as Parquet: " + std::string(e.what()).substr(0, 400), path);
}

Status write_csv(const Table& table, const std::string& path) {
  ASSAY_TRY(const auto made, settled(table));
  const auto names = table.names();
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSAY_TRY(auto column, csv_cells(*made->column(static_cast<int>(i))->chunk(0), names[i]));
    cells.push_back(std::move(column));
  }
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ',';
    append_csv_text(out, names[i]);
  }
  out += '\n';
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += ',';
      out += cells[i][row];
    }
    // A lone missing cell would be a blank line, which readers skip.
    if (cells.size() == 1 && cells[0][row].empty()) out += "\"\"";
    out += '\n';
  }
  return files::write(path, out);
}

}  // namespace assay::data
