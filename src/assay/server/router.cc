#include "assay/server/router.h"

#include <algorithm>

#include "assay/operation/json.h"

namespace assay::server {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

tl::unexpected<Error> bad(std::string what, const char* where) {
  return fail(Code::kInvalidArgument, std::move(what), where, "write it as the OpenAPI document says");
}

Result<std::string> decoded(std::string_view text, const char* where, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return bad("a % is not followed by two hexadecimal digits", where);
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_blank) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return bad("holds a control character", where);
    out += c;
  }
  if (!operation::is_utf8(out)) return bad("is not UTF-8", where);
  return out;
}

Status parse_path(std::string_view path, Request& request) {
  if (path.empty() || path[0] != '/') return bad("does not begin with a slash", "path");
  if (path == "/") return {};
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    std::string segment;
    ASSAY_TRY(segment, decoded(path.substr(0, slash), "path", false));
    // One reading of a path, here and on any disk: nothing is resolved, so nothing can climb.
    if (segment == "." || segment == "..") return bad("holds a dot segment", "path");
    if (segment.find_first_of("/\\") != std::string::npos) return bad("hides a slash in a segment", "path");
    request.path += "/" + segment;
    request.segments.push_back(std::move(segment));
    if (slash == path.npos) return {};
    path.remove_prefix(slash + 1);
  }
}

Status parse_query(std::string_view text, Request& request) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto part = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    ASSAY_TRY(auto name, decoded(part.substr(0, equals), "query", true));
    ASSAY_TRY(auto value, decoded(equals == part.npos ? "" : part.substr(equals + 1), "query", true));
    if (request.query.size() >= 64) return bad("has more than 64 parameters", "query");
    if (!request.query.emplace(name, std::move(value)).second)
      return fail(Code::kInvalidArgument, "is given more than once", "query: " + name, "give it once");
  }
  return {};
}

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> out;
  pattern.remove_prefix(std::min<std::size_t>(1, pattern.size()));
  while (!pattern.empty()) {
    const auto slash = pattern.find('/');
    out.emplace_back(pattern.substr(0, slash));
    pattern.remove_prefix(slash == pattern.npos ? pattern.size() : slash + 1);
  }
  return out;
}

bool variable(std::string_view part) { return part.starts_with('{') && part.ends_with('}'); }

// "{noun}:{verb}" or "runs:cancel" against "plan:run".
bool fits(std::string_view pattern, const std::string& given, std::map<std::string, std::string>& into) {
  const auto colon = pattern.find("}:{");
  if (colon != pattern.npos) {
    const auto at = given.find(':');
    if (at == std::string::npos || at == 0 || at + 1 == given.size()) return false;
    into[std::string(pattern.substr(1, colon - 1))] = given.substr(0, at);
    into[std::string(pattern.substr(colon + 3, pattern.size() - colon - 4))] = given.substr(at + 1);
    return true;
  }
  if (!variable(pattern)) return pattern == given;
  into[std::string(pattern.substr(1, pattern.size() - 2))] = given;
  return !given.empty();
}

}  // namespace

Status parse_target(Request& request) {
  request.path.clear(), request.segments.clear(), request.query.clear();
  std::string_view target = request.target;
  if (target.size() > kMaxTarget) return bad("is longer than 8 KiB", "path");
  if (const auto hash = target.find('#'); hash != target.npos) return bad("holds a fragment", "path");
  const auto mark = target.find('?');
  ASSAY_CHECK(parse_path(target.substr(0, mark), request));
  if (request.path.empty()) request.path = "/";
  return mark == target.npos ? Status{} : parse_query(target.substr(mark + 1), request);
}

std::string percent_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~') {
      out += c;
    } else {
      out += '%', out += kDigits[byte >> 4], out += kDigits[byte & 15];
    }
  }
  return out;
}

void Router::add(std::string method, std::string_view pattern, std::size_t route) {
  patterns_.push_back({std::move(method), std::string(pattern), split(pattern), route});
}

Result<Router::Match> Router::find(const Request& request) const {
  std::string allowed;
  const std::string& method = request.method == "HEAD" ? "GET" : request.method;
  for (const auto& each : patterns_) {
    if (each.segments.size() != request.segments.size()) continue;
    Match match{each.route, {}};
    bool same = true;
    for (std::size_t i = 0; same && i < each.segments.size(); ++i)
      same = fits(each.segments[i], request.segments[i], match.path);
    if (!same) continue;
    if (each.method == method) return match;
    if (allowed.find(each.method) == std::string::npos) allowed += (allowed.empty() ? "" : ", ") + each.method;
  }
  if (!allowed.empty())
    return fail(Code::kUnsupported, request.method + " is not allowed here", request.path, "use " + allowed);
  std::vector<std::string> known;
  for (const auto& each : patterns_) {
    std::string text = each.text;
    if (const auto at = text.find("{workspace}"); at != std::string::npos && request.segments.size() > 3)
      text.replace(at, 11, request.segments[3]);
    known.push_back(std::move(text));
  }
  const auto near = operation::nearest(request.path, known);
  return fail(Code::kNotFound, "no such address", request.path,
              near.empty() ? "/api/v1/openapi.json lists them" : "did you mean " + near + "?");
}

}  // namespace assay::server
