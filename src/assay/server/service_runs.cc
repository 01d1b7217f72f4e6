// The part of the service that knows of runs: one run, its lines, its result, its end, and the stream of what happens.
#include <algorithm>
#include <charconv>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/server/problem.h"
#include "assay/server/run_view.h"
#include "assay/server/service.h"
#include "assay/view/view.h"

namespace assay::server {

using operation::Json;
using workspace::Workspace;

namespace {

Result<Json> stored_run(const Call& call, Workspace& space) {
  for (const auto& each : view::views())
    if (each.pattern == "view/runs/{id}") return each.answer({space, {{"id", call.path.at("id")}}, {}});
  return fail(Code::kNotFound, "no such run", call.path.at("id"), "`assay runs list` shows what there is");
}

Json event_json(const Event& e) {
  const Json data = Json::parse(e.data, nullptr, false);
  return Json{{"id", e.id}, {"event", e.name}, {"data", data.is_discarded() ? Json(nullptr) : data}};
}

Result<std::int64_t> after_in(const Request& request, std::int64_t otherwise) {
  std::string text(request.header("last-event-id"));
  if (const auto asked = request.query.find("after"); text.empty() && asked != request.query.end())
    text = asked->second;
  if (text.empty()) return otherwise;
  if (text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    return fail(Code::kInvalidArgument, "\"" + text.substr(0, 40) + "\" is no event's id", "Last-Event-ID",
                "send the last id that was received, or none");
  return std::stoll(text);
}

Result<std::int64_t> number_in(const Request& request, const char* name, std::int64_t otherwise, std::int64_t low,
                               std::int64_t high) {
  const auto given = request.query.find(name);
  if (given == request.query.end() || given->second.empty()) return otherwise;
  std::int64_t value = 0;
  const auto& t = given->second;
  const auto [end, code] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (code != std::errc() || end != t.data() + t.size() || value < low || value > high)
    return fail(
        Code::kInvalidArgument,
        "\"" + t.substr(0, 40) + "\" is not a whole number from " + std::to_string(low) + " to " + std::to_string(high),
        std::string("query: ") + name, "leave it out, or give such a number");
  return value;
}

bool over(const std::string& state) { return state != "queued" && state != "running" && state != "waiting"; }

}  // namespace

Result<Response> Service::run(const Call& call, Workspace& space) {
  const auto job = jobs_.find(call.path.at("id"));
  auto stored = stored_run(call, space);
  if (job && job->workspace == call.path.at("workspace"))
    return json_response(run_json(*job, stored ? std::move(*stored) : Json(nullptr)));
  if (!stored) return tl::unexpected<Error>(std::move(stored).error());
  return json_response(*stored);
}

Result<Response> Service::run_log(const Call& call) {
  ASSAY_TRY(const auto limit, number_in(call.request, "limit", 1000, 1, 1000));
  ASSAY_TRY(const auto after, number_in(call.request, "after", 0, 0, std::int64_t{1} << 53));
  const auto& run = call.path.at("id");
  const auto lines = jobs_.log(run, after, static_cast<std::size_t>(limit) + 1);
  Json items = Json::array();
  for (const auto& l : lines)
    if (static_cast<std::int64_t>(items.size()) < limit)
      items.push_back(Json{{"seq", l.seq}, {"level", l.level}, {"text", l.text}, {"time", time::text(l.us)}});
  const bool more = lines.size() > items.size();
  return json_response(
      Json{{"items", items},
           {"next", more ? Json(std::to_string(items.back()["seq"].get<std::int64_t>())) : Json(nullptr)},
           {"total", nullptr}});
}

// The response of the operation, as the call would have given it had it been waited for.
Result<Response> Service::run_result(const Call& call, Workspace& space) {
  const auto& id = call.path.at("id");
  if (auto job = jobs_.find(id); job && job->workspace == call.path.at("workspace")) {
    if (!job->ended())
      return fail(Code::kFailedPrecondition, "the run has not ended: it is " + job->state, id, "follow its events");
    if (!job->error && !job->result) {
      ASSAY_TRY(const auto text, space.objects().get(job->digest));
      ASSAY_TRY(auto kept, operation::parse_json(text, job->digest));
      job->result = std::make_shared<const Json>(std::move(kept));
    }
    return result_response(*job);
  }
  ASSAY_TRY(const auto stored, stored_run(call, space));
  if (!stored["digest"].is_string())
    return fail(Code::kFailedPrecondition, "the run has no result: it is " + stored["state"].get<std::string>(), id,
                "run it again");
  ASSAY_TRY(const auto text, space.objects().get(stored["digest"].get<std::string>()));
  ASSAY_TRY(const auto result, operation::parse_json(text, id));
  auto out = json_response(result);
  return out.with("X-Assay-Run", id)
      .with("X-Assay-Digest", stored["digest"].get<std::string>())
      .with("X-Assay-Cached", "false");
}

Result<Response> Service::cancel(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto body, operation::parse_json(call.request.body, "body"));
  if (!body.is_object() || !body.contains("run") || !body["run"].is_string() || body.size() != 1)
    return fail(Code::kInvalidArgument, "one field \"run\" with a run's id was expected", "body", "send {\"run\": ID}");
  Call of = call;
  of.path["id"] = body["run"].get<std::string>();
  const auto job = jobs_.find(of.path["id"]);
  if (job && job->workspace == call.path.at("workspace")) {
    const auto state = jobs_.cancel(job->run);
    if (!state) return problem(state.error(), state.error().code == Code::kFailedPrecondition ? 409 : 0);
    return json_response(Json{{"run", job->run}, {"state", *state}});
  }
  ASSAY_TRY(const auto stored, stored_run(of, space));
  return problem({Code::kFailedPrecondition,
                  "the run is not one that this server runs: it is " + stored["state"].get<std::string>(),
                  of.path["id"], "stop it where it was started"},
                 409);
}

Result<Response> Service::upload(const Call& call, Workspace& space) {
  const auto& file = call.request.upload;
  ASSAY_TRY(const auto opened, OpenFile::open(file));
  const auto size = opened->size();
  ASSAY_TRY(const auto digest, space.objects().take(file));
  ASSAY_CHECK(
      space.store().audit(time::now_us(), call.who.user, "upload", digest, operation::canonical(Json{{"size", size}})));
  return json_response(Json{{"digest", digest}, {"size", size}}, 201);
}

Result<Response> Service::feed(const Call& call, Workspace& space) {
  const auto& name = call.path.at("workspace");
  const auto asked = call.request.query.find("topics");
  ASSAY_TRY(const auto topics, parse_topics(name, asked == call.request.query.end() ? "" : asked->second));
  auto feed = std::make_shared<Feed>();
  feed->topics = topics;
  const auto last = events_.last();
  ASSAY_TRY(const auto after, after_in(call.request, -1));
  feed->after = after < 0 ? last : std::min(after, last);
  feed->first.push_back(
      {0, 0, name, {}, "hello", Json{{"server_time", time::text(time::now_us())}, {"version", ASSAY_VERSION}}.dump()});
  // Who asks for a run by name wants it from its beginning; who comes back wants what was missed.
  const Topics named{name, topics.runs, false};
  const auto seen = events_.after(named, after < 0 ? 0 : feed->after, Events::kMost);
  if (after < 0)
    for (const auto& e : seen)
      if (e.id <= last) feed->first.push_back(e);
  for (const auto& id : topics.runs) {
    const bool told = std::any_of(seen.begin(), seen.end(), [&](const Event& e) {
      return e.run == id && e.name == "state" && over(Json::parse(e.data)["state"].get<std::string>());
    });
    if (told) continue;
    Call of = call;
    of.path["id"] = id;
    const auto job = jobs_.find(id);
    const auto shown = job ? Result<Json>(run_json(*job, nullptr)) : stored_run(of, space);
    if (!shown || !over((*shown)["state"].get<std::string>())) continue;
    const Json state{{"kind", "run"}, {"id", id}, {"state", (*shown)["state"]}, {"operation", (*shown)["operation"]}};
    feed->first.push_back({0, 0, name, id, "state", state.dump()});
  }
  Response out;
  out.type = "text/event-stream; charset=utf-8", out.feed = std::move(feed);
  return out;
}

Result<Response> Service::poll(const Call& call) {
  const auto asked = call.request.query.find("topics");
  ASSAY_TRY(const auto topics,
            parse_topics(call.path.at("workspace"), asked == call.request.query.end() ? "" : asked->second));
  ASSAY_TRY(const auto after, after_in(call.request, -1));
  std::int64_t next = events_.last();
  Json items = Json::array();
  if (after >= 0 || !topics.runs.empty()) {
    const Topics named{topics.workspace, topics.runs, topics.states && after >= 0};
    for (const auto& e : events_.after(named, std::max<std::int64_t>(after, 0), 1000, &next))
      items.push_back(event_json(e));
  }
  return json_response(Json{{"items", items}, {"next", std::to_string(next)}});
}

}  // namespace assay::server
