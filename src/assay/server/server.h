// The server as a whole: workspaces in, an address out, and an orderly end.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assay/server/http.h"

namespace assay::server {

struct Options {
  std::vector<std::string> folders;  // of the workspaces; made when they have no .assay yet
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;     // 0: a free one
  bool or_free_port = false;  // when `port` is taken
  std::vector<std::string> hosts;
  bool behind_tls = false;
  std::string assets_folder;
  int threads = 0;
  Limits limits;
};

struct Ready {
  std::string url, link;  // url: without a token; link: signs in once
  std::uint16_t port = 0;
  std::int64_t interrupted = 0;  // runs that an earlier process left unfinished
};

// Serves until `stop`, then finishes what has begun, for at most 10 s. `ready` is called once, when it answers; `leave`
// when a run does not heed the word to stop, and must end the process: the next start marks that run as preempted.
// Errors: as Http::listen and Workspace::open; already-exists: another server serves one of the folders.
Status serve(const Options& options, std::stop_token stop, const std::function<void(const Ready&)>& ready,
             const std::function<void()>& leave);

// What a running server left in .assay/server.json (0600), for the commands that ask it.
struct Running {
  std::int64_t pid = 0;
  std::string url, token;
};
std::optional<Running> recorded(const std::string& folder);  // none: no file, or its process has gone
std::optional<Running> running(
    const std::string& folder);  // and it answers: another process may have its number by now

}  // namespace assay::server
