// stats profile, schema infer.
#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::stats {
std::vector<operation::Operation> operations();
}
