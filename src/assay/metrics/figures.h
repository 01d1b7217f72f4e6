// Metrics as evidence figures: value, interval, rows, flags, or why there is none (spec README 4).
#pragma once

#include <optional>
#include <string>

#include "assay/metrics/rates.h"
#include "assay/operation/evidence.h"

namespace assay::metrics {

struct FigureOptions {
  double level = 0.95;
  std::int64_t min_n = 30;
  double family = 1;  // figures of the same metric over the slices of one split; above 1 adds low_family, high_family
  // The level at which all of the family hold together (Bonferroni).
  double family_level() const { return 1 - (1 - level) / family; }
};

std::optional<double> defined(double value);  // NaN is no value

// A figure with name, slice, level, n and, below min_n rows, low_support.
operation::Figure figure(std::string_view name, operation::Slice slice, std::int64_t n, const FigureOptions& options);
void set_interval(operation::Figure& to, Interval ci, const std::string& why_none);

// Wilson interval; family limits by Clopper-Pearson. `why` says what an empty denominator lacks.
operation::Figure rate_figure(const Confusion& c, const RateMetric& metric, operation::Slice slice,
                              const FigureOptions& options);
std::string why_undefined(const Confusion& c, const RateMetric& metric);

}  // namespace assay::metrics
