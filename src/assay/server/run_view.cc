#include "assay/server/run_view.h"

#include "assay/base/time.h"
#include "assay/server/problem.h"

namespace assay::server {

using operation::Json;

namespace {

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json steps_json(const std::vector<StepState>& steps) {
  Json out = Json::array();
  for (const auto& s : steps)
    out.push_back(Json{{"id", s.id},
                       {"operation", s.operation},
                       {"state", s.state},
                       {"digest", or_null(s.digest)},
                       {"run", nullptr},
                       {"seconds", s.seconds},
                       {"number", s.number},
                       {"of", s.of}});
  return out;
}

Json progress_json(const JobView& job) {
  const auto& p = job.progress;
  if (job.ended() || (p.total == 0 && p.phase.empty())) return nullptr;
  return Json{{"phase", p.phase},
              {"done", p.done},
              {"total", p.total},
              {"eta_s", p.eta_s < 0 ? Json(nullptr) : Json(p.eta_s)},
              {"message", p.message}};
}

Json edges_json(const std::map<std::string, std::string>& edges) {
  Json out = Json::array();
  for (const auto& [role, digest] : edges) out.push_back(Json{{"role", role}, {"digest", digest}, {"ref", nullptr}});
  return out;
}

double seconds_of(const JobView& job) {
  if (!job.started_us) return 0;
  return static_cast<double>((job.finished_us ? job.finished_us : time::now_us()) - job.started_us) / 1e6;
}

Json bare(const JobView& job) {
  auto outputs = job.blobs;
  if (!job.digest.empty()) outputs[""] = job.digest;
  return Json{{"run", job.run},
              {"operation", job.operation},
              {"state", job.state},
              {"by", job.user},
              {"started", time::text(job.started_us ? job.started_us : job.created_us)},
              {"finished", job.finished_us ? Json(time::text(job.finished_us)) : Json(nullptr)},
              {"seconds", seconds_of(job)},
              {"parent", nullptr},
              {"name", ""},
              {"digest", or_null(job.digest)},
              {"host", workspace::this_host()},
              {"threads", job.threads},
              {"inputs", Json::array()},
              {"outputs", edges_json(outputs)},
              {"options", Json::object()},
              {"error", nullptr},
              {"steps", Json::array()},
              {"progress", nullptr},
              {"files", Json::object()},
              {"verdict", nullptr},
              {"provenance",
               {{"evidence", job.digest.empty() ? Json::array() : Json::array({job.digest})},
                {"refs", Json::object()},
                {"seed", nullptr},
                {"code", ""},
                {"run", job.source_run.empty() ? job.run : job.source_run},
                {"finished", job.finished_us ? time::text(job.finished_us) : ""},
                {"signature", "none"},
                {"stale", false}}}};
}

}  // namespace

Json run_json(const JobView& job, Json stored) {
  Json out = stored.is_object() ? std::move(stored) : bare(job);
  // The record book learns of the end last; until then this server knows better.
  if (!job.ended() || !out.contains("finished") || out["finished"].is_null()) {
    out["state"] = job.state, out["seconds"] = seconds_of(job);
    out["digest"] = or_null(job.digest);
  }
  out["progress"] = progress_json(job);
  if (!job.steps.empty() && (out["steps"].empty() || !job.ended())) out["steps"] = steps_json(job.steps);
  if (job.error) out["error"] = problem_json(*job.error);
  return out;
}

}  // namespace assay::server
