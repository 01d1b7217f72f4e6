#include "assay/server/events.h"

#include <algorithm>

namespace assay::server {
namespace {

std::size_t weight(const Event& e) { return sizeof(Event) + e.workspace.size() + e.run.size() + e.data.size(); }

}  // namespace

bool Topics::match(const Event& event) const {
  return event.workspace == workspace && ((states && event.name == "state") || runs.contains(event.run));
}

Result<Topics> parse_topics(const std::string& workspace, std::string_view text) {
  Topics out{workspace, {}, false};
  constexpr std::string_view kRun = "run:";
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto topic = text.substr(0, comma);
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    if (topic == "runs") {
      out.states = true;
    } else if (topic.starts_with(kRun) && topic.size() > kRun.size() && topic.size() <= 68) {
      out.runs.emplace(topic.substr(kRun.size()));
    } else {
      return fail(Code::kInvalidArgument, "\"" + std::string(topic.substr(0, 80)) + "\" is no topic", "topics",
                  "write runs, or run:ID");
    }
    if (out.runs.size() > 64)
      return fail(Code::kInvalidArgument, "more than 64 runs are named", "topics", "watch runs");
  }
  if (out.runs.empty() && !out.states) out.states = true;
  return out;
}

std::int64_t Events::publish(std::int64_t now_us, std::string workspace, std::string run, std::string name,
                             std::string data) {
  const std::lock_guard lock(mutex_);
  ring_.push_back({++last_, now_us, std::move(workspace), std::move(run), std::move(name), std::move(data)});
  bytes_ += weight(ring_.back());
  while (ring_.size() > kMost || bytes_ > kMostBytes || ring_.front().us < now_us - kKeptUs) {
    bytes_ -= weight(ring_.front());
    ring_.pop_front();
    if (ring_.empty()) break;
  }
  for (const auto& [handle, wake] : listeners_) wake();
  return last_;
}

std::vector<Event> Events::after(const Topics& topics, std::int64_t id, std::size_t limit, std::int64_t* next) const {
  const std::lock_guard lock(mutex_);
  std::vector<Event> out;
  id = std::min(id, last_);  // an id that was never given: from now on
  std::int64_t read = last_;
  auto at = std::upper_bound(ring_.begin(), ring_.end(), id, [](std::int64_t i, const Event& e) { return i < e.id; });
  for (; at != ring_.end(); ++at) {
    if (!topics.match(*at)) continue;
    if (out.size() == limit) {
      read = out.back().id;
      break;
    }
    out.push_back(*at);
  }
  if (next) *next = read;
  return out;
}

std::int64_t Events::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::int64_t Events::listen(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  listeners_[++handles_] = std::move(wake);
  return handles_;
}

void Events::unlisten(std::int64_t handle) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(handle);
}

}  // namespace assay::server
