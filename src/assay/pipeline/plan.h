// assay.yaml: what a user writes once (spec/README 4). A plan expands to ordinary steps (expand.h) and holds no figure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/operation/yaml.h"

namespace assay::pipeline {

// Text that YAML may have taken for a number or a truth value: `positive: 1` is the value "1".
struct Scalar {
  std::string text;
};

struct Harm {
  std::string kind, who, metric;
};
struct Purpose {
  std::string use;
  std::vector<std::string> users, out_of_scope;
  std::vector<Harm> harms;
  operation::Json intended = operation::Json::object();
};
struct Label {
  std::string column;
  std::optional<Scalar> positive, favorable;
};
struct Split {
  double test = 0.3, validation = 0;
  std::optional<std::vector<std::string>> stratify;  // unset: by the label
  std::string group;
};
struct Data {
  std::string source;
  Label label;
  std::vector<std::string> protected_columns;
  std::string weight, id;
  std::vector<std::string> null;
  std::string bad_rows = "error";
  Split split;
};
struct LinearOptions {
  double C = 1.0;
  std::int64_t max_iterations = 100;
};
struct Model {
  std::string learner = "logistic";
  LinearOptions options;
  std::vector<std::string> include, exclude;
  double threshold = 0.5;
  std::string file;  // a model to import instead of training one
};
struct Gate {
  std::string policy;  // a policy file, judged together with the checks, or preset:NAME
};
struct Plan {
  std::int64_t assay = 1;
  std::string name;
  Purpose purpose;
  Data data;
  std::int64_t seed = 0;
  Model model;
  std::vector<operation::Json> checks;
  Gate gate;
};

// Parsed and checked; errors name file:line:column, the field and a fix. `path` is read, relative paths stay as
// written.
Result<Plan> read_plan(const std::string& path);
Result<Plan> parse_plan(std::string_view text, const std::string& file);
operation::Json plan_schema();  // JSON Schema 2020-12 of assay.yaml

}  // namespace assay::pipeline

namespace assay::operation {

template <>
struct Custom<pipeline::Scalar> {
  static Json to(const pipeline::Scalar& s) { return s.text; }
  static Status from(const Json& in, pipeline::Scalar& out) {
    if (!in.is_string() && !in.is_number() && !in.is_boolean())
      return fail(Code::kInvalidArgument, "one value was expected, not " + std::string(type_name(in)));
    out.text = in.is_string() ? in.get<std::string>() : canonical(in);
    return {};
  }
  static Json schema() { return Json{{"type", {"string", "number", "boolean"}}}; }
};

template <>
inline constexpr auto fields<pipeline::Harm> =
    std::tuple{required("kind", &pipeline::Harm::kind, "what goes wrong")
                   .one_of({"allocation", "quality-of-service", "stereotyping", "denigration", "over-representation",
                            "under-representation"}),
               required("who", &pipeline::Harm::who, "whom it hits"),
               field("metric", &pipeline::Harm::metric, "the figure that shows it")};
template <>
inline constexpr auto fields<pipeline::Purpose> =
    std::tuple{required("use", &pipeline::Purpose::use, "what the model is for, in a sentence"),
               field("users", &pipeline::Purpose::users, "who uses it"),
               field("out_of_scope", &pipeline::Purpose::out_of_scope, "what it must not be used for"),
               field("harms", &pipeline::Purpose::harms, "what could go wrong, for whom, and the figure that shows it"),
               field("intended", &pipeline::Purpose::intended, "ranges of the columns that the model is meant for")};
template <>
inline constexpr auto fields<pipeline::Label> = std::tuple{
    required("column", &pipeline::Label::column, "the outcome column"),
    field("positive", &pipeline::Label::positive, "the value that the model predicts; the later of the two when unset"),
    field("favorable", &pipeline::Label::favorable, "the value that is good for the person; never guessed")};
template <>
inline constexpr auto fields<pipeline::Split> = std::tuple{
    field("test", &pipeline::Split::test, "share of rows kept for the test").between(0, 1),
    field("validation", &pipeline::Split::validation, "share kept for choosing between models").range(0, 0.9),
    field("stratify", &pipeline::Split::stratify, "columns whose mix is kept; the label when unset"),
    field("group", &pipeline::Split::group, "rows with the same value here stay together")};
template <>
inline constexpr auto fields<pipeline::Data> = std::tuple{
    required("source", &pipeline::Data::source, "CSV, Parquet or Arrow file, relative to this plan"),
    required("label", &pipeline::Data::label, "what is predicted"),
    field("protected", &pipeline::Data::protected_columns,
          "columns a person must not be judged by: assessed, not trained on"),
    field("weight", &pipeline::Data::weight, "column of row weights"),
    field("id", &pipeline::Data::id, "column that names the row"),
    field("null", &pipeline::Data::null, "spellings of a missing value besides the empty cell"),
    field("bad_rows", &pipeline::Data::bad_rows, "what to do with rows of another length").one_of({"error", "skip"}),
    field("split", &pipeline::Data::split, "how rows are divided")};
template <>
inline constexpr auto fields<pipeline::LinearOptions> = std::tuple{
    field("C", &pipeline::LinearOptions::C, "inverse strength of the L2 penalty, as scikit-learn's").above(0),
    field("max_iterations", &pipeline::LinearOptions::max_iterations, "Newton steps at most").range(1, 10000)};
template <>
inline constexpr auto fields<pipeline::Model> = std::tuple{
    field("learner", &pipeline::Model::learner, "what is trained").one_of({"logistic"}),
    field("options", &pipeline::Model::options, "of the learner"),
    field("include", &pipeline::Model::include, "columns taken in although they are protected"),
    field("exclude", &pipeline::Model::exclude, "columns left out of the features"),
    field("threshold", &pipeline::Model::threshold, "predicted positive at this probability or above").range(0, 1),
    field("file", &pipeline::Model::file, "an XGBoost JSON or Assay model to import instead of training")};
template <>
inline constexpr auto fields<pipeline::Gate> =
    std::tuple{field("policy", &pipeline::Gate::policy, "policy file judged together with the checks")};
template <>
inline constexpr auto fields<pipeline::Plan> =
    std::tuple{required("assay", &pipeline::Plan::assay, "version of this format").range(1, 1),
               required("name", &pipeline::Plan::name, "name of the model: a-z, 0-9, _ and -"),
               required("purpose", &pipeline::Plan::purpose, "what it is for and what could go wrong"),
               required("data", &pipeline::Plan::data, "what it learns from and is judged on"),
               field("seed", &pipeline::Plan::seed, "of every random choice").range(0, 9007199254740991),
               field("model", &pipeline::Plan::model, "how it is made"),
               field("checks", &pipeline::Plan::checks, "what must hold: a list of policy rules"),
               field("gate", &pipeline::Plan::gate, "what else must hold")};

}  // namespace assay::operation
