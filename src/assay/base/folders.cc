// The part of files.h that needs std::filesystem, apart from the rest so that the small verifier does not carry it.
#include <filesystem>

#include "assay/base/files.h"

namespace assay::files {

Status make_folders(const std::string& path, unsigned mode) {
  std::error_code code;
  const bool made = std::filesystem::create_directories(path, code);
  if (code) return tl::unexpected<Error>(error_of(code.value(), path));
  // Only ever narrower than the user's umask would have it.
  if (made)
    std::filesystem::permissions(path, ~static_cast<std::filesystem::perms>(mode) & std::filesystem::perms::all,
                                 std::filesystem::perm_options::remove, code);
  return {};
}

bool exists(const std::string& path) {
  std::error_code code;
  return std::filesystem::exists(path, code);
}

}  // namespace assay::files
