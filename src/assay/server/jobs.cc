#include "assay/server/jobs.h"

#include "assay/base/time.h"

namespace assay::server {

using operation::Json;

Result<std::string> Jobs::start(Workers& crew, Order order, Done done) {
  auto job = std::make_shared<Job>();
  auto& view = job->view;
  view.created_us = time::now_us(), view.run = workspace::make_id(view.created_us), view.state = "queued";
  view.workspace = order.workspace, view.operation = order.operation->id(), view.user = order.user;
  view.threads = order.threads;
  job->order = std::move(order), job->done = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    forget_old();
    jobs_[view.run] = job, ++open_;
  }
  const auto id = view.run;
  tell_state(*job);
  if (crew.post([this, job](Handles& handles) { run(job, handles); })) return id;
  {
    const std::lock_guard lock(mutex_);
    jobs_.erase(id), --open_;
  }
  return fail(Code::kExhausted, "too many runs are waiting", {}, "try again when some have ended");
}

void Jobs::run(const std::shared_ptr<Job>& job, Handles& handles) {
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    cancelled = job->stop.stop_requested();
    if (!cancelled) job->view.state = "running", job->view.started_us = time::now_us();
  }
  if (cancelled) {
    settle(*job, fail(Code::kCancelled, "stopped before it began"));
  } else {
    tell_state(*job);
    settle(*job, execute(*job, handles));
  }
  tell_state(*job);
  JobView copy;
  {
    const std::lock_guard lock(mutex_);
    copy = job->view;
  }
  if (job->done) job->done(copy);
  const std::lock_guard lock(mutex_);
  job->done = {}, job->order.request = nullptr;
  if (--open_ == 0) idle_.notify_all();
}

Result<workspace::Outcome> Jobs::execute(Job& job, Handles& handles) {
  ASSAY_TRY(auto* space, handles.open(job.order.workspace));
  workspace::Context context;
  context.workspace = space, context.stop = job.stop.get_token(), context.threads = job.order.threads;
  context.run = job.view.run, context.by = job.order.user;
  context.watcher = [this, &job](std::size_t done, std::size_t of) { tell_progress(job, done, of); };
  context.listener = [this, &job](std::string_view text) { tell_line(job, text); };
  context.steps = [this, &job](const StepState& step) { tell_step(job, step); };
  try {
    return workspace::execute(*job.order.operation, job.order.request, context);
  } catch (const std::exception& e) {
    return fail(Code::kInternal, e.what(), job.view.operation, "this is a fault of Assay: please report it");
  }
}

void Jobs::settle(Job& job, Result<workspace::Outcome> outcome) {
  const std::lock_guard lock(mutex_);
  auto& view = job.view;
  view.finished_us = time::now_us();
  if (!outcome) {
    view.state = outcome.error().code == Code::kCancelled ? "cancelled" : "failed";
    view.error = std::move(outcome).error();
    return;
  }
  view.state = outcome->cached ? "cached" : "done";
  view.digest = outcome->digest, view.source_run = outcome->run, view.blobs = outcome->digests;
  view.result = std::make_shared<const Json>(std::move(outcome->result));
}

// Called with the lock held: the oldest ended runs go, and of the ended ones only the newest keep their result here.
void Jobs::forget_old() {
  std::size_t results = 0;
  for (auto each = jobs_.rbegin(); each != jobs_.rend(); ++each)
    if (each->second->view.result && each->second->view.ended() && ++results > kKeptResults)
      each->second->view.result.reset();
  for (auto each = jobs_.begin(); each != jobs_.end() && jobs_.size() >= kKept;)
    each = each->second->view.ended() ? jobs_.erase(each) : std::next(each);
}

std::optional<JobView> Jobs::find(const std::string& run) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(run);
  return found == jobs_.end() ? std::nullopt : std::optional(found->second->view);
}

std::vector<LogLine> Jobs::log(const std::string& run, std::int64_t after, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<LogLine> out;
  if (const auto found = jobs_.find(run); found != jobs_.end())
    for (const auto& line : found->second->log)
      if (line.seq > after && out.size() < limit) out.push_back(line);
  return out;
}

