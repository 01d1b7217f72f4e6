#include "assay/model/linear.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "assay/base/parallel.h"
#include "assay/model/container.h"
#include "assay/model/inputs.h"

namespace assay::model {
namespace {

using operation::Json;

constexpr std::string_view kCoefficients = "COEF", kMeans = "MEAN", kScales = "SCAL", kErrors = "SERR";
constexpr std::size_t kChunk = 4096;  // rows per task

tl::unexpected<Error> damaged(std::string what, std::string where) {
  return fail(Code::kCorrupt, std::move(what), std::move(where), "restore the file from where it was stored");
}

std::size_t encoded_columns(std::span<const LinearInput> inputs) {
  std::size_t count = 0;
  for (const LinearInput& each : inputs) count += each.columns();
  return count;
}

Status encode_numeric(const LinearInput& input, const Input& about, const std::string& name, std::size_t column,
                      std::size_t dense, std::int32_t slot, double mean, double scale, const data::Table& table,
                      std::span<const std::uint32_t> rows, Design& out) {
  ASSAY_TRY(const auto numbers, bind_numeric(about, table, name, rows));
  const std::size_t width = out.dense_columns.size(), slots = out.slot_inputs.size();
  std::int64_t filled = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool missing = numbers.missing(rows[i]);
    if (!missing) {
      const double x = numbers.value(rows[i]);
      if (!std::isfinite(x))
        return fail(Code::kInvalidArgument, "the number is " + std::string(std::isnan(x) ? "NaN" : "infinite"),
                    cell_name(rows[i], name),
                    std::isnan(x) ? "name it missing with --null NaN, or drop the row" : "correct or drop the row");
      out.dense[i * width + dense] = (x - mean) / scale;
    } else if (!input.missing) {
      ++filled;
    }
    if (slot >= 0) out.slots[i * slots + slot] = missing ? static_cast<std::int32_t>(column + 1) : Design::kNone;
  }
  if (filled > 0) out.filled[input.name] = filled;
  return {};
}

Status encode_category(const LinearInput& input, const Input& about, const std::string& name, std::size_t column,
                       std::int32_t slot, const data::Table& table, std::span<const std::uint32_t> rows, Design& out) {
  ASSAY_TRY(const auto category, bind_category(about, table, name, rows));
  const std::size_t slots = out.slot_inputs.size();
  // The place of a level among the input's columns: the first level has none.
  const auto column_of = [&](std::size_t level) {
    return level == 0 ? Design::kNone : static_cast<std::int32_t>(column + level - 1);
  };
  const std::int32_t missing = input.missing ? column_of(input.levels.size()) : Design::kAverage;
  std::vector<std::int32_t> of_value;
  for (const std::int32_t place : category.place)
    of_value.push_back(place >= 0                  ? column_of(static_cast<std::size_t>(place))
                       : about.unseen == "missing" ? missing
                                                   : Design::kAverage);
  std::int64_t filled = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto code = category.codes.codes[rows[i]];
    if (code < 0 && !input.missing) ++filled;
    out.slots[i * slots + slot] = code < 0 ? missing : of_value[static_cast<std::size_t>(code)];
  }
  if (filled > 0) out.filled[input.name] = filled;
  if (category.unseen > 0) out.unseen[input.name] = category.unseen;
  return {};
}

}  // namespace

std::vector<std::string> column_names(std::span<const LinearInput> inputs) {
  std::vector<std::string> out;
  for (const LinearInput& each : inputs) {
    if (each.numeric) out.push_back(each.name);
    for (std::size_t level = 1; level < each.levels.size(); ++level)
      out.push_back(each.name + "=" + each.levels[level]);
    if (each.missing && (each.numeric || !each.levels.empty())) out.push_back(each.name + "=(missing)");
  }
  return out;
}

