#include "assay/data/dataset.h"

#include <algorithm>
#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/data/rows_digest.h"
#include "assay/operation/json.h"

namespace assay::data {
namespace {

using operation::Json;

// Only what differs from the defaults: a recipe of nothing is {}.
Json recipe_of(const ReadOptions& options) {
  Json out = Json::object();
  if (!options.null.empty()) out["null"] = options.null;
  if (options.bad_rows != ReadOptions{}.bad_rows) out["bad_rows"] = options.bad_rows;
  if (options.delimiter != 0) out["delimiter"] = std::string(1, options.delimiter);
  if (!options.text_columns.empty()) out["text"] = options.text_columns;
  return out;
}

Result<std::int64_t> missing_in(const Table& table, const std::string& name, Type type) {
  if (type == Type::kFloat || type == Type::kInt || type == Type::kBool) {
    ASSAY_TRY(const auto column, table.numbers(name));
    return column.valid.missing();
  }
  ASSAY_TRY(const auto column, table.codes(name));
  return std::count(column.codes.begin(), column.codes.end(), -1);
}

}  // namespace

Result<ReadOptions> read_options(const std::vector<std::string>& null, const std::string& bad_rows,
                                 const std::string& delimiter, const std::vector<std::string>& text) {
  ReadOptions out;
  out.null = null, out.bad_rows = bad_rows, out.text_columns = text;
  if (delimiter == "tab" || delimiter == "\\t")
    out.delimiter = '\t';
  else if (delimiter.size() == 1)
    out.delimiter = delimiter[0];
  else if (!delimiter.empty())
    return fail(Code::kInvalidArgument, "\"" + delimiter.substr(0, 20) + "\" is not one character", "delimiter",
                "give one character, or tab");
  return out;
}

Result<operation::Evidence> add(const AddRequest& request, Task& task) {
  ASSAY_TRY(const ReadOptions options, read_options(request.null, request.bad_rows, request.delimiter, request.text));
  ReadReport report;
  ASSAY_TRY(const Table table, read(request.source, task, options, &report));
  ASSAY_TRY(const std::string path, task.open(request.source));
  ASSAY_TRY(const std::string digest, crypto::digest_of_file(path));
  std::error_code code;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, code));

  operation::Evidence out;
  out.kind = "assay.dataset/1";
  const Json file{{"digest", digest},
                  {"path", std::filesystem::path(request.source).filename().string()},
                  {"size", code ? 0 : size}};
  const Json identity{{"files", Json::array({file})}, {"recipe", recipe_of(options)}};
  ASSAY_TRY(const RowsDigest rows, rows_digest(table, task));
  Json columns = Json::array();
  for (const auto& name : table.names()) {
    ASSAY_TRY(const Type type, table.type(name));
    ASSAY_TRY(const std::int64_t missing, missing_in(table, name, type));
    columns.push_back({{"name", name}, {"type", std::string(type_name(type))}, {"missing", missing}});
  }
  out.detail = {{"digest", operation::digest_of(identity)}};
  out.detail.update(identity);
  out.detail.update({{"rows", table.rows()},
                     {"columns", std::move(columns)},
                     {"rows_digest", rows.unordered},
                     {"rows_digest_ordered", rows.ordered},
                     {"skipped_rows", report.skipped_rows},
                     {"skipped_lines", report.skipped_lines}});
  if (report.skipped_rows > 0) out.flags.push_back("skipped_rows");
  const std::string media = "application/vnd.apache.arrow.file";
  ASSAY_TRY(const std::string made, task.create("table", media));
  ASSAY_CHECK(write_arrow(table, made));
  out.blobs["table"] = {"", media, static_cast<std::int64_t>(table.rows())};
  return out;
}

}  // namespace assay::data
