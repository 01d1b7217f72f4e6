// The other side: a small HTTP client for the command line that speaks to a server. One connection at a time, every
// wait ends, and a stop token ends it sooner.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "assay/base/error.h"

namespace assay::server {

struct Answer {
  int status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case
  std::string body;
};

struct Sent {
  std::string method = "GET", target, body, type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string from_file, to_file;  // the body's bytes; where the answer's go when it is a success
};

class Client {
 public:
  // "http://host:port". invalid-argument: no such address; unsupported: https.
  static Result<Client> make(const std::string& url, const std::string& token, std::stop_token stop = {});
  Client(Client&&) noexcept;
  ~Client();
  // unavailable: nobody answers; cancelled: stopped. A problem is an answer too; `checked` makes it the error it says.
  Result<Answer> send(const Sent& sent);
  Result<Answer> checked(const Sent& sent);
  // Reads server-sent events until `event` returns false, the server ends the stream (then the last id is in `last`) or
  // it is stopped.
  Status follow(const std::string& target, std::string& last,
                const std::function<bool(const std::string& name, const std::string& data)>& event);
  void wait_at_most(std::chrono::seconds longest);  // for each step of an exchange; 120 s unless it is said
  void unstop();                                    // after it was stopped: the next call goes out all the same

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

Error error_of(const Answer& answer);  // the error that a problem+json body says

}  // namespace assay::server
