#include "assay/view/card.h"

#include "assay/document/model_card.h"
#include "assay/view/make.h"

namespace assay::view {

Result<CardView> card_view(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(const auto asset, asset_in_path(reader, "model", request));
  ASSAY_TRY(const auto chain, chain_of(reader, asset));
  if (!chain.card)
    return fail(Code::kNotFound, ref_of(asset) + " has no model card", ref_of(asset),
                "run its plan, or `assay card build` with its evidence");
  CardView out;
  out.name = asset.name, out.version = asset.version;
  const auto blob = text_at(chain.card->json, "/blobs/card/digest");
  ASSAY_TRY(out.card, reader.document(blob));
  if (!out.card.is_object()) return fail(Code::kCorrupt, "the stored model card is no JSON object", blob, "run again");
  if (const auto readme = text_at(chain.card->json, "/blobs/readme/digest"); !readme.empty()) {
    ASSAY_TRY(out.markdown, reader.bytes(readme));
  }
  for (const auto& each : document::card_check(out.card))
    out.problems.push_back({each.path, each.severity + ": " + each.what});
  out.missing = texts_at(chain.card->json, "/detail/missing");
  ASSAY_TRY(out.provenance, provenance_of(reader, {found(chain.card), found(chain.evaluation)}, refs_of(chain),
                                          chain.signed_now() ? "signed" : "none"));
  return out;
}

std::vector<View> card_views() {
  return {view_of("view/models/{name}/{version}/card", "The model card of a model", {}, &card_view)};
}

}  // namespace assay::view
