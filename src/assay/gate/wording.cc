#include "assay/gate/wording.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace assay::gate {
namespace {

std::string fixed(double x, int decimals) {
  char out[400];
  std::snprintf(out, sizeof out, "%.*f", decimals, x);
  const std::string text = out;
  return text.find_first_not_of("-0.") == std::string::npos && text[0] == '-' ? text.substr(1) : text;
}

bool is_whole(double x) { return std::isinf(x) || (std::nearbyint(x) == x && std::abs(x) < 1e15); }

}  // namespace

std::string number_text(double x, const std::vector<double>& beside) {
  if (std::isinf(x)) return x > 0 ? "infinite" : "minus infinite";
  if (std::isnan(x)) return "undefined";
  if (std::abs(x) >= 1e15) {
    char out[40];
    std::snprintf(out, sizeof out, "%g", x);
    return out;
  }
  if (is_whole(x) && std::all_of(beside.begin(), beside.end(), is_whole)) return fixed(x, 0);
  int decimals = 2;
  for (const double a : beside)
    for (const double b : beside)
      while (decimals < 6 && a != b && std::isfinite(a) && std::isfinite(b) && fixed(a, decimals) == fixed(b, decimals))
        ++decimals;
  return fixed(x, decimals);
}

std::string range_text(const Interval& i, const std::vector<double>& beside) {
  if (std::isinf(i.low) && std::isinf(i.high)) return i.low == i.high ? "infinite" : "no bound known";
  if (std::isinf(i.high)) return "at least " + number_text(i.low, beside);
  if (std::isinf(i.low)) return "at most " + number_text(i.high, beside);
  return number_text(i.low, beside) + " to " + number_text(i.high, beside);
}

std::string_view relation(std::string_view sign, bool holds) {
  if (sign == ">=") return holds ? " is at least " : " is below ";
  if (sign == "<=") return holds ? " is at most " : " is above ";
  if (sign == ">") return holds ? " is above " : " is not above ";
  if (sign == "<") return holds ? " is below " : " is not below ";
  return (sign == "==") == holds ? " equals " : " is not ";
}

std::string duration_text(double seconds) {
  if (std::isinf(seconds)) return number_text(seconds, {});
  const double size = std::abs(seconds);
  const auto in = [&](double unit, const char* name) {
    const double v = seconds / unit;
    const std::string text = fixed(v, std::abs(v - std::nearbyint(v)) < 0.05 ? 0 : 1);
    return text + " " + name + (text == "1" ? "" : "s");
  };
  if (size >= 2 * 86400 || (size >= 86400 && std::fmod(size, 86400) == 0)) return in(86400, "day");
  if (size >= 7200 || (size >= 3600 && std::fmod(size, 3600) == 0)) return in(3600, "hour");
  return size >= 60 ? in(60, "minute") : in(1, "second");
}

std::string percent_text(double share, const std::vector<double>& beside) {
  const auto tidy = [](double x) { return std::nearbyint(x * 1e10) / 1e8; };  // 0.07 is 7, not 7.000000000000001
  std::vector<double> all;
  for (const double each : beside) all.push_back(tidy(each));
  std::string text = number_text(tidy(share), all);
  return std::isfinite(share) ? text + "%" : text;
}

}  // namespace assay::gate
