#include "assay/server/assets.h"

#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/server/embedded.h"
#include "assay/server/problem.h"

namespace assay::server {
namespace {

std::string media_type(std::string_view path) {
  static constexpr std::pair<std::string_view, std::string_view> kKnown[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
      {".map", "application/json"}};
  for (const auto& [ending, type] : kKnown)
    if (path.ends_with(ending)) return std::string(type);
  return "application/octet-stream";
}

bool has_extension(std::string_view path) {
  const auto last = path.substr(path.rfind('/') + 1);
  return last.find('.') != last.npos;
}

bool reads(const Request& request, std::string_view coding) {
  auto header = request.header("accept-encoding");
  while (!header.empty()) {
    const auto comma = header.find(',');
    auto each = header.substr(0, comma);
    header.remove_prefix(comma == header.npos ? header.size() : comma + 1);
    while (each.starts_with(' ')) each.remove_prefix(1);
    const auto name = each.substr(0, each.find_first_of("; "));
    if (name == coding) return each.find("q=0") == each.npos || each.find("q=0.") != each.npos;
  }
  return false;
}

Response finish(Response out, const Request& request, const std::string& path, const std::string& digest) {
  out.type = media_type(path);
  out.with("Cache-Control", path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  out.with("Vary", "Accept-Encoding");
  tag_as(out, request, digest);
  return out;
}

Response unbuilt() {
  return page(
      200, "The studio is not in this build",
      "The server answers, and its pages are built apart: run `npm ci` and `npm run build` in studio/, then build "
      "Assay again. The REST interface is at /api/v1/openapi.json.");
}

Response absent(const std::string& path) {
  return page(404, "No such file", path + " is not one of the studio's files.");
}

}  // namespace

StudioFiles::StudioFiles(std::string folder) : folder_(std::move(folder)) {
  for (const auto& each : studio_files()) files_[std::string(each.path)] = {each.bytes, each.sha256};
}

Response StudioFiles::answer(const Request& request) const {
  const bool file = has_extension(request.path) || request.path.starts_with("/assets/");
  const std::string path = file ? request.path : "/index.html";
  return folder_.empty() ? from_binary(request, path) : from_folder(request, path);
}

Response StudioFiles::from_binary(const Request& request, const std::string& path) const {
  const auto plain = files_.find(path);
  if (plain == files_.end()) return path == "/index.html" ? unbuilt() : absent(path);
  Response out;
  out.fixed = plain->second.bytes;
  std::string digest(plain->second.sha256);
  for (const auto& [coding, ending] : {std::pair("br", ".br"), {"gzip", ".gz"}}) {
    const auto twin = files_.find(path + ending);
    if (twin == files_.end() || !reads(request, coding)) continue;
    out.fixed = twin->second.bytes, digest += std::string("-") + coding;
    out.with("Content-Encoding", coding);
    break;
  }
  return finish(std::move(out), request, path, digest);
}

Response StudioFiles::from_folder(const Request& request, const std::string& path) const {
  std::error_code code;
  if (!std::filesystem::is_regular_file(folder_ + path, code)) return path == "/index.html" ? unbuilt() : absent(path);
  auto bytes = files::read(folder_ + path);
  if (!bytes) return problem(bytes.error());
  Response out;
  out.body = std::move(*bytes);
  const auto digest = crypto::hex(crypto::sha256(out.body));
  return finish(std::move(out), request, path, digest);
}

}  // namespace assay::server
