// What a person at a terminal sees of this room's evidence.
#pragma once

#include <string>

#include "assay/operation/json.h"

namespace assay::validate {

std::string render_validation(const operation::Json& evidence);
std::string render_statistics(const operation::Json& evidence);
std::string render_lint(const operation::Json& evidence);

}  // namespace assay::validate
