// `stats profile`: what is in a table, column by column.
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::stats {

struct ProfileRequest {
  std::string data;
  std::vector<std::string> columns;
  std::vector<std::string> null;
  std::string bad_rows = "error";
  int bins = 10;
  int top = 10;
};

// Evidence "assay.profile/1". Figures: row_count, and missing_share for each column. detail.columns[]: name, type,
// rows, missing, distinct, exact; of numbers: mean, standard_deviation (ddof 0), min, max, zeros, nan, infinite values,
// quantiles (type 7), histogram (equal width, (lo, hi]); of text: lengths in bytes, top values, spellings that look
// missing; of times: first and last. Mean and standard deviation are exact and rounded once. O(cells).
Result<operation::Evidence> profile(const ProfileRequest& request, Task& task);

struct InferRequest {
  std::string data;
  std::vector<std::string> null;
  int max_domain = 100;
};

// Evidence "assay.schema/1". detail.columns[]: name, type, presence {min_share: 1 when nothing is missing, else 0},
// domain (values of text with at most max_domain of them, ascending by bytes; min and max of numbers; else null),
// unique.
Result<operation::Evidence> infer(const InferRequest& request, Task& task);

}  // namespace assay::stats
