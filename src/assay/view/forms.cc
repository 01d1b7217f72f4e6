#include "assay/view/forms.h"

#include <cmath>

#include "assay/catalog/catalog.h"
#include "assay/view/make.h"

namespace assay::view {
namespace {

FormArgument argument_of(const operation::Argument& a) {
  FormArgument out{a.name, a.type, a.help, a.required, a.repeated, nullptr, {}, {}, {}, std::string(a.meta.unit)};
  if (!a.required && !a.meta.secret) out.default_value = a.default_value;
  for (std::size_t i = 0; i < a.meta.choice_count; ++i) out.choices.emplace_back(a.meta.choices[i]);
  if (std::isfinite(a.meta.low)) out.low = a.meta.low;
  if (std::isfinite(a.meta.high)) out.high = a.meta.high;
  return out;
}

}  // namespace

Result<FormList> forms(const Request&) {
  FormList out;
  for (const auto& op : catalog::operations()) {
    Form form{op.noun, op.verb, op.summary, std::string(operation::access_name(op.access)), op.long_running, {}};
    for (const auto& a : op.arguments)
      if (!a.meta.hidden && !a.meta.output) form.arguments.push_back(argument_of(a));
    out.items.push_back(std::move(form));
  }
  return out;
}

std::vector<View> form_views() { return {view_of("view/forms", "Every operation as a form", {}, &forms)}; }

}  // namespace assay::view
