// The one way to run an operation: caching, resume after a crash, lineage, audit and reproducibility are this function
// (design §1). The cache key is the digest of (operation, input digests, options, seed, code version), so a step that
// was interrupted simply runs again and one that was done is never run twice.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "assay/operation/operation.h"
#include "assay/workspace/workspace.h"

namespace assay::workspace {

struct Context {
  Workspace* workspace = nullptr;  // none: nothing is kept; outputs lie in a temporary folder while Outcome lives
  std::stop_token stop;
  Task::Watcher watcher;
  Task::Listener listener;
  std::function<std::int64_t()> clock;  // microseconds; the wall clock when empty
  std::string parent;                   // the run that this one is a step of
  std::string run;                      // the id that this run shall have (workspace::make_id); a new one when empty
  std::string by;                       // who asks; the user of the process when empty
  Task::StepWatcher steps;
  int threads = 0;
  bool refresh = false;  // run even when cached
};

struct Outcome {
  operation::Json result;  // the response; evidence with provenance filled in
  std::string digest;      // of its canonical JSON
  std::string run;         // id of the run, or of the one that the cache remembers
  bool cached = false;
  std::int64_t finished_us = 0;  // when the result was first concluded
  double seconds = 0;
  std::map<std::string, std::string> blobs;    // role -> path to read
  std::map<std::string, std::string> digests;  // role -> digest of the blob
  std::shared_ptr<void> keeps;                 // the temporary folder, without a workspace
};

Result<Outcome> execute(const operation::Operation& operation, const operation::Json& request, const Context& context);

// For the operations of this room and those above: the workspace that the task stands in. failed-precondition: none.
Result<Workspace*> workspace_of(Task& task);
std::string run_of(Task& task);  // id of the run that the task belongs to; empty outside a workspace

}  // namespace assay::workspace
