// hallmark build, verify and show as operations.
#pragma once

#include <string>
#include <vector>

#include "assay/operation/operation.h"

namespace assay::gate {

inline constexpr std::string_view kHallmarkMedia = "application/vnd.assay.hallmark+jsonl";

std::vector<operation::Operation> hallmark_operations();

// 0 verified, 1 refused, 4 not decided: of the response of hallmark.verify.
int verification_exit_status(const operation::Json& report);

}  // namespace assay::gate
