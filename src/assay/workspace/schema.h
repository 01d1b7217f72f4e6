// The tables, as steps from format to format: a new workspace takes all of them, an old one those it lacks.
#pragma once

#include <vector>

namespace assay::workspace {

std::vector<const char*> schema_after(int format);  // statements from `format` to kFormat

}  // namespace assay::workspace
