#include "assay/cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace assay::cli {

std::stop_token stopped_by_signals() {
  static std::stop_source source;
  sigset_t ends;
  sigemptyset(&ends), sigaddset(&ends, SIGINT), sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  std::thread([ends] {
    int which = 0;
    sigwait(&ends, &which), source.request_stop();
    sigwait(&ends, &which), ::_exit(130);
  }).detach();
  return source.get_token();
}

}  // namespace assay::cli
