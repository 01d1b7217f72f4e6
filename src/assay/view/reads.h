// The plain reads: evidence with its record, assets, the audit log.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct Record {
  std::map<std::string, std::string> refs;
  std::string run, started, finished, by;
  std::int64_t threads = 0;
  std::string host, signature = "none";
};
// Evidence as it is stored, so that its canonical bytes still have its digest.
struct Stored {
  operation::Json json;
};
struct EvidenceView {
  std::string digest;
  Stored evidence;
  Record record;
};
struct AssetView {
  std::string kind, name;
  std::int64_t version = 0;
  std::string ref, digest, created, by;
};
struct AssetList {
  std::vector<AssetView> items;
  std::optional<std::string> next;
  std::int64_t total = 0;
};
struct AuditView {
  std::int64_t seq = 0;
  std::string time, actor, action, object;
  operation::Json detail;
  std::string hash;
};
struct AuditList {
  std::vector<AuditView> items;
  std::optional<std::string> next;
  std::int64_t total = 0;
};

Result<EvidenceView> evidence_view(const Request& request);
Result<AssetList> asset_list(const Request& request);
Result<AssetView> asset_view(const Request& request);
Result<AuditList> audit_list(const Request& request);
std::vector<View> read_views();

}  // namespace assay::view

namespace assay::operation {
template <>
struct Custom<v::Stored> {
  static Json to(const v::Stored& s) { return s.json; }
  static Status from(const Json& in, v::Stored& out) { return out.json = in, Status{}; }
  static Json schema() { return Custom<Evidence>::schema(); }
};
template <>
inline constexpr auto fields<v::Record> =
    std::tuple{required("refs", &v::Record::refs, "the assets that went in, by role"),
               required("run", &v::Record::run, "the run that concluded it"),
               required("started", &v::Record::started, "when it began (RFC 3339)"),
               required("finished", &v::Record::finished, "when it ended"),
               required("by", &v::Record::by, "who asked"),
               required("threads", &v::Record::threads, "how many it could use; 0: as many as there are"),
               required("host", &v::Record::host, "where it ran"),
               required("signature", &v::Record::signature, "signed: a hallmark of this workspace covers it")
                   .one_of({"none", "signed", "verified", "broken"})};
template <>
inline constexpr auto fields<v::EvidenceView> =
    std::tuple{required("digest", &v::EvidenceView::digest, "of the evidence"),
               required("evidence", &v::EvidenceView::evidence, "what was concluded"),
               required("record", &v::EvidenceView::record, "when, where and by whom")};
template <>
inline constexpr auto fields<v::AssetView> =
    std::tuple{required("kind", &v::AssetView::kind, "dataset, model, card, ..."),
               required("name", &v::AssetView::name, "its name"),
               required("version", &v::AssetView::version, "its version"),
               required("ref", &v::AssetView::ref, "reference"),
               required("digest", &v::AssetView::digest, "what names its content"),
               required("created", &v::AssetView::created, "when it was registered (RFC 3339)"),
               required("by", &v::AssetView::by, "who registered it")};
template <>
inline constexpr auto fields<v::AssetList> =
    std::tuple{required("items", &v::AssetList::items, "by kind, name and version"),
               required("next", &v::AssetList::next, "give it as `after` for the next page; null: this is the last"),
               required("total", &v::AssetList::total, "how many there are")};
template <>
inline constexpr auto fields<v::AuditView> =
    std::tuple{required("seq", &v::AuditView::seq, "its number, from 1"),
               required("time", &v::AuditView::time, "when (RFC 3339)"),
               required("actor", &v::AuditView::actor, "who"),
               required("action", &v::AuditView::action, "did what"),
               required("object", &v::AuditView::object, "to what"),
               required("detail", &v::AuditView::detail, "digests and ids"),
               required("hash", &v::AuditView::hash, "binds it to all entries before it")};
template <>
inline constexpr auto fields<v::AuditList> =
    std::tuple{required("items", &v::AuditList::items, "oldest first"),
               required("next", &v::AuditList::next, "give it as `after` for the next page; null: this is the last"),
               required("total", &v::AuditList::total, "how many there are")};
}  // namespace assay::operation
