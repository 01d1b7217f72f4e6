#include "assay/workspace/objects.h"

#include <sys/stat.h>

#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"

namespace assay::workspace {
namespace {
constexpr std::string_view kPrefix = "sha256:";
}

std::string Objects::path_of(std::string_view digest) const {
  if (digest.starts_with(kPrefix)) digest.remove_prefix(kPrefix.size());
  return folder_ + "/" + std::string(digest.substr(0, 2)) + "/" + std::string(digest.substr(2));
}

bool Objects::has(std::string_view digest) const { return files::exists(path_of(digest)); }

bool Objects::sound(std::string_view digest) const {
  const auto path = path_of(digest);
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return false;
  const Seen now{info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec, info.st_size, info.st_ino};
  if (const auto known = seen_.find(digest); known != seen_.end() && known->second == now) return true;
  const auto found = crypto::digest_of_file(path);
  std::error_code code;
  if (!found || *found != digest) return std::filesystem::remove(path, code), false;
  seen_.insert_or_assign(std::string(digest), now);
  return true;
}

Result<std::string> Objects::put(std::string_view bytes) {
  const auto digest = crypto::digest_of(bytes);
  if (sound(digest)) return digest;
  const auto path = path_of(digest);
  ASSAY_CHECK(files::make_folders(std::filesystem::path(path).parent_path().string()));
  ASSAY_CHECK(files::write(path, bytes, 0400));
  return digest;
}

Result<std::string> Objects::take(const std::string& file) {
  ASSAY_TRY(const auto digest, crypto::digest_of_file(file));
  const auto path = path_of(digest);
  std::error_code code;
  if (sound(digest)) return std::filesystem::remove(file, code), digest;
  ASSAY_CHECK(files::make_folders(std::filesystem::path(path).parent_path().string()));
  std::filesystem::permissions(file, std::filesystem::perms{0400}, code);
  ASSAY_CHECK(files::settle(file, path));
  return digest;
}

Result<std::string> Objects::get(std::string_view digest) const {
  const auto path = path_of(digest);
  ASSAY_TRY(auto bytes, files::read(path, 1ull << 32));
  if (crypto::digest_of(bytes) != digest)
    return fail(Code::kCorrupt, "the stored object no longer has the bytes that its name says", path,
                "delete the file and run again: what made it makes it anew");
  return bytes;
}

Result<std::string> Objects::find(std::string_view prefix) const {
  const auto bad = [&](std::string what, std::string fix) {
    return fail(Code::kNotFound, std::move(what), std::string(prefix), std::move(fix));
  };
  std::string_view hex = prefix;
  if (hex.starts_with(kPrefix)) hex.remove_prefix(kPrefix.size());
  if (hex.size() < 12 || hex.size() > 64 || hex.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return bad("not a digest", "give sha256: and at least 12 hexadecimal digits");
  const std::string two(hex.substr(0, 2)), rest(hex.substr(2));
  std::string found;
  std::error_code code;
  for (const auto& each : std::filesystem::directory_iterator(folder_ + "/" + two, code)) {
    const auto name = each.path().filename().string();
    if (!name.starts_with(rest) || name.size() != 62) continue;
    if (!found.empty()) return bad("more than one object begins so", "give more digits");
    found = std::string(kPrefix) + two + name;
  }
  if (found.empty()) return bad("no such object", "`assay evidence list` shows what there is");
  return found;
}

}  // namespace assay::workspace
