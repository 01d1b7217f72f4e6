#include "assay/cli/remote.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "assay/base/files.h"
#include "assay/cli/output.h"
#include "assay/cli/signals.h"
#include "assay/server/client.h"
#include "assay/server/server.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;
using operation::Json;
using operation::Operation;
using server::Answer;
using server::Client;

// --token-file, ASSAY_TOKEN, or what a server of this machine left for its own user.
Result<std::string> token_for(const Common& common) {
  if (!common.token_file.empty()) {
    ASSAY_TRY(auto text, files::read(common.token_file, 4096));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
    return text;
  }
  if (const char* given = std::getenv("ASSAY_TOKEN")) return std::string(given);
  if (const auto folder = workspace::Workspace::find())
    if (const auto at = server::recorded(*folder); at && common.server.starts_with(at->url)) return at->token;
  return fail(Code::kPermissionDenied, "there is no token for this server", common.server,
              "set ASSAY_TOKEN or give --token-file FILE; .assay/server.json beside the server's workspace holds one");
}

// The workspace named, else the only one.
Result<std::string> workspace_of(Client& client, const Common& common) {
  ASSAY_TRY(const auto answer, client.checked({"GET", "/api/v1/workspaces", {}, {}, {}, {}, {}}));
  ASSAY_TRY(const auto list, operation::parse_json(answer.body, "workspaces"));
  std::vector<std::string> names;
  for (const auto& each : list["items"]) names.push_back(each["name"].get<std::string>());
  if (common.workspace.empty() && names.size() == 1) return names.front();
  for (const auto& name : names)
    if (name == common.workspace) return name;
  return tl::unexpected<Error>(operation::unknown_name(
      "workspace of the server", common.workspace.empty() ? "--workspace" : common.workspace, names));
}

class Remote {
 public:
  Remote(Client client, std::string workspace, bool quiet)
      : client_(std::move(client)), base_("/api/v1/w/" + workspace + "/"), quiet_(quiet) {}

  // Files of this machine become digests that the server knows; a plan stays where it lies, beside its data there.
  Result<Json> uploaded(const Operation& op, Json request) {
    for (const auto& a : op.arguments) {
      const auto given = request.find(a.name);
      if (!a.meta.input || given == request.end() || a.name == op.workspace_beside) continue;
      if (given->is_string()) {
        ASSAY_TRY(*given, upload(given->get<std::string>()));
      } else if (given->is_array()) {
        for (auto& each : *given) {
          ASSAY_TRY(each, upload(each.get<std::string>()));
        }
      }
    }
    return request;
  }

  Result<Answer> run(const Operation& op, const Json& request) {
    server::Sent sent{"POST", base_ + op.noun + ":" + op.verb, request.dump(), "application/json", {}, {}, {}};
    const bool look = !op.cacheable && op.access == operation::Access::kRead;
    if (!look) sent.headers.emplace_back("Prefer", "respond-async");
    ASSAY_TRY(auto answer, client_.checked(sent));
    if (answer.status != 202) return answer;
    ASSAY_TRY(const auto accepted, operation::parse_json(answer.body, op.id()));
    const auto id = accepted["run"].get<std::string>();
    const auto followed = follow(id);
    if (!followed && followed.error().code == Code::kCancelled) cancel(id);
    ASSAY_CHECK(followed);
    return client_.checked({"GET", base_ + "runs/" + id + "/result", {}, {}, {}, {}, {}});
  }

  // The bytes beside the evidence, in files that go with `keeps`.
  Status fetch(workspace::Outcome& outcome) {
    if (!outcome.result.is_object() || !outcome.result.contains("blobs")) return {};
    std::string folder = (fs::temp_directory_path() / "assay-remote.XXXXXX").string();
    if (!::mkdtemp(folder.data())) return tl::unexpected<Error>(files::error_of(errno, folder));
    outcome.keeps = std::shared_ptr<void>(nullptr, [folder](void*) {
      std::error_code code;
      fs::remove_all(folder, code);
    });
    for (const auto& [role, blob] : outcome.result["blobs"].items()) {
      const auto path = folder + "/" + std::to_string(outcome.blobs.size());
      ASSAY_TRY(
          const auto got,
          client_.checked({"GET", base_ + "evidence/" + outcome.digest + "/blobs/" + role, {}, {}, {}, {}, path}));
      static_cast<void>(got);
      outcome.blobs[role] = path, outcome.digests[role] = blob["digest"].get<std::string>();
    }
    return {};
  }

