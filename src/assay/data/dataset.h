// `data add`: a file becomes a data set version, known by the digest of its bytes and of how it was read (spec/README
// 2).
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/data/read.h"
#include "assay/operation/evidence.h"

namespace assay::data {

struct AddRequest {
  std::string source;
  std::vector<std::string> null;
  std::string bad_rows = "error";
  std::string delimiter;  // one character or "tab"; empty: the most likely
  std::vector<std::string> text;
};

// How the request's reading options become those of read(). Errors: invalid-argument (a delimiter that is none).
Result<ReadOptions> read_options(const std::vector<std::string>& null, const std::string& bad_rows,
                                 const std::string& delimiter = {}, const std::vector<std::string>& text = {});

// Evidence "assay.dataset/1": detail {digest, files [{digest, path, size}], recipe, rows, columns [{name, type,
// missing}], rows_digest, rows_digest_ordered, skipped_rows}; blob "table": the parsed table as Arrow IPC, which later
// steps open.
Result<operation::Evidence> add(const AddRequest& request, Task& task);

}  // namespace assay::data
