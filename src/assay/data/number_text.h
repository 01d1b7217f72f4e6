// The shortest text of a number that reads back as the same number, in the form of RFC 8785 (ECMAScript's).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::data {

// "0.1", "5", "1e+21", "0" for minus zero; "NaN", "Infinity", "-Infinity". Appends to `out`.
void append_number(std::string& out, double value);
std::string number_text(double value);

// RFC 3339 UTC of microseconds since 1970, with a fraction only where there is one.
std::string time_text(std::int64_t us);

// A JSON string literal in the form of RFC 8785. `text` must be UTF-8.
void append_json_text(std::string& out, std::string_view text);

}  // namespace assay::data
