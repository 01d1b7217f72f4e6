// Numbers and times as the text that stands for them in codes, files and digests.
#pragma once

#include <cstdint>
#include <string>

#include "assay/operation/json_text.h"

namespace assay::data {

using operation::append_json_text;
using operation::append_number;
using operation::number_text;

// RFC 3339 UTC of microseconds since 1970, with a fraction only where there is one.
std::string time_text(std::int64_t us);

}  // namespace assay::data
