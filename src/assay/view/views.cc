#include "assay/operation/json.h"
#include "assay/view/card.h"
#include "assay/view/data.h"
#include "assay/view/fairness.h"
#include "assay/view/forms.h"
#include "assay/view/lineage.h"
#include "assay/view/model.h"
#include "assay/view/overview.h"
#include "assay/view/reads.h"
#include "assay/view/run.h"
#include "assay/view/search.h"
#include "assay/view/view.h"

namespace assay::view {
namespace {

// A misspelt parameter must not silently give the whole list.
View checked(View view) {
  view.answer = [answer = std::move(view.answer),
                 known = view.query](const Request& request) -> Result<operation::Json> {
    for (const auto& [name, value] : request.query) {
      if (known.contains(name)) continue;
      std::vector<std::string> names;
      for (const auto& [each, help] : known) names.push_back(each);
      return tl::unexpected<Error>(operation::unknown_name("parameter", name.substr(0, 100), names).at("query"));
    }
    return answer(request);
  };
  return view;
}

}  // namespace

const std::vector<View>& views() {
  static const std::vector<View> all = [] {
    std::vector<View> joined;
    for (auto* room : {&overview_views, &data_views, &model_views, &fairness_views, &card_views, &run_views,
                       &lineage_views, &search_views, &form_views, &read_views})
      for (auto& each : room()) joined.push_back(checked(std::move(each)));
    return joined;
  }();
  return all;
}

}  // namespace assay::view
