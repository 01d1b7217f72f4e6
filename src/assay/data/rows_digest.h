// What rows say, apart from the file that holds them (serve b7): SHA-256 over the canonical rows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/base/crypto.h"
#include "assay/base/task.h"
#include "assay/data/table.h"

namespace assay::data {

// Digest of each row: SHA-256 of the RFC 8785 array of its values in column order. Missing is null; 5 and 5.0 are the
// same number; integers beyond 2^53 - 1 and the non-finite are text (spec/README 9); times are RFC 3339 text. O(cells),
// in parallel over fixed chunks. Errors: unsupported (nested columns), cancelled.
Result<std::vector<crypto::Digest>> row_digests(const Table& table, Task& task);

// Over the header and the rows' digests: SHA-256(SHA-256(RFC 8785 array of the names) || digests). `unordered` sorts
// the digests first and keeps duplicates, so it is the same for every order of the rows.
struct RowsDigest {
  std::string unordered, ordered;  // "sha256:…"
};
RowsDigest rows_digest(const std::vector<std::string>& names, std::vector<crypto::Digest> rows);
Result<RowsDigest> rows_digest(const Table& table, Task& task);

}  // namespace assay::data
