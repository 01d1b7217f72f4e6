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

std::string clipped(const std::string& text) {
  constexpr std::size_t kMost = 100;
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

namespace {

Status readable(const std::map<std::string, std::string>& given) {
  for (const auto& [name, value] : given)
    if (!operation::is_utf8(name) || !operation::is_utf8(value))
      return fail(Code::kInvalidArgument, "the value is no UTF-8 text",
                  operation::is_utf8(name) ? clipped(name) : "query", "percent-encode the UTF-8 bytes");
  return {};
}

// A misspelt parameter must not silently give the whole list.
View checked(View view) {
  view.answer = [answer = std::move(view.answer),
                 known = view.query](const Request& request) -> Result<operation::Json> {
    ASSAY_CHECK(readable(request.path));
    ASSAY_CHECK(readable(request.query));
    for (const auto& [name, value] : request.query) {
      if (known.contains(name)) continue;
      std::vector<std::string> names;
      for (const auto& [each, help] : known) names.push_back(each);
      return tl::unexpected<Error>(operation::unknown_name("parameter", clipped(name), names).at("query"));
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
