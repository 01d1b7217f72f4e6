#include "assay/workspace/execute.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/workspace/code_version.h"
#include "assay/workspace/process.h"

namespace assay::workspace {
namespace {

namespace fs = std::filesystem;
using operation::Json;

// A folder that goes when its owner does.
class Folder {
 public:
  static Result<Folder> make(const std::string& parent, const std::string& name) {
    std::string path = parent + "/" + name + ".XXXXXX";
    if (!::mkdtemp(path.data())) return tl::unexpected<Error>(files::error_of(errno, parent));
    return Folder(std::move(path));
  }
  Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    std::error_code code;
    if (!path_.empty()) fs::remove_all(path_, code);
  }
  const std::string& path() const { return path_; }

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Staging folders are named by process and its start, so that those of killed processes can be told and removed even
// when the number is used again.
std::string staging_name() {
  const auto mark = process_mark(::getpid());
  return std::to_string(::getpid()) + (mark.empty() ? "" : "-" + mark);
}

void remove_dead_staging(const std::string& staging) {
  std::error_code code;
  for (const auto& each : fs::directory_iterator(staging, code)) {
    const auto name = each.path().stem().string();  // PID-BOOT-START
    const auto pid = std::atol(name.c_str());
    const auto dash = name.find('-');
    if (pid > 0 && !process_lives(pid, dash == std::string::npos ? "" : name.substr(dash + 1)))
      fs::remove_all(each.path(), code);
  }
}

// What a Task reads and makes while one operation runs.
class Session : public Assets {
 public:
  Session(Workspace* workspace, std::string staging, std::string run)
      : workspace_(workspace), staging_(std::move(staging)), run_(std::move(run)) {}
  Result<std::string> open(const std::string& ref) override {
    if (const auto known = located_.find(ref); known != located_.end()) return known->second.path;
    ASSAY_TRY(const auto found, locate(ref));
    return found.path;
  }
  Result<std::string> create(const std::string& role, const std::string& media_type) override {
    static_cast<void>(media_type);
    return outputs_[role] = staging_ + "/" + std::to_string(outputs_.size());
  }
  Result<Workspace::Located> locate(const std::string& ref) {
    if (const auto known = located_.find(ref); known != located_.end()) return known->second;
    Workspace::Located found;
    if (workspace_) {
      ASSAY_TRY(found, workspace_->locate(ref));
    } else {
      ASSAY_TRY(auto digest, crypto::digest_of_file(ref));
      found = {ref, std::move(digest), {}};
    }
    return located_[ref] = found;
  }
  Workspace* workspace() const { return workspace_; }
  const std::string& run() const { return run_; }
  const std::map<std::string, std::string>& outputs() const { return outputs_; }

