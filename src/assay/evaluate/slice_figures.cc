#include "assay/evaluate/slice_figures.h"

#include <algorithm>
#include <cmath>

namespace assay::evaluate {
namespace {

using metrics::Interval;
using operation::Figure;
using operation::Json;

constexpr std::size_t kRocPoints = 200;
constexpr std::size_t kReliabilityBins = 10;

Figure made(std::string_view name, const SliceRows& slice, const metrics::FigureOptions& options, double value,
            std::string_view method, std::string_view better) {
  auto out = metrics::figure(name, slice.slice, static_cast<std::int64_t>(slice.sums.count()), options);
  out.method = std::string(method), out.better = std::string(better);
  out.value = metrics::defined(value);
  return out;
}

std::string why_no_auc(const SliceRows& slice) {
  const auto& n = slice.sums.rows;
  if (slice.sums.count() == 0) return "no rows";
  if (n[metrics::kTruePositive] + n[metrics::kFalseNegative] == 0) return "no positive labels";
  if (n[metrics::kTrueNegative] + n[metrics::kFalsePositive] == 0) return "no negative labels";
  return "all weights are zero";
}

// `at` gives the interval of a level; the family's too when the figure is one of several.
template <class At>
void intervals(Figure& f, const metrics::FigureOptions& options, const std::string& why_none, const At& at) {
  if (!f.value) return;
  metrics::set_interval(f, at(options.level), why_none);
  if (options.family > 1 && f.low) {
    const Interval all = at(options.family_level());
    f.low_family = metrics::defined(all.low), f.high_family = metrics::defined(all.high);
  }
}

void add_replicated(Figure f, std::vector<double> values, const metrics::FigureOptions& options,
                    std::vector<Figure>& out) {
  if (f.value) {
    const auto at_level = metrics::percentile_interval(values, options.level);
    if (at_level.unstable) f.flags.emplace_back("unstable");
    f.se = metrics::defined(at_level.se);
    if (at_level.undefined) f.parameters["undefined_replicates"] = at_level.undefined;
    intervals(f, options, "too few replicates have a value",
              [&](double level) { return metrics::percentile_interval(values, level).ci; });
  }
  out.push_back(std::move(f));
}

void add_mean(std::string_view name, const metrics::Mean& mean, const SliceRows& slice,
              const metrics::FigureOptions& options, std::vector<Figure>& out) {
  auto f = made(name, slice, options, mean.value, "t", "lower");
  if (!f.value) f.why = slice.sums.count() ? "all weights are zero" : "no rows";
  f.se = metrics::defined(mean.se);
  if (f.value && mean.n_eff != static_cast<double>(mean.n)) f.n_eff = mean.n_eff;
  intervals(f, options, "one row has no spread", [&](double level) {
    Interval ci = mean.interval(level);
    ci.low = std::isnan(ci.low) ? ci.low : std::max(0.0, ci.low);  // no loss is negative
    return ci;
  });
  out.push_back(std::move(f));
}

Json numbers(const std::array<double, 4>& v) {
  return Json{{"true_negative", v[0]}, {"false_positive", v[1]}, {"false_negative", v[2]}, {"true_positive", v[3]}};
}

Json value(double v) { return std::isnan(v) ? Json(nullptr) : operation::number(v); }

}  // namespace

void add_rates(const SliceRows& slice, const metrics::FigureOptions& options, std::vector<Figure>& out) {
  for (const auto& metric : metrics::rate_metrics())
    out.push_back(metrics::rate_figure(slice.sums, metric, slice.slice, options));
}

void add_composites(const SliceRows& slice, const metrics::FigureOptions& options,
                    const metrics::BootstrapOptions& bootstrap, std::vector<Figure>& out) {
  for (const char* name : {"balanced_accuracy", "f1", "matthews_correlation"}) {
    auto f = made(name, slice, options, metrics::metric_value(slice.sums, name), "bootstrap_percentile", "higher");
    if (!f.value) f.why = slice.sums.count() ? "no positive labels or decisions" : "no rows";
    std::vector<double> values;
    if (f.value)
      values = metrics::replicate_values(slice.replicates, static_cast<std::size_t>(bootstrap.replicates), name);
    add_replicated(std::move(f), std::move(values), options, out);
  }
}

void add_scores(const SliceRows& slice, const metrics::FigureOptions& options,
                const metrics::BootstrapOptions& bootstrap, std::vector<Figure>& out) {
  const auto rows = slice.scored();
  const auto area = metrics::auc(rows);
  auto f = made("auc", slice, options, area.value, "delong", "higher");
  if (!f.value) f.why = why_no_auc(slice);
  if (f.value) f.n_eff = area.n_eff();
  if (area.variance >= 0) f.se = std::sqrt(area.variance);
  intervals(f, options, "", [&](double level) { return area.interval(level); });
  out.push_back(std::move(f));

  const double precision = metrics::average_precision(rows);
  auto ap = made("average_precision", slice, options, precision, "bootstrap_percentile", "higher");
  if (!ap.value) ap.why = why_no_auc(slice);
  std::vector<double> values;
  if (ap.value) values = metrics::average_precision_replicates(rows, slice.row, bootstrap);
  add_replicated(std::move(ap), std::move(values), options, out);

  const bool probabilities =
      std::all_of(slice.score.begin(), slice.score.end(), [](double s) { return s >= 0 && s <= 1; });
  if (!probabilities) {  // only possible where a decision column is named: without one such scores are refused
    for (const char* name : {"log_loss", "brier_score", "calibration_ratio"}) {
      auto none = made(name, slice, options, metrics::kNan, "", "");
      none.why = "scores lie outside [0, 1]";
      out.push_back(std::move(none));
    }
    return;
  }
  metrics::ScoreSums sums;
  for (std::size_t i = 0; i < slice.score.size(); ++i) sums.add(slice.score[i], slice.label[i] != 0, rows.w(i));
  add_mean("log_loss", sums.log_loss(), slice, options, out);
  add_mean("brier_score", sums.brier_score(), slice, options, out);
  const auto ratio = sums.calibration_ratio();
  auto calibration = made("calibration_ratio", slice, options, ratio.value, "linearised_log", "");
  if (!calibration.value) calibration.why = slice.sums.count() ? "no positive labels" : "no rows";
  intervals(calibration, options, "all scores are zero or there is one row",
            [&](double level) { return ratio.interval(level); });
  out.push_back(std::move(calibration));
}

Json slice_detail(const SliceRows& slice, double level, bool curves) {
  Json out = Json::object(), where = Json::object();
  for (const auto& [column, text] : slice.slice) where[column] = text ? Json(*text) : Json(nullptr);
  out["slice"] = where, out["rows"] = slice.sums.count();
  out["confusion"] = numbers(slice.sums.weight);
  if (slice.score.empty()) return out;
  metrics::ScoreSums sums;
  const auto rows = slice.scored();
  for (std::size_t i = 0; i < slice.score.size(); ++i) sums.add(slice.score[i], slice.label[i] != 0, rows.w(i));
  out["base_rate_log_loss"] = value(sums.base_rate_log_loss()), out["mean_score"] = value(sums.mean_score());
  if (!curves) return out;
  Json roc = Json::array(), bins = Json::array();
  for (const auto& point : metrics::roc_curve(rows, kRocPoints))
    roc.push_back(Json{{"threshold", operation::number(point.threshold)},
                       {"false_positive_rate", point.false_positive_rate},
                       {"true_positive_rate", point.true_positive_rate}});
  const bool probabilities = slice.score.front() >= 0 && slice.score.back() <= 1;
  for (const auto& bin : metrics::reliability(rows, probabilities ? kReliabilityBins : 0)) {
    const Interval ci = metrics::wilson(bin.positive.value, bin.positive.n_eff, level);
    bins.push_back(Json{{"from", bin.low},
                        {"to", bin.high},
                        {"rows", bin.positive.n},
                        {"mean_score", value(bin.mean_score)},
                        {"positive_rate", value(bin.positive.value)},
                        {"low", value(ci.low)},
                        {"high", value(ci.high)}});
  }
  out["roc"] = roc, out["reliability"] = bins;
  return out;
}

}  // namespace assay::evaluate
