#include "assay/operation/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace assay::operation {

void append_number(std::string& out, double value) {
  if (std::isnan(value)) return void(out += "NaN");
  if (std::isinf(value)) return void(out += value < 0 ? "-Infinity" : "Infinity");
  std::array<char, 32> buffer;
  char* const begin = buffer.data();
  if (value == 0) return void(out += '0');
  if (std::abs(value) < 1e15 && value == std::floor(value)) {
    const auto end = std::to_chars(begin, begin + buffer.size(), static_cast<std::int64_t>(value)).ptr;
    return void(out.append(begin, end));
  }
  const auto end = std::to_chars(begin, begin + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view text(begin, static_cast<std::size_t>(end - begin));
  if (text.front() == '-') out += '-', text.remove_prefix(1);
  const auto e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 1) digits += text.substr(2, e - 2);
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(), exponent);
  const int count = static_cast<int>(digits.size()), point = exponent + 1;  // value = 0.digits * 10^point
  if (point > 0 && point <= 21) {
    if (count <= point)
      out.append(digits).append(static_cast<std::size_t>(point - count), '0');
    else
      out.append(digits, 0, static_cast<std::size_t>(point))
          .append(".")
          .append(digits, static_cast<std::size_t>(point));
  } else if (point <= 0 && point > -6) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else {
    out += digits[0];
    if (count > 1) out.append(".").append(digits, 1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  }
}

std::string number_text(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

void append_json_text(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kDigits[(c >> 4) & 15];
          out += kDigits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace assay::operation