 private:
  Result<std::string> upload(const std::string& name) {
    if (name.empty() || name.starts_with("preset:") || !files::exists(name)) return name;
    ASSAY_TRY(const auto answer, client_.checked({"POST", base_ + "uploads", {}, {}, {}, name, {}}));
    ASSAY_TRY(const auto made, operation::parse_json(answer.body, "uploads"));
    return made["digest"].get<std::string>();
  }

  // What the run says, as a run here would say it; over broken connections for as long as the server comes back.
  Status follow(const std::string& id) {
    std::string last;
    bool ended = false;
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    const auto say = [&](const std::string& text) {
      if (!quiet_) std::fwrite(text.data(), 1, text.size(), stderr), std::fflush(stderr);
    };
    const auto heard = [&](const std::string& name, const std::string& text) {
      const Json data = Json::parse(text, nullptr, false);
      if (!data.is_object()) return true;
      if (name == "log") say((terminal ? "\r" : "") + data.value("text", "") + "\n");
      if (name == "step" && terminal && data.value("state", "") == "running")
        say(fmt::format("[{:>2}/{}] {:<9} {:<16}", data.value("number", 0), data.value("of", 0), data.value("id", ""),
                        data.value("operation", "")));
      const auto state = data.value("state", "");
      ended = name == "state" && data.value("id", "") == id && state != "queued" && state != "running";
      return !ended;
    };
    for (int tries = 0; !ended && tries < 6; ++tries) {
      const auto before = last;
      const auto status = client_.follow(base_ + "events?topics=run:" + id, last, heard);
      if (!status && status.error().code != Code::kUnavailable) return status;
      if (!status && tries == 5) return status;
      if (last != before) tries = 0;
      if (!ended) std::this_thread::sleep_for(std::chrono::milliseconds(200 << tries));
    }
    if (ended) return {};
    return fail(Code::kUnavailable, "the server ended the stream before the run had ended", "run " + id,
                "look there: assay runs list");
  }

  // Ctrl-C has stopped the client too: a fresh one carries the word, and waits for the end.
  void cancel(const std::string& id) {
    client_.unstop();
    static_cast<void>(
        client_.send({"POST", base_ + "runs:cancel", Json{{"run", id}}.dump(), "application/json", {}, {}, {}}));
  }

  Client client_;
  std::string base_;
  bool quiet_;
};

}  // namespace

Result<int> run_remote(const Operation& op, Parsed parsed) {
  const auto& common = parsed.common;
  ASSAY_TRY(const auto token, token_for(common));
  ASSAY_TRY(auto client, Client::make(common.server, token, stopped_by_signals()));
  ASSAY_TRY(const auto name, workspace_of(client, common));
  Remote remote(std::move(client), name, common.quiet);
  ASSAY_TRY(const auto request, remote.uploaded(op, parsed.request));
  ASSAY_TRY(const auto answer, remote.run(op, request));
  workspace::Outcome outcome;
  ASSAY_TRY(outcome.result, operation::parse_json(answer.body, op.id()));
  const auto header = [&](const char* field) {
    const auto found = answer.headers.find(field);
    return found == answer.headers.end() ? std::string() : found->second;
  };
  outcome.digest = header("x-assay-digest"), outcome.run = header("x-assay-run");
  outcome.cached = header("x-assay-cached") == "true";
  if (!common.output.empty()) ASSAY_CHECK(remote.fetch(outcome));
  workspace::Context here;  // --policy is judged here, without a workspace
  return show(op, outcome, common, here);
}

}  // namespace assay::cli
