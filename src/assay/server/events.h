// What happens, told to those who watch: a ring of numbered events that a stream reads from where it left off, so that
// a broken connection loses nothing for ten minutes, and a slow reader holds nobody up.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"

namespace assay::server {

struct Event {
  std::int64_t id = 0, us = 0;
  std::string workspace, run, name, data;  // name: state, progress, step, log, hello; data: JSON on one line
};

// "run:ID,runs": all events of a run; the `state` events of every run.
struct Topics {
  std::string workspace;
  std::set<std::string, std::less<>> runs;
  bool states = false;
  bool match(const Event& event) const;
};
Result<Topics> parse_topics(const std::string& workspace, std::string_view text);  // invalid-argument: an unknown one

class Events {
 public:
  static constexpr std::int64_t kKeptUs = 600'000'000;
  static constexpr std::size_t kMost = 1 << 15, kMostBytes = 32 << 20;

  // Ids grow over restarts too: they begin at the clock's microseconds.
  explicit Events(std::int64_t start_us) : last_(start_us) {}
  std::int64_t publish(std::int64_t now_us, std::string workspace, std::string run, std::string name, std::string data);
  // Those after `id` that match, oldest first. `next` is the id to ask from later.
  std::vector<Event> after(const Topics& topics, std::int64_t id, std::size_t limit,
                           std::int64_t* next = nullptr) const;
  std::int64_t last() const;

  // `wake` is called, from any thread, after each event; it must be quick. The handle ends it.
  std::int64_t listen(std::function<void()> wake);
  void unlisten(std::int64_t handle);

 private:
  mutable std::mutex mutex_;
  std::deque<Event> ring_;
  std::size_t bytes_ = 0;
  std::int64_t last_, handles_ = 0;
  std::map<std::int64_t, std::function<void()>> listeners_;
};

}  // namespace assay::server
