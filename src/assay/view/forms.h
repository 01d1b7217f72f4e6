// view/forms: every operation as a form.
#pragma once

#include "assay/view/types.h"
#include "assay/view/view.h"

namespace assay::view {

struct FormArgument {
  std::string name, type, help;
  bool required = false, repeated = false;
  operation::Json default_value;
  std::vector<std::string> choices;
  std::optional<double> low, high;
  std::string unit;
};
struct Form {
  std::string noun, verb, summary, access;
  bool long_running = false;
  std::vector<FormArgument> arguments;
};
struct FormList {
  std::vector<Form> items;
};
Result<FormList> forms(const Request& request);
std::vector<View> form_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::FormArgument> =
    std::tuple{required("name", &v::FormArgument::name, "of the field; a dot leads into an object"),
               required("type", &v::FormArgument::type, "string, integer, number, boolean or object"),
               required("help", &v::FormArgument::help, "what it is"),
               required("required", &v::FormArgument::required, "whether it must be given"),
               required("repeated", &v::FormArgument::repeated, "a list of such values"),
               required("default", &v::FormArgument::default_value, "the value when it is left out"),
               required("choices", &v::FormArgument::choices, "the values allowed; none: any"),
               required("low", &v::FormArgument::low, "smallest number allowed"),
               required("high", &v::FormArgument::high, "largest number allowed"),
               required("unit", &v::FormArgument::unit, "of a number")};
template <>
inline constexpr auto fields<v::Form> =
    std::tuple{required("noun", &v::Form::noun, "what it works on"),
               required("verb", &v::Form::verb, "what it does"),
               required("summary", &v::Form::summary, "in a sentence"),
               required("access", &v::Form::access, "the right that it needs"),
               required("long_running", &v::Form::long_running, "answered with a run to follow"),
               required("arguments", &v::Form::arguments, "its fields")};
template <>
inline constexpr auto fields<v::FormList> = std::tuple{required("items", &v::FormList::items, "every operation")};
}  // namespace assay::operation
