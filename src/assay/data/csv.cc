#include "assay/data/csv.h"

#include <arrow/csv/api.h>
#include <arrow/io/memory.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "assay/base/parallel.h"
#include "assay/data/columns.h"
#include "assay/data/csv_scan.h"

namespace assay::data {
namespace {

constexpr std::size_t kSample = std::size_t{64} << 10;

struct Source {
  std::string_view bytes;  // without the byte order mark
  std::string where;
  char delimiter = ',';
  std::vector<std::string> names;
  std::size_t mark = 0;  // bytes of the byte order mark
  std::size_t body = 0;  // offset behind the header
  ByteFacts facts;
  QuoteFacts quotes;
};

std::string line_of(const Source& source, std::int64_t line) { return source.where + ":" + std::to_string(line); }

// Where the byte at `offset` stands: its line, and its column when the header names one.
std::string place_of(const Source& source, std::size_t offset) {
  Records records(source.bytes, source.delimiter);
  while (records.next()) {
    if (offset >= records.end()) continue;
    const auto& cells = records.cells();
    std::int64_t line = records.line();
    for (std::size_t i = records.begin(); i < offset; ++i) line += source.bytes[i] == '\n';
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (offset < static_cast<std::size_t>(cells[i].data() - source.bytes.data()) + cells[i].size())
        return line_of(source, line) + " column " + (i < source.names.size() ? source.names[i] : std::to_string(i + 1));
    return line_of(source, line);
  }
  return source.where;
}

Status check_bytes(const Source& source) {
  const auto& facts = source.facts;
  if (facts.not_utf8 < facts.zero_byte)
    return fail(Code::kCorrupt, "byte " + std::to_string(source.mark + facts.not_utf8) + " is not valid UTF-8",
                place_of(source, facts.not_utf8), "save the file as UTF-8 (iconv -f latin1 -t utf-8)");
  if (facts.zero_byte != kNowhere)
    return fail(Code::kCorrupt, "a zero byte stands in the text", place_of(source, facts.zero_byte),
                "save the file as UTF-8 text, not UTF-16 or binary");
  if (source.quotes.unclosed != kNowhere)
    return fail(Code::kCorrupt, "a quote is never closed", place_of(source, source.quotes.unclosed),
                "close the quote, or double it inside a quoted cell");
  return {};
}

Result<Source> open_source(std::string_view bytes, const std::string& where, const ReadOptions& options) {
  Source source;
  source.mark = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  bytes.remove_prefix(source.mark);
  source.bytes = bytes;
  source.where = where;
  source.delimiter = options.delimiter != 0 ? options.delimiter : likely_delimiter(bytes);
  Records records(bytes, source.delimiter);
  if (!records.next()) return fail(Code::kInvalidArgument, "no columns", where, "give a file with a header line");
  for (const auto cell : records.cells()) source.names.push_back(unquoted(cell));
  source.body = records.end();
  source.facts = scan_bytes(bytes);
  source.quotes = scan_quotes(bytes, source.delimiter);
  if (source.facts.not_utf8 < source.body || source.facts.zero_byte < source.body) source.names.clear();
  ASSAY_CHECK(check_bytes(source));
  ASSAY_CHECK(check_names(source.names, where, options.max_columns));
  while (source.body < bytes.size() && (bytes[source.body] == '\n' || bytes[source.body] == '\r')) ++source.body;
  return source;
}

bool is_null(std::string_view cell, const ReadOptions& options) {
  const std::string text = unquoted(cell);
  return text.empty() || std::find(options.null.begin(), options.null.end(), text) != options.null.end();
}

// Columns with a cell in the sample that can only be text. Sound whatever follows, because text tops the lattice.
std::vector<bool> proven_text(const Source& source, const ReadOptions& options) {
  std::vector<bool> out(source.names.size(), false);
  for (const auto& name : options.text_columns) {
    const auto at = std::find(source.names.begin(), source.names.end(), name);
    if (at != source.names.end()) out[static_cast<std::size_t>(at - source.names.begin())] = true;
  }
  Records records(source.bytes.substr(source.body), source.delimiter);
  while (records.next() && records.end() < kSample) {
    const auto& cells = records.cells();
    if (cells.size() != out.size()) continue;
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (!out[i] && !is_null(cells[i], options) && spelling(unquoted(cells[i])).kind == Spelling::kText) out[i] = true;
  }
  return out;
}

// The first rows that have the wrong number of cells, and how many there are.
struct BadRows {
  std::int64_t count = 0;
  std::vector<std::int64_t> lines;
  std::size_t found = 0;  // cells in the first
};
BadRows bad_rows(const Source& source) {
  BadRows out;
  Records records(source.bytes, source.delimiter);
  while (records.next()) {
    if (records.cells().size() == source.names.size()) continue;
    if (out.count++ == 0) out.found = records.cells().size();
    if (out.lines.size() < 20) out.lines.push_back(records.line());
  }
  return out;
}

Error parse_error(const Source& source, const arrow::Status& status) {
  const BadRows bad = bad_rows(source);
  if (bad.count == 0) return arrow_error(status, source.where, Code::kCorrupt);
  const auto cells = [](std::size_t n) { return std::to_string(n) + (n == 1 ? " cell" : " cells"); };
  return {Code::kCorrupt,
          "the row has " + cells(bad.found) + ", the header has " + std::to_string(source.names.size()) +
              (bad.count > 1 ? " (" + std::to_string(bad.count) + " such rows)" : ""),
          line_of(source, bad.lines.front()), "mend the row, or leave such rows out with bad_rows=skip"};
}

struct Reading {
  std::vector<bool> text;         // columns to read as text outright
  std::vector<std::string> only;  // these columns alone; all when empty
  bool threads = true;
};

Result<std::shared_ptr<arrow::Table>> tokenise(const Source& source, const ReadOptions& options, const Reading& reading,
                                               std::atomic<std::int64_t>& skipped) {
  auto read = arrow::csv::ReadOptions::Defaults();
  auto parse = arrow::csv::ParseOptions::Defaults();
  auto convert = arrow::csv::ConvertOptions::Defaults();
  read.column_names = source.names;
  read.use_threads = reading.threads;
  parse.delimiter = source.delimiter;
  parse.newlines_in_values = source.quotes.line_breaks;
  if (options.bad_rows == "skip")
    parse.invalid_row_handler = [&skipped](const arrow::csv::InvalidRow&) {
      ++skipped;
      return arrow::csv::InvalidRowResult::Skip;
    };
  convert.check_utf8 = false;  // scan_bytes did
  convert.null_values = options.null;
  convert.null_values.emplace_back();
  convert.true_values.clear();
  convert.false_values.clear();
  convert.strings_can_be_null = convert.quoted_strings_can_be_null = true;
  convert.auto_dict_encode = true;
  convert.auto_dict_max_cardinality = std::numeric_limits<std::int32_t>::max();
  convert.include_columns = reading.only;
  const auto text = arrow::dictionary(arrow::int32(), arrow::utf8());
  for (std::size_t i = 0; i < source.names.size(); ++i)
    if (reading.text[i]) convert.column_types[source.names[i]] = text;

  // With the line end before it: at the very start Arrow would drop what looks like a byte order mark.
  const std::string_view body = source.bytes.substr(source.body - 1);
  const auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(body.data()),
                                                      static_cast<std::int64_t>(body.size()));
  for (std::int64_t block = std::int64_t{1} << 20;; block *= 16) {
    skipped = 0;
    read.block_size =
        static_cast<std::int32_t>(std::min<std::int64_t>(block, std::numeric_limits<std::int32_t>::max()));
    const auto input = std::make_shared<arrow::io::BufferReader>(buffer);
    ASSAY_ARROW(const auto reader,
                arrow::csv::TableReader::Make(arrow::io::default_io_context(), input, read, parse, convert),
                source.where);
    auto table = reader->Read();
    if (table.ok()) return std::move(table).ValueUnsafe();
    // A row longer than the block is the one failure that a larger block mends.
    const bool too_long = table.status().message().find("straddl") != std::string::npos;
    if (!too_long || block >= static_cast<std::int64_t>(body.size()))
      return tl::unexpected<Error>(parse_error(source, table.status()));
  }
}

// Columns whose Arrow type may differ from the lattice's: read again as text and judged cell by cell.
bool doubtful(const arrow::ChunkedArray& column, const ByteFacts& facts) {
  switch (column.type()->id()) {
    case arrow::Type::NA:
    case arrow::Type::DICTIONARY:
      return false;
    case arrow::Type::INT64:
      return facts.has_hex;
    case arrow::Type::DOUBLE:
      break;
    default:
      return true;  // dates, times: no such thing in the lattice
  }
  bool all_whole = true;
  for (const auto& chunk : column.chunks()) {
    const auto& doubles = static_cast<const arrow::DoubleArray&>(*chunk);
    const auto* raw = doubles.raw_values();
    for (std::int64_t i = 0; i < doubles.length(); ++i) {
      // 2^63 and more may be an integer beyond int64; NaN may be spelled nan(1).
      if (!(std::abs(raw[i]) < 0x1p63) && doubles.IsValid(i)) return true;
      all_whole = all_whole && raw[i] == std::floor(raw[i]);
    }
  }
  return facts.has_plus && all_whole;
}

// The array that the lattice makes of a text column: its own codes when one value is text, else numbers.
Result<std::shared_ptr<arrow::Array>> by_lattice(const std::shared_ptr<arrow::Array>& column) {
  const auto& coded = static_cast<const arrow::DictionaryArray&>(*column);
  const auto& texts = static_cast<const arrow::StringArray&>(*coded.dictionary());
  std::vector<Spelled> spelled;
  Spelling most = texts.length() == 0 ? Spelling::kText : Spelling::kInt;
  for (std::int64_t i = 0; i < texts.length() && most != Spelling::kText; ++i) {
    spelled.push_back(spelling(texts.GetView(i)));
    most = std::max(most, spelled.back().kind);
  }
  if (most == Spelling::kText) return column;
  const auto* codes = static_cast<const arrow::Int32Array&>(*coded.indices()).raw_values();
  const auto rows = static_cast<std::size_t>(column->length());
  std::vector<double> numbers(most == Spelling::kFloat ? rows : 0);
  std::vector<std::int64_t> integers(most == Spelling::kInt ? rows : 0);
  for (std::size_t i = 0; i < rows; ++i) {
    if (codes[i] < 0) continue;
    const auto& value = spelled[static_cast<std::size_t>(codes[i])];
    if (most == Spelling::kInt)
      integers[i] = value.integer;
    else
      numbers[i] = value.number;
  }
  const auto& valid = coded.indices()->null_bitmap();
  if (most == Spelling::kInt)
    return std::make_shared<arrow::Int64Array>(column->length(), buffer_of(std::move(integers)), valid,
                                               column->null_count());
  return std::make_shared<arrow::DoubleArray>(column->length(), buffer_of(std::move(numbers)), valid,
                                              column->null_count());
}

Result<Table> settle_types(const Source& source, const ReadOptions& options, Reading reading,
                           std::shared_ptr<arrow::Table> table, std::atomic<std::int64_t>& skipped) {
  std::vector<char> again(source.names.size(), 0);
  parallel_parts(again.size(), [&](std::size_t i) {
    again[i] = !reading.text[i] && doubtful(*table->column(static_cast<int>(i)), source.facts);
  });
  reading.only.clear();
  for (std::size_t i = 0; i < again.size(); ++i)
    if (again[i]) reading.only.push_back(source.names[i]), reading.text[i] = true;
  if (!reading.only.empty()) {
    ASSAY_TRY(const auto texts, tokenise(source, options, reading, skipped));
    for (const auto& name : reading.only) {
      const int at = table->schema()->GetFieldIndex(name);
      ASSAY_TRY(const auto text, canonical_column(texts->GetColumnByName(name), source.where + " column " + name));
      ASSAY_TRY(const auto made, by_lattice(text));
      ASSAY_ARROW(table,
                  table->SetColumn(at, arrow::field(name, made->type()), std::make_shared<arrow::ChunkedArray>(made)),
                  source.where);
    }
  }
  return canonical_table(*table, source.where, options.max_columns);
}

Result<Table> header_only(const Source& source) {
  TableBuilder builder;
  for (const auto& name : source.names) builder.text(name, {});
  return builder.finish();
}

}  // namespace

