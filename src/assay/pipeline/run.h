// Runs a plan: every step through `workspace::execute`, so a second run finds every step in the cache, an interrupted
// one goes on where it stopped, and all of it stands in lineage and audit.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/operation/operation.h"
#include "assay/pipeline/expand.h"

namespace assay::pipeline {

// Finds an operation by "noun.verb"; the catalogue stands above this room and hands itself in.
using Find = std::function<const operation::Operation*(std::string_view id)>;

struct RunRequest {
  std::string plan = "assay.yaml";
  bool refresh = false;
};
struct StepDone {
  std::string id, operation, state, digest;  // state: done | cached | skipped
  double seconds = 0;
};
struct RunReport {
  std::string name, state, folder;  // state of the verdict; folder: where the files lie
  std::vector<StepDone> steps;
  std::map<std::string, std::string> files;  // report, card, model, hallmark, … -> path
  std::vector<std::string> advice;           // what would settle what is not decided
  operation::Json verdict;
  double seconds = 0;
};
Result<RunReport> run_plan(const RunRequest& request, Task& task, const Find& find);

}  // namespace assay::pipeline
