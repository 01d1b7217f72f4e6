#include "assay/server/session.h"

#include <sys/stat.h>

#include <algorithm>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/operation/json.h"

namespace assay::server {

using operation::Json;

namespace {

std::string secret() {
  std::string text = crypto::base64(crypto::random_bytes(32));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string hidden(std::string_view token) { return crypto::hex(crypto::sha256(token)); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// The value of one cookie in "a=1; b=2"; empty when it is absent or stands twice.
std::string_view cookie_value(std::string_view header, std::string_view name) {
  std::string_view found;
  while (!header.empty()) {
    const auto end = header.find(';');
    auto part = header.substr(0, end);
    header.remove_prefix(end == header.npos ? header.size() : end + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.size() <= name.size() || !part.starts_with(name) || part[name.size()] != '=') continue;
    if (!found.empty()) return {};
    found = part.substr(name.size() + 1);
  }
  return found;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// Changes with each writing: the clock of a file system is coarse, but what is written aside and renamed is another
// file.
std::array<std::int64_t, 3> state_of(const std::string& file) {
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) return {};
  return {info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, static_cast<std::int64_t>(info.st_ino),
          static_cast<std::int64_t>(info.st_size)};
}

// The list in a token file; empty when there is none.
Result<Json> read_tokens(const std::string& file) {
  if (!files::exists(file)) return Json::array();
  ASSAY_TRY(const auto text, files::read(file, 1 << 20));
  ASSAY_TRY(const auto whole, operation::parse_json(text, file));
  const auto list = whole.is_object() ? whole.find("tokens") : whole.end();
  bool good = list != whole.end() && list->is_array();
  for (std::size_t i = 0; good && i < list->size(); ++i)
    for (const char* name : {"name", "sha256"})
      good = good && (*list)[i].is_object() && (*list)[i].contains(name) && (*list)[i][name].is_string();
  if (!good) return fail(Code::kCorrupt, "is not a list of tokens", file, "remove it and make the tokens again");
  return *list;
}

Status write_tokens(const std::string& file, const Json& list) {
  return files::write(file, Json{{"tokens", list}}.dump(2) + "\n", 0600);
}

}  // namespace

Result<std::string> add_token(const std::string& file, const std::string& name) {
  if (name.empty() || name.size() > 100 || !operation::is_utf8(name))
    return fail(Code::kInvalidArgument, "a token needs a name of 1 to 100 characters", "name", "name who will use it");
  ASSAY_TRY(auto list, read_tokens(file));
  for (const auto& each : list)
    if (each["name"] == name)
      return fail(Code::kAlreadyExists, "there is a token of this name", name,
                  "revoke it first, or choose another name");
  auto token = make_bearer();
  list.push_back(Json{{"name", name}, {"sha256", hidden(token)}, {"created", time::text(time::now_us())}});
  ASSAY_CHECK(write_tokens(file, list));
  return token;
}

Status remove_token(const std::string& file, const std::string& name) {
  ASSAY_TRY(const auto list, read_tokens(file));
  Json kept = Json::array();
  for (const auto& each : list)
    if (each["name"] != name) kept.push_back(each);
  if (kept.size() == list.size())
    return fail(Code::kNotFound, "there is no token of this name", name, "see .assay/tokens.json");
  return write_tokens(file, kept);
}

std::string make_bearer() { return "assay_" + secret(); }

void Sessions::sweep(std::int64_t now_us) {
  std::erase_if(links_, [&](const auto& l) { return now_us - l.second.made_us > kAbsoluteUs; });
  std::erase_if(sessions_, [&](const auto& s) {
    return now_us - s.second.seen_us > kIdleUs || now_us - s.second.began_us > kAbsoluteUs;
  });
  const auto oldest = [](const auto& a, const auto& b) { return a.second.seen_us < b.second.seen_us; };
  while (sessions_.size() >= kMost) sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), oldest));
  const auto first = [](const auto& a, const auto& b) { return a.second.made_us < b.second.made_us; };
  while (links_.size() >= kMost) links_.erase(std::min_element(links_.begin(), links_.end(), first));
}

std::string Sessions::make_link(const std::string& user, std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  sweep(now_us);
  auto token = secret();
  links_[hidden(token)] = {user, now_us, false};
  return token;
}

Result<Entry> Sessions::enter(std::string_view token, std::int64_t now_us) {
  const std::lock_guard lock(mutex_);
  const auto refuse = [](const char* what) {
    return fail(Code::kPermissionDenied, what, "token", "run `assay studio` for a new link");
  };
  const auto found = links_.find(hidden(token));
  if (found == links_.end()) return refuse("this link is not one of this server's");
  if (found->second.used) return refuse("this link has been used");
  if (now_us - found->second.made_us > kLinkUs) return refuse("this link is older than 10 minutes");
  found->second.used = true;
  const auto user = found->second.user;
  sweep(now_us);
  const auto value = secret();
  sessions_[hidden(value)] = {user, secret(), now_us, now_us};
  const std::string name = trust_.behind_tls ? "__Host-assay=" : "assay=";
  return Entry{name + value + "; HttpOnly; SameSite=Lax; Path=/" + (trust_.behind_tls ? "; Secure" : "")};
}

