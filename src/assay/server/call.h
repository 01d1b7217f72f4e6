// POST /api/v1/w/{workspace}/{noun}:{verb}: one request, one operation of the catalogue.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "assay/server/jobs.h"
#include "assay/server/message.h"
#include "assay/server/session.h"

namespace assay::server {

struct Call {
  Request request;
  std::map<std::string, std::string> path;  // what stood for the names in the pattern
  Who who;
};
using Reply = std::function<void(Response)>;

// Answers that are kept for a day under an Idempotency-Key, so that a request sent twice is done once.
class Repeats {
 public:
  static constexpr std::int64_t kKeptUs = 86'400'000'000;
  static constexpr std::size_t kMost = 10'000, kMostBytes = 64 << 20, kMostBody = 1 << 20;
  // The kept answer, or none when the caller shall answer and then call keep(). already-exists: the first is still
  // being answered; invalid-argument: the key was used for another request.
  Result<std::optional<Response>> begin(const std::string& key, const std::string& digest, std::int64_t now_us);
  void keep(const std::string& key, const Response& response);

 private:
  struct Kept {
    std::string digest;
    std::int64_t us = 0;
    std::optional<Response> response;
  };
  void drop(std::map<std::string, Kept>::iterator which);
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
  std::size_t bytes_ = 0;
};

class Calls {
 public:
  Calls(Jobs& jobs, Workers& quick, Workers& slow, const std::vector<Place>& places, int threads)
      : jobs_(jobs), quick_(quick), slow_(slow), places_(places), threads_(threads) {}
  // Runs on a quick worker; `reply` is called once, from any thread.
  void answer(const Call& call, Handles& handles, Reply reply);

 private:
  Result<Order> order_of(const Call& call) const;
  void run(const Call& call, Order order, Handles& handles, const Reply& reply);

  Jobs& jobs_;
  Workers &quick_, &slow_;
  const std::vector<Place>& places_;
  int threads_;
  Repeats repeats_;
};

Response result_response(const JobView& job);  // 200 with the operation's response, or its problem

}  // namespace assay::server
