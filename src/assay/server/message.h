// A request and its answer as the rooms above the sockets see them: plain values, so that routing, sessions and jobs
// are tested without a network.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/base/error.h"
#include "assay/server/events.h"

namespace assay::server {

using Fields = std::map<std::string, std::string, std::less<>>;

struct Request {
  std::string method, target;  // as sent: "GET", "/api/v1/w/loans/assets?limit=5"
  std::string path;            // decoded; filled by parse_target, as is `query`
  std::vector<std::string> segments;
  Fields query, headers;  // header names in lower case
  std::string body;
  std::string upload;  // the file that holds the body instead, where the route asked for one

  std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  }
  bool unsafe() const { return method != "GET" && method != "HEAD"; }
};

// An open file to send; unlinked ones vanish with the last owner.
class OpenFile {
 public:
  static Result<std::shared_ptr<const OpenFile>> open(const std::string& path, bool unlink = false);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();
  std::uint64_t size() const { return size_; }
  // Up to `count` bytes from `offset`; unavailable when the file can no longer be read or has become shorter.
  Result<std::string> read(std::uint64_t offset, std::size_t count) const;

 private:
  OpenFile(int file, std::uint64_t size) : file_(file), size_(size) {}
  int file_;
  std::uint64_t size_;
};

// A stream of events: what to send, and from where on.
struct Feed {
  Topics topics;
  std::int64_t after = 0;
  std::vector<Event> first;  // sent before the ring is asked: hello, and the end of runs that have ended
};

struct Response {
  int status = 200;
  std::string type;  // media type; none for an empty body
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                      // one of these four is what is sent
  std::string_view fixed;                // bytes that outlive the server: embedded files
  std::shared_ptr<const OpenFile> file;  // bytes of a file
  std::shared_ptr<const Feed> feed;      // events, until the client goes

  Response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

}  // namespace assay::server
