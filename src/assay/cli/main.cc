// `assay NOUN VERB [subject] --flags`: one loop over the catalogue. What the front (apps/assay) calls.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

#include "assay/base/threads.h"
#include "assay/catalog/catalog.h"
#include "assay/cli/arguments.h"
#include "assay/cli/help.h"
#include "assay/cli/output.h"
#include "assay/cli/remote.h"
#include "assay/cli/serve.h"
#include "assay/cli/signals.h"
#include "assay/server/openapi.h"

namespace assay::cli {
namespace {

using operation::Json;
using operation::Operation;
using workspace::Workspace;

// On a terminal: at most ten redraws a second. Elsewhere: whole lines only.
void listen(workspace::Context& context, bool quiet) {
  if (quiet) return;
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  context.listener = [terminal](std::string_view line) {
    if (!terminal && !line.ends_with('\n')) return;
    if (!terminal && line.starts_with('\r')) line.remove_prefix(1);
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  };
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// The workspace a command works in: the one named, the one beside its plan (made when absent), or the nearest upwards.
Result<std::optional<Workspace>> workspace_for(const Operation& op, const Parsed& parsed, const Json& resolved) {
  std::string folder = parsed.common.workspace;
  if (folder.empty() && !op.workspace_beside.empty()) {
    const auto anchor = resolved.at(op.workspace_beside).get<std::string>();
    if (!files::exists(anchor)) return fail(Code::kNotFound, "no such file", anchor, "`assay init DATA` writes a plan");
    folder = Workspace::find(folder_of(anchor)).value_or(folder_of(anchor));
  } else if (folder.empty()) {
    const auto found = Workspace::find();
    if (!found) return std::optional<Workspace>();
    folder = *found;
  }
  ASSAY_TRY(auto opened, Workspace::open(folder));
  return std::optional(std::move(opened));
}

// `assay init` asks on a terminal for what it will not guess.
bool asked(const Operation& op, const Error& e, Json& request) {
  if (op.id() != "plan.init" || ::isatty(STDIN_FILENO) != 1 || (e.where != "label" && e.where != "favorable") ||
      !request.value(e.where, "").empty())
    return false;
  std::fprintf(stderr, "%s\n%s: ", e.what.c_str(), e.where.c_str());
  std::string answer;
  if (!std::getline(std::cin, answer) || answer.empty()) return false;
  request[e.where] = answer;
  return true;
}

Result<int> run(const Operation& op, std::vector<std::string> words) {
  ASSAY_TRY(auto parsed, parse(op, std::move(words)));
  if (parsed.common.help) return std::fputs(verb_help(op).c_str(), stdout), 0;
  const ThreadLimit limit(parsed.common.threads);
  auto resolved = op.resolve(parsed.request);
  if (!resolved) {  // the same error, with the flag's spelling
    Error e = std::move(resolved).error();
    if (!e.where.empty()) e.where = flag_of(e.where);
    return tl::unexpected<Error>(std::move(e));
  }
  if (!parsed.common.server.empty()) return run_remote(op, std::move(parsed));
  ASSAY_TRY(auto space, workspace_for(op, parsed, *resolved));
  workspace::Context context;
  context.workspace = space ? &*space : nullptr;
  context.stop = stopped_by_signals(), context.threads = limit.count();
  listen(context, parsed.common.quiet);
  for (;;) {
    const auto outcome = workspace::execute(op, parsed.request, context);
    if (outcome) return show(op, *outcome, parsed.common, context);
    if (!asked(op, outcome.error(), parsed.request)) return tl::unexpected<Error>(outcome.error());
  }
}

Result<int> dispatch(std::vector<std::string> words) {
  if (words.empty() || words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    if (words.size() > 2)
      if (const auto* op = catalog::find(words[1], words[2])) return std::fputs(verb_help(*op).c_str(), stdout), 0;
    return std::fputs(overview().c_str(), stdout), 0;
  }
  if (words[0] == "version" || words[0] == "--version") return std::puts("assay " ASSAY_VERSION), 0;
  if (words[0] == "openapi") {
    const bool all = words.size() > 1 && words[1] == "--all";  // with the reads and the server's own addresses
    return std::puts((all ? server::openapi() : catalog::openapi()).dump(2).c_str()), 0;
  }
  if (words[0] == "completion") {
    ASSAY_TRY(const auto script, completion(words.size() > 1 ? words[1] : "bash"));
    return std::fputs(script.c_str(), stdout), 0;
  }
  if (words[0] == "studio") return studio({words.begin() + 1, words.end()});
  if (words[0] == "server") return server_command({words.begin() + 1, words.end()});
  if (words[0] == "run" || words[0] == "init") words.insert(words.begin(), "plan");
  std::vector<std::string> nouns{"run", "init", "studio", "server", "help", "version", "openapi", "completion"}, verbs;
  for (const auto& op : catalog::operations()) {
    nouns.push_back(op.noun);
    if (op.noun == words[0]) verbs.push_back(op.verb);
  }
  if (verbs.empty()) {
    auto e = operation::unknown_name("command", words[0], nouns);
    if (!e.fix.starts_with("did")) e.fix = "`assay help` lists them";
    return tl::unexpected<Error>(std::move(e));
  }
  if (words.size() < 2 || words[1] == "--help" || words[1] == "-h")
    return std::fputs(noun_help(words[0]).c_str(), stdout), words.size() < 2 ? 2 : 0;
  const auto* op = catalog::find(words[0], words[1]);
  if (!op) return tl::unexpected<Error>(operation::unknown_name("verb of " + words[0], words[1], verbs));
  return run(*op, {words.begin() + 2, words.end()});
}

}  // namespace
}  // namespace assay::cli

extern "C" __attribute__((visibility("default"))) int assay_main(int argc, char** argv) {
  using assay::Code;
  using assay::cli::report;
  try {
    for (int i = 1; i < argc; ++i)  // what is not UTF-8 could be neither shown, hashed nor signed
      if (!assay::operation::is_utf8(argv[i]))
        return report({Code::kInvalidArgument, "is not UTF-8", "argument " + std::to_string(i),
                       "rename the file, or set a UTF-8 locale"});
    const auto status = assay::cli::dispatch({argv + 1, argv + argc});
    std::fflush(stdout);
    return status ? *status : report(status.error());
  } catch (const std::exception& e) {
    return report({Code::kInternal, e.what(), "assay", "this is a fault of Assay: please report it"});
  }
}
