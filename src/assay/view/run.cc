#include "assay/view/run.h"

#include <algorithm>
#include <filesystem>

#include "assay/base/time.h"
#include "assay/view/make.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::RunRecord;

constexpr std::int64_t kSteps = 1000;  // of one run, at most

Result<std::optional<std::string>> ref_with(Reader& reader, const std::string& digest) {
  ASSAY_TRY(const auto asset, reader.asset_with(digest));
  return asset ? std::optional(ref_of(*asset)) : std::nullopt;
}

Result<std::vector<Port>> ports_of(Reader& reader, const std::vector<workspace::Edge>& edges) {
  std::vector<Port> out;
  for (const auto& each : edges) {
    ASSAY_TRY(auto ref, ref_with(reader, each.digest));
    out.push_back({each.role.empty() ? "result" : each.role, each.digest, std::move(ref)});
  }
  return out;
}

Result<std::string> name_of(Reader& reader, const RunRecord& run) {
  if (run.operation == "plan.run" && !run.output.empty())
    if (const auto report = reader.document(run.output); report) return text_at(*report, "/name");
  for (const auto* edges : {&run.outputs, &run.inputs})
    for (const auto& each : *edges) {
      ASSAY_TRY(const auto asset, reader.asset_with(each.digest));
      if (asset) return asset->name;
    }
  return std::string();
}

// The record keeps an error as the line that a terminal shows: "not-found at loans.csv: no such file; check the path".
Problem problem_of(const RunRecord& run) {
  std::string code = run.state == "cancelled" ? "cancelled" : run.state == "preempted" ? "unavailable" : "internal";
  std::string detail = run.error;
  std::int64_t status = 500;
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    const auto name = code_name(static_cast<Code>(i));
    if (run.error.starts_with(std::string(name) + ": "))
      code = name, detail = run.error.substr(name.size() + 2);
    else if (run.error.starts_with(std::string(name) + " at "))
      code = name, detail = run.error.substr(name.size() + 4);
    if (code == name) status = http_status(static_cast<Code>(i));
  }
  std::string title = code;
  std::replace(title.begin(), title.end(), '-', ' ');
  return {"urn:assay:error:" + code, title, status, detail, {}, {}, code};
}

Result<std::vector<RunRecord>> children_of(Reader& reader, const std::string& parent) {
  ASSAY_TRY(auto runs, reader.store().runs({.parent = parent, .limit = kSteps}));
  std::reverse(runs.begin(), runs.end());
  return runs;
}

// Of a plan that came to its end: its report names every step, also those that the cache answered.
Status add_reported(Reader& reader, const Json& report, const std::vector<RunRecord>& children, RunView& out) {
  const Json& steps = at_pointer(report, "/steps");
  for (const auto& each : steps) {
    StepView step{text_at(each, "/id"), text_at(each, "/operation"), text_at(each, "/state"), {}, {}, 0, 0, 0};
    step.seconds = number_at(each, "/seconds").value_or(0);
    step.number = static_cast<std::int64_t>(out.steps.size()) + 1, step.of = static_cast<std::int64_t>(steps.size());
    if (const auto digest = text_at(each, "/digest"); !digest.empty()) {
      step.digest = digest;
      for (const auto& child : children)
        if (child.output == digest && child.operation == step.operation) step.run = child.id;
      if (!step.run) {
        ASSAY_TRY(const auto maker, reader.maker_of(digest));
        if (maker) step.run = maker->run.id;
      }
    }
    out.steps.push_back(std::move(step));
  }
  for (const auto& [name, path] : at_pointer(report, "/files").items()) {
    if (!path.is_string()) continue;
    const auto below = std::filesystem::path(path.get<std::string>())
                           .lexically_relative(std::filesystem::path(reader.workspace().folder()));
    const bool inside = !below.empty() && *below.begin() != "..";
    out.files[name] = inside ? below.string() : path.get<std::string>();
  }
  for (const auto& step : out.steps)
    if (step.operation == "gate.check" && step.digest) {
      ASSAY_TRY(const auto json, reader.document(*step.digest));
      out.verdict = verdict_of(Found{*step.digest, json, {}});
    }
  return {};
}

void add_children(const std::vector<RunRecord>& children, RunView& out) {
  for (const auto& child : children) {
    const auto dot = child.operation.find('.');
    StepView step{child.operation.substr(0, dot), child.operation, child.state, {}, child.id, 0, 0, 0};
    if (!child.output.empty()) step.digest = child.output;
    if (child.finished_us) step.seconds = static_cast<double>(child.finished_us - child.created_us) / 1e6;
    step.number = static_cast<std::int64_t>(out.steps.size()) + 1;
    step.of = static_cast<std::int64_t>(children.size());
    out.steps.push_back(std::move(step));
  }
}

}  // namespace

