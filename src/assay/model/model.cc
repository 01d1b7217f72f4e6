#include "assay/model/model.h"

#include <numeric>

#include "assay/base/files.h"
#include "assay/model/container.h"
#include "assay/model/linear.h"
#include "assay/model/xgboost.h"

namespace assay::model {
namespace {

tl::unexpected<Error> unknown_format(std::string_view bytes) {
  std::string what = "is no model file that Assay reads";
  std::string fix = "XGBoost (save_model as .json or .ubj) and .amodel files are read";
  if (bytes.empty()) what = "is empty";
  if (bytes.starts_with("\x80") && bytes.size() > 1 && bytes[1] >= 2 && bytes[1] <= 5)
    what = "is a Python pickle, which is never loaded: reading one runs code",
    fix = "save the model in its own format, for example XGBoost's save_model(\"model.json\")";
  if (bytes.starts_with("binf") || bytes.starts_with("bs64"))
    what = "is XGBoost's old binary format", fix = "load it in XGBoost and save_model(\"model.json\")";
  return fail(Code::kUnsupported, std::move(what), {}, std::move(fix));
}

template <class M>
Result<std::unique_ptr<Model>> upcast(Result<std::unique_ptr<M>> made) {
  if (!made) return tl::unexpected<Error>(std::move(made).error());
  return std::unique_ptr<Model>(std::move(*made));
}

Result<std::unique_ptr<Model>> read_any(std::string_view bytes) {
  if (is_container(bytes)) return upcast(LinearModel::read(bytes));
  const std::size_t start = bytes.find_first_not_of(" \t\r\n");
  if (start != std::string_view::npos && bytes[start] == '{') return upcast(XgboostModel::read(bytes.substr(start)));
  return unknown_format(bytes);
}

}  // namespace

Result<std::unique_ptr<Model>> open_bytes(std::string_view bytes, const std::string& where) {
  auto made = read_any(bytes);
  if (!made) return tl::unexpected<Error>(std::move(made).error().at(where));
  return made;
}

Result<std::unique_ptr<Model>> open(const std::string& path) {
  ASSAY_TRY(const auto bytes, files::read(path, kMaxModelFile));
  return open_bytes(bytes, path);
}

std::vector<std::uint32_t> all_rows(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

void note_extra_columns(const data::Table& table, std::size_t read, Scores& scores) {
  const std::size_t there = table.names().size();
  if (there <= read) return;
  scores.notes.push_back(std::to_string(there - read) + (there == read + 1 ? " column is" : " columns are") +
                         " not read by the model");
}

}  // namespace assay::model
