// What a model takes and gives. MLflow signatures, OIP metadata and TF Serving's signature_def are derived from it.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "assay/operation/describe.h"

namespace assay::model {

struct Input {
  std::string name;
  std::string type;  // int | float | bool | category
  bool nullable = true;
  std::vector<std::string> categories;  // in the model's own order; empty = not known, or not a category
  std::string unseen = "model";         // a value not in categories: the maker's own rule | missing | error
  std::vector<double> range;            // [lowest, highest] seen in training; empty = not known
  std::string unit;
};

struct Output {
  std::string name;
  std::string meaning;               // margin | probability | decision | value | rank
  std::vector<std::string> classes;  // one per number of this output; empty for a single number
};

struct Signature {
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::optional<std::string> positive;  // the class that a single probability is of
};

}  // namespace assay::model

namespace assay::operation {

template <>
inline constexpr auto fields<model::Input> = std::tuple{
    required("name", &model::Input::name, "column that the model reads"),
    required("type", &model::Input::type, "what it holds").one_of({"int", "float", "bool", "category"}),
    field("nullable", &model::Input::nullable, "may be missing"),
    field("categories", &model::Input::categories, "values known to the model, in its order"),
    field("unseen", &model::Input::unseen, "what an unknown value counts as").one_of({"model", "missing", "error"}),
    field("range", &model::Input::range, "lowest and highest value seen in training"),
    field("unit", &model::Input::unit, "unit of measurement")};

template <>
inline constexpr auto fields<model::Output> =
    std::tuple{required("name", &model::Output::name, "name of the output"),
               required("meaning", &model::Output::meaning, "what the number is")
                   .one_of({"margin", "probability", "decision", "value", "rank"}),
               field("classes", &model::Output::classes, "classes, one per number")};

template <>
inline constexpr auto fields<model::Signature> =
    std::tuple{required("inputs", &model::Signature::inputs, "columns that the model reads"),
               required("outputs", &model::Signature::outputs, "numbers that it gives"),
               field("positive", &model::Signature::positive, "class that a single probability is of")};

}  // namespace assay::operation
