// `data coverage`: are there rows for every use that was declared? "For all ages", but only seniors, fails by name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::stats {

struct CoverageRequest {
  std::string data, intended;
  std::vector<std::string> null;
  int min_n = 30;
  std::string pairs = "report";  // none | report (warnings) | judge (empty pairs are errors, as empty cells are)
  double level = 0.95;
  int replicates = 2000;
  std::int64_t seed = 0;
};

// `intended` is a YAML file: {intended: {NAME: {range: [18, 95], bins: [18, 30, 95]} | {values: [a, b]} |
// {values: 1..12, from: date} | {population: table.csv}}}. NAME is a column; with `from`, a part of that column's date:
// year, month, day, weekday (1 = Monday) or hour. Cells are [lo, hi), the last [lo, hi]. Evidence "assay.coverage/1".
// Figures by dimension and by pair of dimensions: coverage_share (declared cells with at least min_n rows),
// effective_cells (exp of the entropy of the shares), empty_cells, thin_cells, outside_share, missing_share, and
// total_variation_distance to the population. detail.dimensions[], detail.pairs[], detail.findings[] {code
// assay.COVERAGE_EMPTY (ERROR) | assay.COVERAGE_THIN (WARNING), severity, dimensions, cells}. Errors: not-found (a
// column), invalid-argument (the file, with its line; over 10 000 cells).
Result<operation::Evidence> coverage(const CoverageRequest& request, Task& task);
std::string render_coverage(const operation::Json& evidence);
int coverage_exit(const operation::Json& evidence);  // 1 when a finding is an ERROR

}  // namespace assay::stats
