// The built studio, held inside the binary (cmake/AssayEmbed.cmake makes the table; empty when it was not built).
#pragma once

#include <span>
#include <string_view>

namespace assay::server {

struct EmbeddedFile {
  std::string_view path, bytes, sha256;  // "/assets/index-1a2b.js", content, hexadecimal digest (the ETag)
};
std::span<const EmbeddedFile> studio_files();

}  // namespace assay::server
