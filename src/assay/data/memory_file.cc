#include "assay/data/memory_file.h"

#include <arrow/c/bridge.h>
#include <arrow/table.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "assay/base/files.h"
#include "assay/data/columns.h"
#include "assay/data/read.h"

namespace assay::data {

Result<Table> import_stream(ArrowArrayStream* stream, const std::string& where) try {
  ASSAY_ARROW(const auto reader, arrow::ImportRecordBatchReader(stream), where);
  ASSAY_ARROW(const auto table, reader->ToTable(), where);
  // The buffers are another library's, so nothing about them is taken on trust.
  if (const auto s = table->ValidateFull(); !s.ok())
    return tl::unexpected<Error>(arrow_error(s, where, Code::kInvalidArgument));
  return canonical_table(*table, where, ReadOptions{}.max_columns);
} catch (const std::bad_alloc&) {
  return fail(Code::kExhausted, "not enough memory to hold the table", where,
              "give fewer columns or a part of the rows");
} catch (const std::exception& e) {
  return fail(Code::kInvalidArgument, "cannot be taken over: " + std::string(e.what()).substr(0, 400), where);
}

Result<MemoryFile> MemoryFile::make(const std::string& name) {
  MemoryFile out;
  out.fd_ = ::memfd_create("assay", MFD_CLOEXEC);
  if (out.fd_ < 0) return tl::unexpected<Error>(files::error_of(errno, name));
  std::error_code code;
  std::string folder = (std::filesystem::temp_directory_path(code) / "assay.XXXXXX").string();
  if (code || ::mkdtemp(folder.data()) == nullptr) return tl::unexpected<Error>(files::error_of(errno, folder));
  out.folder_ = std::move(folder), out.path_ = out.folder_ + "/" + name;
  const std::string behind = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(out.fd_);
  if (::symlink(behind.c_str(), out.path_.c_str()) != 0)
    return tl::unexpected<Error>(files::error_of(errno, out.path_));
  return out;
}

Result<MemoryFile> MemoryFile::of(const Table& table, const std::string& name) {
  ASSAY_TRY(auto out, make(name));
  ASSAY_CHECK(write_arrow_to(table, out.fd_, name));
  return out;
}

Result<MemoryFile> MemoryFile::of(std::string_view bytes, const std::string& name) {
  ASSAY_TRY(auto out, make(name));
  while (!bytes.empty()) {
    const auto written = ::write(out.fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::unexpected<Error>(files::error_of(errno, name));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return out;
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      folder_(std::exchange(other.folder_, {})),
      path_(std::exchange(other.path_, {})) {}

MemoryFile::~MemoryFile() {
  std::error_code code;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, code);
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace assay::data
