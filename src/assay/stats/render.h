// A profile for a person at a terminal.
#pragma once

#include <string>

#include "assay/operation/json.h"

namespace assay::stats {

// One line per column: name, type, missing, distinct, then mean ± standard deviation, quartiles and a sparkline of the
// histogram, or the most frequent values. Plain UTF-8 text, no colours.
std::string render_profile(const operation::Json& evidence);
std::string render_schema(const operation::Json& evidence);

}  // namespace assay::stats
