// How many threads the process may use: --threads, else ASSAY_THREADS, else the cgroup's quota, else the cores.
#pragma once

#include <memory>

namespace assay {

// Limits all parallel work of the process while it lives; results do not depend on it.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads);  // 0: the default
  ThreadLimit(ThreadLimit&&) noexcept;
  ~ThreadLimit();
  int count() const { return count_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  int count_;
};

int default_threads();

}  // namespace assay
