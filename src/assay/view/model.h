// view/models and view/models/{name}/{version}: a model, what was found of it, and its hallmark.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct ModelItem {
  std::string name;
  std::int64_t version = 0;
  std::string ref, digest, created, learner, state = "not_started";
  bool is_signed = false;
  std::vector<std::string> aliases;
};
struct ModelList {
  std::vector<ModelItem> items;
  std::optional<std::string> next;
  std::int64_t total = 0;
};

struct Excluded {
  std::string column, why;
};
struct SignerView {
  std::string keyid, name;
};
struct StatementView {
  std::string word, time, digest;
  std::int64_t bytes = 0;
  std::string subject;
};
struct ApprovalView {
  std::string role, by, time;
};
struct HallmarkView {
  std::string digest, created, href;
  bool verified = false;
  std::vector<std::string> says;
  std::optional<SignerView> signer;
  std::vector<StatementView> statements;
  std::vector<ApprovalView> approvals;
  std::optional<std::string> expires;
};
struct ModelView {
  std::string name;
  std::int64_t version = 0;
  std::string ref, digest, created, learner;
  std::vector<std::int64_t> versions;
  std::vector<std::string> features;
  std::vector<Excluded> excluded;
  std::optional<std::string> dataset;
  std::vector<operation::Figure> metrics;
  std::optional<Verdict> verdict;
  std::vector<Mark> marks;
  std::optional<HallmarkView> hallmark;
  std::optional<BlobLink> report, card;
  Provenance provenance;
};

std::string learner_of(const Chain& chain);  // "logistic", or the format of an imported model
Result<ModelList> model_list(const Request& request);
Result<ModelView> model_view(const Request& request);
std::vector<View> model_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::ModelItem> =
    std::tuple{required("name", &v::ModelItem::name, "name of the model"),
               required("version", &v::ModelItem::version, "its version"),
               required("ref", &v::ModelItem::ref, "reference"),
               required("digest", &v::ModelItem::digest, "what names its content"),
               required("created", &v::ModelItem::created, "when it was registered (RFC 3339)"),
               required("learner", &v::ModelItem::learner, "what made it"),
               required("state", &v::ModelItem::state, "of its newest verdict")
                   .one_of({"held", "not_decided", "failed", "waived", "not_started"}),
               required("signed", &v::ModelItem::is_signed, "a hallmark covers that verdict"),
               required("aliases", &v::ModelItem::aliases, "movable names of this version")};
template <>
inline constexpr auto fields<v::ModelList> =
    std::tuple{required("items", &v::ModelList::items, "model versions, newest first"),
               required("next", &v::ModelList::next, "give it as `after` for the next page; null: this is the last"),
               required("total", &v::ModelList::total, "how many there are")};
template <>
inline constexpr auto fields<v::Excluded> = std::tuple{required("column", &v::Excluded::column, "left out"),
                                                       required("why", &v::Excluded::why, "label, protected, ...")};
template <>
inline constexpr auto fields<v::SignerView> =
    std::tuple{required("keyid", &v::SignerView::keyid, "id of the key"),
               required("name", &v::SignerView::name, "the user whose run signed; not proved by the key")};
template <>
inline constexpr auto fields<v::StatementView> =
    std::tuple{required("word", &v::StatementView::word, "what it states: index, split, evaluation, ..."),
               required("time", &v::StatementView::time, "when it was made (RFC 3339)"),
               required("digest", &v::StatementView::digest, "of its payload"),
               required("bytes", &v::StatementView::bytes, "size of its payload").unit("B"),
               required("subject", &v::StatementView::subject, "digest of the model that it is about")};
template <>
inline constexpr auto fields<v::ApprovalView> = std::tuple{
    required("role", &v::ApprovalView::role, "in which it was given"),
    required("by", &v::ApprovalView::by, "who gave it"), required("time", &v::ApprovalView::time, "when (RFC 3339)")};
template <>
inline constexpr auto fields<v::HallmarkView> =
    std::tuple{required("digest", &v::HallmarkView::digest, "of the hallmark file"),
               required("created", &v::HallmarkView::created, "when it was made (RFC 3339)"),
               required("href", &v::HallmarkView::href, "where the file is served"),
               required("verified", &v::HallmarkView::verified, "what the offline verifier says now"),
               required("says", &v::HallmarkView::says, "its steps, one line each"),
               required("signer", &v::HallmarkView::signer, "whose key signed"),
               required("statements", &v::HallmarkView::statements, "what exactly was signed"),
               required("approvals", &v::HallmarkView::approvals, "who approved"),
               required("expires", &v::HallmarkView::expires, "when it ends; null: never")};
template <>
inline constexpr auto fields<v::ModelView> =
    std::tuple{required("name", &v::ModelView::name, "name of the model"),
               required("version", &v::ModelView::version, "its version"),
               required("ref", &v::ModelView::ref, "reference"),
               required("digest", &v::ModelView::digest, "what names its content"),
               required("created", &v::ModelView::created, "when it was registered (RFC 3339)"),
               required("learner", &v::ModelView::learner, "what made it"),
               required("versions", &v::ModelView::versions, "all versions there are"),
               required("features", &v::ModelView::features, "columns that it reads"),
               required("excluded", &v::ModelView::excluded, "columns that were kept from it"),
               required("dataset", &v::ModelView::dataset, "reference of the data set; null when nothing says"),
               required("metrics", &v::ModelView::metrics, "figures of all test rows"),
               required("verdict", &v::ModelView::verdict, "the newest"),
               required("marks", &v::ModelView::marks, "the seven properties"),
               required("hallmark", &v::ModelView::hallmark, "the newest that covers the verdict"),
               required("report", &v::ModelView::report, "the report page"),
               required("card", &v::ModelView::card, "the model card"),
               required("provenance", &v::ModelView::provenance, "where it comes from")};
}  // namespace assay::operation