Result<RunItem> run_item(Reader& reader, const RunRecord& run) {
  RunItem out;
  out.run = run.id, out.operation = run.operation, out.state = run.state, out.by = run.by;
  out.started = time::text(run.created_us);
  if (run.finished_us) {
    out.finished = time::text(run.finished_us);
    out.seconds = static_cast<double>(run.finished_us - run.created_us) / 1e6;
  }
  if (!run.parent.empty()) out.parent = run.parent;
  if (!run.output.empty()) out.digest = run.output;
  ASSAY_TRY(out.name, name_of(reader, run));
  return out;
}

Result<RunRecord> run_of(Reader& reader, const std::string& id) {
  if (id.size() < 12 || id.size() > 32 || id.find_first_not_of("0123456789abcdef") != std::string::npos)
    return fail(Code::kInvalidArgument, "not the id of a run: \"" + clipped(id) + "\"", "runs",
                "give 32 hex digits, or the first 12 of them");
  ASSAY_TRY(auto run, reader.store().run(id));
  if (!run) return fail(Code::kNotFound, "no run has the id " + id, "runs", "see `assay runs list`");
  return std::move(*run);
}

Result<std::vector<RunItem>> recent_runs(Reader& reader, std::size_t most) {
  ASSAY_TRY(const auto runs, reader.store().runs({.parent = "", .limit = static_cast<std::int64_t>(most)}));
  std::vector<RunItem> out;
  for (const auto& run : runs) {
    ASSAY_TRY(auto item, run_item(reader, run));
    out.push_back(std::move(item));
  }
  return out;
}

Result<RunList> run_list(const Request& request) {
  static const std::vector<std::string> kStates{"waiting", "queued", "running",   "done",     "cached",
                                                "skipped", "failed", "cancelled", "preempted"};
  Reader reader(request);
  const auto state = query_of(request, "state"), operation = query_of(request, "operation");
  if (!state.empty() && std::find(kStates.begin(), kStates.end(), state) == kStates.end())
    return tl::unexpected<Error>(operation::unknown_name("state", state, kStates).at("state"));
  ASSAY_TRY(const auto limit, limit_of(request));
  workspace::RunFilter filter{.state = state, .operation = operation, .before = query_of(request, "after")};
  if (!filter.before.empty() &&
      (filter.before.size() != 32 || filter.before.find_first_not_of("0123456789abcdef") != std::string::npos))
    return fail(Code::kInvalidArgument, "not the id of a run: \"" + clipped(filter.before) + "\"", "after",
                "give the `next` of the page before");
  filter.limit = static_cast<std::int64_t>(limit) + 1;
  if (const auto parent = request.query.find("parent"); parent != request.query.end()) filter.parent = parent->second;
  RunList out;
  ASSAY_TRY(out.total, reader.store().count_runs(filter));
  ASSAY_TRY(auto runs, reader.store().runs(filter));
  if (runs.size() > limit) runs.resize(limit), out.next = runs.back().id;
  for (const auto& run : runs) {
    ASSAY_TRY(auto item, run_item(reader, run));
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<RunView> run_view(const Request& request) {
  Reader reader(request);
  const auto id = request.path.find("id");
  ASSAY_TRY(const auto run, run_of(reader, id == request.path.end() ? "" : id->second));
  RunView out;
  ASSAY_TRY(static_cast<RunItem&>(out), run_item(reader, run));
  out.host = run.host, out.threads = run.threads;
  ASSAY_TRY(out.inputs, ports_of(reader, run.inputs));
  ASSAY_TRY(out.outputs, ports_of(reader, run.outputs));
  if (!run.error.empty()) out.error = problem_of(run);
  Found concluded{run.output, nullptr, run};
  if (!run.output.empty()) {
    ASSAY_TRY(concluded.json, reader.document(run.output));
  }
  if (const Json& options = at_pointer(concluded.json, "/provenance/options"); options.is_object())
    out.options = options;
  if (run.operation == "plan.run") {
    ASSAY_TRY(const auto children, children_of(reader, run.id));
    if (concluded.json.is_object()) {
      ASSAY_CHECK(add_reported(reader, concluded.json, children, out));
    } else {
      add_children(children, out);
    }
  }
  std::map<std::string, std::string> refs;
  for (const auto& input : out.inputs)
    if (input.ref) refs[input.role] = *input.ref;
  const bool evidence = text_at(concluded.json, "/kind").starts_with("assay.");
  ASSAY_TRY(out.provenance, provenance_of(reader, {evidence ? &concluded : nullptr}, std::move(refs)));
  out.provenance.run = run.id, out.provenance.finished = out.finished.value_or("");
  return out;
}

std::vector<View> run_views() {
  return {view_of("view/runs", "Runs, newest first",
                  {{"limit", "items at most, 1 to 1000"},
                   {"after", "the `next` of the page before"},
                   {"state", "only runs in this state"},
                   {"operation", "only runs of this operation, such as plan.run"},
                   {"parent", "only steps of this run; empty: only runs that are no step"}},
                  &run_list),
          view_of("view/runs/{id}", "One run with its steps", {}, &run_view),
          view_of("runs/{id}", "One run with its steps", {}, &run_view)};
}

}  // namespace assay::view
