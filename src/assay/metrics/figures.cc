#include "assay/metrics/figures.h"

#include <cmath>

namespace assay::metrics {

std::optional<double> defined(double value) { return std::isnan(value) ? std::nullopt : std::optional(value); }

operation::Figure figure(std::string_view name, operation::Slice slice, std::int64_t n, const FigureOptions& options) {
  operation::Figure out;
  out.name = std::string(name), out.slice = std::move(slice), out.n = n, out.level = options.level;
  if (n < options.min_n) out.flags.emplace_back("low_support");
  return out;
}

void set_interval(operation::Figure& to, Interval ci, const std::string& why_none) {
  to.low = defined(ci.low), to.high = defined(ci.high);
  if (!to.low && to.why.empty()) to.why = why_none;
}

std::string why_undefined(const Confusion& c, const RateMetric& metric) {
  if (c.count() == 0) return "no rows";
  if (rate_of(c, metric).n > 0) return "all weights are zero";
  if (metric.of == (kTp | kFn)) return "no positive labels";
  if (metric.of == (kTn | kFp)) return "no negative labels";
  if (metric.of == (kTp | kFp)) return "no positive decisions";
  if (metric.of == (kTn | kFn)) return "no negative decisions";
  return "no rows";
}

operation::Figure rate_figure(const Confusion& c, const RateMetric& metric, operation::Slice slice,
                              const FigureOptions& options) {
  const RateValue rate = rate_of(c, metric);
  auto out = figure(metric.name, std::move(slice), static_cast<std::int64_t>(rate.n), options);
  out.method = "wilson", out.better = std::string(metric.better);
  out.value = defined(rate.value);
  if (!out.value) {
    out.why = why_undefined(c, metric);
    return out;
  }
  if (rate.n_eff != static_cast<double>(rate.n)) out.n_eff = rate.n_eff;
  set_interval(out, wilson(rate.value, rate.n_eff, options.level), "");
  if (options.family > 1) {
    const Interval all = clopper_pearson(rate.value, rate.n_eff, options.family_level());
    out.low_family = defined(all.low), out.high_family = defined(all.high);
  }
  return out;
}

}  // namespace assay::metrics
