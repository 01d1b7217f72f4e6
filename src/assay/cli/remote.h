// `assay … --server URL`: the same operations, run by a server.
#pragma once

#include "assay/cli/arguments.h"

namespace assay::cli {

// Uploads what the request names of this machine, runs the operation there, shows what it says meanwhile, and prints
// and exits as a run here would. Errors: the server's own, unavailable when nobody answers, cancelled by Ctrl-C.
Result<int> run_remote(const operation::Operation& op, Parsed parsed);

}  // namespace assay::cli
