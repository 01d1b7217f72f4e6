#include "assay/fairness/family.h"

#include <algorithm>
#include <cmath>

#include "assay/metrics/bootstrap.h"
#include "assay/metrics/hypothesis.h"

namespace assay::fairness {
namespace {

using metrics::Interval;
using metrics::Rate;
using metrics::RateMetric;
using operation::Figure;

std::int64_t rows_of(const Family& family, const RateMetric& metric) {
  std::uint64_t n = 0;
  for (const auto& g : family.groups) n += metrics::rate_of(g.sums, metric).n;
  return static_cast<std::int64_t>(n);
}

metrics::Aggregate aggregate_of(const Family& family, const RateMetric& metric) {
  std::vector<double> values;
  metrics::Confusion overall;
  for (const auto& g : family.groups) values.push_back(metrics::rate_of(g.sums, metric).value), overall.add(g.sums);
  return metrics::aggregate(values, metrics::rate_of(overall, metric).value);
}

// max - min and min / max of a metric in every replicate.
struct Ends {
  std::vector<double> difference, ratio;
};

Ends replicate_ends(const Family& family, std::string_view metric, const RateMetric& definition) {
  const auto size = static_cast<std::size_t>(family.replicates);
  std::vector<double> low(size, metrics::kNan), high(size, metrics::kNan);
  for (const auto& g : family.groups) {
    if (g.sums.count() == 0) continue;
    // The favorable rate has no name of its own among the replicated metrics: it is the selection rate or its rest.
    const bool rest = metric == "favorable_rate" && !(definition.in & metrics::kTp);
    const auto values =
        metrics::replicate_values(g.replicates, size, metric == "favorable_rate" ? "selection_rate" : metric);
    for (std::size_t r = 0; r < size; ++r) {
      const double v = rest ? 1 - values[r] : values[r];
      if (std::isnan(v)) continue;
      if (std::isnan(low[r]) || v < low[r]) low[r] = v;
      if (std::isnan(high[r]) || v > high[r]) high[r] = v;
    }
  }
  Ends out;
  for (std::size_t r = 0; r < size; ++r)
    out.difference.push_back(high[r] - low[r]), out.ratio.push_back(low[r] / high[r]);
  return out;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0, n = 0;
  for (const double v : values)
    if (!std::isnan(v)) sum += v, ++n;
  return n > 0 ? sum / n : metrics::kNan;
}

Figure over_groups(const Family& family, const std::string& name, double value, std::int64_t n, bool ratio) {
  auto out = metrics::figure(name, family.stratum, n, family.options);
  out.group = family.columns, out.better = ratio ? "higher" : "lower";
  out.method = ratio ? "mover_r" : "simultaneous";
  out.value = metrics::defined(value);
  if (!out.value)
    out.why = ratio ? "no group has an event, or fewer than two have rows" : "fewer than two groups have rows";
  return out;
}

void note(Figure& f, const char* name, double value) {
  if (!std::isnan(value)) f.parameters[name] = operation::number(value);
}

void correct(Figure& f, const std::vector<double>& replicates) {
  if (f.value) note(f, "bias_corrected", metrics::bias_corrected(*f.value, mean_of(replicates)));
}

struct Pair {
  Figure difference, ratio;
  Ends ends;
};

// The two aggregates of a rate; `pairs` > 0 widens the family of simultaneous intervals.
Pair aggregates(const Family& family, const RateMetric& metric, std::uint64_t place, double pairs = 0) {
  const auto a = aggregate_of(family, metric);
  const auto rates = rates_of(family, metric);
  const auto n = rows_of(family, metric);
  const auto present = std::count_if(rates.begin(), rates.end(), [](const Rate& r) { return r.n > 0; });
  const bool enough = present >= 2;
  const std::string name(metric.name);
  Pair out{over_groups(family, name + "_difference", enough ? a.difference : metrics::kNan, n, false),
           over_groups(family, name + "_ratio", enough ? a.ratio : metrics::kNan, n, true),
           {}};
  if (!enough) return out;
  metrics::set_interval(out.difference, metrics::simultaneous_difference(rates, family.options.level, pairs), "");
  if (out.ratio.value)
    metrics::set_interval(out.ratio, metrics::simultaneous_ratio(rates, family.options.level, pairs), "");
  const auto null =
      metrics::null_gap(rates, family.replicates, family.seed, family.use * 64 + place, family.options.level);
  out.difference.p = metrics::defined(null.difference_p), out.ratio.p = metrics::defined(null.ratio_p);
  note(out.difference, "null_expected", null.difference_mean), note(out.difference, "null_high", null.difference_high);
  note(out.ratio, "null_expected", null.ratio_mean), note(out.ratio, "null_low", null.ratio_low);
  note(out.difference, "to_overall", a.difference_overall), note(out.ratio, "to_overall", a.ratio_overall);
  out.ends = replicate_ends(family, metric.name, metric);
  correct(out.difference, out.ends.difference), correct(out.ratio, out.ends.ratio);
  return out;
}

Figure renamed(Figure f, std::string name) {
  f.name = std::move(name);
  return f;
}

// Equalized odds: the worse of the true and false positive rates; the family holds the pairs of both.
void add_equalized_odds(const Family& family, const Pair& first, const Pair& second, std::vector<Figure>& out) {
  double present = 0;
  for (const auto& g : family.groups) present += g.sums.count() > 0;
  const double pairs = present * (present - 1);  // twice as many as of one metric
  const auto tpr = aggregates(family, *metrics::find_rate("true_positive_rate"), 60, pairs);
  const auto fpr = aggregates(family, *metrics::find_rate("false_positive_rate"), 61, pairs);
  for (const bool ratio : {false, true}) {
    const Figure &a = ratio ? tpr.ratio : tpr.difference, &b = ratio ? fpr.ratio : fpr.difference;
    const auto worse = [&](const std::optional<double>& x, const std::optional<double>& y) {
      return x && y ? std::optional(ratio ? std::min(*x, *y) : std::max(*x, *y)) : std::nullopt;
    };
    auto f = over_groups(family, ratio ? "equalized_odds_ratio" : "equalized_odds_difference", metrics::kNan, a.n + b.n,
                         ratio);
    f.value = worse(a.value, b.value), f.low = worse(a.low, b.low), f.high = worse(a.high, b.high);
    f.parameters["aggregation"] = "worst_case";
    if (f.value) {
      f.why.clear();
      note(f, "mean", (*a.value + *b.value) / 2);
      const Figure &x = ratio ? first.ratio : first.difference, &y = ratio ? second.ratio : second.difference;
      if (x.p && y.p) f.p = std::min(1.0, 2 * std::min(*x.p, *y.p));  // Bonferroni over the two
      const auto &u = ratio ? first.ends.ratio : first.ends.difference,
                 &v = ratio ? second.ends.ratio : second.ends.difference;
      std::vector<double> both;
      for (std::size_t r = 0; r < u.size() && r < v.size(); ++r)
        both.push_back(std::isnan(u[r]) || std::isnan(v[r]) ? metrics::kNan
                       : ratio                              ? std::min(u[r], v[r])
                                                            : std::max(u[r], v[r]));
      correct(f, both);
    }
    out.push_back(std::move(f));
  }
}

std::string gap_name(const RateMetric& metric) {
  return (metric.name == "selection_rate" ? "demographic_parity" : std::string(metric.name)) + "_gap";
}

// Metrics whose gap is another one's with the sign turned: one test, counted once in the correction.
std::string_view tested_as(std::string_view metric) {
  if (metric == "false_negative_rate") return "true_positive_rate";
  return metric == "favorable_rate" ? "selection_rate" : metric;
}

}  // namespace

std::vector<RateMetric> metrics_of(const Family& family) {
  std::vector<RateMetric> out;
  for (const char* name :
       {"selection_rate", "true_positive_rate", "false_positive_rate", "false_negative_rate", "precision", "accuracy"})
    out.push_back(*metrics::find_rate(name));
  if (family.favorable) out.push_back(*family.favorable);
  return out;
}

std::vector<Rate> rates_of(const Family& family, const RateMetric& metric) {
  std::vector<Rate> out;
  for (const auto& g : family.groups) out.push_back(metrics::rate_of(g.sums, metric).rate());
  return out;
}

operation::Slice full_slice(const Family& family, std::size_t group) {
  auto out = family.groups[group].slice;
  out.insert(family.stratum.begin(), family.stratum.end());
  return out;
}

void add_rates(const Family& family, std::vector<Figure>& out) {
  for (const auto& metric : metrics_of(family))
    for (std::size_t g = 0; g < family.groups.size(); ++g)
      out.push_back(metrics::rate_figure(family.groups[g].sums, metric, full_slice(family, g), family.options));
}

void add_aggregates(const Family& family, std::vector<Figure>& out) {
  Pair odds[2];
  std::uint64_t place = 0;
  for (const auto& metric : metrics_of(family)) {
    auto pair = aggregates(family, metric, place++);
    if (metric.name == "selection_rate") {
      out.push_back(renamed(pair.difference, "demographic_parity_difference"));
      out.push_back(renamed(pair.ratio, "demographic_parity_ratio"));
    }
    if (metric.name == "true_positive_rate") {
      out.push_back(renamed(pair.difference, "equal_opportunity_difference"));
      out.push_back(renamed(pair.ratio, "equal_opportunity_ratio"));
      odds[0] = pair;
    }
    if (metric.name == "false_positive_rate") odds[1] = pair;
    out.push_back(std::move(pair.difference)), out.push_back(std::move(pair.ratio));
  }
  add_equalized_odds(family, odds[0], odds[1], out);
}

void add_gaps(const Family& family, std::vector<Figure>& out) {
  const auto& base = family.groups[family.reference];
  const auto all = metrics_of(family);
  const std::size_t others = family.groups.size() - 1, begin = out.size();
  std::vector<double> p;
  std::vector<std::pair<std::string_view, std::size_t>> tests;
  for (const auto& metric : all) {
    const auto from = metrics::rate_of(base.sums, metric);
    for (std::size_t g = 0; g < family.groups.size(); ++g) {
      if (g == family.reference) continue;
      const auto of = metrics::rate_of(family.groups[g].sums, metric);
      auto f = metrics::figure(gap_name(metric), full_slice(family, g), static_cast<std::int64_t>(of.n + from.n),
                               family.options);
      // A gap is as weak as the smaller of its two groups.
      if (static_cast<std::int64_t>(std::min(of.n, from.n)) < family.options.min_n && f.flags.empty())
        f.flags.emplace_back("low_support");
      f.group = family.columns, f.reference = full_slice(family, family.reference);
      f.method = "newcombe", f.better = "zero";
      f.value = metrics::defined(of.value - from.value);
      if (!f.value) {
        f.why = metrics::why_undefined(std::isnan(of.value) ? family.groups[g].sums : base.sums, metric);
      } else {
        metrics::set_interval(f, metrics::newcombe(of.rate(), from.rate(), family.options.level), "");
        const auto test = metrics::compare_rates(of.rate(), from.rate());
        f.p = metrics::defined(test.p), f.parameters["test"] = test.method;
        if (others > 1) {
          const double each = 1 - (1 - family.options.level) / static_cast<double>(others);
          const Interval wide =
              metrics::mover_difference(of.value, metrics::clopper_pearson(of.value, of.n_eff, each), from.value,
                                        metrics::clopper_pearson(from.value, from.n_eff, each));
          f.low_family = wide.low, f.high_family = wide.high;
        }
      }
      if (tested_as(metric.name) == metric.name)
        p.push_back(f.p.value_or(metrics::kNan)), tests.emplace_back(metric.name, g);
      out.push_back(std::move(f));
    }
  }
  const auto holm = metrics::adjust(p, metrics::Correction::kHolm);
  std::size_t at = begin;
  for (const auto& metric : all)
    for (std::size_t g = 0; g < family.groups.size(); ++g) {
      if (g == family.reference) continue;
      const auto test = std::find(tests.begin(), tests.end(), std::pair(tested_as(metric.name), g));
      out[at++].p_adjusted = metrics::defined(holm[static_cast<std::size_t>(test - tests.begin())]);
    }
}

void add_impact(const Family& family, std::vector<Figure>& out) {
  // Two intervals exist for the ratio of favorable rates. `favorable_rate_ratio` (min / max over all groups) keeps the
  // simultaneous MOVER-R one, as every `_ratio` does (spec README 19 and the worked figure of section 4). The
  // four-fifths rule compares each group with the highest, one at a time: its settled interval is Katz log (b12).
  if (!family.favorable) return;
  const auto rates = rates_of(family, *family.favorable);
  std::size_t highest = rates.size();
  for (std::size_t g = 0; g < rates.size(); ++g)
    if (rates[g].n > 0 && (highest == rates.size() || rates[g].p > rates[highest].p)) highest = g;
  if (highest == rates.size()) return;
  const auto rows = [&](std::size_t g) { return static_cast<std::int64_t>(family.groups[g].sums.count()); };
  for (std::size_t g = 0; g < rates.size(); ++g) {
    if (g == highest) continue;
    auto f = metrics::figure("adverse_impact_ratio", full_slice(family, g), rows(g) + rows(highest), family.options);
    f.group = family.columns, f.reference = full_slice(family, highest);
    f.method = "katz_log", f.better = "higher";
    if (rates[g].n > 0 && rates[highest].p > 0) f.value = rates[g].p / rates[highest].p;
    if (!f.value) {
      f.why = rates[g].n > 0 ? "no group has a favorable decision" : "no rows";
    } else {
      metrics::set_interval(f, metrics::katz_log(rates[g], rates[highest], family.options.level),
                            "the group has no favorable decision");
      const auto test = metrics::compare_rates(rates[g], rates[highest]);
      f.p = metrics::defined(test.p), f.parameters["test"] = test.method;
    }
    out.push_back(std::move(f));
  }
}

}  // namespace assay::fairness
