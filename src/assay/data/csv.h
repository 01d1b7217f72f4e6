// CSV to table. Internal to data/ but for the fuzz target and for callers that hold the bytes already.
#pragma once

#include <string>
#include <string_view>

#include "assay/data/read.h"

namespace assay::data {

// The table that `bytes` spell, by data b1: type lattice int < float < text over all cells, empty = missing, first
// record = header. `where` names the source in errors. The bytes are only looked at during the call. O(bytes) in
// parallel. Errors: no columns, columns without or with the same name (invalid-argument), rows of the wrong width,
// unclosed quotes, zero bytes, bytes that are no UTF-8 (corrupt, with line), too many columns (exhausted).
Result<Table> read_csv_bytes(std::string_view bytes, const std::string& where, const ReadOptions& options = {},
                             ReadReport* report = nullptr);

}  // namespace assay::data
