// Bytes behind digests, as the client's Accept asks: as stored, or a table as an Arrow stream or CSV.
#pragma once

#include "assay/server/call.h"

namespace assay::server {

// evidence/{digest}/blobs/{role}. not-found: no such evidence, or no such role in it; corrupt: the bytes have gone.
Result<Response> blob(const Call& call, workspace::Workspace& space);

// assets/{kind}/{name}/{version}/content; version: a number or latest.
Result<Response> asset_content(const Call& call, workspace::Workspace& space);

}  // namespace assay::server
