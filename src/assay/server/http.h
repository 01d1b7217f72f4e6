// The sockets: HTTP/1.1 by coroutines on one thread, which only carries; all work is the service's. Every wait has an
// end: for a request to arrive, for a client to read, for an idle connection to be used again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "assay/base/error.h"

namespace assay::server {

class Service;

struct Limits {
  std::chrono::milliseconds request{30'000};  // for a whole request; for each MiB of an upload
  std::chrono::milliseconds write{30'000};    // for each 256 KiB that a client reads
  std::chrono::milliseconds idle{75'000};     // between requests
  std::chrono::milliseconds heartbeat{15'000};
  std::size_t connections = 256;  // at the limit the one that has been idle longest goes
  std::uint32_t head_bytes = 16 << 10;
};

class Http {
 public:
  explicit Http(Limits limits);
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  ~Http();
  // The port, which is a free one when 0 was asked for. unavailable: taken; permission-denied; invalid-argument: no
  // address of this machine.
  Result<std::uint16_t> listen(const std::string& address, std::uint16_t port);
  void start(Service& service);  // serves on a thread of its own
  void close_door();             // takes no more connections and ends the idle ones
  // Ends the streams of events and waits for the requests that have begun. True when all have been answered.
  bool drain(std::chrono::milliseconds longest);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server
