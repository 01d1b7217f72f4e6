// Files as the rest of Assay uses them: whole, bounded, and never half-written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::files {

inline constexpr std::uint64_t kMaxDocument = 64ull << 20;  // plans, policies, JSON documents

// The error that `number` (errno) means for `path`: not-found, permission-denied, exhausted (disk full), unavailable.
Error error_of(int number, const std::string& path);

// The whole file; `exhausted` when it is larger than `limit` bytes, invalid-argument when it is a folder.
Result<std::string> read(const std::string& path, std::uint64_t limit = kMaxDocument);

// Written aside, synced, renamed: a reader sees the old content or the new, never a part. Removes the part on failure.
Status write(const std::string& path, std::string_view bytes, unsigned mode = 0644);

// Syncs a file that something else wrote, and moves it to its place (same file system).
Status settle(const std::string& from, const std::string& to);

Status make_folders(const std::string& path, unsigned mode = 0755);
bool exists(const std::string& path);

}  // namespace assay::files
