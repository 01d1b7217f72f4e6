// view/models/{name}/{version}/card: the model card, what is wrong with it and what it lacks.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct CardProblem {
  std::string path, message;
};
struct CardView {
  std::string name;
  std::int64_t version = 0;
  operation::Json card;
  std::string markdown;
  std::vector<CardProblem> problems;
  std::vector<std::string> missing;
  Provenance provenance;
};
Result<CardView> card_view(const Request& request);
std::vector<View> card_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::CardProblem> =
    std::tuple{required("path", &v::CardProblem::path, "where in the card"),
               required("message", &v::CardProblem::message, "error: the toolkit refuses it; warning: it is poor")};
template <>
inline constexpr auto fields<v::CardView> =
    std::tuple{required("name", &v::CardView::name, "name of the model"),
               required("version", &v::CardView::version, "its version"),
               required("card", &v::CardView::card, "Model Card Toolkit JSON 0.0.2"),
               required("markdown", &v::CardView::markdown, "the same as a Hugging Face README"),
               required("problems", &v::CardView::problems, "what the card's own check finds"),
               required("missing", &v::CardView::missing, "paths that nothing filled"),
               required("provenance", &v::CardView::provenance, "where it comes from")};
}  // namespace assay::operation
