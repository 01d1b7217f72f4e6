#pragma once

#include <vector>

#include "assay/operation/operation.h"

namespace assay::workspace {
std::vector<operation::Operation> operations();
}
