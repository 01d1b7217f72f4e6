// view/runs and view/runs/{id}: what was run, with its steps.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct RunList {
  std::vector<RunItem> items;
  std::optional<std::string> next;
  std::int64_t total = 0;
};
struct Port {
  std::string role, digest;
  std::optional<std::string> ref;
};
struct Problem {
  std::string type, title;
  std::int64_t status = 0;
  std::string detail, where, fix, code;
};
struct StepView {
  std::string id, operation, state;
  std::optional<std::string> digest, run;
  double seconds = 0;
  std::int64_t number = 0, of = 0;
};
struct Progress {
  std::string phase;
  double done = 0, total = 0;
  std::optional<double> eta_s;
  std::string message;
};
struct RunView : RunItem {
  std::string host;
  std::int64_t threads = 0;
  std::vector<Port> inputs, outputs;
  operation::Json options = operation::Json::object();
  std::optional<Problem> error;
  std::vector<StepView> steps;
  std::optional<Progress> progress;  // of a live run; the records know none, the server fills it in
  std::map<std::string, std::string> files;
  std::optional<Verdict> verdict;
  Provenance provenance;
};

// Its name is that of the plan, else of an asset that came out or went in.
Result<RunItem> run_item(Reader& reader, const workspace::RunRecord& run);
// Of an id or a unique prefix of at least 12 hex. Errors: not-found, invalid-argument.
Result<workspace::RunRecord> run_of(Reader& reader, const std::string& id);
Result<std::vector<RunItem>> recent_runs(Reader& reader, std::size_t most);  // top-level ones, newest first
Result<RunList> run_list(const Request& request);
Result<RunView> run_view(const Request& request);
std::vector<View> run_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::RunList> =
    std::tuple{required("items", &v::RunList::items, "runs, newest first"),
               required("next", &v::RunList::next, "give it as `after` for the next page; null: this is the last"),
               required("total", &v::RunList::total, "how many there are")};
template <>
inline constexpr auto fields<v::Port> =
    std::tuple{required("role", &v::Port::role, "its name in the operation; `result` is the document concluded"),
               required("digest", &v::Port::digest, "of what went in or came out"),
               required("ref", &v::Port::ref, "reference, where it is an asset")};
template <>
inline constexpr auto fields<v::Problem> =
    std::tuple{required("type", &v::Problem::type, "urn:assay:error:CODE"),
               required("title", &v::Problem::title, "the code in words"),
               required("status", &v::Problem::status, "the HTTP status that it has"),
               required("detail", &v::Problem::detail, "what went wrong"),
               required("where", &v::Problem::where, "the field, file or line; empty when `detail` names it"),
               required("fix", &v::Problem::fix, "what to do; empty when `detail` says it"),
               required("code", &v::Problem::code, "names the kind of error")};
template <>
inline constexpr auto fields<v::StepView> = std::tuple{
    required("id", &v::StepView::id, "of the step in the plan"),
    required("operation", &v::StepView::operation, "what it ran"),
    required("state", &v::StepView::state, "how it stands")
        .one_of({"waiting", "queued", "running", "done", "cached", "skipped", "failed", "cancelled", "preempted"}),
    required("digest", &v::StepView::digest, "of what it concluded"),
    required("run", &v::StepView::run, "the run that concluded it"),
    required("seconds", &v::StepView::seconds, "how long it took").unit("s"),
    required("number", &v::StepView::number, "its place, from 1"),
    required("of", &v::StepView::of, "how many steps are known")};
template <>
inline constexpr auto fields<v::Progress> = std::tuple{
    required("phase", &v::Progress::phase, "what is being done"), required("done", &v::Progress::done, "of total"),
    required("total", &v::Progress::total, "0 when it is not known"),
    required("eta_s", &v::Progress::eta_s, "seconds left; null when it is not known").unit("s"),
    required("message", &v::Progress::message, "for people")};
template <>
inline constexpr auto fields<v::RunView> = std::tuple_cat(
    fields<v::RunItem>,
    std::tuple{required("host", &v::RunView::host, "where it ran"),
               required("threads", &v::RunView::threads, "how many it could use; 0: as many as there are"),
               required("inputs", &v::RunView::inputs, "what went in"),
               required("outputs", &v::RunView::outputs, "what came out"),
               required("options", &v::RunView::options, "the request without inputs and seed, where it is kept"),
               required("error", &v::RunView::error, "why it did not end well"),
               required("steps", &v::RunView::steps, "of a plan"),
               required("progress", &v::RunView::progress, "of a run that has not ended"),
               required("files", &v::RunView::files, "what a plan wrote beside itself, by name"),
               required("verdict", &v::RunView::verdict, "of a plan"),
               required("provenance", &v::RunView::provenance, "where it comes from")});
}  // namespace assay::operation
