#include "assay/server/service.h"

#include <sys/stat.h>
#include <unistd.h>

#include "assay/base/time.h"
#include "assay/server/content.h"
#include "assay/server/openapi.h"
#include "assay/server/problem.h"
#include "assay/view/view.h"
#include "assay/workspace/code_version.h"

namespace assay::server {

using operation::Json;

namespace {

const std::string kApi = "/api/v1/", kSpace = "/api/v1/w/{workspace}/";

constexpr std::string_view kUse = "use ";

// Of a request that is refused before anything is done: nobody is signed in, or the method is another.
Response refusal(const Error& e, int status) {
  if (e.where == "session" && e.code == Code::kPermissionDenied) return problem(e, 401);
  if (e.code == Code::kUnsupported && e.fix.starts_with(kUse)) {
    auto out = problem(e, 405);
    return out.with("Allow", e.fix.substr(kUse.size()));
  }
  return problem(e, status);
}

}  // namespace

Service::Service(Settings settings)
    : settings_(std::move(settings)),
      sessions_(settings_.trust),
      events_(time::now_us()),
      jobs_(events_),
      files_(settings_.assets_folder),
      quick_(settings_.quick_threads, settings_.quick_waiting, settings_.places),
      slow_(settings_.slow_threads, settings_.slow_waiting, settings_.places),
      calls_(jobs_, quick_, slow_, settings_.places, settings_.threads) {
  add_own();
  add_workspace();
  add_views();
  router_.add("POST", kSpace + "{noun}:{verb}", routes_.size());
  Route call;
  call.call = true;
  routes_.push_back(std::move(call));
  pages_ = routes_.size();
  Route pages;
  pages.open = true, pages.now = [this](const Call& c) { return static_page(c); };
  routes_.push_back(std::move(pages));
}

Service::~Service() {
  jobs_.cancel_all();
  slow_.end();
  quick_.end();
}

void Service::add(std::string method, std::string pattern, Route route) {
  router_.add(std::move(method), pattern, routes_.size());
  routes_.push_back(std::move(route));
}

void Service::add_own() {
  const auto now = [this](const char* method, const std::string& pattern, Now answer, bool open = false) {
    Route route;
    route.now = std::move(answer), route.open = open;
    add(method, pattern, std::move(route));
  };
  now(
      "GET", kApi + "version",
      [](const Call&) {
        return json_response(Json{{"version", ASSAY_VERSION}, {"code", std::string(workspace::code_version())}});
      },
      true);
  now("GET", kApi + "me", [this](const Call& c) { return me(c); });
  now("GET", kApi + "openapi.json", [](const Call& c) {
    static const Json document = openapi();
    auto out = json_response(document);
    tag(out, c.request);
    return out;
  });
  now("GET", kApi + "workspaces", [this](const Call&) {
    Json items = Json::array();
    for (const auto& p : settings_.places) items.push_back(Json{{"name", p.name}, {"folder", p.folder}});
    return json_response(Json{{"items", items}, {"next", nullptr}, {"total", items.size()}});
  });
  now("POST", kApi + "session:link", [this](const Call& c) { return new_link(c); });
  now("POST", kApi + "session:end", [this](const Call& c) {
    sessions_.leave(c.request);
    return json_response(Json::object());
  });
}

void Service::add_workspace() {
  const auto work = [this](const char* method, const std::string& pattern, Work answer) -> Route& {
    Route route;
    route.work = std::move(answer);
    add(method, kSpace + pattern, std::move(route));
    return routes_.back();
  };
  using Space = workspace::Workspace;
  work("POST", "runs:cancel", [this](const Call& c, Space& s) { return cancel(c, s); });
  work("POST", "uploads", [this](const Call& c, Space& s) { return upload(c, s); }).upload = true;
  for (const char* pattern : {"runs/{id}", "view/runs/{id}"})
    work("GET", pattern, [this](const Call& c, Space& s) { return run(c, s); }).tagged = true;
  work("GET", "runs/{id}/log", [this](const Call& c, Space&) { return run_log(c); });
  work("GET", "runs/{id}/result", [this](const Call& c, Space& s) { return run_result(c, s); });
  work("GET", "events", [this](const Call& c, Space& s) { return feed(c, s); });
  work("GET", "events/poll", [this](const Call& c, Space&) { return poll(c); });
  work("GET", "evidence/{digest}/blobs/{role}", &blob);
  work("GET", "assets/{kind}/{name}/{version}/content", &asset_content);
}

void Service::add_views() {
  for (const auto& each : view::views()) {
    // A run is joined with what this server knows of its own.
    if (each.pattern == "view/runs/{id}" || each.pattern == "runs/{id}") continue;
    Route route;
    route.tagged = true;
    route.work = [&each](const Call& c, workspace::Workspace& s) -> Result<Response> {
      ASSAY_TRY(const auto shown, each.answer({s, c.path, {c.request.query.begin(), c.request.query.end()}}));
      return json_response(shown);
    };
    add("GET", kSpace + each.pattern, std::move(route));
  }
}

Result<std::size_t> Service::authorised(Call& call) {
  auto& request = call.request;
  const bool api = request.path == "/api" || request.path.starts_with("/api/");
  if (!api) {
    if (request.unsafe())
      return fail(Code::kUnsupported, request.method + " is not allowed here", request.path, "use GET");
    return pages_;
  }
  const bool version = request.path == kApi + "version";  // the one address that anybody may ask
  if (!version) {
    ASSAY_TRY(call.who, sessions_.identify(request, time::now_us()));
  }
  ASSAY_TRY(auto match, router_.find(request));
  call.path = std::move(match.path);
  return match.route;
}

Service::Admission Service::admit(Request head) {
  Admission out;
  out.call.request = std::move(head);
  auto& request = out.call.request;
  const auto refuse = [&](const Error& e, int status = 0) {
    out.refused = refusal(e, status);
    secure(*out.refused);
  };
  if (const auto named = sessions_.check_host(request); !named) return refuse(named.error(), 421), out;
  if (const auto parsed = parse_target(request); !parsed) return refuse(parsed.error()), out;
  const auto route = authorised(out.call);
  if (!route) return refuse(route.error()), out;
  out.route = *route;
  const auto& chosen = routes_[out.route];
  if (!request.unsafe()) return out;
  out.body_limit = chosen.upload ? kMaxUpload : kMaxBody;
  if (!chosen.upload) return out;
  for (const auto& place : settings_.places) {
    struct stat info{};
    const auto staging = place.folder + "/.assay/staging";
    // Named by process, so that what a killed server leaves is found and removed.
    if (place.name == out.call.path.at("workspace") && ::stat(staging.c_str(), &info) == 0)
      out.upload_to = staging + "/" + std::to_string(::getpid()) + ".upload." + workspace::make_id(time::now_us());
  }
  if (out.upload_to.empty())
    refuse({Code::kUnavailable, "there is no such workspace, or its folder has gone", out.call.path.at("workspace"),
            "GET /api/v1/workspaces lists those there are"});
  return out;
}

void Service::answer(Admission admission, Reply reply) {
  const auto& route = routes_[admission.route];
  const Reply send = [reply = std::move(reply)](Response response) {
    secure(response);
    reply(std::move(response));
  };
  if (route.now) return send(route.now(admission.call));
  const auto call = std::make_shared<const Call>(std::move(admission.call));
  const bool posted = quick_.post([this, &route, call, send](Handles& handles) {
    try {
      if (route.call) return calls_.answer(*call, handles, send);
      auto space = handles.open(call->path.at("workspace"));
      if (!space) return send(problem(space.error()));
      auto made = route.work(*call, **space);
      auto out = made ? std::move(*made) : problem(made.error());
      if (route.tagged) tag(out, call->request);
      send(std::move(out));
    } catch (const std::exception& e) {
      send(problem({Code::kInternal, e.what(), call->request.path, "this is a fault of Assay: please report it"}));
    }
  });
  if (!posted)
    send(
        problem({Code::kExhausted, "too many requests are waiting", call->request.path, "try again in a moment"}, 503));
}

std::string Service::link(std::string_view token) const {
  const auto& trust = settings_.trust;
  const auto host = trust.hosts.empty() ? trust.address : trust.hosts.front();
  const bool port = trust.hosts.empty() || (!trust.behind_tls && host.find(':') == std::string::npos);
  return (trust.behind_tls ? "https://" : "http://") + host + (port ? ":" + std::to_string(trust.port) : "") +
         "/?token=" + std::string(token);
}

bool Service::drain(std::chrono::milliseconds longest) {
  if (jobs_.wait_idle(longest)) return true;
  jobs_.cancel_all();
  return jobs_.wait_idle(std::chrono::milliseconds(2000));
}

Response Service::me(const Call& call) const {
  Json spaces = Json::array();
  for (const auto& p : settings_.places) spaces.push_back(Json{{"name", p.name}, {"folder", p.folder}});
  return json_response(
      Json{{"user", call.who.user}, {"csrf", call.who.csrf}, {"roles", {"admin"}}, {"workspaces", spaces}});
}

Response Service::new_link(const Call& call) {
  return json_response(Json{{"url", link(sessions_.make_link(call.who.user, time::now_us()))},
                            {"expires_in_s", Sessions::kLinkUs / 1'000'000}});
}

Response Service::static_page(const Call& call) {
  const auto token = call.request.query.find("token");
  if (token == call.request.query.end()) return files_.answer(call.request);
  const auto entered = sessions_.enter(token->second, time::now_us());
  if (!entered) return page(401, "This link does not open", entered.error().what + "; " + entered.error().fix + ".");
  std::string rest;
  for (const auto& [name, value] : call.request.query)
    if (name != "token") rest += (rest.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
  std::string path;
  for (const auto& segment : call.request.segments) path += "/" + percent_encode(segment);
  Response out;
  out.status = 303;
  out.with("Location", (path.empty() ? "/" : path) + rest).with("Set-Cookie", entered->cookie);
  return out;
}

}  // namespace assay::server
