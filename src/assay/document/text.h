// How figures and names are written for people: one place, so that page, card and sentence agree on every digit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/operation/evidence.h"

namespace assay::document {

// What a figure's number is, and so how it is written.
enum class Unit {
  kShare,            // 0..1, written as a percentage: 53.1%
  kShareDifference,  // difference of two shares, in percentage points: 36.2 pp
  kShareGap,         // the same with its sign: +36.2 pp
  kNumber,           // anything else: three significant digits
};

// What is known of a metric by its name; an unknown name keeps its own words.
struct Measure {
  std::string title;    // "False negative rate"
  std::string meaning;  // one sentence; "{positive}" and "{favorable}" stand for the coded values; may be empty
  Unit unit = Unit::kNumber;
};
Measure measure(std::string_view metric);

// "53.1%", "-36.2 pp" (with a true minus sign), "0.594", "12 345" (narrow no-break space). Values that would be rounded
// to a certainty they do not have are written "<0.1%" and ">99.9%". NaN is "undefined", infinity "∞".
std::string number_text(double value, Unit unit = Unit::kNumber);
std::string count_text(std::int64_t count);
// "43.3% to 62.6%", "0.0 to 35.5 pp"; an open side is "open", no side at all "none".
std::string range_text(std::optional<double> low, std::optional<double> high, Unit unit);
std::string p_text(double p);          // "0.032", "<0.001"
std::string plain_text(double value);  // as kNumber but without trailing zeros: a setting or a bound, not an estimate
std::string method_text(std::string_view method);  // "wilson" as "Wilson"

// The parts of a figure as text; a figure without value gives its reason.
std::string value_text(const operation::Figure& figure);
std::string interval_text(const operation::Figure& figure);  // "none: WHY" when there is no interval
std::string slice_text(const operation::Slice& slice);       // "afam = yes, sex = F"; "all rows" for {}
std::string group_text(const operation::Figure& figure);     // whom it is about, whatever its form
bool low_support(const operation::Figure& figure);

// The first `width` characters (not bytes) with "…" when something was cut.
std::string shortened(std::string_view text, std::size_t width);
std::size_t characters(std::string_view utf8);

std::string html(std::string_view text);      // escapes & < > " ' and drops control characters XML forbids
std::string markdown(std::string_view text);  // escapes what Markdown or inline HTML would interpret, in one line
std::string replaced(std::string text, std::string_view from, std::string_view to);  // every occurrence
std::string joined(const std::vector<std::string>& parts, std::string_view between);

}  // namespace assay::document
