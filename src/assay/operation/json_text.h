// Numbers and strings as RFC 8785 writes them: the one place that knows. Light to include: no JSON type here.
#pragma once

#include <string>
#include <string_view>

namespace assay::operation {

// The shortest text that reads back as the same number, ECMAScript's form: "0.1", "5", "1e+21", "0" for minus zero;
// "NaN", "Infinity", "-Infinity" without quotes. Appends to `out`.
void append_number(std::string& out, double value);
std::string number_text(double value);

// A JSON string literal. `text` must be UTF-8.
void append_json_text(std::string& out, std::string_view text);

}  // namespace assay::operation
