// Who asks, and whether the request may be trusted to be theirs: one-time links, session cookies, CSRF, bearer tokens,
// and the checks of Host, Origin and Sec-Fetch-Site (studio h6). Secrets are kept only as SHA-256.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "assay/server/message.h"

namespace assay::server {

struct Who {
  std::string user, csrf;  // csrf: of a session; empty for a bearer token
  bool bearer = false;
};

struct Entry {
  std::string cookie;  // the value of Set-Cookie
};

struct Trust {
  std::vector<std::string> hosts;  // names beside the loopback ones, with or without a port
  std::string address;             // the address listened on, "127.0.0.1"
  std::uint16_t port = 0;
  bool behind_tls = false;               // a proxy in front speaks TLS: cookies are Secure and named __Host-assay
  std::vector<std::string> token_files;  // read again when they change
};

class Sessions {
 public:
  static constexpr std::int64_t kLinkUs = 600'000'000, kIdleUs = 1'800'000'000, kAbsoluteUs = 43'200'000'000;
  static constexpr std::size_t kMost = 10'000;

  explicit Sessions(Trust trust) : trust_(std::move(trust)) {}
  void set_port(std::uint16_t port) { trust_.port = port; }  // before the first request

  std::string make_link(const std::string& user,
                        std::int64_t now_us);  // the token of a link, good once, for 10 minutes
  // Uses up a link's token and begins a session. permission-denied: it is none, was used, or is too old, and says
  // which.
  Result<Entry> enter(std::string_view token, std::int64_t now_us);
  void add_bearer(std::string_view token, const std::string& user);  // "assay_…"
  void leave(const Request& request);                                // ends the session of its cookie

  // The Host names this server. invalid-argument, where = Host, otherwise; the caller answers 421.
  Status check_host(const Request& request) const;
  // The one who asks. permission-denied, where: "session" (401), or "Origin", "Sec-Fetch-Site", "X-Assay-CSRF" (403).
  Result<Who> identify(const Request& request, std::int64_t now_us);

 private:
  struct Link {
    std::string user;
    std::int64_t made_us = 0;
    bool used = false;
  };
  struct Session {
    std::string user, csrf;
    std::int64_t began_us = 0, seen_us = 0;
  };
  void sweep(std::int64_t now_us);
  void read_token_files();
  Status same_origin(const Request& request) const;
  std::optional<Session> session_of(const Request& request, std::int64_t now_us);

  Trust trust_;
  std::mutex mutex_;
  std::map<std::string, Link> links_;                          // by SHA-256 of the token
  std::map<std::string, Session> sessions_;                    // by SHA-256 of the cookie
  std::map<std::string, std::string> bearers_, file_bearers_;  // by SHA-256 of the token: the user
  std::vector<std::array<std::int64_t, 3>> files_seen_;        // each token file when it was read
};

std::string make_bearer();  // "assay_" and 43 random characters

// A token file, ".assay/tokens.json" (0600): {"tokens": [{"name", "sha256", "created"}]}. Only digests are kept.
Result<std::string> add_token(const std::string& file, const std::string& name);  // the token; already-exists
Status remove_token(const std::string& file, const std::string& name);            // not-found

}  // namespace assay::server
