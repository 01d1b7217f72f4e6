// Fairness evidence as text for a person.
#pragma once

#include <string>

#include "assay/operation/json.h"

namespace assay::fairness {

std::string render_fairness(const operation::Json& evidence);

}  // namespace assay::fairness
