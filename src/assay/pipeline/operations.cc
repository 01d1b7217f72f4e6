// What this room offers to the outside. The only file here that pays for the JSON of its requests.
#include "assay/pipeline/operations.h"

#include <fmt/format.h>

#include <filesystem>

#include "assay/pipeline/init.h"

namespace assay::pipeline {
namespace {

using operation::Json;

struct ShowRequest {
  std::string plan = "assay.yaml";
  bool schema = false;
};
struct Shown {
  Json shown;
};
struct CheckRequest {
  std::string plan = "assay.yaml";
};
struct Checked {
  std::string name, says;
  std::int64_t steps = 0, checks = 0;
};

Result<Expanded> expanded(const std::string& path) {
  ASSAY_TRY(const auto plan, read_plan(path));
  const auto folder = std::filesystem::path(path).parent_path().string();
  return expand(plan, folder.empty() ? "." : folder);
}

// The steps in the form of a pipeline file (spec/mlops b6).
Result<Shown> show(const ShowRequest& request, Task&) {
  if (request.schema) return Shown{plan_schema()};
  ASSAY_TRY(const auto plan, expanded(request.plan));
  Json steps = Json::object();
  for (const auto& s : plan.steps) {
    steps[s.id] = Json{{"operation", s.operation}, {"with", s.with}};
    if (s.only_when_held) steps[s.id]["when"] = "steps.verdict.held";
  }
  return Shown{Json{{"apiVersion", "assay/v1"},
                    {"kind", "Pipeline"},
                    {"name", plan.policy["policy"]},
                    {"steps", steps},
                    {"policy", plan.policy}}};
}

Result<Checked> check(const CheckRequest& request, Task&) {
  ASSAY_TRY(const auto plan, expanded(request.plan));
  const auto steps = plan.steps.size(), checks = plan.policy["rules"].size();
  return Checked{plan.policy["policy"], fmt::format("{} is sound: {} steps, {} checks", request.plan, steps, checks),
                 static_cast<std::int64_t>(steps), static_cast<std::int64_t>(checks)};
}

std::string shown(const Json& value) {
  if (value.is_object() && value.contains("$ref")) return value["$ref"].get<std::string>();
  if (!value.is_array()) return value.is_string() ? value.get<std::string>() : value.dump();
  std::string out;
  for (const auto& each : value) out += (out.empty() ? "" : ", ") + shown(each);
  return out;
}

std::string show_steps(const Json& r) {
  const Json& pipeline = r["shown"];
  if (!pipeline.contains("steps")) return pipeline.dump(2) + "\n";
  std::string out;
  for (const auto& [id, step] : pipeline["steps"].items()) {
    out += fmt::format("{:<10} {}{}\n", id, step["operation"].get<std::string>(),
                       step.contains("when") ? "   (when the gate lets the model pass)" : "");
    for (const auto& [name, value] : step["with"].items())
      if (!(value.is_string() && value.get<std::string>().empty()) && !(value.is_array() && value.empty()))
        out += fmt::format("             {} = {}\n", name, shown(value));
  }
  return out;
}

std::string show_run(const Json& r, const Find& find) {
  std::string out = "\n";
  if (const auto* check_op = find("gate.check"); check_op && check_op->render) out += check_op->render(r["verdict"]);
  std::size_t cached = 0;
  for (const auto& s : r["steps"]) cached += s["state"] == "cached";
  out += fmt::format("\n{} of {} steps came from the cache; {:.2f} s in all\n", cached, r["steps"].size(),
                     r["seconds"].get<double>());
  const auto file = [&](const char* key, const char* label) {
    if (r["files"].contains(key)) out += fmt::format("  {:<10} {}\n", label, r["files"][key].get<std::string>());
  };
  file("report", "report"), file("readme", "card"), file("model", "model"), file("hallmark", "hallmark");
  if (!r["files"].contains("hallmark")) out += "  no hallmark: a blocking check failed or is not decided\n";
  if (!r["advice"].empty()) out += "\n";
  for (const auto& line : r["advice"]) out += line.get<std::string>() + "\n";
  out += "\nnext\n  open the report in a browser\n";
  if (r["files"].contains("hallmark"))
    out += fmt::format("  assay hallmark verify {}\n", r["files"]["hallmark"].get<std::string>());
  out += fmt::format("  assay lineage show model:{}\n", r["name"].get<std::string>());
  return out;
}

}  // namespace
}  // namespace assay::pipeline

