#include "assay/workspace/workspace.h"

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/operation/json.h"
#include "assay/workspace/place.h"

namespace assay::workspace {
namespace {

namespace fs = std::filesystem;

// Parts of `[kind:]name[@N|@latest|@sha256:…]`.
struct Reference {
  std::string kind, name, version;
};

Reference parse_reference(std::string_view text) {
  Reference out;
  const auto at = text.find('@');
  std::string_view head = text.substr(0, at);
  if (at != std::string_view::npos) out.version = text.substr(at + 1);
  if (const auto colon = head.find(':'); colon != std::string_view::npos) {
    out.kind = head.substr(0, colon);
    head = head.substr(colon + 1);
  }
  out.name = head;
  return out;
}

}  // namespace

Result<Workspace> Workspace::open(const std::string& folder) {
  const std::string inside = folder + "/.assay";
  ASSAY_CHECK(files::make_folders(inside, 0700));  // rows of people lie in it
  ASSAY_CHECK(files::make_folders(inside + "/objects"));
  ASSAY_CHECK(files::make_folders(inside + "/staging"));
  ASSAY_TRY(const auto place, read_place(inside));
  ASSAY_TRY(auto store, Store::open(place));
  return Workspace(folder, std::move(store), Objects(inside + "/objects"));
}

std::optional<std::string> Workspace::find(const std::string& start) {
  std::error_code code;
  for (fs::path at = fs::absolute(start, code);; at = at.parent_path()) {
    for (const char* name : {"workspace.db", "config.yaml"})
      if (fs::exists(at / ".assay" / name, code)) return at.string();
    if (at == at.root_path() || at.empty()) return std::nullopt;
  }
}

Result<Workspace::Located> Workspace::locate(const std::string& ref) {
  if (files::exists(ref)) {
    ASSAY_TRY(auto digest, crypto::digest_of_file(ref));
    return Located{ref, std::move(digest), {}};
  }
  const auto absent = [&](std::string fix) {
    return fail(Code::kNotFound, "neither a file nor an asset of this workspace", ref, std::move(fix));
  };
  // An object's bytes are checked before they are used: what is judged must be what the digest names.
  const auto stored = [&](const std::string& content, const std::string& digest, std::string name) -> Result<Located> {
    if (!objects_.sound(content))
      return fail(Code::kCorrupt, "the stored bytes are gone or no longer those of their digest", ref,
                  "run again: what made it makes it anew");
    return Located{objects_.path_of(content), digest, std::move(name)};
  };
  const bool bare =
      ref.size() >= 12 && ref.size() <= 64 && ref.find_first_not_of("0123456789abcdef") == std::string::npos;
  std::vector<AssetVersion> found;
  if (bare && objects_.find(ref)) return locate("sha256:" + ref);
  if (ref.starts_with("sha256:")) {
    ASSAY_TRY(found, store_.assets_with(ref));
    if (found.empty()) {
      ASSAY_TRY(const auto digest, objects_.find(ref));
      return stored(digest, digest, {});
    }
  } else {
    if (ref.find_first_of("/.") != std::string::npos && ref.find('@') == std::string::npos)
      return fail(Code::kNotFound, "no such file", ref, "check the path");
    const auto want = parse_reference(ref);
    ASSAY_TRY(auto all, store_.assets(want.kind, want.name));
    if (all.empty() && want.kind.empty()) {
      ASSAY_TRY(all, store_.assets());  // for the nearest name
    }
    std::vector<std::string> names;
    std::int64_t number = 0;
    std::from_chars(want.version.data(), want.version.data() + want.version.size(), number);
    const bool latest = want.version.empty() || want.version == "latest";
    for (const auto& a : all) {
      names.push_back(a.kind + ":" + a.name);
      if (a.name == want.name &&
          (latest || a.version == number || (want.version.size() >= 19 && a.digest.starts_with(want.version))))
        found.push_back(a);
    }
    if (found.empty()) {
      const auto near = operation::nearest(ref, names);
      return absent(near.empty() ? "check the path, or see `assay evidence list`" : "did you mean \"" + near + "\"?");
    }
    for (const auto& a : found)
      if (a.kind != found.front().kind)
        return fail(Code::kInvalidArgument, "names assets of more than one kind", ref,
                    "say which: " + found.front().kind + ":" + want.name + " or " + a.kind + ":" + want.name);
  }
  const auto& last = found.back();
  return stored(last.content, last.digest, last.kind + ":" + last.name + "@" + std::to_string(last.version));
}

std::string make_id(std::int64_t us) {
  std::string raw = crypto::random_bytes(16);
  const auto ms = static_cast<std::uint64_t>(us / 1000);
  for (int i = 0; i < 6; ++i) raw[static_cast<std::size_t>(i)] = static_cast<char>(ms >> (8 * (5 - i)));
  raw[6] = static_cast<char>((raw[6] & 0x0F) | 0x70);
  raw[8] = static_cast<char>((raw[8] & 0x3F) | 0x80);
  return crypto::hex(raw);
}

std::string this_user() {
  const auto* entry = ::getpwuid(::geteuid());
  return entry ? entry->pw_name : std::to_string(::geteuid());
}

std::string this_host() {
  char name[256] = "localhost";
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace assay::workspace
