#include "assay/view/reads.h"

#include <algorithm>
#include <charconv>

#include "assay/base/time.h"
#include "assay/view/make.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::AssetVersion;

std::string part(const Request& request, const char* name) {
  const auto at = request.path.find(name);
  return at == request.path.end() ? std::string() : at->second;
}

AssetView view_of_asset(const AssetVersion& a) {
  return {a.kind, a.name, a.version, ref_of(a), a.digest, time::text(a.created_us), a.by};
}

// The place in the list that "kind:name@version" names.
Status start_after(const std::string& ref, workspace::AssetFilter& filter) {
  const auto colon = ref.find(':'), at = ref.rfind('@');
  if (colon == std::string::npos || at == std::string::npos || at < colon || ref.size() - at > 10 ||
      std::from_chars(ref.data() + at + 1, ref.data() + ref.size(), filter.after_version).ptr !=
          ref.data() + ref.size() ||
      filter.after_version < 1)
    return fail(Code::kInvalidArgument, "not a reference: \"" + clipped(ref) + "\"", "after",
                "give the `next` of the page before");
  filter.after_kind = ref.substr(0, colon), filter.after_name = ref.substr(colon + 1, at - colon - 1);
  return {};
}

}  // namespace

Result<EvidenceView> evidence_view(const Request& request) {
  Reader reader(request);
  const auto asked = part(request, "digest");
  ASSAY_TRY(const auto digest, reader.workspace().objects().find(asked));
  ASSAY_TRY(const auto json, reader.document(digest));
  EvidenceView out;
  out.digest = digest;
  out.evidence.json = json;
  ASSAY_TRY(const auto maker, reader.maker_of(digest));
  // What a run concluded without an envelope, a plan's report say, is shown as well; a file that it made is not.
  if (!text_at(json, "/kind").starts_with("assay.") && !(maker && maker->run.output == digest))
    return fail(Code::kNotFound, "no evidence: this digest names a file", digest,
                "see `assay lineage show` for the evidence that it belongs to");
  if (!maker) return out;
  const auto& run = maker->run;
  for (const auto& input : run.inputs) {
    ASSAY_TRY(const auto asset, reader.asset_with(input.digest));
    if (asset) out.record.refs[input.role] = ref_of(*asset);
  }
  out.record.run = run.id, out.record.by = run.by, out.record.host = run.host, out.record.threads = run.threads;
  out.record.started = time::text(run.created_us), out.record.finished = time::text(run.finished_us);
  ASSAY_TRY(const auto hallmark, reader.latest_from(digest, "hallmark.build"));
  if (hallmark) out.record.signature = "signed";
  return out;
}

Result<AssetList> asset_list(const Request& request) {
  Reader reader(request);
  const auto kind = part(request, "kind"), name = part(request, "name");
  ASSAY_TRY(const auto limit, limit_of(request));
  workspace::AssetFilter filter{.kind = kind, .name = name};
  filter.limit = static_cast<std::int64_t>(limit) + 1;
  if (const auto after = query_of(request, "after"); !after.empty()) ASSAY_CHECK(start_after(after, filter));
  AssetList out;
  ASSAY_TRY(out.total, reader.store().count_assets(kind, name));
  ASSAY_TRY(auto assets, reader.store().assets(filter));
  if (out.total == 0 && !name.empty()) {
    ASSAY_TRY(const auto none, asset_of(reader, kind, name, "1"));  // not-found with the nearest name
    static_cast<void>(none);
  }
  if (out.total == 0 && !kind.empty()) {
    ASSAY_TRY(const auto all, reader.store().assets());
    std::vector<std::string> kinds;
    for (const auto& each : all)
      if (kinds.empty() || kinds.back() != each.kind) kinds.push_back(each.kind);
    auto error = operation::unknown_name("kind of asset", clipped(kind), kinds);
    error.code = Code::kNotFound;
    return tl::unexpected<Error>(std::move(error));
  }
  if (assets.size() > limit) assets.resize(limit), out.next = ref_of(assets.back());
  for (const auto& each : assets) out.items.push_back(view_of_asset(each));
  return out;
}

Result<AssetView> asset_view(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(const auto asset, asset_in_path(reader, part(request, "kind"), request));
  return view_of_asset(asset);
}

Result<AuditList> audit_list(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(const auto limit, limit_of(request));
  const auto text = query_of(request, "after", "0");
  std::int64_t after = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), after);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || after < 0 || after > (std::int64_t{1} << 53))
    return fail(Code::kInvalidArgument, "\"" + clipped(text) + "\" is no number of an entry", "after",
                "give the `next` of the page before");
  ASSAY_TRY(auto entries, reader.store().audit_entries(after + 1, static_cast<std::int64_t>(limit) + 1));
  AuditList out;
  ASSAY_TRY(out.total, reader.store().count_audit());
  if (entries.size() > limit) entries.resize(limit), out.next = std::to_string(entries.back().seq);
  for (const auto& e : entries) {
    const auto detail = operation::parse_json(e.detail);
    out.items.push_back(
        {e.seq, time::text(e.us), e.actor, e.action, e.object, detail ? *detail : Json(e.detail), e.hash});
  }
  return out;
}

std::vector<View> read_views() {
  const std::map<std::string, std::string> page{{"limit", "items at most, 1 to 1000"},
                                                {"after", "the `next` of the page before"}};
  return {view_of("evidence/{digest}", "One piece of evidence and its record", {}, &evidence_view),
          view_of("assets", "Every asset version", page, &asset_list),
          view_of("assets/{kind}", "Asset versions of a kind", page, &asset_list),
          view_of("assets/{kind}/{name}", "Versions of an asset", page, &asset_list),
          view_of("assets/{kind}/{name}/{version}", "One asset version", {}, &asset_view),
          view_of("audit", "The audit log, oldest first", page, &audit_list)};
}

}  // namespace assay::view
