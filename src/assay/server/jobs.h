// Runs that a server was asked for: queued, running, ended; told to those who watch, and stopped on request.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assay/server/events.h"
#include "assay/server/workers.h"
#include "assay/workspace/execute.h"

namespace assay::server {

struct Order {
  std::string workspace, user;
  const operation::Operation* operation = nullptr;
  operation::Json request;  // file arguments already confined
  int threads = 0;
};

struct LogLine {
  std::int64_t seq = 0, us = 0;
  std::string level, text;
};

struct Progress {
  std::string phase, message;
  std::size_t done = 0, total = 0;
  double rate = 0, eta_s = -1;  // eta below 0: unknown
};

// What is known of a run of this server, as a copy.
struct JobView {
  std::string run, workspace, operation, user, state;  // state: queued running done cached failed cancelled
  std::int64_t created_us = 0, started_us = 0, finished_us = 0;
  int threads = 0;
  Progress progress;
  std::vector<StepState> steps;
  std::string digest, source_run;                 // of the result; the run that made it, another when cached
  std::map<std::string, std::string> blobs;       // role -> digest
  std::shared_ptr<const operation::Json> result;  // while it is kept
  std::optional<Error> error;
  bool ended() const { return state != "queued" && state != "running"; }
};

class Jobs {
 public:
  static constexpr std::size_t kKept = 512, kKeptResults = 64, kMostLines = 5000;
  using Done = std::function<void(const JobView&)>;

  explicit Jobs(Events& events) : events_(events) {}

  // Puts the order to `crew`; its run id. exhausted: too many are waiting.
  Result<std::string> start(Workers& crew, Order order, Done done = {});
  std::optional<JobView> find(const std::string& run) const;
  std::vector<LogLine> log(const std::string& run, std::int64_t after, std::size_t limit) const;
  // Its state now. not-found: no run of this server; failed-precondition: it has ended.
  Result<std::string> cancel(const std::string& run);
  std::size_t open() const;                           // queued or running
  bool wait_idle(std::chrono::milliseconds longest);  // true: nothing is queued or running
  void cancel_all();

 private:
  struct Job {
    JobView view;
    Order order;
    Done done;
    std::stop_source stop;
    std::deque<LogLine> log;
    std::int64_t next_line = 1, told_us = 0, phase_us = 0;
  };
  void run(const std::shared_ptr<Job>& job, Handles& handles);
  Result<workspace::Outcome> execute(Job& job, Handles& handles);
  void settle(Job& job, Result<workspace::Outcome> outcome);
  void tell_state(const Job& job);
  void tell_progress(Job& job, std::size_t done, std::size_t total);
  void tell_step(Job& job, const StepState& step);
  void tell_line(Job& job, std::string_view text);
  void forget_old();

  Events& events_;
  mutable std::mutex mutex_;  // guards all below and what the jobs hold
  std::condition_variable idle_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  // by run: ids sort by time
  std::size_t open_ = 0;
};

}  // namespace assay::server
