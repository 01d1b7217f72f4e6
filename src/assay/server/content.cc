#include "assay/server/content.h"

#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <arrow/table.h>
#include <unistd.h>

#include <cctype>

#include "assay/base/files.h"
#include "assay/catalog/catalog.h"
#include "assay/data/read.h"
#include "assay/server/problem.h"

namespace assay::server {

using operation::Json;
using workspace::Workspace;

namespace {

constexpr std::string_view kStream = "application/vnd.apache.arrow.stream", kFile = "application/vnd.apache.arrow.file";

// A stored report is a whole page of its own; like all stored bytes it is shown without rights of any kind.
constexpr const char* kBlobPolicy =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'";

Status write_stream(const data::Table& table, const std::string& path) {
  const auto checked = [&](const arrow::Status& s) -> Status {
    if (s.ok()) return {};
    return fail(Code::kUnavailable, s.message(), path);
  };
  auto out = arrow::io::FileOutputStream::Open(path);
  if (!out.ok()) return checked(out.status());
  auto writer = arrow::ipc::MakeStreamWriter(*out, table.arrow()->schema());
  if (!writer.ok()) return checked(writer.status());
  ASSAY_CHECK(checked((*writer)->WriteTable(*table.arrow(), 1 << 16)));
  ASSAY_CHECK(checked((*writer)->Close()));
  return checked((*out)->Close());
}

// A table in another form, in a file that vanishes once it is sent.
Result<std::shared_ptr<const OpenFile>> converted(Workspace& space, const std::string& from, bool csv) {
  Task task;
  ASSAY_TRY(const auto table, data::read(from, task));
  std::string path = space.inside("staging") + "/" + std::to_string(::getpid()) + ".send.XXXXXX";
  const int file = ::mkstemp(path.data());
  if (file < 0) return tl::unexpected<Error>(files::error_of(errno, path));
  ::close(file);
  const auto written = csv ? data::write_csv(table, path) : write_stream(table, path);
  if (!written) return ::unlink(path.c_str()), tl::unexpected<Error>(written.error());
  return OpenFile::open(path, true);
}

bool asks_for(std::string_view accept, std::string_view type) { return accept.find(type) != accept.npos; }

Result<std::string> digest_in(const Call& call) {
  const auto& text = call.path.at("digest");
  std::string_view hex = text;
  if (hex.starts_with("sha256:")) hex.remove_prefix(7);
  if (hex.size() < 12 || hex.size() > 64 || hex.find_first_not_of("0123456789abcdef") != hex.npos)
    return fail(Code::kInvalidArgument, "\"" + text.substr(0, 80) + "\" is not a digest", "digest",
                "write sha256: and at least 12 hexadecimal digits");
  return "sha256:" + std::string(hex);
}

// The bytes of a digest, or 304.
Result<Response> content(const Call& call, Workspace& space, const std::string& digest, const std::string& media_type) {
  if (!space.objects().sound(digest))
    return fail(Code::kCorrupt, "the stored bytes are gone or no longer those of their digest", digest,
                "run again: what made it makes it anew");
  const auto accept = call.request.header("accept");
  const bool table = media_type == kFile;
  const bool csv = table && asks_for(accept, "text/csv"), stream = table && !csv && asks_for(accept, kStream);
  Response out;
  out.type = csv ? "text/csv; charset=utf-8" : stream ? std::string(kStream) : media_type;
  if (out.type.starts_with("text/") && out.type.find("charset") == std::string::npos) out.type += "; charset=utf-8";
  out.with("Content-Security-Policy", kBlobPolicy);
  if (out.type.starts_with("text/html")) out.with("Content-Disposition", "inline");
  // What came from a client must never run as one of our scripts.
  if (out.type.find("script") != std::string::npos) out.type = "application/octet-stream";
  out.with("Cache-Control", "private, no-cache").with("Vary", "Accept");
  const auto path = space.objects().path_of(digest);
  tag_as(out, call.request, digest + (csv ? "-csv" : stream ? "-stream" : ""));
  if (out.status == 304) return out;
  if (csv || stream) {
    ASSAY_TRY(out.file, converted(space, path, csv));
  } else {
    ASSAY_TRY(out.file, OpenFile::open(path));
  }
  return out;
}

Result<Json> shown_evidence(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto digest, digest_in(call));
  ASSAY_TRY(const auto whole, space.objects().find(digest));
  workspace::Context context;
  context.workspace = &space;
  ASSAY_TRY(auto outcome, workspace::execute(*catalog::find("evidence.show"), Json{{"digest", whole}}, context));
  return std::move(outcome.result);
}

}  // namespace

Result<Response> blob(const Call& call, Workspace& space) {
  ASSAY_TRY(const auto shown, shown_evidence(call, space));
  const Json& document = shown["evidence"];
  const auto& role = call.path.at("role");
  const auto blobs = document.is_object() ? document.find("blobs") : document.end();
  if (blobs == document.end() || !blobs->is_object() || !blobs->contains(role)) {
    std::vector<std::string> known;
    if (blobs != document.end() && blobs->is_object())
      for (const auto& [name, unused] : blobs->items()) known.push_back(name);
    auto e = operation::unknown_name("blob", role, known);
    e.code = Code::kNotFound;
    return tl::unexpected<Error>(std::move(e));
  }
  const Json& named = (*blobs)[role];
  if (!named.is_object() || !named.contains("digest") || !named["digest"].is_string())
    return fail(Code::kCorrupt, "the evidence names no bytes for this role", role);
  auto type = named.value("media_type", std::string("application/octet-stream"));
  // Written by whoever made the evidence: only what can be a media type goes into a header.
  for (const char c : type)
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view("/+.-_;= ").find(c) == std::string_view::npos)
      return fail(Code::kCorrupt, "the evidence names no media type for this role", role);
  return content(call, space, named["digest"].get<std::string>(), type);
}

Result<Response> asset_content(const Call& call, Workspace& space) {
  const auto &kind = call.path.at("kind"), &name = call.path.at("name"), &version = call.path.at("version");
  ASSAY_TRY(const auto found, space.store().assets(kind, name));
  for (const auto& a : found) {
    if (std::to_string(a.version) != version && !(version == "latest" && &a == &found.back())) continue;
    const std::string type = kind == "dataset"    ? std::string(kFile)
                             : kind == "hallmark" ? "application/jsonl"
                             : kind == "model"    ? "application/octet-stream"
                                                  : "application/json";
    return content(call, space, a.content, type);
  }
  return fail(
      Code::kNotFound, "no such version", kind + ":" + name + "@" + version,
      found.empty() ? "GET assets lists what there is" : "the newest is " + std::to_string(found.back().version));
}

}  // namespace assay::server