Result<std::string> Jobs::cancel(const std::string& run) {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(run);
    if (found == jobs_.end())
      return fail(Code::kNotFound, "no such run in this server", run, "GET runs lists the runs of the workspace");
    job = found->second;
    if (job->view.ended())
      return fail(Code::kFailedPrecondition, "the run has ended: it is " + job->view.state, run,
                  "there is nothing to stop");
  }
  job->stop.request_stop();
  const std::lock_guard lock(mutex_);
  return job->view.state == "queued" ? "cancelled" : job->view.state;
}

std::size_t Jobs::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool Jobs::wait_idle(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, longest, [&] { return open_ == 0; });
}

void Jobs::cancel_all() {
  std::vector<std::shared_ptr<Job>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [run, job] : jobs_)
      if (!job->view.ended()) all.push_back(job);
  }
  for (const auto& job : all) job->stop.request_stop();
}

void Jobs::tell_state(const Job& job) {
  Json data;
  std::string workspace, run;
  {
    const std::lock_guard lock(mutex_);
    workspace = job.view.workspace, run = job.view.run;
    data = Json{{"kind", "run"}, {"id", run}, {"state", job.view.state}, {"operation", job.view.operation}};
  }
  events_.publish(time::now_us(), workspace, run, "state", data.dump());
}

void Jobs::tell_progress(Job& job, std::size_t done, std::size_t total) {
  Json data;
  const auto now = time::now_us();
  {
    const std::lock_guard lock(mutex_);
    auto& p = job.view.progress;
    const bool same = p.done == done && p.total == total, last = done >= total;
    if (done <= p.done || p.total != total) job.phase_us = now;  // another phase began
    p.done = done, p.total = total;
    if (same || (!last && now - job.told_us < 100'000)) return;
    job.told_us = now;
    const double seconds = static_cast<double>(now - job.phase_us) / 1e6;
    p.rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    p.eta_s = p.rate > 0 && total >= done ? static_cast<double>(total - done) / p.rate : -1;
    data = Json{{"run", job.view.run}, {"phase", p.phase}, {"done", done},
                {"total", total},      {"rate", p.rate},   {"eta_s", p.eta_s < 0 ? Json(nullptr) : Json(p.eta_s)},
                {"message", p.message}};
  }
  events_.publish(now, job.view.workspace, job.view.run, "progress", data.dump());
}

void Jobs::tell_step(Job& job, const StepState& step) {
  {
    const std::lock_guard lock(mutex_);
    auto& steps = job.view.steps;
    if (!steps.empty() && steps.back().id == step.id)
      steps.back() = step;
    else
      steps.push_back(step);
    job.view.progress = {step.id, step.operation, 0, 0, 0, -1};
  }
  const Json data{{"run", job.view.run},         {"id", step.id},
                  {"operation", step.operation}, {"state", step.state},
                  {"number", step.number},       {"of", step.of},
                  {"seconds", step.seconds},     {"digest", step.digest.empty() ? Json(nullptr) : Json(step.digest)}};
  events_.publish(time::now_us(), job.view.workspace, job.view.run, "step", data.dump());
}

// A line that is still being written on a terminal is told when it is whole.
void Jobs::tell_line(Job& job, std::string_view text) {
  if (!text.ends_with('\n')) return;
  text.remove_suffix(1);
  if (text.starts_with('\r')) text.remove_prefix(1);
  Json data;
  const auto now = time::now_us();
  {
    const std::lock_guard lock(mutex_);
    job.log.push_back({job.next_line++, now, "info", std::string(text)});
    if (job.log.size() > kMostLines) job.log.pop_front();
    data = Json{{"run", job.view.run}, {"seq", job.log.back().seq}, {"level", "info"}, {"text", std::string(text)}};
  }
  events_.publish(now, job.view.workspace, job.view.run, "log",
                  data.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace assay::server
