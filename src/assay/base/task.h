// A running piece of work: how far it is, the word to stop, and the files it reads and makes. Passed down by
// reference; never stored.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "assay/base/error.h"
#include "assay/base/files.h"

namespace assay {

// Where inputs come from and outputs go. The workspace gives one that knows references and digests; a Task without one
// reads plain files and can make none.
class Assets {
 public:
  virtual ~Assets() = default;
  // The local path of a file or of an asset ("loans.csv", "dataset:boston_hmda@1", "sha256:…").
  virtual Result<std::string> open(const std::string& ref) = 0;
  // A fresh path to write the output `role` to; it becomes a stored object when the operation succeeds.
  virtual Result<std::string> create(const std::string& role, const std::string& media_type) = 0;
};

// A part of a longer piece of work as it begins and ends: a step of a plan.
struct StepState {
  std::string id, operation, state;  // state: running | done | cached | skipped | failed
  std::string digest;                // of what it concluded, once it is done
  std::size_t number = 0, of = 0;    // 1-based
  double seconds = 0;
};

class Task {
 public:
  using Watcher = std::function<void(std::size_t done, std::size_t of)>;  // called from any thread, so it must be cheap
  using Listener = std::function<void(std::string_view message)>;         // one line a person may want to see now
  using StepWatcher = std::function<void(const StepState&)>;
  explicit Task(std::stop_token stop = {}, Watcher watcher = {}, Assets* assets = nullptr, Listener listener = {},
                StepWatcher steps = {})
      : stop_(std::move(stop)),
        watcher_(std::move(watcher)),
        listener_(std::move(listener)),
        steps_(std::move(steps)),
        assets_(assets) {}

  void begin(std::size_t of) { of_ = of, done_ = 0; }
  void step(std::size_t by = 1) {
    const std::size_t done = done_.fetch_add(by) + by;
    if (watcher_) watcher_(done, of_);
  }
  void say(std::string_view message) const {
    if (listener_) listener_(message);
  }
  void report(const StepState& state) const {
    if (steps_) steps_(state);
  }
  std::stop_token stop_token() const { return stop_; }
  const Watcher& watcher() const { return watcher_; }
  bool stopped() const { return stop_.stop_requested(); }
  Status check() const {
    if (stopped()) return fail(Code::kCancelled, "stopped before it was done");
    return {};
  }

  Result<std::string> open(const std::string& ref) {
    if (assets_) return assets_->open(ref);
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref, "check the path");
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string& media_type) {
    if (assets_) return assets_->create(role, media_type);
    return fail(Code::kFailedPrecondition, "nowhere to put the output \"" + role + "\"", {}, "run it in a workspace");
  }
  Assets* assets() const { return assets_; }

 private:
  std::stop_token stop_;
  Watcher watcher_;
  Listener listener_;
  StepWatcher steps_;
  std::atomic<std::size_t> done_{0}, of_{0};
  Assets* assets_ = nullptr;
};

}  // namespace assay
