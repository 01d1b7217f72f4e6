// Values of policy expressions: intervals of doubles, Kleene's three truth values, texts and lists.
//
// A figure is the interval in which its true value lies, so a comparison is true, false, or not known yet. What is
// decided from an interval stays decided for every interval inside it: more data never undoes a verdict.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::gate {

enum class Truth { kFalse = 0, kUnknown = 1, kTrue = 2 };

inline Truth operator&&(Truth a, Truth b) { return a < b ? a : b; }
inline Truth operator||(Truth a, Truth b) { return a < b ? b : a; }
inline Truth operator!(Truth a) { return static_cast<Truth>(2 - static_cast<int>(a)); }

struct Interval {
  double low = 0, high = 0;     // infinite where a side is open
  std::optional<double> point;  // the estimate; none when it is not known
};

struct Value {
  enum class Kind { kNumber, kTruth, kText, kList, kUnknown };
  Kind kind = Kind::kUnknown;
  Interval interval;  // of a number; of a claim such as four_fifths, what it is about
  Truth truth = Truth::kUnknown;
  std::string text;  // of a text; of a claim, its reason; of an unknown, why
  std::vector<Value> items;
  std::optional<double> limit;  // of a claim
};

Value number_value(double low, double high, std::optional<double> point);  // unknown when an end is not a number
inline Value number_value(double x) { return number_value(x, x, x); }
Value truth_value(Truth truth);
Value text_value(std::string text);
Value unknown_value(std::string why);

// Interval arithmetic of two numbers; sign is one of + - * /. Plain doubles, no outward rounding. Unknown where the
// divisor may be 0 and for 0 times infinity, infinity minus infinity.
Value arithmetic(char sign, const Interval& a, const Interval& b);
Value absolute(const Interval& a);

// sign is one of <= >= < > == !=. Equal only for two equal points, unequal only for disjoint intervals.
Truth compare(std::string_view sign, const Interval& a, const Interval& b);

}  // namespace assay::gate
