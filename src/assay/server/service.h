// The server without its sockets: who may ask, what is asked, who answers. Tests call it as the network does.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "assay/server/assets.h"
#include "assay/server/call.h"
#include "assay/server/events.h"
#include "assay/server/jobs.h"
#include "assay/server/router.h"
#include "assay/server/session.h"
#include "assay/server/workers.h"

namespace assay::server {

inline constexpr std::uint64_t kMaxBody = 64ull << 20, kMaxUpload = 1ull << 30;

struct Settings {
  std::vector<Place> places;
  std::string user;  // whose links and tokens these are
  Trust trust;
  std::string assets_folder;  // the studio's files, when they are not those in the binary
  int threads = 0;            // of the task arena, as told in records
  std::size_t quick_threads = 4, quick_waiting = 512, slow_threads = 2, slow_waiting = 64;
};

class Service {
 public:
  explicit Service(Settings settings);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  // What may follow a request's head: nothing more when it is refused, else a body up to a limit, kept in memory or in
  // the file named.
  struct Admission {
    std::optional<Response> refused;
    Call call;
    std::size_t route = 0;
    std::uint64_t body_limit = 0;
    std::string upload_to;
  };
  Admission admit(Request head);
  // `admission.call.request` now has its body. `reply` is called once, from any thread, with the common headers set.
  void answer(Admission admission, Reply reply);

  Sessions& sessions() { return sessions_; }
  Events& events() { return events_; }
  Jobs& jobs() { return jobs_; }
  const Settings& settings() const { return settings_; }
  std::string link(std::string_view token) const;  // the address that a person opens
  // Lets what runs end, for at most `longest`, then tells it to stop. False: something did not stop within 2 s more.
  bool drain(std::chrono::milliseconds longest);

 private:
  using Now = std::function<Response(const Call&)>;
  using Work = std::function<Result<Response>(const Call&, workspace::Workspace&)>;
  struct Route {
    Now now;    // answered on the network's thread: quick, touches no disk
    Work work;  // on a worker, with the workspace open
    bool open = false, upload = false, tagged = false, call = false;
  };
  void add(std::string method, std::string pattern, Route route);
  void add_own();
  void add_workspace();
  void add_views();
  Result<std::size_t> authorised(Call& call);
  Response me(const Call& call) const;
  Response new_link(const Call& call);
  Result<Response> run(const Call& call, workspace::Workspace& space);
  Result<Response> run_log(const Call& call);
  Result<Response> run_result(const Call& call, workspace::Workspace& space);
  Result<Response> cancel(const Call& call, workspace::Workspace& space);
  Result<Response> upload(const Call& call, workspace::Workspace& space);
  Result<Response> feed(const Call& call, workspace::Workspace& space);
  Result<Response> poll(const Call& call);
  Response static_page(const Call& call);

  Settings settings_;
  Sessions sessions_;
  Events events_;
  Jobs jobs_;
  StudioFiles files_;
  Workers quick_, slow_;
  Calls calls_;
  Router router_;
  std::vector<Route> routes_;
  std::size_t pages_ = 0;  // the route of everything that is not below /api
};

}  // namespace assay::server
