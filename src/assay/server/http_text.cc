#include "assay/server/http_text.h"

#include <array>
#include <chrono>
#include <ctime>

namespace assay::server {
namespace {

// No byte of a value may end a line.
void append_value(std::string& out, std::string_view value) {
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
}

std::string date() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char out[64];
  std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[static_cast<std::size_t>(parts.tm_wday)],
                parts.tm_mday, kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return out;
}

std::uint64_t length_of(const Response& r) {
  return r.file ? r.file->size() : r.body.empty() ? r.fixed.size() : r.body.size();
}

}  // namespace

std::string_view reason_of(int status) {
  static constexpr std::pair<int, std::string_view> kKnown[] = {{200, "OK"},
                                                                {201, "Created"},
                                                                {202, "Accepted"},
                                                                {204, "No Content"},
                                                                {303, "See Other"},
                                                                {304, "Not Modified"},
                                                                {400, "Bad Request"},
                                                                {401, "Unauthorized"},
                                                                {403, "Forbidden"},
                                                                {404, "Not Found"},
                                                                {405, "Method Not Allowed"},
                                                                {408, "Request Timeout"},
                                                                {409, "Conflict"},
                                                                {412, "Precondition Failed"},
                                                                {413, "Content Too Large"},
                                                                {415, "Unsupported Media Type"},
                                                                {421, "Misdirected Request"},
                                                                {422, "Unprocessable Content"},
                                                                {429, "Too Many Requests"},
                                                                {431, "Request Header Fields Too Large"},
                                                                {499, "Client Closed Request"},
                                                                {500, "Internal Server Error"},
                                                                {501, "Not Implemented"},
                                                                {503, "Service Unavailable"},
                                                                {507, "Insufficient Storage"}};
  for (const auto& [known, text] : kKnown)
    if (known == status) return text;
  return "Status";
}

std::string head_text(const Response& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += reason_of(response.status);
  out += "\r\nDate: " + date() + "\r\n";
  if (!response.type.empty()) out += "Content-Type: ", append_value(out, response.type), out += "\r\n";
  for (const auto& [name, value] : response.headers) out += name + ": ", append_value(out, value), out += "\r\n";
  if (!response.feed && response.status != 304)
    out += "Content-Length: " + std::to_string(length_of(response)) + "\r\n";
  out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return out;
}

std::string event_text(const Event& event) {
  std::string out = "event: " + event.name + "\n";
  if (event.id) out += "id: " + std::to_string(event.id) + "\n";
  out += "data: ";
  append_value(out, event.data);
  return out + "\n\n";
}

}  // namespace assay::server
