// `assay studio` and `assay server start|status|stop`.
#pragma once

#include <string>
#include <vector>

#include "assay/base/error.h"

namespace assay::cli {

Result<int> studio(std::vector<std::string> words);
Result<int> server_command(std::vector<std::string> words);

}  // namespace assay::cli
