// What one benchmark is to the worker: something made ready once, then run under the clock, with an answer to compare.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "assay/base/error.h"
#include "assay/base/task.h"
#include "assay/operation/json.h"

namespace assay::bench {

using operation::Json;
using Arguments = std::vector<std::string>;

struct Ready {
  std::size_t rows = 0;
  std::function<Status(Task&)> run;           // the timed part
  std::function<Result<Json>(Task&)> answer;  // what the run computes, in the form that the peer gives it too
};

// FILE [ROWS]: predictions as Arrow IPC; more rows than it has are its rows again.
Result<Ready> grouped_encoded(const Arguments& arguments);    // group columns are 8-bit codes already
Result<Ready> grouped_integers(const Arguments& arguments);   // five int64 columns; encoding is timed
Result<Ready> grouped_strings(const Arguments& arguments);    // group columns are Arrow text; encoding is timed
Result<Ready> grouped_bootstrap(const Arguments& arguments);  // FILE REPLICATES: to finished intervals
Result<Ready> table_load(const Arguments& arguments);         // FILE: CSV to table
Result<Ready> tree_predict(const Arguments& arguments);       // MODEL MATRIX: float32 rows to margins
Result<Ready> hallmark_verify(const Arguments& arguments);    // a hallmark of about 1 MB, in memory

}  // namespace assay::bench