Result<Design> encode(std::span<const LinearInput> inputs, const Signature& signature, std::span<const double> means,
                      std::span<const double> scales, const data::Table& table, std::span<const std::uint32_t> rows) {
  ASSAY_TRY(const auto names, match_columns(signature, table, false));
  Design made;
  made.rows = rows.size();
  for (std::size_t i = 0, column = 0; i < inputs.size(); column += inputs[i++].columns()) {
    if (inputs[i].numeric) made.dense_columns.push_back(column);
    if (!inputs[i].numeric || inputs[i].missing) made.slot_inputs.push_back(i);
  }
  made.dense.resize(rows.size() * made.dense_columns.size());
  made.slots.resize(rows.size() * made.slot_inputs.size(), Design::kNone);
  std::size_t column = 0, dense = 0, slot = 0;
  for (std::size_t i = 0; i < inputs.size(); column += inputs[i++].columns()) {
    const LinearInput& input = inputs[i];
    const bool has_slot = !input.numeric || input.missing;
    const auto slot_number = has_slot ? static_cast<std::int32_t>(slot) : -1;
    const Input& about = signature.inputs[i];
    ASSAY_CHECK(input.numeric ? encode_numeric(input, about, names[i], column, dense, slot_number, means[column],
                                               scales[column], table, rows, made)
                              : encode_category(input, about, names[i], column, slot_number, table, rows, made));
    dense += input.numeric ? 1 : 0;
    slot += has_slot ? 1 : 0;
  }
  return made;
}

std::vector<double> margins(const Design& design, const LinearParts& parts) {
  std::vector<double> average(design.slot_inputs.size());  // what an unknown cell adds
  for (std::size_t s = 0; s < average.size(); ++s) {
    std::size_t column = 0;
    for (std::size_t i = 0; i < design.slot_inputs[s]; ++i) column += parts.inputs[i].columns();
    const LinearInput& input = parts.inputs[design.slot_inputs[s]];
    for (std::size_t j = column; j < column + input.columns(); ++j)
      if (!input.numeric) average[s] += parts.means[j] * parts.coefficients[j];
  }
  const std::size_t dense = design.dense_columns.size(), slots = design.slot_inputs.size();
  std::vector<double> out(design.rows);
  parallel_parts((design.rows + kChunk - 1) / kChunk, [&](std::size_t part) {
    for (std::size_t r = part * kChunk; r < std::min(design.rows, (part + 1) * kChunk); ++r) {
      double z = parts.intercept;
      for (std::size_t d = 0; d < dense; ++d)
        z += design.dense[r * dense + d] * parts.coefficients[design.dense_columns[d]];
      for (std::size_t s = 0; s < slots; ++s) {
        const std::int32_t column = design.slots[r * slots + s];
        if (column >= 0) z += parts.coefficients[static_cast<std::size_t>(column)];
        if (column == Design::kAverage) z += average[s];
      }
      out[r] = z;
    }
  });
  return out;
}

LinearModel::LinearModel(LinearParts parts) : parts_(std::move(parts)) {
  summary_.format = "amodel", summary_.model = "linear", summary_.objective = "binary:logistic";
  summary_.version = "assay " ASSAY_VERSION;
  summary_.features = static_cast<std::int64_t>(parts_.inputs.size());
}

Result<Scores> LinearModel::predict(const data::Table& table, std::span<const std::uint32_t> rows, Task& task) const {
  ASSAY_TRY(const auto design, encode(parts_.inputs, parts_.signature, parts_.means, parts_.scales, table, rows));
  ASSAY_CHECK(task.check());
  Scores scores;
  scores.margin = margins(design, parts_);
  scores.probability.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double z = scores.margin[i];
    scores.probability[i] = z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
  }
  scores.value = scores.probability;
  scores.unseen = design.unseen;
  scores.filled = design.filled;
  note_extra_columns(table, parts_.inputs.size(), scores);
  return scores;
}

