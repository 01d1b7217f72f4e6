#include "assay/server/message.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "assay/base/files.h"

namespace assay::server {

Result<std::shared_ptr<const OpenFile>> OpenFile::open(const std::string& path, bool unlink) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return tl::unexpected<Error>(files::error_of(errno, path));
  if (unlink) ::unlink(path.c_str());
  struct stat info{};
  if (::fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(file);
    return fail(Code::kInvalidArgument, "is not a file", path);
  }
  return std::shared_ptr<const OpenFile>(new OpenFile(file, static_cast<std::uint64_t>(info.st_size)));
}

OpenFile::~OpenFile() { ::close(file_); }

Result<std::string> OpenFile::read(std::uint64_t offset, std::size_t count) const {
  std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - std::min(size_, offset))), '\0');
  for (std::size_t done = 0; done < out.size();) {
    const auto got = ::pread(file_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Code::kUnavailable, "the file became shorter while it was sent");
    done += static_cast<std::size_t>(got);
  }
  return out;
}

}  // namespace assay::server
