// From a request line to a handler's number, by pure functions: what a stranger may send is settled here, before
// anything else looks at it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/server/message.h"

namespace assay::server {

inline constexpr std::size_t kMaxTarget = 8192;

// Fills path, segments and query from `target`. Refused (invalid-argument, where = "path" or "query"): no leading
// slash, a bad or unneeded escape that hides a slash, a dot segment, a backslash or a control character, what is not
// UTF-8, a parameter given twice, more than 64 of them, over 8 KiB in all.
Status parse_target(Request& request);

std::string percent_encode(std::string_view text);  // all but letters, digits and -._~

class Router {
 public:
  // "/api/v1/w/{workspace}/view/models/{name}"; "{noun}:{verb}" splits a segment at its colon. A pattern given first is
  // asked first.
  void add(std::string method, std::string_view pattern, std::size_t route);

  struct Match {
    std::size_t route = 0;
    std::map<std::string, std::string> path;  // the names in braces
  };
  // not-found with the nearest known path; unsupported, fix = the methods allowed, when only the method is wrong.
  Result<Match> find(const Request& request) const;

 private:
  struct Pattern {
    std::string method, text;
    std::vector<std::string> segments;
    std::size_t route = 0;
  };
  std::vector<Pattern> patterns_;
};

}  // namespace assay::server
