#include "assay/server/reads.h"

#include <algorithm>
#include <charconv>

#include "assay/base/time.h"
#include "assay/server/problem.h"
#include "assay/view/view.h"

namespace assay::server {
namespace {

using operation::Json;
using workspace::AssetVersion;
using workspace::Workspace;

Json text() { return Json{{"type", "string"}}; }
Json whole() { return Json{{"type", "integer"}}; }

Json object_of(Json properties) {
  Json required = Json::array();
  for (const auto& [name, unused] : properties.items()) required.push_back(name);
  return Json{{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

Json list_of(Json item) {
  return object_of(Json{{"items", {{"type", "array"}, {"items", std::move(item)}}},
                        {"next", {{"type", Json::array({"string", "null"})}}},
                        {"total", {{"type", Json::array({"integer", "null"})}}}});
}

Result<std::int64_t> number_in(const Request& request, const char* name, std::int64_t otherwise, std::int64_t low,
                               std::int64_t high) {
  const auto given = request.query.find(name);
  if (given == request.query.end() || given->second.empty()) return otherwise;
  std::int64_t value = 0;
  const auto& t = given->second;
  const auto [end, code] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (code != std::errc() || end != t.data() + t.size() || value < low || value > high)
    return fail(Code::kInvalidArgument,
                "\"" + t + "\" is not a whole number from " + std::to_string(low) + " to " + std::to_string(high),
                std::string("query: ") + name, "leave it out, or give such a number");
  return value;
}

Json asset_json(const AssetVersion& a) {
  return Json{{"kind", a.kind},
              {"name", a.name},
              {"version", a.version},
              {"ref", a.kind + ":" + a.name + "@" + std::to_string(a.version)},
              {"digest", a.digest},
              {"created", time::text(a.created_us)},
              {"by", a.by}};
}

Json page_of(const Json& all, const Window& window) {
  Json items = Json::array();
  const auto total = static_cast<std::int64_t>(all.size());
  const auto end = std::min(total, window.after + window.limit);
  for (auto i = window.after; i < end; ++i) items.push_back(all[static_cast<std::size_t>(i)]);
  return Json{{"items", items}, {"next", end < total ? Json(std::to_string(end)) : Json(nullptr)}, {"total", total}};
}

Result<Response> assets(const Call& call, Workspace& space) {
  const auto part = [&](const char* name) {
    const auto found = call.path.find(name);
    return found == call.path.end() ? std::string() : found->second;
  };
  ASSAY_TRY(const auto window, window_of(call.request));
  ASSAY_TRY(const auto found, space.store().assets(part("kind"), part("name")));
  Json all = Json::array();
  for (const auto& a : found) all.push_back(asset_json(a));
  return json_response(page_of(all, window));
}

Result<AssetVersion> asset_version(const Call& call, Workspace& space) {
  const auto &kind = call.path.at("kind"), &name = call.path.at("name"), &version = call.path.at("version");
  ASSAY_TRY(const auto found, space.store().assets(kind, name));
  for (const auto& a : found)
    if (std::to_string(a.version) == version || (version == "latest" && &a == &found.back())) return a;
  return fail(Code::kNotFound, "no such version", kind + ":" + name + "@" + version,
              found.empty() ? "GET assets/" + kind + " lists what there is"
                            : "the newest is " + std::to_string(found.back().version));
}

Result<Response> one_asset(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto a, asset_version(call, space));
  return json_response(asset_json(a));
}

Result<Response> evidence(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto shown, shown_evidence(call, space));
  auto out = json_response(shown);
  // The document never changes; what stands beside it (by whom, signature) may.
  tag(out, call.request);
  return out;
}

Result<Response> lineage(const Call& call, Workspace& space) {
  for (const auto& each : view::views())
    if (each.pattern == "view/lineage") {
      ASSAY_TRY(const auto shown,
                each.answer({space, call.path, {call.request.query.begin(), call.request.query.end()}}));
      return json_response(shown);
    }
  return fail(Code::kUnsupported, "this build has no lineage view", "lineage");
}

Result<Response> audit(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto window, window_of(call.request));
  ASSAY_TRY(const auto found, space.store().audit_entries(window.after + 1, window.limit + 1));
  Json items = Json::array();
  for (const auto& e : found)
    if (static_cast<std::int64_t>(items.size()) < window.limit)
      items.push_back(Json{{"seq", e.seq},
                           {"time", time::text(e.us)},
                           {"actor", e.actor},
                           {"action", e.action},
                           {"object", e.object},
                           {"detail", e.detail},
                           {"hash", e.hash}});
  const bool more = static_cast<std::int64_t>(found.size()) > window.limit;
  return json_response(
      Json{{"items", items},
           {"next", more ? Json(std::to_string(items.back()["seq"].get<std::int64_t>())) : Json(nullptr)},
           {"total", nullptr}});
}

}  // namespace

Result<Window> window_of(const Request& request, std::int64_t default_limit) {
  Window out;
  ASSAY_TRY(out.limit, number_in(request, "limit", default_limit, 1, 1000));
  ASSAY_TRY(out.after, number_in(request, "after", 0, 0, std::int64_t{1} << 60));
  return out;
}

std::vector<Read> reads() {
  const std::map<std::string, std::string> paged{{"limit", "at most so many, up to 1000"},
                                                 {"after", "where the last answer ended: its `next`"}};
  const Json asset = object_of(Json{{"kind", text()},
                                    {"name", text()},
                                    {"version", whole()},
                                    {"ref", text()},
                                    {"digest", text()},
                                    {"created", text()},
                                    {"by", text()}});
  const Json any{{"type", "object"}};
  const Json entry = object_of(Json{{"seq", whole()},
                                    {"time", text()},
                                    {"actor", text()},
                                    {"action", text()},
                                    {"object", text()},
                                    {"detail", text()},
                                    {"hash", text()}});
  std::vector<Read> out{
      {"assets", "All assets, by kind, name and version", paged, list_of(asset), &assets},
      {"assets/{kind}", "The assets of a kind", paged, list_of(asset), &assets},
      {"assets/{kind}/{name}", "The versions of an asset", paged, list_of(asset), &assets},
      {"assets/{kind}/{name}/{version}", "One version of an asset, or the latest", {}, asset, &one_asset},
      {"assets/{kind}/{name}/{version}/content",
       "Its bytes; a dataset as Arrow or CSV by Accept",
       {},
       nullptr,
       &asset_content},
      {"evidence/{digest}",
       "One piece of evidence and its record",
       {},
       object_of(Json{{"digest", text()}, {"evidence", any}, {"record", any}}),
       &evidence},
      {"evidence/{digest}/blobs/{role}",
       "Bytes beside the evidence; a table as Arrow or CSV by Accept",
       {},
       nullptr,
       &blob},
      {"audit", "The audit log, oldest first", paged, list_of(entry), &audit}};
  for (const auto& each : view::views())
    if (each.pattern == "view/lineage")
      out.push_back({"lineage", each.summary, each.query, each.response_schema, &lineage});
  return out;
}

Result<Response> asset_content(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto a, asset_version(call, space));
  const std::string type = a.kind == "dataset"    ? "application/vnd.apache.arrow.file"
                           : a.kind == "hallmark" ? "application/jsonl"
                           : a.kind == "model"    ? "application/octet-stream"
                                                  : "application/json";
  return content(call, space, a.content, type);
}

}  // namespace assay::server
