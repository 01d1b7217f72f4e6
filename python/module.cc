// assay._native: the list of operations and the one call. Everything that a Python user sees is made from this in
// python/assay; nothing is computed here.
#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/variant.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "assay/base/threads.h"
#include "assay/catalog/catalog.h"
#include "assay/data/memory_file.h"
#include "assay/data/read.h"
#include "assay/workspace/code_version.h"
#include "assay/workspace/execute.h"

struct ArrowArrayStream;

namespace nb = nanobind;

namespace assay::python {
namespace {

using data::MemoryFile;
using operation::Json;
using operation::Operation;
using workspace::Outcome;
using workspace::Workspace;

// Errors go up as values; Python makes exceptions of them.
struct Problem {
  std::string code, what, where, fix;
};
template <class T>
using Or = std::variant<T, Problem>;

Problem problem_of(const Error& e) { return {std::string(code_name(e.code)), e.what, e.where, e.fix}; }

// ---- what there is

Json argument_json(const operation::Argument& a) {
  const auto& m = a.meta;
  Json out{{"name", a.name},
           {"type", a.type},
           {"help", a.help},
           {"required", a.required},
           {"repeated", a.repeated},
           {"nullable", a.nullable},
           {"input", m.input},
           {"output", m.output},
           {"secret", m.secret},
           {"hidden", m.hidden},
           {"positional", m.positional}};
  if (!m.secret) out["default"] = a.default_value;
  if (m.choice_count > 0) out["choices"] = Json::array();
  for (std::size_t i = 0; i < m.choice_count; ++i) out["choices"].push_back(std::string(m.choices[i]));
  if (m.low != -operation::Meta::kOpen) out["low"] = m.low, out["low_excluded"] = m.low_excluded;
  if (m.high != operation::Meta::kOpen) out["high"] = m.high, out["high_excluded"] = m.high_excluded;
  if (!m.unit.empty()) out["unit"] = std::string(m.unit);
  if (!m.example.empty()) out["example"] = std::string(m.example);
  if (!m.deprecated.empty()) out["deprecated"] = std::string(m.deprecated);
  return out;
}

std::string operations_json() {
  Json out = Json::array();
  for (const auto& op : catalog::operations()) {
    Json arguments = Json::array();
    for (const auto& a : op.arguments) arguments.push_back(argument_json(a));
    out.push_back({{"noun", op.noun},
                   {"verb", op.verb},
                   {"summary", op.summary},
                   {"access", std::string(operation::access_name(op.access))},
                   {"evidence", op.evidence},
                   {"cacheable", op.cacheable},
                   {"long_running", op.long_running},
                   {"example", op.example},
                   {"beside", op.workspace_beside},
                   {"arguments", std::move(arguments)},
                   {"response", op.response_schema}});
  }
  return out.dump();
}

Result<const Operation*> operation_named(const std::string& id) {
  const auto* op = catalog::find(id);
  if (!op) return fail(Code::kNotFound, "there is no operation \"" + id + "\"", "operation");
  return op;
}

// ---- one call

struct Options {
  std::string id, request, workspace;  // workspace: the folder that holds .assay; empty for none
  int threads = 0;
  bool refresh = false;
};

// The call runs on a thread of its own, so that this one can look at Python's signals and show progress meanwhile: it
// takes the GIL for an instant every 50 ms, and no other thread ever needs it.
class Running {
 public:
  explicit Running(Options options) : options_(std::move(options)) {
    thread_ = std::jthread([this] {
      auto result = run();
      const std::lock_guard lock(mutex_);
      result_ = std::move(result), done_ = true;
      changed_.notify_all();
    });
  }
  ~Running() {
    stop_.request_stop();
    nb::gil_scoped_release unlocked;
    if (thread_.joinable()) thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  // True when it is done; what was to be told since the last time is moved to `news`.
  bool wait(Json& news) {
    nb::gil_scoped_release unlocked;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(50), [&] { return done_; });
    news = std::move(events_), events_ = Json::array();
    if (of_ > 0) news.push_back({{"event", "progress"}, {"done", passed_}, {"of", of_}});
    of_ = 0;
    return done_;
  }
  void stop() { stop_.request_stop(); }
  Result<Outcome> take() { return std::move(result_); }

 private:
  Result<Outcome> run() try {
    ASSAY_TRY(const auto* op, operation_named(options_.id));
    const ThreadLimit limit(options_.threads);
    std::optional<Workspace> space;
    if (!options_.workspace.empty()) {
      ASSAY_TRY(auto opened, Workspace::open(options_.workspace));
      space.emplace(std::move(opened));
    }
    workspace::Context context;
    context.workspace = space ? &*space : nullptr, context.stop = stop_.get_token();
    context.threads = limit.count(), context.refresh = options_.refresh;
    context.watcher = [this](std::size_t done, std::size_t of) {
      const std::lock_guard lock(mutex_);
      passed_ = done, of_ = of;
    };
    context.steps = [this](const StepState& s) {
      tell({{"event", "step"},
            {"id", s.id},
            {"operation", s.operation},
            {"state", s.state},
            {"digest", s.digest},
            {"number", s.number},
            {"of", s.of},
            {"seconds", s.seconds}});
    };
    ASSAY_TRY(const auto request, operation::parse_json(options_.request, "request"));
    return workspace::execute(*op, request, context);
  } catch (const std::bad_alloc&) {
    return fail(Code::kExhausted, "there is not enough memory", options_.id, "give it less data, or more memory");
  } catch (const std::exception& e) {
    return fail(Code::kInternal, e.what(), options_.id, "this is a fault of Assay: please report it");
  }
  void tell(Json event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }

