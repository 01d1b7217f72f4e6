#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/gate/verify.h"

namespace assay::gate {
namespace {

constexpr std::size_t kMaxFiles = 1'000'000, kMaxFolders = 64;

struct File {
  std::string path;  // below the folder
  std::int64_t size;
};

Status list(const std::string& root, const std::string& below, std::size_t depth, std::vector<File>& out) {
  const std::string folder = below.empty() ? root : root + "/" + below;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (!open) return tl::unexpected<Error>(files::error_of(errno, folder));
  if (depth > kMaxFolders) return fail(Code::kInvalidArgument, "folders are nested deeper than 64 levels", folder);
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string path = below.empty() ? name : below + "/" + name, whole = root + "/" + path;
    struct stat info{};
    if (::lstat(whole.c_str(), &info) != 0) return tl::unexpected<Error>(files::error_of(errno, whole));
    if (S_ISDIR(info.st_mode)) {
      ASSAY_CHECK(list(root, path, depth + 1, out));
    } else if (!S_ISREG(info.st_mode) || name.find('\n') != std::string::npos) {
      return fail(Code::kInvalidArgument, "a model folder holds plain files and folders only", whole,
                  "remove links, devices and names with line ends");
    } else if (out.size() == kMaxFiles) {
      return fail(Code::kInvalidArgument, "a model folder holds over a million files", root);
    } else {
      out.push_back({path, info.st_size});
    }
  }
  return {};
}

}  // namespace

Result<std::string> model_digest(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return tl::unexpected<Error>(files::error_of(errno, path));
  if (!S_ISDIR(info.st_mode)) return crypto::digest_of_file(path);
  std::vector<File> found;
  ASSAY_CHECK(list(path, "", 0, found));
  std::sort(found.begin(), found.end(), [](const File& a, const File& b) { return a.path < b.path; });
  crypto::Sha256 sum;
  for (const File& file : found) {
    ASSAY_TRY(const std::string digest, crypto::digest_of_file(path + "/" + file.path));
    sum.add(digest.substr(7) + "  " + std::to_string(file.size) + " " + file.path + "\n");
  }
  return "tree:" + crypto::hex(sum.finish());
}

}  // namespace assay::gate
