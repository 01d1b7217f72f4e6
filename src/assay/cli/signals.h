// Ctrl-C and SIGTERM as a stop token.
#pragma once

#include <stop_token>

namespace assay::cli {

// A thread waits for the signals, so that stopping may run ordinary code; the second one ends the process. Call it
// before any other thread begins, so that none of them takes the signal.
std::stop_token stopped_by_signals();

}  // namespace assay::cli
