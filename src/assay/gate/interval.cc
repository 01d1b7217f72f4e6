#include "assay/gate/interval.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace assay::gate {
namespace {

double apply(char sign, double a, double b) {
  switch (sign) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return a / b;
  }
}

}  // namespace

Value number_value(double low, double high, std::optional<double> point) {
  if (std::isnan(low) || std::isnan(high)) return unknown_value("the result is not a number");
  Value made;
  made.kind = Value::Kind::kNumber;
  made.interval = {low, high, point && std::isnan(*point) ? std::nullopt : point};
  return made;
}

Value truth_value(Truth truth) {
  Value made;
  made.kind = Value::Kind::kTruth, made.truth = truth;
  return made;
}

Value text_value(std::string text) {
  Value made;
  made.kind = Value::Kind::kText, made.text = std::move(text);
  return made;
}

Value unknown_value(std::string why) {
  Value made;
  made.text = std::move(why);
  return made;
}

Value arithmetic(char sign, const Interval& a, const Interval& b) {
  if (sign == '/' && b.low <= 0 && b.high >= 0) return unknown_value("the divisor may be 0");
  std::optional<double> point;
  if (a.point && b.point) point = apply(sign, *a.point, *b.point);
  if (sign == '+') return number_value(a.low + b.low, a.high + b.high, point);
  if (sign == '-') return number_value(a.low - b.high, a.high - b.low, point);
  const double corners[] = {apply(sign, a.low, b.low), apply(sign, a.low, b.high), apply(sign, a.high, b.low),
                            apply(sign, a.high, b.high)};
  for (const double corner : corners)
    if (std::isnan(corner)) return number_value(corner, corner, {});
  const auto [low, high] = std::minmax_element(std::begin(corners), std::end(corners));
  return number_value(*low, *high, point);
}

Value absolute(const Interval& a) {
  const double low = std::abs(a.low), high = std::abs(a.high);
  std::optional<double> point;
  if (a.point) point = std::abs(*a.point);
  return number_value(a.low <= 0 && a.high >= 0 ? 0 : std::min(low, high), std::max(low, high), point);
}

Truth compare(std::string_view sign, const Interval& a, const Interval& b) {
  const auto decide = [](bool yes, bool no) { return yes ? Truth::kTrue : no ? Truth::kFalse : Truth::kUnknown; };
  if (sign == ">=") return compare("<=", b, a);
  if (sign == ">") return compare("<", b, a);
  if (sign == "<=") return decide(a.high <= b.low, a.low > b.high);
  if (sign == "<") return decide(a.high < b.low, a.low >= b.high);
  const bool equal = a.low == a.high && b.low == b.high && a.low == b.low;
  const Truth same = decide(equal, a.high < b.low || b.high < a.low);
  assert(sign == "==" || sign == "!=");
  return sign == "==" ? same : !same;
}

}  // namespace assay::gate
