#pragma once

#include <vector>

#include "assay/operation/operation.h"
#include "assay/pipeline/run.h"

namespace assay::pipeline {
// `find` gives the operations that plans are made of: the catalogue's own look-up.
std::vector<operation::Operation> operations(const Find& find);
}  // namespace assay::pipeline
