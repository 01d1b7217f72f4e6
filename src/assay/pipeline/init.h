// Writes a plan by looking at the data: what is predicted, what is good for the person and who must not be judged by
// what is asked of the user, never guessed.
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"

namespace assay::pipeline {

struct InitRequest {
  std::string data, label, positive, favorable, name, use, output = "assay.yaml";
  std::vector<std::string> protected_columns;
};
struct InitReport {
  std::string path, plan;  // where it was written, and its text
};
// Errors: not-found (file, column with the nearest name), invalid-argument where = "label" or "favorable" with the
// values to choose from, already-exists when `output` is there.
Result<InitReport> init_plan(const InitRequest& request, Task& task);

}  // namespace assay::pipeline
