// What another library of this process holds as a table, handed over without a file on disk: the Arrow C stream
// interface in, the canonical Arrow IPC bytes behind a path out.
//
// Operations name their inputs by path or reference, and an input's digest is that of its bytes. So a table in memory
// becomes a file in memory: the columns are taken over without a copy, brought to canonical form (which is where
// pandas' large_string, polars' string_view and int8 categories turn into the same dictionary) and written once. Same
// rows, same bytes, same digest, whichever library held them; and nothing about people lands on a disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "assay/base/error.h"
#include "assay/data/table.h"

struct ArrowArrayStream;

namespace assay::data {

// Takes the stream over: it is released whatever happens. `where` names it in errors. Errors: as read() of a file that
// holds the same table; invalid-argument when the producer fails.
Result<Table> import_stream(ArrowArrayStream* stream, const std::string& where);

// Writes the IPC file of write_arrow() to an open descriptor.
Status write_arrow_to(const Table& table, int fd, const std::string& where);

// An anonymous file in memory with a name in a private folder, for whoever opens files by path. It goes with its owner.
class MemoryFile {
 public:
  static Result<MemoryFile> of(const Table& table, const std::string& name);
  static Result<MemoryFile> of(std::string_view bytes, const std::string& name);
  MemoryFile(MemoryFile&&) noexcept;
  MemoryFile& operator=(MemoryFile&&) = delete;
  ~MemoryFile();
  const std::string& path() const { return path_; }

 private:
  MemoryFile() = default;
  static Result<MemoryFile> make(const std::string& name);
  int fd_ = -1;
  std::string folder_, path_;
};

}  // namespace assay::data