void Sessions::add_bearer(std::string_view token, const std::string& user) {
  const std::lock_guard lock(mutex_);
  bearers_[hidden(token)] = user;
}

// Called with the lock held.
void Sessions::read_token_files() {
  std::vector<std::array<std::int64_t, 3>> seen;
  for (const auto& file : trust_.token_files) seen.push_back(state_of(file));
  if (seen == files_seen_) return;
  files_seen_ = std::move(seen);
  file_bearers_.clear();
  for (const auto& file : trust_.token_files)
    if (const auto list = read_tokens(file))
      for (const auto& each : *list)
        file_bearers_[each.value("sha256", std::string())] = each.value("name", std::string());
}

void Sessions::leave(const Request& request) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(hidden(cookie_value(request.header("cookie"), trust_.behind_tls ? "__Host-assay" : "assay")));
}

Status Sessions::check_host(const Request& request) const {
  const auto host = lower(request.header("host"));
  const auto port = ":" + std::to_string(trust_.port);
  const auto refuse = [&] {
    return fail(Code::kInvalidArgument, "\"" + host.substr(0, 100) + "\" is no name of this server", "Host",
                "use the address that it printed, or start it with --host NAME");
  };
  for (const auto* name : {"127.0.0.1", "localhost", "[::1]"})
    if (host == name + port) return {};
  if (!trust_.address.empty() && host == trust_.address + port) return {};
  for (const auto& each : trust_.hosts) {
    const auto known = lower(each);
    if (host == known || (without_port(known) == known && without_port(host) == known)) return {};
  }
  return refuse();
}

Status Sessions::same_origin(const Request& request) const {
  const auto site = request.header("sec-fetch-site");
  // A click on a link elsewhere may open a page; anything else that another site starts is not the user's wish.
  const bool opened = !request.unsafe() && request.header("sec-fetch-mode") == "navigate";
  if (!site.empty() && site != "same-origin" && site != "none" && !opened)
    return fail(Code::kPermissionDenied, "another site (" + std::string(site.substr(0, 20)) + ") started this request",
                "Sec-Fetch-Site", "do it from the studio's own page");
  const auto origin = request.header("origin");
  const auto own = (trust_.behind_tls ? "https://" : "http://") + std::string(request.header("host"));
  if (!origin.empty() && lower(origin) != lower(own))
    return fail(Code::kPermissionDenied, "the page of " + std::string(origin.substr(0, 100)) + " may not ask for this",
                "Origin", "do it from the studio's own page");
  return {};
}

std::optional<Sessions::Session> Sessions::session_of(const Request& request, std::int64_t now_us) {
  const auto value = cookie_value(request.header("cookie"), trust_.behind_tls ? "__Host-assay" : "assay");
  if (value.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(hidden(value));
  if (found == sessions_.end()) return std::nullopt;
  if (now_us - found->second.seen_us > kIdleUs || now_us - found->second.began_us > kAbsoluteUs)
    return sessions_.erase(found), std::nullopt;
  found->second.seen_us = now_us;
  return found->second;
}

Result<Who> Sessions::identify(const Request& request, std::int64_t now_us) {
  constexpr std::string_view kBearer = "Bearer ";
  const auto refuse = [](const char* what) {
    return fail(Code::kPermissionDenied, what, "session", "sign in: run `assay studio` and open the link it prints");
  };
  if (const auto given = request.header("authorization"); !given.empty()) {
    if (!given.starts_with(kBearer)) return refuse("only Bearer tokens are read");
    const std::lock_guard lock(mutex_);
    read_token_files();
    const auto digest = hidden(given.substr(kBearer.size()));
    for (const auto* known : {&bearers_, &file_bearers_})
      if (const auto found = known->find(digest); found != known->end()) return Who{found->second, {}, true};
    return refuse("the token is not one of this server's");
  }
  const auto session = session_of(request, now_us);
  if (!session) return refuse(request.header("cookie").empty() ? "nobody is signed in" : "the session has ended");
  ASSAY_CHECK(same_origin(request));
  if (request.unsafe() && !crypto::equal(request.header("x-assay-csrf"), session->csrf))
    return fail(Code::kPermissionDenied, "the header does not hold this session's word", "X-Assay-CSRF",
                "send `csrf` of /api/v1/me");
  return Who{session->user, session->csrf, false};
}

}  // namespace assay::server
