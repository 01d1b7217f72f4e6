#include "assay/server/openapi.h"

#include "assay/catalog/catalog.h"
#include "assay/view/view.h"

namespace assay::server {

using operation::Json;

namespace {

Json text() { return Json{{"type", "string"}}; }

Json object_of(Json properties) {
  Json required = Json::array();
  for (const auto& [name, unused] : properties.items()) required.push_back(name);
  return Json{{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

Json content(const Json& schema, const char* type = "application/json") { return Json{{type, {{"schema", schema}}}}; }

Json problem() {
  return Json{{"description", "what went wrong, where, and how to mend it"},
              {"content", content(Json{{"$ref", "#/components/schemas/Problem"}}, "application/problem+json")}};
}

// "view/models/{name}" -> get_view_models_name
std::string identifier(const std::string& method, const std::string& pattern) {
  std::string out = method + "_";
  for (const char c : pattern)
    if (c != '{' && c != '}') out += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
  return out;
}

Json parameters_of(const std::string& path, const std::map<std::string, std::string>& query) {
  Json out = Json::array();
  for (std::size_t at = 0; (at = path.find('{', at)) != std::string::npos;) {
    const auto end = path.find('}', at);
    out.push_back(
        Json{{"name", path.substr(at + 1, end - at - 1)}, {"in", "path"}, {"required", true}, {"schema", text()}});
    at = end;
  }
  for (const auto& [name, help] : query)
    out.push_back(
        Json{{"name", name}, {"in", "query"}, {"required", false}, {"description", help}, {"schema", text()}});
  return out;
}

// One GET: JSON of a schema, or bytes.
Json get(const std::string& path, const std::string& id, const std::string& summary, const char* tag_name,
         const std::map<std::string, std::string>& query, const Json& schema) {
  Json ok{{"description", "done"}};
  ok["content"] = schema.is_null() ? content(Json::object(), "application/octet-stream") : content(schema);
  Json responses{{"200", ok}};
  responses["304"] = Json{{"description", "as If-None-Match says, nothing has changed"}};
  responses["default"] = problem();
  return Json{{"operationId", id},
              {"summary", summary},
              {"tags", {tag_name}},
              {"parameters", parameters_of(path, query)},
              {"responses", responses}};
}

Json post(const std::string& path, const std::string& id, const std::string& summary, const Json& body,
          const char* status, const Json& schema) {
  Json out{{"operationId", id}, {"summary", summary}, {"tags", {"server"}}, {"parameters", parameters_of(path, {})}};
  if (!body.is_null()) out["requestBody"] = Json{{"required", true}, {"content", body}};
  out["responses"] = Json{{status, {{"description", "done"}, {"content", content(schema)}}}, {"default", problem()}};
  return out;
}

Json nullable(const char* type) { return Json{{"type", Json::array({type, "null"})}}; }

Json list_of(const Json& item, Json next = nullable("string")) {
  return object_of(
      Json{{"items", {{"type", "array"}, {"items", item}}}, {"next", std::move(next)}, {"total", nullable("integer")}});
}

void add_server(Json& paths) {
  const std::string api = "/api/v1/", space = "/api/v1/w/{workspace}/";
  const auto read = [&](const std::string& path, const char* summary, const Json& schema,
                        const std::map<std::string, std::string>& query = {}) {
    const auto short_path = path.starts_with(space) ? path.substr(space.size()) : path.substr(api.size());
    paths[path]["get"] = get(path, identifier("get", short_path), summary, "server", query, schema);
  };
  const Json place = object_of(Json{{"name", text()}, {"folder", text()}});
  const Json places{{"type", "array"}, {"items", place}};
  read(api + "version", "The version; needs no session", object_of(Json{{"version", text()}, {"code", text()}}));
  read(api + "me", "Who asks, and the word for X-Assay-CSRF",
       object_of(Json{{"user", text()},
                      {"csrf", text()},
                      {"roles", {{"type", "array"}, {"items", text()}}},
                      {"workspaces", places}}));
  read(api + "openapi.json", "This document", Json{{"type", "object"}});
  read(api + "workspaces", "The workspaces that this server serves", list_of(place));
  paths[api + "session:link"]["post"] =
      post(api + "session:link", "session_link", "Make a link that signs in once", nullptr, "200",
           object_of(Json{{"url", text()}, {"expires_in_s", {{"type", "integer"}}}}));
  paths[api + "session:end"]["post"] =
      post(api + "session:end", "session_end", "Sign out", nullptr, "200", Json{{"type", "object"}});
  paths[space + "runs:cancel"]["post"] =
      post(space + "runs:cancel", "runs_cancel", "Stop a run", content(object_of(Json{{"run", text()}})), "200",
           object_of(Json{{"run", text()}, {"state", text()}}));
  paths[space + "uploads"]["post"] =
      post(space + "uploads", "uploads", "Keep bytes under their digest, to be named as an input",
           Json{{"application/octet-stream", Json::object()}}, "201",
           object_of(Json{{"digest", text()}, {"size", {{"type", "integer"}}}}));
  const Json line =
      object_of(Json{{"seq", {{"type", "integer"}}}, {"level", text()}, {"text", text()}, {"time", text()}});
  read(space + "runs/{id}/log", "What a run said", list_of(line),
       {{"limit", "at most so many, up to 1000"}, {"after", "the last seq that is known"}});
  read(space + "runs/{id}/result", "The response of the run's operation", Json::object());
  read(space + "evidence/{digest}/blobs/{role}", "Bytes beside the evidence; a table as Arrow or CSV by Accept",
       nullptr);
  read(space + "assets/{kind}/{name}/{version}/content", "The bytes of an asset; a dataset as Arrow or CSV by Accept",
       nullptr);
  const std::map<std::string, std::string> topics{{"topics", "run:ID and runs, joined by commas"},
                                                  {"after", "the last id that is known"}};
  read(space + "events", "What happens, as server-sent events", nullptr, topics);
  paths[space + "events"]["get"]["responses"]["200"]["content"] = content(text(), "text/event-stream");
  const Json event =
      object_of(Json{{"id", {{"type", "integer"}}}, {"event", text()}, {"data", Json{{"type", "object"}}}});
  read(space + "events/poll", "What has happened since",
       object_of(Json{{"items", {{"type", "array"}, {"items", event}}}, {"next", text()}}), topics);
}

}  // namespace

Json openapi() {
  Json document = catalog::openapi();
  Json paths = std::move(document["paths"]);
  add_server(paths);
  const std::string space = "/api/v1/w/{workspace}/";
  for (const auto& each : view::views())
    paths[space + each.pattern]["get"] = get(space + each.pattern, identifier("get", each.pattern), each.summary,
                                             "views", each.query, each.response_schema);
  document["components"]["securitySchemes"] =
      Json{{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "assay"}}},
           {"token", {{"type", "http"}, {"scheme", "bearer"}}}};
  document["security"] = Json::array({Json{{"session", Json::array()}}, Json{{"token", Json::array()}}});
  paths["/api/v1/version"]["get"]["security"] = Json::array();
  document["paths"] = std::move(paths);
  return document;
}

}  // namespace assay::server
