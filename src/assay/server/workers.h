// Threads that do the work, each with its own open workspaces: a record book is one database session, which no two
// threads may share.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "assay/workspace/workspace.h"

namespace assay::server {

struct Place {
  std::string name, folder;  // folder: absolute
};

// A folder's name as it stands in addresses: other characters than letters, digits, _ and - become -.
std::string place_name(const std::string& folder);

class Handles {
 public:
  explicit Handles(const std::vector<Place>& places) : places_(&places) {}
  // not-found: no such workspace; unavailable: its folder has gone. A folder that came back is opened again.
  Result<workspace::Workspace*> open(const std::string& name);

 private:
  struct Held {
    workspace::Workspace space;
    std::array<std::uint64_t, 3> identity{};  // of the folder and the record book it was opened from
  };
  const std::vector<Place>* places_;
  std::map<std::string, Held> held_;
};

class Workers {
 public:
  using Work = std::function<void(Handles&)>;
  Workers(std::size_t threads, std::size_t most_waiting, const std::vector<Place>& places);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();
  bool post(Work work);  // false: too much is waiting, or it is ending
  void end();            // takes no more, drops what waits, and returns when what runs has ended

 private:
  void run();

  const std::vector<Place>& places_;
  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace assay::server
