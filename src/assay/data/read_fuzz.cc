// Bytes from outside to a table: CSV, and through the file border Arrow IPC and Parquet by their magic bytes.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "assay/data/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  data::ReadOptions options;
  options.max_columns = 200;
  if (size % 2 != 0) options.bad_rows = "skip";
  // Every column of a table that came through can be read.
  const auto walk = [](const Result<data::Table>& table) {
    if (!table) return;
    for (const auto& name : table->names()) {
      const auto codes = table->codes(name);
      if (codes)
        for (const auto code : codes->codes)
          if (code < -1 || code >= static_cast<std::int64_t>(codes->values->size())) std::abort();
      if (codes && codes->codes.size() != table->rows()) std::abort();
      (void)table->numbers(name);
    }
  };
  walk(data::read_csv_bytes(bytes, "fuzz", options));
  if (!bytes.starts_with("PAR1") && !bytes.starts_with("ARROW1") && !bytes.starts_with("\xFF\xFF\xFF\xFF")) return 0;
  const int fd = ::memfd_create("fuzz", 0);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  Task task;
  walk(data::read("/proc/self/fd/" + std::to_string(fd), task, options));
  ::close(fd);
  return 0;
}