 private:
  Workspace* workspace_;
  std::string staging_, run_;
  std::map<std::string, Workspace::Located> located_;
  std::map<std::string, std::string> outputs_;  // role -> staged path
};

// The resolved request, taken apart into what provenance asks for.
struct Parts {
  std::vector<Edge> inputs;
  Json options = Json::object(), seed = nullptr;
};

Result<Parts> take_apart(const operation::Operation& op, const Json& resolved, Session& session) {
  Parts parts;
  parts.options = resolved;
  for (const auto& a : op.arguments) {
    if (a.name.find('.') != std::string::npos) continue;  // nested fields hold options only
    if (a.meta.output || a.meta.secret || a.meta.input || a.name == "seed") parts.options.erase(a.name);
    if (a.name == "seed") parts.seed = resolved.at(a.name);
    if (!a.meta.input) continue;
    const Json& given = resolved.at(a.name);
    const auto add = [&](const std::string& role, const std::string& ref) -> Status {
      if (ref.empty() || ref.starts_with("preset:")) return {};
      auto found = session.locate(ref);
      if (!found) return tl::unexpected<Error>(std::move(found).error());
      parts.inputs.push_back({role, found->digest});
      return {};
    };
    if (given.is_string()) {
      if (given.get<std::string>().starts_with("preset:")) parts.options[a.name] = given;
      ASSAY_CHECK(add(a.name, given.get<std::string>()));
    } else if (given.is_array()) {
      for (std::size_t i = 0; i < given.size(); ++i)
        ASSAY_CHECK(add(a.name + "[" + std::to_string(i) + "]", given[i].get<std::string>()));
    }
  }
  return parts;
}

Json inputs_json(const std::vector<Edge>& inputs) {
  Json out = Json::object();
  for (const auto& e : inputs) out[e.role] = e.digest;
  return out;
}

std::string key_of(const operation::Operation& op, const Parts& parts) {
  return operation::digest_of(Json{{"operation", op.id()},
                                   {"inputs", inputs_json(parts.inputs)},
                                   {"options", parts.options},
                                   {"seed", parts.seed},
                                   {"code", std::string(code_version())}});
}

// The outcome that the cache remembers, when all its objects are still there.
Result<std::optional<Outcome>> remembered(Workspace& workspace, const std::string& key) {
  ASSAY_TRY(const auto entry, workspace.store().cached(key));
  if (!entry) return std::optional<Outcome>();
  auto text = workspace.objects().get(entry->output);
  bool whole = text.has_value();
  Outcome out;
  for (const auto& b : entry->blobs) {
    whole = whole && workspace.objects().sound(b.digest);
    out.blobs[b.role] = workspace.objects().path_of(b.digest), out.digests[b.role] = b.digest;
  }
  if (!whole) {
    std::error_code code;
    fs::remove(workspace.objects().path_of(entry->output), code);  // damaged or gone: made anew
    ASSAY_CHECK(workspace.store().forget(key));
    return std::optional<Outcome>();
  }
  ASSAY_TRY(out.result, operation::parse_json(*text, entry->output));
  out.digest = entry->output, out.run = entry->run, out.cached = true;
  out.finished_us = entry->finished_us;
  return std::optional(std::move(out));
}

void fill_evidence(Json& result, const operation::Operation& op, const Parts& parts,
                   const std::map<std::string, std::string>& digests) {
  result["operation"] = op.id();
  result["provenance"] = Json{{"inputs", inputs_json(parts.inputs)}, {"options", parts.options}, {"seed", parts.seed},
                              {"code", std::string(code_version())}, {"environment", nullptr},   {"portable", true}};
  for (const auto& [role, digest] : digests) result["blobs"][role]["digest"] = digest;
}

Status settle(Outcome& out, const operation::Operation& op, const Parts& parts, const Session& session,
              Workspace* workspace) {
  for (const auto& [role, path] : session.outputs()) {
    if (workspace) {
      ASSAY_TRY(out.digests[role], workspace->objects().take(path));
      out.blobs[role] = workspace->objects().path_of(out.digests[role]);
    } else {
      ASSAY_TRY(out.digests[role], crypto::digest_of_file(path));
      out.blobs[role] = path;
    }
  }
  if (op.evidence) fill_evidence(out.result, op, parts, out.digests);
  const auto bytes = operation::canonical(out.result);
  out.digest = crypto::digest_of(bytes);
  if (workspace) {
    ASSAY_TRY(const auto stored, workspace->objects().put(bytes));
    static_cast<void>(stored);
  }
  return {};
}

// What an outside library throws must not end the process before the run is written down.
Result<Json> called(const operation::Operation& op, const Json& request, Task& task) {
  try {
    return op.call(request, task);
  } catch (const std::bad_alloc&) {
    return fail(Code::kExhausted, "there is not enough memory", op.id(), "give it less data, or more memory");
  } catch (const std::exception& e) {
    return fail(Code::kInternal, e.what(), op.id(), "this is a fault of Assay: please report it");
  }
}

}  // namespace

Result<Workspace*> workspace_of(Task& task) {
  auto* session = dynamic_cast<Session*>(task.assets());
  if (!session || !session->workspace())
    return fail(Code::kFailedPrecondition, "there is no workspace here", ".assay",
                "run `assay run` once, or name one with --workspace DIR");
  return session->workspace();
}

std::string run_of(Task& task) {
  const auto* session = dynamic_cast<Session*>(task.assets());
  return session && session->workspace() ? session->run() : "";
}

Result<Outcome> execute(const operation::Operation& op, const Json& request, const Context& context) {
  const auto started = std::chrono::steady_clock::now();
  const auto clock = context.clock ? context.clock : time::now_us;
  Workspace* workspace = context.workspace;
  ASSAY_TRY(const auto resolved, op.resolve(request));
  std::string staging = "/tmp";
  if (workspace) {
    staging = workspace->inside("staging");
    remove_dead_staging(staging);
  } else if (const char* chosen = std::getenv("TMPDIR")) {
    staging = chosen;
  }
  const bool plain =
      !op.cacheable && op.access == operation::Access::kRead;  // a look at the workspace: leaves no trace
  ASSAY_TRY(auto made, Folder::make(staging, staging_name()));
  auto folder = std::make_shared<Folder>(std::move(made));
  RunRecord run;
  run.created_us = clock();
  run.id = context.run.empty() ? make_id(run.created_us) : context.run;
  Session session(workspace, folder->path(), run.id);
  Parts parts;
  std::string key;
  if (!plain) {
    ASSAY_TRY(parts, take_apart(op, resolved, session));
    key = key_of(op, parts);
    if (workspace && op.cacheable && !context.refresh) {
      ASSAY_TRY(auto known, remembered(*workspace, key));
      if (known) return std::move(*known);
    }
  }
  run.operation = op.id(), run.state = "running", run.parent = context.parent,
  run.by = context.by.empty() ? this_user() : context.by;
  run.host = this_host(), run.pid = ::getpid(), run.threads = context.threads, run.inputs = parts.inputs;
  const bool recorded = workspace && !plain;
  if (recorded) ASSAY_CHECK(workspace->store().begin_run(run));

  Task task(context.stop, context.watcher, &session, context.listener, context.steps);
  Outcome out;
  auto result = called(op, resolved, task);
  Status status;
  if (result) {
    out.result = std::move(*result);
    status = plain ? Status{} : settle(out, op, parts, session, workspace);
  } else {
    status = tl::unexpected<Error>(std::move(result).error());
  }
  out.run = run.id, out.finished_us = run.finished_us = clock(), out.keeps = folder;
  if (recorded) {
    run.state = status ? "done" : status.error().code == Code::kCancelled ? "cancelled" : "failed";
    run.error = status ? "" : status.error().text(), run.output = out.digest;
    std::optional<CacheEntry> entry;
    if (status) {
      run.outputs.push_back({"", out.digest});
      for (const auto& [role, digest] : out.digests) run.outputs.push_back({role, digest});
      if (op.cacheable) entry = CacheEntry{key, run.id, out.digest, {run.outputs.begin() + 1, run.outputs.end()}};
    }
    const auto ended = workspace->store().end_run(run, entry);
    if (status && !ended) return tl::unexpected<Error>(ended.error());
  }
  if (!status) return tl::unexpected<Error>(std::move(status).error());
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return out;
}

}  // namespace assay::workspace
