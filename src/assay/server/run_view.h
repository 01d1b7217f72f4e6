// A run as the studio sees it (RunView), while it waits and runs in this server and after it has ended.
#pragma once

#include "assay/operation/json.h"
#include "assay/server/jobs.h"

namespace assay::server {

// Of a run of this server. `stored`: what the view of the record book says of it, or null when it is not written there.
operation::Json run_json(const JobView& job, operation::Json stored);

}  // namespace assay::server
