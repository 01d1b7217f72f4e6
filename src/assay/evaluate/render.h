// Evaluation evidence as text for a person.
#pragma once

#include <string>

#include "assay/operation/json.h"

namespace assay::evaluate {

std::string render_evaluation(const operation::Json& evidence);

}  // namespace assay::evaluate
