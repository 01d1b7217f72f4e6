// Everything Assay can do, as one list. Each room tells its own operations; this room joins them, and the command line,
// the server and Python walk the result.
#pragma once

#include <string_view>
#include <vector>

#include "assay/operation/operation.h"

namespace assay::catalog {

const std::vector<operation::Operation>& operations();
const operation::Operation* find(std::string_view noun, std::string_view verb);
const operation::Operation* find(std::string_view id);  // "stats.profile"
operation::Json openapi();                              // OpenAPI 3.1 of the REST face

}  // namespace assay::catalog
