// Pieces of inference that relaxing a schema needs too. Internal to this room.
#pragma once

#include "assay/validate/infer.h"
#include "assay/validate/view.h"

namespace assay::validate {

// Fills type, presence, shape or value counts, and domain of a feature that has a name. A new list of texts goes to
// `schema` under a name that is free.
void infer_feature(const View& view, const InferOptions& options, tfmd::Schema& schema, tfmd::Feature& feature);
void infer_value_count(const View& view, tfmd::Feature& feature);

// The feature at a path of names, through struct domains; null when there is none.
tfmd::Feature* find_feature(tfmd::Schema& schema, const std::vector<std::string>& steps);
// A fresh feature at the path, and the structs above it when they are not there.
tfmd::Feature& make_feature(tfmd::Schema& schema, const std::vector<std::string>& steps);

}  // namespace assay::validate
