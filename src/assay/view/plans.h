// The plans that lie beside a workspace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/pipeline/plan.h"
#include "assay/view/overview.h"

namespace assay::view {

struct PlanFile {
  PlanItem item;
  std::optional<pipeline::Plan> plan;  // none: `error` says why
  std::string error, digest, bytes;    // digest: of the plan's value, as a run registers it; bytes: of the file
};
// At most 20, assay.yaml first, then by name; files in the folder itself that have a line "assay:". Links are not
// followed.
std::vector<PlanFile> plans_in(const std::string& folder);
std::string first_table(const std::string& folder);  // name of the first CSV, Parquet or Arrow file; empty when none

}  // namespace assay::view
