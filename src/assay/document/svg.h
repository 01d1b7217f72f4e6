// Charts drawn by hand as SVG: intervals against a limit, curves, counts, and the punch marks of the hallmark. Each has
// a title and a description for readers who do not see it; meaning never rests on colour alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::document::svg {

// One estimate with its interval, drawn on one line.
struct Row {
  std::string label;  // left
  std::string aside;  // between label and plot, small: "n = 98"
  std::string text;   // right: the value as text
  std::optional<double> value, low, high;
  std::string why;                              // drawn in place of the estimate when there is none
  std::string state;                            // "", held (filled), not_decided (outlined), failed (struck), waived
  std::optional<double> limit_low, limit_high;  // what is allowed, of this row
  bool hatched = false;                         // few rows
};

struct Intervals {
  std::string id, title, description;
  std::vector<Row> rows;
  std::optional<double> reference;  // a line in ink: 0 of a gap, 1 of a ratio, the value of all rows
  std::string reference_label;
  std::string suffix;                         // "%" or " pp": shares, written as hundredths; "": plain numbers
  bool distinct = true;                       // up to six rows have their own colour and shape
  std::optional<double> hard_low, hard_high;  // where the scale itself ends: 0 and 1 of a rate
};
// Dot plot of estimates with 95% bands; rows without value say why. Any number of rows.
std::string intervals(const Intervals& chart);

// One estimate against its limit, small enough for a table cell.
std::string strip(std::string_view id, std::string_view title, const Row& row);

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x and y in 0..1
};
struct Roc {
  std::string id, title, description;
  std::vector<Curve> curves;                                 // the first is all rows
  std::optional<std::pair<double, double>> operating_point;  // false and true positive rate at the threshold in use
  std::string operating_label;
};
std::string roc(const Roc& chart);

struct Bin {
  double predicted = 0, observed = 0;
  std::optional<double> low, high;
  std::int64_t count = 0;
  bool hatched = false;
};
struct Reliability {
  std::string id, title, description, outcome;  // outcome: "deny = yes"
  std::vector<Bin> bins;
};
// Observed share over mean prediction with intervals, and under it how many rows each bin holds.
std::string reliability(const Reliability& chart);

struct Series {
  std::string name;
  std::vector<double> heights;  // shares, one a bin
};
struct Histogram {
  std::string id, title, description, axis_label;
  std::vector<double> edges;  // one more than heights
  std::vector<Series> series;
  std::optional<double> line;  // the threshold
  std::string line_label;
};
// Outlines of a distribution, one a group, over the same bins.
std::string histogram(const Histogram& chart);

// Bars without axes for a table cell, numbers left to right or categories by size.
std::string sparkbars(std::string_view id, std::string_view title, const std::vector<double>& heights);

// A mark of the hallmark: letter in a shape that tells the property.
struct Punch {
  char letter;        // F P X R D S M
  std::string name;   // "Fair"
  std::string state;  // held not_decided failed waived, or "" for not started
};
std::string punches(std::string_view id, const std::vector<Punch>& marks);
std::string_view state_words(std::string_view state);  // "held", "not decided", "failed", "waived", "not started"

}  // namespace assay::document::svg
