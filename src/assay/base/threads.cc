#include "assay/base/threads.h"

#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace assay {

struct ThreadLimit::Impl {
  explicit Impl(int n) : control(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(n)) {}
  tbb::global_control control;
};

int default_threads() {
  if (const char* said = std::getenv("ASSAY_THREADS"))
    if (const int n = std::atoi(said); n > 0) return std::min(n, 1024);
  int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (std::FILE* quota = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    double us = 0, period = 0;
    if (std::fscanf(quota, "%lf %lf", &us, &period) == 2 && us > 0 && period > 0)
      cores = std::clamp(static_cast<int>(std::ceil(us / period)), 1, cores);
    std::fclose(quota);
  }
  return cores;
}

ThreadLimit::ThreadLimit(int threads)
    : impl_(std::make_unique<Impl>(threads > 0 ? threads : default_threads())),
      count_(threads > 0 ? threads : default_threads()) {}
ThreadLimit::ThreadLimit(ThreadLimit&&) noexcept = default;
ThreadLimit::~ThreadLimit() = default;

}  // namespace assay
