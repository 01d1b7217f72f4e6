// Content-addressed files: a name is the SHA-256 of the bytes, so what is stored never changes and is kept once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::workspace {

class Objects {
 public:
  explicit Objects(std::string folder) : folder_(std::move(folder)) {}  // ".assay/objects"
  std::string path_of(std::string_view digest) const;                   // "sha256:…" -> folder/ab/cdef…
  bool has(std::string_view digest) const;
  // Whether the stored bytes are still those of the name; a file that is not is removed, so that it is made anew. Reads
  // the file once in the life of this object, and again when its time or size has changed.
  bool sound(std::string_view digest) const;
  Result<std::string> put(std::string_view bytes);          // its digest; synced before it returns
  Result<std::string> take(const std::string& file);        // moves a file of the same file system in
  Result<std::string> get(std::string_view digest) const;   // corrupt when the bytes no longer match
  Result<std::string> find(std::string_view prefix) const;  // the one full digest with >= 12 hex given
  const std::string& folder() const { return folder_; }

 private:
  struct Seen {
    std::int64_t changed_ns = 0, size = 0;
    std::uint64_t inode = 0;
    bool operator==(const Seen&) const = default;
  };
  std::string folder_;
  mutable std::map<std::string, Seen, std::less<>> seen_;  // what was found sound, as it was then
};

}  // namespace assay::workspace