std::string LinearModel::write() const {
  Json header{{"kind", "assay.model/1"},
              {"model", "linear"},
              {"task", "binary_classification"},
              {"link", "logit"},
              {"version", summary_.version},
              {"signature", operation::to_json(parts_.signature)},
              {"encoding", operation::to_json(parts_.inputs)},
              {"training", operation::to_json(parts_.training)}};
  auto coefficients = parts_.coefficients, errors = parts_.standard_errors;
  coefficients.insert(coefficients.begin(), parts_.intercept);
  errors.insert(errors.begin(), parts_.intercept_error);
  return pack(std::move(header), {{std::string(kCoefficients), doubles_as_bytes(coefficients)},
                                  {std::string(kMeans), doubles_as_bytes(parts_.means)},
                                  {std::string(kScales), doubles_as_bytes(parts_.scales)},
                                  {std::string(kErrors), doubles_as_bytes(errors), false}});
}

namespace {

// A described member of the header; its mistakes are the file's, not the user's.
template <class T>
Status header_member(const Json& header, const char* name, T& out) {
  const auto found = header.find(name);
  if (found == header.end()) return damaged("is not there", std::string("header: ") + name);
  if (auto s = operation::from_json(*found, out); !s) {
    Error e = std::move(s).error();
    return damaged(e.what, std::string("header: ") + name + (e.where.empty() ? "" : ": " + e.where));
  }
  return {};
}

Status check_inputs(const LinearParts& parts) {
  if (parts.inputs.size() != parts.signature.inputs.size())
    return damaged("signature and encoding differ in their number of inputs", "header");
  for (std::size_t i = 0; i < parts.inputs.size(); ++i) {
    const LinearInput& input = parts.inputs[i];
    const Input& about = parts.signature.inputs[i];
    const std::string where = "header: input " + std::to_string(i);
    if (input.name != about.name) return damaged("signature and encoding differ in the name", where);
    if (input.numeric == (about.type == "category")) return damaged("signature and encoding differ in the type", where);
    if (!input.numeric && input.levels != about.categories)
      return damaged("signature and encoding differ in the levels", where);
    if (input.numeric && !input.levels.empty()) return damaged("a numeric input has levels", where);
    if (std::set<std::string>(input.levels.begin(), input.levels.end()).size() != input.levels.size())
      return damaged("a level stands twice", where);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<LinearModel>> LinearModel::read(std::string_view bytes) {
  ASSAY_TRY(const auto file, unpack(bytes, {kCoefficients, kMeans, kScales, kErrors}));
  std::string model;
  ASSAY_CHECK(header_member(file.header, "model", model));
  if (model != "linear")
    return fail(Code::kUnsupported, "holds a model of the kind \"" + model.substr(0, 40) + "\", which is not known",
                "header: model", "use a newer Assay");
  LinearParts parts;
  std::string version;
  ASSAY_CHECK(header_member(file.header, "version", version));
  ASSAY_CHECK(header_member(file.header, "signature", parts.signature));
  ASSAY_CHECK(header_member(file.header, "encoding", parts.inputs));
  ASSAY_CHECK(header_member(file.header, "training", parts.training));
  ASSAY_CHECK(check_inputs(parts));
  const std::size_t columns = encoded_columns(parts.inputs);
  ASSAY_TRY(parts.coefficients, doubles_of(file, kCoefficients, columns + 1));
  ASSAY_TRY(parts.means, doubles_of(file, kMeans, columns));
  ASSAY_TRY(parts.scales, doubles_of(file, kScales, columns));
  for (const double scale : parts.scales)
    if (!(scale > 0)) return damaged("a scale is not above 0", "section " + std::string(kScales));
  if (file.find(kErrors)) {
    ASSAY_TRY(parts.standard_errors, doubles_of(file, kErrors, columns + 1));
  } else {
    parts.standard_errors.resize(columns + 1);
  }
  parts.intercept = parts.coefficients.front(), parts.coefficients.erase(parts.coefficients.begin());
  parts.intercept_error = parts.standard_errors.front(), parts.standard_errors.erase(parts.standard_errors.begin());
  auto made = std::make_unique<LinearModel>(std::move(parts));
  made->summary_.version = version;
  return made;
}

}  // namespace assay::model
