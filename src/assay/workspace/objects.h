// Content-addressed files: a name is the SHA-256 of the bytes, so what is stored never changes and is kept once.
#pragma once

#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::workspace {

class Objects {
 public:
  explicit Objects(std::string folder) : folder_(std::move(folder)) {}  // ".assay/objects"
  std::string path_of(std::string_view digest) const;                   // "sha256:…" -> folder/ab/cdef…
  bool has(std::string_view digest) const;
  Result<std::string> put(std::string_view bytes);          // its digest; synced before it returns
  Result<std::string> take(const std::string& file);        // moves a file of the same file system in
  Result<std::string> get(std::string_view digest) const;   // corrupt when the bytes no longer match
  Result<std::string> find(std::string_view prefix) const;  // the one full digest with >= 12 hex given
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace assay::workspace
