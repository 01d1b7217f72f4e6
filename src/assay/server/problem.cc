#include "assay/server/problem.h"

#include <algorithm>

#include "assay/base/crypto.h"

namespace assay::server {

using operation::Json;

namespace {

// What a client may show goes out; text of ours is UTF-8, text that a client sent is made so.
std::string dumped(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

bool listed(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    auto each = header.substr(0, comma);
    header.remove_prefix(comma == header.npos ? header.size() : comma + 1);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == tag || each == "*") return true;
  }
  return false;
}

}  // namespace

Json problem_json(const Error& error, int status) {
  const std::string name(code_name(error.code));
  Json out{{"type", "urn:assay:error:" + name},
           {"title", name},
           {"status", status ? status : http_status(error.code)},
           {"detail", error.what},
           {"code", name}};
  if (!error.where.empty()) out["where"] = error.where;
  if (!error.fix.empty()) out["fix"] = error.fix;
  return out;
}

Response problem(const Error& error, int status) {
  Response out;
  out.status = status ? status : http_status(error.code);
  out.type = "application/problem+json";
  out.body = dumped(problem_json(error, status));
  if (out.status == 401) out.with("WWW-Authenticate", "Bearer realm=\"assay\"");
  if (out.status == 429 || out.status == 503) out.with("Retry-After", "2");
  return out;
}

Response json_response(const Json& value, int status) {
  Response out;
  out.status = status, out.type = "application/json", out.body = dumped(value);
  return out;
}

Response page(int status, const std::string& title, const std::string& text) {
  Response out;
  out.status = status, out.type = "text/html; charset=utf-8";
  out.body = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>" + escape_html(title) +
             " · Assay</title>\n<h1>" + escape_html(title) + "</h1>\n<p>" + escape_html(text) + "</p>\n</html>\n";
  return out;
}

void tag(Response& response, const Request& request) {
  if (response.status == 200 && !response.feed)
    tag_as(response, request, crypto::hex(crypto::sha256(response.body)).substr(0, 32));
}

void tag_as(Response& response, const Request& request, const std::string& digest) {
  const std::string tag = "\"" + digest + "\"";
  response.with("ETag", tag);
  if (request.unsafe() || !listed(request.header("if-none-match"), tag)) return;
  response.status = 304, response.type.clear(), response.body.clear();
  response.fixed = {}, response.file.reset();
}

void secure(Response& response) {
  static const std::pair<const char*, const char*> kAlways[] = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
       "connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action "
       "'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
      {"Cache-Control", "no-store"}};
  for (const auto& [name, value] : kAlways)
    if (std::none_of(response.headers.begin(), response.headers.end(), [&](const auto& h) { return h.first == name; }))
      response.with(name, value);
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

}  // namespace assay::server
