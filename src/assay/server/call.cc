#include "assay/server/call.h"

#include "assay/base/crypto.h"
#include "assay/base/time.h"
#include "assay/catalog/catalog.h"
#include "assay/server/confine.h"
#include "assay/server/problem.h"
#include "assay/server/router.h"

namespace assay::server {

using operation::Json;
using operation::Operation;

namespace {

Result<const Operation*> operation_named(const std::string& noun, const std::string& verb) {
  if (const auto* op = catalog::find(noun, verb)) return op;
  std::vector<std::string> known;
  for (const auto& op : catalog::operations()) known.push_back(op.noun + ":" + op.verb);
  const auto near = operation::nearest(noun + ":" + verb, known);
  return fail(Code::kNotFound, "no such operation", noun + ":" + verb,
              near.empty() ? "/api/v1/openapi.json lists them" : "did you mean " + near + "?");
}

bool asynchronous(const Operation& op, const Request& request) {
  return op.long_running || request.header("prefer").find("respond-async") != std::string_view::npos;
}

// A look at the workspace, which leaves no trace there: it is answered at once and is no run.
bool look(const Operation& op) { return !op.cacheable && op.access == operation::Access::kRead; }

std::string run_address(const std::string& workspace, const std::string& run) {
  return "/api/v1/w/" + percent_encode(workspace) + "/runs/" + run;
}

}  // namespace

Response result_response(const JobView& job) {
  if (job.error) return problem(*job.error);
  auto out = json_response(job.result ? *job.result : Json(nullptr));
  out.with("X-Assay-Run", job.source_run).with("X-Assay-Digest", job.digest);
  return out.with("X-Assay-Cached", job.state == "cached" ? "true" : "false");
}

void Repeats::drop(std::map<std::string, Kept>::iterator which) {
  if (which->second.response) bytes_ -= which->second.response->body.size();
  kept_.erase(which);
}

Result<std::optional<Response>> Repeats::begin(const std::string& key, const std::string& digest, std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kept_.find(key); found != kept_.end()) {
    if (now_us - found->second.us <= kKeptUs) {
      if (found->second.digest != digest)
        return fail(Code::kInvalidArgument, "the key was used for another request", "Idempotency-Key",
                    "make a new key for each request");
      if (!found->second.response)
        return fail(Code::kAlreadyExists, "the first request with this key is still being answered", "Idempotency-Key",
                    "wait, then ask again");
      return found->second.response;
    }
    drop(found);
  }
  if (kept_.size() >= kMost || bytes_ > kMostBytes) {
    auto oldest = kept_.begin();
    for (auto each = kept_.begin(); each != kept_.end(); ++each)
      if (each->second.us < oldest->second.us) oldest = each;
    drop(oldest);
  }
  kept_[key] = {digest, now_us, std::nullopt};
  return std::optional<Response>();
}

void Repeats::keep(const std::string& key, const Response& response) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(key);
  if (found == kept_.end()) return;
  // A failure may be tried again with the same key; so may what is too large to keep.
  if (response.status >= 400 || response.body.size() > kMostBody) return drop(found);
  found->second.response = response, bytes_ += response.body.size();
}

Result<Order> Calls::order_of(const Call& call) const {
  ASSAY_TRY(const auto* op, operation_named(call.path.at("noun"), call.path.at("verb")));
  Order order{call.path.at("workspace"), call.who.user, op, Json::object(), threads_};
  std::string folder;
  for (const auto& place : places_)
    if (place.name == order.workspace) folder = place.folder;
  if (!call.request.body.empty()) {
    const auto type = call.request.header("content-type");
    if (!type.starts_with("application/json"))
      return fail(Code::kUnsupported, "the body is not application/json", "Content-Type",
                  "send JSON and say so in Content-Type");
    ASSAY_TRY(order.request, operation::parse_json(call.request.body, "body"));
  }
  ASSAY_TRY(order.request, confined_request(*op, order.request, folder));
  ASSAY_TRY(const auto resolved, op->resolve(order.request));
  static_cast<void>(resolved);
  return order;
}

void Calls::answer(const Call& call, Handles& handles, Reply reply) {
  if (const auto space = handles.open(call.path.at("workspace")); !space) return reply(problem(space.error()));
  auto order = order_of(call);
  if (!order) return reply(problem(order.error(), order.error().where == "Content-Type" ? 415 : 0));
  const auto given = call.request.header("idempotency-key");
  if (given.empty()) return run(call, std::move(*order), handles, reply);
  if (given.size() > 255)
    return reply(
        problem({Code::kInvalidArgument, "is longer than 255 characters", "Idempotency-Key", "make it shorter"}));
  const auto key = call.who.user + "\n" + call.path.at("workspace") + "\n" + std::string(given);
  auto known = repeats_.begin(key, crypto::digest_of(call.request.path + "\n" + call.request.body), time::now_us());
  if (!known) return reply(problem(known.error(), known.error().code == Code::kInvalidArgument ? 422 : 0));
  if (*known) return reply(std::move(**known));
  run(call, std::move(*order), handles, [this, key, reply](Response response) {
    repeats_.keep(key, response);
    reply(std::move(response));
  });
}

void Calls::run(const Call& call, Order order, Handles& handles, const Reply& reply) {
  const auto& op = *order.operation;
  if (look(op)) {
    auto space = handles.open(order.workspace);
    if (!space) return reply(problem(space.error()));
    workspace::Context context;
    context.workspace = *space, context.by = order.user;
    const auto outcome = workspace::execute(op, order.request, context);
    return reply(outcome ? json_response(outcome->result) : problem(outcome.error()));
  }
  const auto workspace = order.workspace;
  if (asynchronous(op, call.request)) {
    const auto run = jobs_.start(slow_, std::move(order));
    if (!run) return reply(problem(run.error()));
    auto out = json_response(Json{{"run", *run}}, 202);
    return reply(std::move(out.with("Location", run_address(workspace, *run)).with("X-Assay-Run", *run)));
  }
  const auto run = jobs_.start(quick_, std::move(order), [reply](const JobView& job) { reply(result_response(job)); });
  if (!run) reply(problem(run.error()));
}

}  // namespace assay::server