namespace assay::operation {
namespace p = pipeline;
template <>
inline constexpr auto fields<p::ShowRequest> =
    std::tuple{field("plan", &p::ShowRequest::plan, "the plan").positional(),
               field("schema", &p::ShowRequest::schema, "show the JSON Schema of plans instead")};
template <>
inline constexpr auto fields<p::Shown> = std::tuple{field("shown", &p::Shown::shown, "steps, or the JSON Schema")};
template <>
inline constexpr auto fields<p::CheckRequest> =
    std::tuple{field("plan", &p::CheckRequest::plan, "the plan").positional()};
template <>
inline constexpr auto fields<p::Checked> = std::tuple{
    field("name", &p::Checked::name, "name of the model"), field("says", &p::Checked::says, "in words"),
    field("steps", &p::Checked::steps, "steps it expands to"), field("checks", &p::Checked::checks, "rules to judge")};
template <>
inline constexpr auto fields<p::RunRequest> =
    std::tuple{field("plan", &p::RunRequest::plan, "the plan").positional().input(),
               field("refresh", &p::RunRequest::refresh, "run every step, cached or not")};
template <>
inline constexpr auto fields<p::StepDone> =
    std::tuple{field("id", &p::StepDone::id, "step"), field("operation", &p::StepDone::operation, "operation"),
               field("state", &p::StepDone::state, "done, cached or skipped"),
               field("digest", &p::StepDone::digest, "digest of what it concluded"),
               field("seconds", &p::StepDone::seconds, "how long it took").unit("s")};
template <>
inline constexpr auto fields<p::RunReport> =
    std::tuple{field("name", &p::RunReport::name, "name of the model"),
               field("state", &p::RunReport::state, "the verdict: held, waived, not_decided or failed"),
               field("folder", &p::RunReport::folder, "where the files lie"),
               field("steps", &p::RunReport::steps, "what was run"),
               field("files", &p::RunReport::files, "report, card, model and hallmark"),
               field("advice", &p::RunReport::advice, "what would settle what is not decided"),
               field("verdict", &p::RunReport::verdict, "the gate's verdict"),
               field("seconds", &p::RunReport::seconds, "how long it took").unit("s")};
template <>
inline constexpr auto fields<p::InitRequest> = std::tuple{
    required("data", &p::InitRequest::data, "CSV, Parquet or Arrow file").positional().input(),
    field("label", &p::InitRequest::label, "the column that is predicted"),
    field("positive", &p::InitRequest::positive, "the value that is predicted; the later of the two when unset"),
    field("favorable", &p::InitRequest::favorable, "the value that is good for the person"),
    field("protected", &p::InitRequest::protected_columns, "columns a person must not be judged by"),
    field("name", &p::InitRequest::name, "name of the model"),
    field("use", &p::InitRequest::use, "what it is for, in a sentence"),
    field("output", &p::InitRequest::output, "where to write the plan").short_flag('o')};
template <>
inline constexpr auto fields<p::InitReport> = std::tuple{field("path", &p::InitReport::path, "where it was written"),
                                                         field("plan", &p::InitReport::plan, "its text")};
}  // namespace assay::operation

namespace assay::pipeline {

std::vector<operation::Operation> operations(const Find& find) {
  using operation::Access;
  using operation::operation;
  auto run = ::assay::operation::operation_of<RunRequest, RunReport>(
                 "plan", "run", "Run a plan: data, model, evaluation, fairness, report, gate, hallmark",
                 [find](const RunRequest& r, Task& t) { return run_plan(r, t, find); })
                 .uncached()
                 .slow()
                 .with_access(Access::kWrite)
                 .beside("plan")
                 .like("assay run examples/mortgage/assay.yaml")
                 .shown_by([find](const Json& r) { return show_run(r, find); })
                 .exits_by([find](const Json& r) {
                   const auto* gate = find("gate.check");
                   return gate && gate->exit_status ? gate->exit_status(r["verdict"]) : 0;
                 });
  return {operation("plan", "show", "Show the steps that a plan expands to", &show)
              .uncached()
              .shown_by(&show_steps)
              .like("assay plan show examples/mortgage/assay.yaml"),
          operation("plan", "check", "Check a plan without running it", &check).uncached().shown_by([](const Json& r) {
            return r["says"].get<std::string>() + "\n";
          }),
          std::move(run),
          operation("plan", "init", "Write a plan by looking at the data", &init_plan)
              .uncached()
              .shown_by([](const Json& r) {
                return r["plan"].get<std::string>() + "\nwritten to " + r["path"].get<std::string>() +
                       "\n  next: say what it is for under purpose, then: assay run " + r["path"].get<std::string>() +
                       "\n";
              })
              .like("assay init boston_hmda.csv --label deny --favorable no --protected afam")};
}

}  // namespace assay::pipeline
