// The studio's files: held inside the binary, or read from a folder while the studio is being written.
#pragma once

#include <map>
#include <string>

#include "assay/server/message.h"

namespace assay::server {

class StudioFiles {
 public:
  explicit StudioFiles(std::string folder = {});  // empty: those inside the binary
  // The file at a path, its brotli or gzip twin where the client reads them, index.html for a page's address. Hashed
  // names may be kept forever; the rest is asked for again by its ETag.
  Response answer(const Request& request) const;

 private:
  struct File {
    std::string_view bytes, sha256;
  };
  Response from_folder(const Request& request, const std::string& path) const;
  Response from_binary(const Request& request, const std::string& path) const;
  std::string folder_;
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace assay::server
