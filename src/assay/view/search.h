// view/search: what is called so.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct Hit {
  std::string name, href, snippet;
};
struct HitGroup {
  std::string kind;
  std::vector<Hit> items;
};
struct SearchView {
  std::vector<HitGroup> groups;
};
// Assets by name or reference, columns of the newest data sets, runs and evidence by the beginning of their ids, runs
// by operation: at most 10 of each kind. Letters count in either case.
Result<SearchView> search(const Request& request);
std::vector<View> search_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::Hit> =
    std::tuple{required("name", &v::Hit::name, "what was found"), required("href", &v::Hit::href, "its page"),
               required("snippet", &v::Hit::snippet, "what else is known of it")};
template <>
inline constexpr auto fields<v::HitGroup> =
    std::tuple{required("kind", &v::HitGroup::kind, "dataset, column, model, run, evidence, ..."),
               required("items", &v::HitGroup::items, "best first")};
template <>
inline constexpr auto fields<v::SearchView> = std::tuple{required("groups", &v::SearchView::groups, "hits by kind")};
}  // namespace assay::operation