Result<Table> read_csv_bytes(std::string_view bytes, const std::string& where, const ReadOptions& options,
                             ReadReport* report) {
  if (report != nullptr) *report = {};
  if (options.bad_rows != "error" && options.bad_rows != "skip")
    return fail(Code::kInvalidArgument, "\"" + options.bad_rows + "\" is not one of: error, skip", "bad_rows",
                "choose one of: error, skip");
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r')
    return fail(Code::kInvalidArgument, "a quote or line end cannot be the delimiter", "delimiter", "use , ; tab or |");
  ASSAY_TRY(const Source source, open_source(bytes, where, options));
  for (const auto& name : options.text_columns)
    if (std::find(source.names.begin(), source.names.end(), name) == source.names.end())
      return tl::unexpected<Error>(unknown_column(name, source.names));
  if (source.body >= source.bytes.size()) return header_only(source);
  Reading reading{proven_text(source, options), {}, many_threads()};
  std::atomic<std::int64_t> skipped{0};
  ASSAY_TRY(auto raw, tokenise(source, options, reading, skipped));
  if (report != nullptr && skipped > 0) {
    report->skipped_rows = skipped;
    report->skipped_lines = bad_rows(source).lines;
  }
  return settle_types(source, options, reading, std::move(raw), skipped);
}

}  // namespace assay::data