  Options options_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Json events_ = Json::array();
  std::size_t passed_ = 0, of_ = 0;
  bool done_ = false;
  Result<Outcome> result_ = tl::unexpected<Error>(Error{});
  std::jthread thread_;
};

// Raises what Python raised meanwhile (Ctrl-C, a fault in `told`), once the operation has stopped and tidied up.
Or<Outcome> call(const std::string& id, const std::string& request, const std::string& folder, int threads,
                 bool refresh, const std::optional<nb::callable>& told) {
  Running running({id, request, folder, threads, refresh});
  std::optional<nb::python_error> raised;
  Json news = Json::array();
  for (bool done = false; !done;) {
    done = running.wait(news);
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (told && !raised && !news.empty()) (*told)(news.dump());
    } catch (nb::python_error& e) {
      if (!raised) raised.emplace(std::move(e));
      running.stop();
    }
  }
  if (raised) throw nb::python_error(std::move(*raised));
  auto result = running.take();
  if (!result) return problem_of(result.error());
  return std::move(*result);
}

// ---- tables and files

Or<MemoryFile> table_file(const nb::capsule& stream, const std::string& name) {
  if (std::string_view(stream.name() ? stream.name() : "") != "arrow_array_stream")
    return Problem{"invalid-argument", "not an Arrow stream", name, "give an object with __arrow_c_stream__"};
  auto* taken = static_cast<ArrowArrayStream*>(stream.data());
  // A producer may need the GIL in its own functions and takes it then.
  nb::gil_scoped_release unlocked;
  auto table = data::import_stream(taken, name);
  if (!table) return problem_of(table.error());
  auto file = MemoryFile::of(*table, name + ".arrow");
  if (!file) return problem_of(file.error());
  return std::move(*file);
}

Or<MemoryFile> text_file(const std::string& bytes, const std::string& name) {
  auto file = MemoryFile::of(std::string_view(bytes), name);
  if (!file) return problem_of(file.error());
  return std::move(*file);
}

Or<std::string> canonical_text(const std::string& json) {
  const auto value = operation::parse_json(json, "document");
  if (!value) return problem_of(value.error());
  return operation::canonical(*value);
}

// The path and digest of a reference, as JSON.
Or<std::string> locate(const std::string& folder, const std::string& ref) {
  nb::gil_scoped_release unlocked;
  auto space = Workspace::open(folder);
  if (!space) return problem_of(space.error());
  const auto found = space->locate(ref);
  if (!found) return problem_of(found.error());
  return Json{{"path", found->path}, {"digest", found->digest}, {"ref", found->ref}}.dump();
}

Or<std::string> text_of(const std::string& id, const std::string& response,
                        std::string (*shown)(const Operation&, const Json&)) {
  const auto op = operation_named(id);
  if (!op) return problem_of(op.error());
  const auto value = operation::parse_json(response, "response");
  if (!value) return problem_of(value.error());
  return shown(**op, *value);
}

}  // namespace
}  // namespace assay::python

NB_MODULE(_native, m) {
  namespace py = assay::python;
  using assay::workspace::Outcome;
  m.attr("__version__") = ASSAY_VERSION;
  m.attr("code_version") = std::string(assay::workspace::code_version());
  nb::class_<py::Problem>(m, "Problem")
      .def_ro("code", &py::Problem::code)
      .def_ro("what", &py::Problem::what)
      .def_ro("where", &py::Problem::where)
      .def_ro("fix", &py::Problem::fix);
  nb::class_<Outcome>(m, "Outcome")
      .def_prop_ro("json", [](const Outcome& o) { return o.result.dump(); })
      .def_prop_ro("canonical", [](const Outcome& o) { return assay::operation::canonical(o.result); })
      .def_ro("digest", &Outcome::digest)
      .def_ro("run", &Outcome::run)
      .def_ro("cached", &Outcome::cached)
      .def_ro("finished_us", &Outcome::finished_us)
      .def_ro("seconds", &Outcome::seconds)
      .def_ro("blobs", &Outcome::blobs)
      .def_ro("digests", &Outcome::digests);
  nb::class_<assay::data::MemoryFile>(m, "MemoryFile").def_prop_ro("path", &assay::data::MemoryFile::path);
  m.def("operations", &py::operations_json);
  m.def("openapi", [] { return assay::catalog::openapi().dump(); });
  m.def("call", &py::call, nb::arg("operation"), nb::arg("request"), nb::arg("workspace"), nb::arg("threads"),
        nb::arg("refresh"), nb::arg("told").none());
  m.def("table_file", &py::table_file, nb::arg("stream"), nb::arg("name"));
  m.def("text_file", &py::text_file, nb::arg("bytes"), nb::arg("name"));
  m.def("canonical", &py::canonical_text, nb::arg("json"));
  m.def(
      "find_workspace", [](const std::string& start) { return assay::workspace::Workspace::find(start); },
      nb::arg("start"));
  m.def(
      "open_workspace",
      [](const std::string& folder) -> std::optional<py::Problem> {
        const auto opened = assay::workspace::Workspace::open(folder);
        return opened ? std::nullopt : std::optional(py::problem_of(opened.error()));
      },
      nb::arg("folder"));
  m.def("locate", &py::locate, nb::arg("folder"), nb::arg("ref"));
  m.def(
      "shown",
      [](const std::string& id, const std::string& json) {
        return py::text_of(id, json, [](const auto& op, const auto& r) { return op.render ? op.render(r) : ""; });
      },
      nb::arg("operation"), nb::arg("response"));
  m.def(
      "exit_status",
      [](const std::string& id, const std::string& json) {
        return py::text_of(id, json, [](const auto& op, const auto& r) {
          return std::to_string(op.exit_status ? op.exit_status(r) : 0);
        });
      },
      nb::arg("operation"), nb::arg("response"));
}
