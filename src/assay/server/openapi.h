// The OpenAPI 3.1 document of the whole server: every operation, the reads, the views, and the server's own addresses.
#pragma once

#include "assay/operation/json.h"

namespace assay::server {

operation::Json openapi();

}  // namespace assay::server
