// Time as Assay writes it: RFC 3339 UTC with Z, to the second; microseconds since 1970 inside (spec/README 10).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::time {

std::int64_t now_us();                         // the wall clock; only `workspace` and above call it
std::string text(std::int64_t us);             // "2026-06-01T12:00:00Z"
Result<std::int64_t> parse(std::string_view);  // the same form, fractions allowed; or a bare day "2026-06-01" (00:00Z)

}  // namespace assay::time
