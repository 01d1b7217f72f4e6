#include "assay/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

namespace assay::files {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  int get() const { return fd_; }
  int reset() { return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Status sync_folder(const std::string& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return tl::unexpected<Error>(error_of(errno, folder));
  return {};
}

}  // namespace

Error error_of(int number, const std::string& path) {
  const std::string what = std::strerror(number);
  switch (number) {
    case ENOENT:
      return {Code::kNotFound, "no such file", path, "check the path"};
    case ENOTDIR:
      return {Code::kNotFound, "a part of the path is not a folder", path, "check the path"};
    case EISDIR:
      return {Code::kInvalidArgument, "is a folder, not a file", path, "name a file"};
    case EACCES:
    case EPERM:
      return {Code::kPermissionDenied, "permission denied", path, "check who owns it and its mode"};
    case EROFS:
      return {Code::kPermissionDenied, "lies on a read-only file system", path, "use a place you may write to"};
    case ENOSPC:
    case EDQUOT:
      return {Code::kExhausted, "no space left on the disk", path, "free some space and run again"};
    case EFBIG:
      return {Code::kExhausted, "the file would grow over the limit set for it", path, "raise the limit (ulimit -f)"};
    case EMFILE:
    case ENFILE:
      return {Code::kExhausted, "too many open files", path, "raise the limit (ulimit -n)"};
    default:
      return {Code::kUnavailable, what, path, {}};
  }
}

Result<std::string> read(const std::string& path, std::uint64_t limit) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) return tl::unexpected<Error>(error_of(errno, path));
  if (S_ISDIR(info.st_mode)) return tl::unexpected<Error>(error_of(EISDIR, path));
  std::string out;
  std::string buffer(1 << 16, '\0');
  for (;;) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected<Error>(error_of(errno, path));
    if (got == 0) return out;
    if (out.size() + static_cast<std::size_t>(got) > limit)
      return fail(Code::kExhausted, "larger than the limit of " + std::to_string(limit) + " bytes", path,
                  "split the file or give a smaller one");
    out.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

Status write(const std::string& path, std::string_view bytes, unsigned mode) {
  // Made with its mode from the start, so that the user's umask counts.
  static std::atomic<unsigned> written{0};
  const std::string aside = path + "." + std::to_string(::getpid()) + "." + std::to_string(written++);
  Descriptor fd(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return tl::unexpected<Error>(error_of(errno, path));
  const auto give_up = [&](int number) -> Status {
    ::unlink(aside.c_str());
    return tl::unexpected<Error>(error_of(number, path));
  };
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto put = ::write(fd.get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return give_up(errno);
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(fd.get()) != 0 || fd.reset() != 0) return give_up(errno);
  if (::rename(aside.c_str(), path.c_str()) != 0) return give_up(errno);
  return sync_folder(folder_of(path));
}

Status settle(const std::string& from, const std::string& to) {
  Descriptor fd(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return tl::unexpected<Error>(error_of(errno, from));
  if (::rename(from.c_str(), to.c_str()) != 0) return tl::unexpected<Error>(error_of(errno, to));
  return sync_folder(folder_of(to));
}

}  // namespace assay::files
