#include "assay/model/predict.h"

#include <algorithm>
#include <set>

#include "assay/data/read.h"
#include "assay/data/split.h"
#include "assay/model/labels.h"
#include "assay/model/model.h"

namespace assay::model {
namespace {

using operation::Evidence;
using operation::Json;

struct Inputs {
  std::unique_ptr<Model> model;
  data::Table table;
  std::vector<std::uint32_t> rows;
};

Result<Inputs> read_inputs(const PredictRequest& request, Task& task) {
  ASSAY_TRY(const auto path, task.open(request.model));
  ASSAY_TRY(auto model, open(path));
  data::ReadOptions options;
  options.null = request.null;
  ASSAY_TRY(auto table, data::read(request.data, task, options));
  std::vector<std::uint32_t> rows;
  if (request.split.empty()) {
    rows = all_rows(table.rows());
  } else {
    ASSAY_TRY(rows, data::rows_of_part(request.split, request.part, task));
    if (!rows.empty() && *std::max_element(rows.begin(), rows.end()) >= table.rows())
      return fail(Code::kFailedPrecondition,
                  "the split names row " + std::to_string(*std::max_element(rows.begin(), rows.end())) +
                      ", but the data have " + std::to_string(table.rows()) + " rows",
                  request.split, "split these data anew");
  }
  return Inputs{std::move(model), std::move(table), std::move(rows)};
}

// Columns kept beside the scores, by their name in the result.
Status check_kept(const PredictRequest& request, const data::Table& table) {
  std::set<std::string> names{"row", "label", "score", "decision", "weight", "id"};
  for (const std::string& name : request.protected_columns)
    if (!names.insert(name).second)
      return fail(Code::kInvalidArgument,
                  "the protected column \"" + name + "\" has the name of a column of the result", "protected",
                  "rename the column in the data");
  std::vector<std::string> needed = request.protected_columns;
  for (const std::string* each : {&request.label, &request.weight, &request.id})
    if (!each->empty()) needed.push_back(*each);
  for (const std::string& name : needed) {
    const auto type = table.type(name);
    if (!type) return tl::unexpected<Error>(type.error());
  }
  return {};
}

// A model without names goes by position, so what is no feature must not stand between.
Result<data::Table> features_of(const PredictRequest& request, const Model& model, const data::Table& table) {
  const auto& inputs = model.signature().inputs;
  if (std::all_of(inputs.begin(), inputs.end(), [&](const Input& i) { return table.has(i.name); })) return table;
  std::set<std::string> aside(request.protected_columns.begin(), request.protected_columns.end());
  aside.insert({request.label, request.weight, request.id});
  std::vector<std::string> names;
  for (const std::string& name : table.names())
    if (!aside.contains(name)) names.push_back(name);
  return names.size() == inputs.size() ? table.select(names) : Result<data::Table>(table);
}

// The value that scores are of, and the class of the model that stands for it.
struct Positive {
  std::string value;
  std::size_t output = 0;  // number of the class among several outputs
  bool flipped = false;    // score = 1 - probability
};

Result<std::vector<std::string>> label_values(const data::Table& table, const std::string& label,
                                              std::span<const std::uint32_t> rows) {
  ASSAY_TRY(const auto codes, table.codes(label));
  std::vector<bool> seen(codes.values->size());
  for (const std::uint32_t row : rows)
    if (codes.codes[row] >= 0) seen[static_cast<std::size_t>(codes.codes[row])] = true;
  std::vector<std::string> out;
  for (std::size_t v = 0; v < seen.size(); ++v)
    if (seen[v]) out.push_back((*codes.values)[v]);
  return out;
}

Result<Positive> choose_positive(const PredictRequest& request, const Model& model, const data::Table& table,
                                 std::span<const std::uint32_t> rows, std::vector<std::string>& notes) {
  const Signature& signature = model.signature();
  const std::vector<std::string> classes =
      signature.outputs.empty() ? std::vector<std::string>{} : signature.outputs[0].classes;
  const auto known = [&](const std::string& v) { return std::find(classes.begin(), classes.end(), v); };
  Positive made{request.positive};
  if (made.value.empty() && !request.label.empty()) {
    ASSAY_TRY(auto values, label_values(table, request.label, rows));
    // Where nothing is said, the later of the two values, whatever the model calls positive: evaluation and fairness go
    // by the same rule, and a score of the other class judged against this one would look like a bad model, or hide
    // one.
    if (values.size() != 2) {
      made.value = signature.positive.value_or("");
    } else {
      ASSAY_TRY(made.value, positive_of(request.label, std::move(values), {}));
    }
  }
  if (made.value.empty()) made.value = signature.positive.value_or("");
  if (model.summary().outputs > 1) {
    if (known(made.value) == classes.end())
      return fail(
          Code::kInvalidArgument,
          "the model has " + std::to_string(classes.size()) + " classes, and \"" + made.value + "\" is none of them",
          "positive", "name the class to score, 0 to " + std::to_string(classes.size() - 1));
    made.output = static_cast<std::size_t>(known(made.value) - classes.begin());
    return made;
  }
  if (signature.positive && made.value != *signature.positive) {
    made.flipped = known(made.value) != classes.end();
    if (!made.flipped)
      notes.push_back("the model's class \"" + *signature.positive + "\" was taken for \"" + made.value + "\"");
  }
  return made;
}

Result<data::Table> kept_table(const PredictRequest& request, const data::Table& table,
                               std::span<const std::uint32_t> rows, std::span<const double> score) {
  data::TableBuilder builder;
  std::vector<std::int64_t> place(rows.begin(), rows.end()), decisions;
  for (const double s : score) decisions.push_back(s >= request.threshold ? 1 : 0);
  builder.integers("row", place);
  std::vector<std::vector<std::int32_t>> parts;
  const auto text = [&](const std::string& as, const std::string& column) -> Status {
    ASSAY_TRY(const auto codes, table.codes(column));
    std::vector<std::int32_t> part;
    for (const std::uint32_t row : rows) part.push_back(codes.codes[row]);
    builder.codes(as, part, *codes.values);
    return {};
  };
  if (!request.label.empty()) ASSAY_CHECK(text("label", request.label));
  const auto numbers = [&](const std::string& as, const std::string& column) -> Status {
    ASSAY_TRY(const auto all, table.numbers(column));
    std::vector<double> values;
    std::vector<bool> missing;
    for (const std::uint32_t row : rows) values.push_back(all.values[row]), missing.push_back(!all.valid[row]);
    builder.numbers(as, values, missing);
    return {};
  };
  builder.numbers("score", score);
  builder.integers("decision", decisions);
  for (const std::string& name : request.protected_columns) {
    ASSAY_TRY(const auto type, table.type(name));  // fractions stay numbers, so that whoever groups by them can refuse
    ASSAY_CHECK(type == data::Type::kFloat ? numbers(name, name) : text(name, name));
  }
  if (!request.weight.empty()) ASSAY_CHECK(numbers("weight", request.weight));
  if (!request.id.empty()) ASSAY_CHECK(text("id", request.id));
  return builder.finish();
}

}  // namespace

Result<Evidence> predict(const PredictRequest& request, Task& task) {
  ASSAY_TRY(const auto in, read_inputs(request, task));
  ASSAY_CHECK(check_kept(request, in.table));
  ASSAY_TRY(const auto features, features_of(request, *in.model, in.table));
  ASSAY_TRY(auto scores, in.model->predict(features, in.rows, task));
  if (scores.probability.empty())
    return fail(Code::kUnsupported, "a model trained for " + in.model->summary().objective + " gives no probability",
                request.model, "import a classifier; regression and ranking models cannot be judged as decisions");
  ASSAY_TRY(const auto positive, choose_positive(request, *in.model, in.table, in.rows, scores.notes));
  std::vector<double> score(in.rows.size());
  std::int64_t decided = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    const double p = scores.probability[i * scores.outputs + positive.output];
    score[i] = positive.flipped ? 1 - p : p;
    decided += score[i] >= request.threshold ? 1 : 0;
  }
  ASSAY_TRY(const auto result, kept_table(request, in.table, in.rows, score));
  const std::string media = "application/vnd.apache.arrow.file";
  ASSAY_TRY(const auto path, task.create("predictions", media));
  ASSAY_CHECK(data::write_arrow(result, path));
  Evidence out;
  out.kind = "assay.predictions/1";
  out.detail = Json{{"rows", static_cast<std::int64_t>(in.rows.size())},
                    {"decided", decided},
                    {"model", operation::to_json(in.model->summary())},
                    {"label", request.label.empty() ? Json(nullptr) : Json(request.label)},
                    {"positive", positive.value},
                    {"threshold", request.threshold},
                    {"protected", request.protected_columns},
                    {"unseen", operation::to_json(scores.unseen)},
                    {"filled", operation::to_json(scores.filled)},
                    {"notes", scores.notes}};
  if (!scores.unseen.empty()) out.flags.push_back("unseen_categories");
  out.blobs["predictions"] = {"", media, static_cast<std::int64_t>(in.rows.size())};
  return out;
}

}  // namespace assay::model
