// How far two columns' statistics lie apart, as TFDV measures drift and skew (data b4). Internal to this room.
#pragma once

#include <optional>
#include <string>

#include "assay/validate/view.h"

namespace assay::validate {

struct Distance {
  double value = 0;
  std::string label;  // of categories: the value that differs most, the last in byte order among equals
};

// Of the shares in both rank histograms; 0 for columns of numbers.
Distance infinity_norm(const View& current, const View& control);
// The largest |a - b| of counts over the sum of all counts.
Distance normalized_abs_difference(const View& current, const View& control);
// Largest difference of the shares of two columns of numbers in one cell of their common cut.
std::optional<Distance> numeric_infinity_norm(const View& current, const View& control,
                                              tfmd::Histogram::HistogramType source);
// In bits, at most 1. None where one side is text and the other numbers, or where a side has no histogram. `compat`:
// NaN and infinities of the two sides never match, as TFDV has it; else they do.
std::optional<double> jensen_shannon(const View& current, const View& control, tfmd::Histogram::HistogramType source,
                                     bool compat);

}  // namespace assay::validate
