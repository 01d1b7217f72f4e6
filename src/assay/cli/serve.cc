#include "assay/cli/serve.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "assay/base/files.h"
#include "assay/base/threads.h"
#include "assay/cli/output.h"
#include "assay/cli/signals.h"
#include "assay/operation/json.h"
#include "assay/server/client.h"
#include "assay/server/server.h"
#include "assay/server/session.h"
#include "assay/workspace/workspace.h"

namespace assay::cli {
namespace {

using operation::Json;
using server::Running;

constexpr std::uint16_t kPort = 8650;

struct Words {
  std::vector<std::string> folders, hosts;
  std::string listen, assets;
  int port = -1, threads = 0, request_timeout = 30;
  bool no_open = false, detach = false, behind_tls = false, help = false;
  std::string name;  // of a token
};

constexpr const char* kStudioHelp =
    "Show the workspace in a browser\n"
    "usage: assay studio [--port N] [--no-open] [--detach] [--workspace DIR]\n\n"
    "  --port N         port on this machine [default 8650, or a free one]\n"
    "  --no-open        print the address only\n"
    "  --detach         go on in the background; `assay server stop` ends it\n"
    "  --workspace DIR  folder with the .assay/ to show; else found upwards; may be repeated\n"
    "  --threads N      threads to use; results do not depend on it\n"
    "  --assets DIR     read the studio's files from a folder: for those who work on it\n";
constexpr const char* kServerHelp =
    "Serve workspaces to a team\n"
    "usage: assay server start [options]\n       assay server status|stop [--workspace DIR]\n"
    "       assay server token|revoke NAME [--workspace DIR]   a token for another user's ASSAY_TOKEN\n\n"
    "  --listen ADDR:PORT   where to listen [default 127.0.0.1:8650]\n"
    "  --host NAME          a name under which clients reach it; may be repeated\n"
    "  --workspace DIR      folder to serve; may be repeated\n"
    "  --behind-tls         a proxy in front speaks TLS: cookies are Secure\n"
    "  --request-timeout S  seconds that a request may take to arrive [default 30]\n"
    "  --threads N          threads to use; results do not depend on it\n"
    "  --assets DIR         read the studio's files from a folder\n";

Result<Words> read_words(std::vector<std::string> words, bool studio, const std::string& name) {
  CLI::App app;
  Words out;
  app.set_help_flag();
  app.add_flag("--help,-h", out.help);
  app.add_option("--workspace", out.folders)->allow_extra_args(false);
  app.add_option("--assets", out.assets);
  app.add_option("--host", out.hosts)->allow_extra_args(false);
  app.add_option("--threads", out.threads)->check(CLI::Range(1, 1024));
  if (studio) {
    app.add_option("--port", out.port)->check(CLI::Range(0, 65535));
    app.add_flag("--no-open", out.no_open);
    app.add_flag("--detach", out.detach);
  } else {
    app.add_option("name", out.name);
    app.add_option("--listen", out.listen);
    app.add_flag("--behind-tls", out.behind_tls);
    app.add_option("--request-timeout", out.request_timeout)->check(CLI::Range(1, 3600));
  }
  try {
    std::reverse(words.begin(), words.end());
    app.parse(words);
  } catch (const CLI::ParseError& e) {
    return fail(Code::kInvalidArgument, e.what(), "assay " + name, "see --help");
  }
  for (const auto& folder : out.folders)
    if (!std::filesystem::is_directory(folder))
      return fail(Code::kNotFound, "no such folder", "--workspace: " + folder, "check the path");
  if (out.folders.empty()) out.folders = {workspace::Workspace::find().value_or(".")};
  return out;
}

// "0.0.0.0:8650", "[::1]:8650", ":9000" or "9000".
Status read_listen(const std::string& text, server::Options& into) {
  const auto colon = text.rfind(':');
  std::string address = colon == std::string::npos ? "" : text.substr(0, colon);
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (code != std::errc() || end != port.data() + port.size() || number > 65535)
    return fail(Code::kInvalidArgument, "\"" + text + "\" names no port", "--listen", "write it as 0.0.0.0:8650");
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  if (!address.empty()) into.address = address;
  into.port = static_cast<std::uint16_t>(number);
  return {};
}

// Without a shell, and only where there is a screen.
void open_browser(const std::string& address) {
  if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY")) return;
  std::string program = "xdg-open", text = address;
  char* const arguments[] = {program.data(), text.data(), nullptr};
  pid_t child = 0;
  ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments, environ);
}

Result<Json> ask(const Running& at, const std::string& method, const std::string& target) {
  ASSAY_TRY(auto client, server::Client::make(at.url, at.token));
  ASSAY_TRY(const auto answer, client.checked({method, target, "", "application/json", {}, {}, {}}));
  return operation::parse_json(answer.body, target);
}

// A second `assay studio` shows the server that is there.
Result<int> show_running(const Running& at, bool open) {
  ASSAY_TRY(const auto made, ask(at, "POST", "/api/v1/session:link"));
  const auto link = made["url"].get<std::string>();
  std::printf("%s\n  a server is running (pid %lld); the link signs in once, within 10 minutes\n", link.c_str(),
              static_cast<long long>(at.pid));
  if (open) open_browser(link);
  return 0;
}

Result<int> serve(server::Options options, const char* title, bool open) {
  const auto stop = stopped_by_signals();
  std::signal(SIGPIPE, SIG_IGN);  // a client that goes must not end the server
  const ThreadLimit limit(options.threads);
  options.threads = limit.count();
  const auto ready = [&](const server::Ready& at) {
    std::printf("%s\n  %s; the link signs in once, within 10 minutes; Ctrl-C ends it\n", at.link.c_str(), title);
    if (!options.address.starts_with("127.") && options.address != "::1" && !options.behind_tls)
      std::fputs("  the network reads what is sent: put a proxy that speaks TLS in front, and say --behind-tls\n",
                 stderr);
    if (at.interrupted)
      std::printf("  %lld interrupted run(s) found: run the plan again, what they finished is used\n",
                  static_cast<long long>(at.interrupted));
    std::fflush(stdout);
    if (open) open_browser(at.link);
  };
  ASSAY_CHECK(server::serve(options, stop, ready, [] { ::_exit(exit_status(Code::kUnavailable)); }));
  return 0;
}

std::optional<Running> running_in(const Words& words) {
  for (const auto& folder : words.folders)
    if (auto found = server::running(folder)) return found;
  return std::nullopt;
}

// The same command in a session of its own, without a terminal; what it says stands in .assay/server.log.
Result<int> detached(const Words& given, const std::vector<std::string>& words) {
  const auto inside = given.folders.front() + "/.assay";
  if (!std::filesystem::is_directory(inside))
    return fail(Code::kFailedPrecondition, "there is no workspace here", inside, "run `assay run` once, or name one");
  const auto log = inside + "/server.log";
  std::vector<std::string> text{"assay", "studio", "--no-open"};
  std::copy_if(words.begin(), words.end(), std::back_inserter(text), [](const auto& w) { return w != "--detach"; });
  std::vector<char*> arguments;
  for (auto& each : text) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t redirections;
  ::posix_spawn_file_actions_init(&redirections);
  ::posix_spawn_file_actions_addopen(&redirections, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&redirections, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&redirections, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t manner;
  ::posix_spawnattr_init(&manner);
  ::posix_spawnattr_setflags(&manner, POSIX_SPAWN_SETSID);
  pid_t child = 0;
  const int code = ::posix_spawn(&child, "/proc/self/exe", &redirections, &manner, arguments.data(), environ);
  ::posix_spawnattr_destroy(&manner);
  ::posix_spawn_file_actions_destroy(&redirections);
  if (code != 0) return tl::unexpected<Error>(files::error_of(code, "/proc/self/exe"));
  for (int tenths = 0; tenths < 100; ++tenths) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (const auto at = running_in(given)) return show_running(*at, !given.no_open);
    if (::waitpid(child, nullptr, WNOHANG) == child) break;
  }
  return fail(Code::kUnavailable, "the studio did not start", log, "what it said stands there");
}

Result<int> status(const Words& words) {
  const auto at = running_in(words);
  if (!at) return std::puts("no server runs for this workspace\n  next: assay studio"), 1;
  ASSAY_TRY(const auto version, ask(*at, "GET", "/api/v1/version"));
  ASSAY_TRY(const auto me, ask(*at, "GET", "/api/v1/me"));
  std::printf("%s  pid %lld  version %s\n", at->url.c_str(), static_cast<long long>(at->pid),
              version["version"].get<std::string>().c_str());
  for (const auto& each : me["workspaces"])
    std::printf("  %s  %s\n", each["name"].get<std::string>().c_str(), each["folder"].get<std::string>().c_str());
  return 0;
}

Result<int> stop(const Words& words) {
  const auto at = running_in(words);
  if (!at) return std::puts("no server runs for this workspace"), 1;
  // Only what answers with this workspace's own token is the server that the file tells of.
  ASSAY_TRY(const auto me, ask(*at, "GET", "/api/v1/me"));
  static_cast<void>(me);
  if (::kill(static_cast<pid_t>(at->pid), SIGTERM) != 0)
    return fail(Code::kPermissionDenied, "the server belongs to another user", "pid " + std::to_string(at->pid),
                "ask that user");
  for (int tenths = 0; tenths < 150; ++tenths) {
    const bool gone = std::none_of(words.folders.begin(), words.folders.end(), [&](const std::string& folder) {
      const auto now = server::recorded(folder);
      return now && now->pid == at->pid;
    });
    if (gone) return std::puts("stopped"), 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return fail(Code::kUnavailable, "the server has not ended after 15 s", "pid " + std::to_string(at->pid),
              "look at what it runs: assay runs list");
}

Result<int> token(const Words& words, bool make) {
  const auto inside = words.folders.front() + "/.assay";
  if (!std::filesystem::is_directory(inside))
    return fail(Code::kFailedPrecondition, "there is no workspace here", inside, "name one with --workspace DIR");
  const auto file = inside + "/tokens.json";
  if (!make) {
    ASSAY_CHECK(server::remove_token(file, words.name));
    return std::puts("revoked"), 0;
  }
  ASSAY_TRY(const auto made, server::add_token(file, words.name));
  std::printf("%s\n  shown once; whoever holds it may do everything in this workspace\n", made.c_str());
  return 0;
}

server::Options options_of(const Words& words) {
  server::Options options;
  options.folders = words.folders, options.hosts = words.hosts, options.behind_tls = words.behind_tls;
  options.assets_folder = words.assets.empty() ? "" : std::filesystem::absolute(words.assets).string();
  options.threads = words.threads;
  options.limits.request = std::chrono::seconds(words.request_timeout);
  return options;
}

}  // namespace

Result<int> studio(std::vector<std::string> words) {
  const auto again = words;
  ASSAY_TRY(const auto given, read_words(std::move(words), true, "studio"));
  if (given.help) return std::fputs(kStudioHelp, stdout), 0;
  if (const auto at = running_in(given)) return show_running(*at, !given.no_open);
  if (given.detach) return detached(given, again);
  auto options = options_of(given);
  options.port = given.port < 0 ? kPort : static_cast<std::uint16_t>(given.port);
  options.or_free_port = given.port < 0;
  return serve(std::move(options), "Assay studio", !given.no_open);
}

Result<int> server_command(std::vector<std::string> words) {
  const std::string verb = words.empty() ? "" : words.front();
  if (verb.empty() || verb == "--help" || verb == "-h") return std::fputs(kServerHelp, stdout), verb.empty() ? 2 : 0;
  if (verb != "start" && verb != "status" && verb != "stop" && verb != "token" && verb != "revoke")
    return tl::unexpected<Error>(
        operation::unknown_name("verb of server", verb, {"start", "status", "stop", "token", "revoke"}));
  words.erase(words.begin());
  ASSAY_TRY(const auto given, read_words(std::move(words), false, "server " + verb));
  if (given.help) return std::fputs(kServerHelp, stdout), 0;
  if (verb == "token" || verb == "revoke") return token(given, verb == "token");
  if (!given.name.empty())
    return fail(Code::kInvalidArgument, "\"" + given.name + "\" is one argument too many", "assay server " + verb,
                "see --help");
  if (verb == "status") return status(given);
  if (verb == "stop") return stop(given);
  auto options = options_of(given);
  options.port = kPort;
  if (!given.listen.empty()) ASSAY_CHECK(read_listen(given.listen, options));
  return serve(std::move(options), "Assay server", false);
}

}  // namespace assay::cli
