// The plain GETs below /api/v1/w/{workspace}/: assets, evidence, their bytes, lineage, audit. Each is a row of one
// list, from which the routes and the OpenAPI document are both made.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "assay/operation/json.h"
#include "assay/server/call.h"

namespace assay::server {

struct Read {
  std::string pattern, summary;              // below /api/v1/w/{workspace}/
  std::map<std::string, std::string> query;  // parameter -> help
  operation::Json schema;                    // of the JSON answered; null: bytes
  std::function<Result<Response>(const Call&, workspace::Workspace&)> answer;
};

std::vector<Read> reads();

// The part of a list that limit (1..1000, default 100) and after (what the last answer called `next`) ask for.
struct Window {
  std::int64_t limit = 100, after = 0;
};
Result<Window> window_of(const Request& request, std::int64_t default_limit = 100);

// content.cc: the bytes behind a digest, as the client's Accept asks: as stored, or a table as an Arrow stream or CSV.
Result<Response> content(const Call& call, workspace::Workspace& space, const std::string& digest,
                         const std::string& media_type);
Result<Response> blob(const Call& call, workspace::Workspace& space);  // evidence/{digest}/blobs/{role}
Result<Response> asset_content(const Call& call, workspace::Workspace& space);
Result<operation::Json> shown_evidence(const Call& call, workspace::Workspace& space);  // evidence/{digest}

}  // namespace assay::server
