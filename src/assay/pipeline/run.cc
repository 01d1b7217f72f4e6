#include "assay/pipeline/run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/keys.h"
#include "assay/gate/policy.h"
#include "assay/pipeline/advice.h"
#include "assay/workspace/execute.h"

namespace assay::pipeline {
namespace {

namespace fs = std::filesystem;
using operation::Json;
using workspace::Outcome;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class Runner {
 public:
  Runner(workspace::Workspace& space, Task& task, const Find& find, bool refresh)
      : space_(space), task_(task), find_(find) {
    context_.workspace = &space, context_.stop = task.stop_token(), context_.watcher = task.watcher();
    context_.parent = workspace::run_of(task), context_.refresh = refresh;
  }

  void name(const std::string& reference, const std::string& digest) { named_[reference] = digest; }

  Status run(const Step& step, std::size_t number, std::size_t of, RunReport& report) {
    ASSAY_CHECK(task_.check());
    const auto start = Clock::now();
    const auto* op = find_(step.operation);
    if (!op) return fail(Code::kInternal, "no such operation: " + step.operation, step.id);
    ASSAY_TRY(const Json with, resolved(step.with));
    task_.say(fmt::format("[{:>2}/{}] {:<9} {:<16}", number, of, step.id, step.operation));
    StepState state{step.id, step.operation, "running", {}, number, of, 0};
    task_.report(state);
    auto done = workspace::execute(*op, with, context_);
    state.state = !done ? "failed" : done->cached ? "cached" : "done", state.seconds = since(start);
    if (done) state.digest = done->digest;
    task_.report(state);
    if (!done) return tl::unexpected<Error>(std::move(done).error());
    task_.say(fmt::format("\r[{:>2}/{}] {:<9} {:<16} {}\n", number, of, step.id, step.operation,
                          done->cached ? "cached" : fmt::format("{:.2f} s", since(start))));
    report.steps.push_back({step.id, step.operation, done->cached ? "cached" : "done", done->digest, since(start)});
    ASSAY_CHECK(keep(step, *done));
    outcomes_[step.id] = std::move(*done);
    return {};
  }

  const Outcome& outcome(const std::string& id) const { return outcomes_.at(id); }
  bool has(const std::string& id) const { return outcomes_.contains(id); }

 private:
  // Registers what the step made as a version of an asset.
  Status keep(const Step& step, const Outcome& done) {
    if (step.asset.empty()) return {};
    workspace::AssetVersion asset;
    asset.kind = step.asset, asset.name = step.asset_name, asset.by = workspace::this_user();
    asset.content = done.digests.at(step.asset_output), asset.created_us = done.finished_us, asset.meta = "{}";
    asset.digest = asset.content;
    if (step.asset == "dataset") asset.digest = done.result["detail"]["digest"].get<std::string>();
    ASSAY_TRY(asset, space_.store().register_asset(std::move(asset)));
    const auto prefix = "steps." + step.id + ".";
    named_[prefix + "outputs." + step.asset_output] = asset.digest;
    named_[prefix + "version"] = asset.version;
    named_[prefix + "ref"] = asset.kind + ":" + asset.name + "@" + std::to_string(asset.version);
    return {};
  }

  // "steps.ID.WHAT", see expand.h.
  Result<Json> value_of(const std::string& reference) const {
    if (const auto known = named_.find(reference); known != named_.end()) return known->second;
    const auto none = [&] { return fail(Code::kInternal, "nothing made " + reference); };
    constexpr std::string_view kSteps = "steps.", kOutputs = "outputs.";
    const auto dot = reference.find('.', kSteps.size());
    if (!reference.starts_with(kSteps) || dot == std::string::npos) return none();
    const auto found = outcomes_.find(reference.substr(kSteps.size(), dot - kSteps.size()));
    const auto what = reference.substr(dot + 1);
    if (found == outcomes_.end()) return none();
    if (what == "time") return Json(time::text(found->second.finished_us));
    if (what == "outputs.evidence") return Json(found->second.digest);
    const auto blob = found->second.digests.find(what.substr(std::min(what.size(), kOutputs.size())));
    if (!what.starts_with(kOutputs) || blob == found->second.digests.end()) return none();
    return Json(blob->second);
  }

  Result<Json> resolved(const Json& with) const {
    if (!with.is_structured()) return with;
    if (with.is_object() && with.size() == 1 && with.contains("$ref")) return value_of(with["$ref"].get<std::string>());
    Json copy = with;
    for (auto& [name, each] : copy.items())
      if (name != "purpose") {
        ASSAY_TRY(each, resolved(each));
      }
    return copy;
  }

  workspace::Workspace& space_;
  Task& task_;
  const Find& find_;
  workspace::Context context_;
  std::map<std::string, Outcome> outcomes_;
  std::map<std::string, Json> named_;  // what stands for a reference before outcomes are asked
};

Status copy_out(const Runner& runner, const std::string& step, const std::string& role, const std::string& key,
                const std::string& path, RunReport& report) {
  if (!runner.has(step) || !runner.outcome(step).blobs.contains(role)) return {};
  ASSAY_TRY(const auto bytes, files::read(runner.outcome(step).blobs.at(role), 1ull << 32));
  ASSAY_CHECK(files::write(path, bytes));
  report.files[key] = path;
  return {};
}

class OutLock {
 public:
  explicit OutLock(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  OutLock(const OutLock&) = delete;
  OutLock& operator=(const OutLock&) = delete;
  ~OutLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  int fd_;
};

// The files a person looks for, beside the plan. A hallmark of an earlier model must not lie beside a model without
// one.
Status write_files(const Runner& runner, const Plan& plan, RunReport& report) {
  ASSAY_CHECK(files::make_folders(report.folder));
  const OutLock lock(report.folder + "/.lock");  // two runs must not mix one's model with the other's hallmark
  const auto at = [&](const std::string& name) { return report.folder + "/" + name; };
  std::error_code code;
  fs::remove(at(plan.name + ".hallmark.jsonl"), code);  // before the model changes; the new one is written last
  if (code) return tl::unexpected<Error>(files::error_of(code.value(), at(plan.name + ".hallmark.jsonl")));
  ASSAY_CHECK(copy_out(runner, "report", "report", "report", at("report.html"), report));
  ASSAY_CHECK(copy_out(runner, "card", "card", "card", at("model-card.json"), report));
  ASSAY_CHECK(copy_out(runner, "card", "readme", "readme", at("model-card.md"), report));
  const auto model = plan.model.file.empty() ? plan.name + ".amodel" : fs::path(plan.model.file).filename().string();
  ASSAY_CHECK(copy_out(runner, "model", "model", "model", at(model), report));
  return copy_out(runner, "hallmark", "hallmark", "hallmark", at(plan.name + ".hallmark.jsonl"), report);
}

}  // namespace

Result<RunReport> run_plan(const RunRequest& request, Task& task, const Find& find) {
  const auto start = Clock::now();
  ASSAY_TRY(const auto plan, read_plan(request.plan));
  const auto parent = fs::path(request.plan).parent_path().string();
  const std::string folder = parent.empty() ? "." : parent;
  ASSAY_TRY(const auto expanded, expand(plan, folder));
  ASSAY_TRY(const auto policy, gate::parse_policy(expanded.policy));
  ASSAY_TRY(auto* space, workspace::workspace_of(task));
  ASSAY_TRY(const auto marked, space->store().mark_dead_runs(workspace::this_host()));
  if (marked) task.say(fmt::format("{} interrupted run(s) found: what they finished is used\n", marked));

  RunReport report{plan.name, {}, (fs::path(folder) / "out" / plan.name).lexically_normal().string(), {}, {}, {},
                   {},        0};
  Runner runner(*space, task, find, request.refresh);
  ASSAY_TRY(auto policy_digest, space->objects().put(operation::canonical(expanded.policy)));
  ASSAY_TRY(auto plan_digest, space->objects().put(operation::canonical(operation::to_json(plan))));
  for (const auto& [kind, digest] : {std::pair("policy", policy_digest), {"plan", plan_digest}}) {
    ASSAY_TRY(const auto kept, space->store().register_asset(
                                   {kind, plan.name, digest, digest, workspace::this_user(), "{}", 0, time::now_us()}));
    runner.name(kind, kept.digest);
  }
  std::size_t number = 0;
  int verdict_exit = 0;
  for (auto step : expanded.steps) {
    ++number;
    if (step.only_when_held && verdict_exit != 0) {
      report.steps.push_back({step.id, step.operation, "skipped", {}, 0});
      task.report({step.id, step.operation, "skipped", {}, number, expanded.steps.size(), 0});
      task.say(fmt::format("[{:>2}/{}] {:<9} {:<16} skipped: the gate does not let the model pass\n", number,
                           expanded.steps.size(), step.id, step.operation));
      continue;
    }
    // A verdict that looks at no clock is the same at any time: no time goes in, so it may be cached and compared.
    if (step.operation == "gate.check") {
      if (gate::needs_clock(policy))
        step.with["now"] = time::text(time::now_us());
      else
        step.with.erase("times");
    }
    if (step.operation == "hallmark.build") {
      auto signer = gate::ensure_key_and_trust(space->folder() + "/.assay");
      if (!signer) return tl::unexpected<Error>(std::move(signer).error());
      step.with["signer"] = signer->keyid;  // part of the cache key: another key signs anew
      crypto::wipe(signer->key);
    }
    ASSAY_CHECK(runner.run(step, number, expanded.steps.size(), report));
    if (step.operation == "gate.check") {
      report.verdict = runner.outcome(step.id).result;
      verdict_exit = find(step.operation)->exit_status(report.verdict);
    }
  }
  report.state = report.verdict["detail"]["state"].get<std::string>();
  if (runner.has("fairness")) report.advice = advice(report.verdict, runner.outcome("fairness").result);
  ASSAY_CHECK(write_files(runner, plan, report));
  report.seconds = since(start);
  return report;
}

}  // namespace assay::pipeline
