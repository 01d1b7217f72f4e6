#include "assay/server/server.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/operation/json.h"
#include "assay/server/client.h"
#include "assay/server/service.h"

namespace assay::server {
namespace {

namespace fs = std::filesystem;
using operation::Json;

std::string state_path(const std::string& folder) { return folder + "/.assay/server.json"; }

// The file that tells other commands of this server; it goes with its owner.
class StateFile {
 public:
  StateFile() = default;
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;
  Status write(const std::string& folder, const std::string& url, const std::string& token) {
    const Json state{{"pid", ::getpid()}, {"url", url}, {"token", token}};
    ASSAY_CHECK(files::write(state_path(folder), state.dump(2) + "\n", 0600));
    folders_.push_back(folder);
    return {};
  }
  ~StateFile() {
    for (const auto& folder : folders_)
      if (const auto other = recorded(folder); !other || other->pid == ::getpid()) ::unlink(state_path(folder).c_str());
  }

 private:
  std::vector<std::string> folders_;
};

Result<std::vector<Place>> open_places(const Options& options, std::int64_t& interrupted) {
  std::vector<Place> places;
  for (const auto& folder : options.folders) {
    std::error_code code;
    const auto real = fs::canonical(folder, code).string();
    if (code || !fs::is_directory(real, code)) return fail(Code::kNotFound, "no such folder", folder, "check the path");
    if (const auto other = running(real))
      return fail(Code::kAlreadyExists,
                  "a server (pid " + std::to_string(other->pid) + ") serves this folder at " + other->url, folder,
                  "use that one, or stop it with: assay server stop");
    ASSAY_TRY(auto space, workspace::Workspace::open(real));
    ASSAY_TRY(const auto dead, space.store().mark_dead_runs(workspace::this_host()));
    interrupted += dead;
    auto name = place_name(real);
    const auto taken = [&] {
      return std::any_of(places.begin(), places.end(), [&](const Place& p) { return p.name == name; });
    };
    for (int number = 2; taken(); ++number) name = place_name(real) + "-" + std::to_string(number);
    places.push_back({name, real});
  }
  return places;
}

void wait_for(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait(lock, stop, [] { return false; });
}

}  // namespace

std::optional<Running> running(const std::string& folder) {
  auto found = recorded(folder);
  if (!found) return found;
  auto client = Client::make(found->url, found->token);
  if (!client) return std::nullopt;
  client->wait_at_most(std::chrono::seconds(3));
  Sent sent;
  sent.target = "/api/v1/me";
  const auto answer = client->send(sent);
  if (!answer || answer->status != 200) return std::nullopt;
  return found;
}

std::optional<Running> recorded(const std::string& folder) {
  const auto text = files::read(state_path(folder), 1 << 16);
  if (!text) return std::nullopt;
  const auto state = operation::parse_json(*text);
  if (!state || !state->is_object()) return std::nullopt;
  const auto is_text = [&](const char* name) { return state->contains(name) && (*state)[name].is_string(); };
  if (!is_text("url") || !is_text("token") || !state->contains("pid") || !(*state)["pid"].is_number_integer())
    return std::nullopt;
  Running out{(*state)["pid"].get<std::int64_t>(), (*state)["url"].get<std::string>(),
              (*state)["token"].get<std::string>()};
  if (out.pid <= 0 || (::kill(static_cast<pid_t>(out.pid), 0) != 0 && errno == ESRCH)) return std::nullopt;
  return out;
}

Status serve(const Options& options, std::stop_token stop, const std::function<void(const Ready&)>& ready,
             const std::function<void()>& leave) try {
  Ready told;
  ASSAY_TRY(auto places, open_places(options, told.interrupted));
  Http http(options.limits);
  auto port = http.listen(options.address, options.port);
  if (!port && port.error().code == Code::kUnavailable && options.or_free_port) port = http.listen(options.address, 0);
  if (!port) return tl::unexpected<Error>(std::move(port).error());
  const bool anywhere = options.address == "0.0.0.0" || options.address == "::";
  const std::string shown = anywhere                                         ? "127.0.0.1"
                            : options.address.find(':') == std::string::npos ? options.address
                                                                             : "[" + options.address + "]";
  Settings settings;
  settings.places = places, settings.user = workspace::this_user(), settings.threads = options.threads;
  settings.trust = {options.hosts, shown, *port, options.behind_tls, {}};
  for (const auto& place : places) settings.trust.token_files.push_back(place.folder + "/.assay/tokens.json");
  settings.assets_folder = options.assets_folder;
  Service service(settings);
  const auto token = make_bearer();
  service.sessions().add_bearer(token, settings.user);
  told.port = *port, told.url = "http://" + shown + ":" + std::to_string(*port);
  StateFile state;
  for (const auto& place : places) ASSAY_CHECK(state.write(place.folder, told.url, token));
  told.link = service.link(service.sessions().make_link(settings.user, time::now_us()));
  http.start(service);
  ready(told);
  wait_for(stop);
  // First no new requests, then the runs, then what waits for their end.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto rest = [&] {
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()));
  };
  http.close_door();
  const bool ended = service.drain(rest());
  http.drain(std::max(rest(), std::chrono::milliseconds(500)));
  http.stop();
  if (!ended) leave();
  return {};
} catch (const std::exception& e) {
  return fail(Code::kInternal, e.what(), "server", "this is a fault of Assay: please report it");
}

}  // namespace assay::server
