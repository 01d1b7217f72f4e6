#include "assay/data/rows_digest.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "assay/base/parallel.h"
#include "assay/data/number_text.h"

namespace assay::data {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 14;
using Cell = std::function<void(std::string& out, std::size_t row)>;  // appends the JSON of one cell

Cell integer_cell(const Integers& column, Type type) {
  return [column, type](std::string& out, std::size_t row) {
    constexpr std::int64_t kExact = (std::int64_t{1} << 53) - 1;
    const auto value = column.values[row];
    if (!column.valid[row])
      out += "null";
    else if (type == Type::kBool)
      out += value != 0 ? "true" : "false";
    else if (type == Type::kTime)
      append_json_text(out, time_text(value));
    else if (value > kExact || value < -kExact)
      append_json_text(out, std::to_string(value));
    else
      out += std::to_string(value);
  };
}

Cell number_cell(const Numbers& column) {
  return [column](std::string& out, std::size_t row) {
    const double value = column.values[row];
    if (!column.valid[row])
      out += "null";
    else if (std::isfinite(value))
      append_number(out, value);
    else
      append_json_text(out, number_text(value));
  };
}

Cell text_cell(const Codes& column) {
  auto quoted = std::make_shared<std::vector<std::string>>();
  for (const auto& value : *column.values) append_json_text(quoted->emplace_back(), value);
  return [column, quoted](std::string& out, std::size_t row) {
    const auto code = column.codes[row];
    out += code < 0 ? std::string_view("null") : std::string_view((*quoted)[static_cast<std::size_t>(code)]);
  };
}

Result<Cell> cell_of(const Table& table, const std::string& name) {
  ASSAY_TRY(const Type type, table.type(name));
  switch (type) {
    case Type::kInt:
    case Type::kBool:
    case Type::kTime: {
      ASSAY_TRY(const auto column, table.integers(name));
      return integer_cell(column, type);
    }
    case Type::kFloat: {
      ASSAY_TRY(const auto column, table.numbers(name));
      return number_cell(column);
    }
    case Type::kText:
    case Type::kOther:
      break;
  }
  ASSAY_TRY(const auto column, table.codes(name));
  return text_cell(column);
}

}  // namespace

Result<std::vector<crypto::Digest>> row_digests(const Table& table, Task& task) {
  std::vector<Cell> cells;
  for (const auto& name : table.names()) {
    ASSAY_TRY(auto cell, cell_of(table, name));
    cells.push_back(std::move(cell));
  }
  std::vector<crypto::Digest> out(table.rows());
  const std::size_t parts = (out.size() + kChunk - 1) / kChunk;
  task.begin(parts);
  parallel_parts(parts, [&](std::size_t part) {
    if (task.stopped()) return;
    std::string text;
    for (std::size_t row = part * kChunk; row < std::min(out.size(), (part + 1) * kChunk); ++row) {
      text = "[";
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) text += ',';
        cells[i](text, row);
      }
      text += ']';
      out[row] = crypto::sha256(text);
    }
    task.step();
  });
  ASSAY_CHECK(task.check());
  return out;
}

RowsDigest rows_digest(const std::vector<std::string>& names, std::vector<crypto::Digest> rows) {
  std::string header = "[";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) header += ',';
    append_json_text(header, names[i]);
  }
  const crypto::Digest head = crypto::sha256(header + "]");
  const auto all = [&] {
    crypto::Sha256 sum;
    sum.add({reinterpret_cast<const char*>(head.data()), head.size()});
    sum.add({reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(crypto::Digest)});
    return crypto::digest_text(sum.finish());
  };
  RowsDigest out;
  out.ordered = all();
  std::sort(rows.begin(), rows.end());
  out.unordered = all();
  return out;
}

Result<RowsDigest> rows_digest(const Table& table, Task& task) {
  ASSAY_TRY(auto rows, row_digests(table, task));
  return rows_digest(table.names(), std::move(rows));
}

}  // namespace assay::data
