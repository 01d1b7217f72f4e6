// Any request target: it is refused or read, and what is read climbs nowhere and comes back the same when written
// again.
#include <cstdlib>

#include "assay/server/router.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay::server;
  static const Router router = [] {
    Router made;
    made.add("GET", "/api/v1/w/{workspace}/assets/{kind}/{name}/{version}/content", 1);
    made.add("POST", "/api/v1/w/{workspace}/runs:cancel", 2);
    made.add("POST", "/api/v1/w/{workspace}/{noun}:{verb}", 3);
    return made;
  }();
  Request request;
  request.method = size % 2 ? "GET" : "POST";
  request.target.assign(reinterpret_cast<const char*>(data), size);
  if (!parse_target(request)) return 0;
  Request again;
  for (const auto& segment : request.segments) {
    if (segment == "." || segment == ".." || segment.find_first_of("/\\") != std::string::npos) std::abort();
    again.target += "/" + percent_encode(segment);
  }
  if (again.target.empty()) again.target = "/";
  if (again.target.size() <= kMaxTarget && (!parse_target(again) || again.segments != request.segments)) std::abort();
  static_cast<void>(router.find(request));
  return 0;
}
