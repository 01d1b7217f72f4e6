// A plan as ordinary steps. Each runs one operation; {"$ref": R} stands for what an earlier step made:
//   steps.ID.outputs.evidence   digest of its result      steps.ID.outputs.ROLE        digest of a blob it wrote
//   steps.ID.time               when it was concluded     steps.ID.ref, steps.ID.version   of the asset registered
//   plan, policy                digests of those documents
// No text that a user writes is ever taken for a reference: only this room makes such objects, and `purpose`, the one
// place where a user may write an object, is passed on as it is.
#pragma once

#include <string>
#include <vector>

#include "assay/pipeline/plan.h"

namespace assay::pipeline {

struct Step {
  std::string id, operation;
  operation::Json with = operation::Json::object();
  std::string asset, asset_name, asset_output;  // what to register: kind, name, and the output it consists of
  bool only_when_held = false;                  // runs when the gate's verdict lets the model pass
};

struct Expanded {
  std::vector<Step> steps;
  operation::Json policy;  // the plan's checks and gate.policy as one policy document
};

// `folder`: where the plan lies; its relative paths start there. Reads gate.policy when there is one.
Result<Expanded> expand(const Plan& plan, const std::string& folder);

// The columns by which figures are split: each protected column, and all of them together when there are two or three.
std::vector<std::string> groups_of(const Plan& plan);

// Name of the data set that the plan's source becomes: "Boston HMDA.csv" -> "boston_hmda".
std::string dataset_name(const Plan& plan);

}  // namespace assay::pipeline
