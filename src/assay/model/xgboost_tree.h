// One tree of an XGBoost file. Internal to model/.
#pragma once

#include <rapidjson/document.h>

#include <cstdint>

#include "assay/base/error.h"
#include "assay/model/trees.h"

namespace assay::model {

// The member of an object by name, or null.
const rapidjson::Value* member(const rapidjson::Value& from, const char* name);

// Appends a tree after checking all of it: array sizes, children in range, no cycle, features that exist, finite
// numbers, category segments. `first`: it decides whether leaves are vectors. Errors: corrupt, where = "node 5" or an
// array.
Status add_tree(const rapidjson::Value& tree, std::uint32_t output, float weight, bool first, Trees& out);

}  // namespace assay::model
