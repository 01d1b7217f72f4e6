// What the fairness evidence says beside its figures.
#include <algorithm>
#include <cmath>

#include "assay/fairness/family.h"
#include "assay/metrics/hypothesis.h"

namespace assay::fairness {
namespace {

using metrics::Rate;
using operation::Figure;
using operation::Json;

constexpr double kFourFifths = 0.8, kGapLimit = 0.1;

Json slice_json(const operation::Slice& slice) {
  Json out = Json::object();
  for (const auto& [column, value] : slice) out[column] = value ? Json(*value) : Json(nullptr);
  return out;
}

Json value(double v) { return std::isnan(v) ? Json(nullptr) : operation::number(v); }

// Who attains the lowest and the highest value of each metric.
Json ends(const Family& family) {
  Json out = Json::object();
  for (const auto& metric : metrics_of(family)) {
    std::vector<double> values;
    for (const auto& g : family.groups) values.push_back(metrics::rate_of(g.sums, metric).value);
    const auto a = metrics::aggregate(values);
    if (std::isnan(a.low)) continue;
    out[std::string(metric.name)] = Json{{"lowest", slice_json(family.groups[a.lowest].slice)},
                                         {"group_min", a.low},
                                         {"highest", slice_json(family.groups[a.highest].slice)},
                                         {"group_max", a.high}};
  }
  return out;
}

// The flip test: one favorable decision more in a group below four fifths, one fewer in one above.
double moved(const Rate& low, const Rate& high) {
  const double k = low.p * low.n + (low.p / high.p < kFourFifths ? 1 : -1);
  return std::clamp(k / low.n, 0.0, 1.0) / high.p;
}

Json four_fifths(const Family& family, const std::vector<Figure>& figures) {
  Json out = Json::array();
  for (const auto& f : figures) {
    if (f.name != "adverse_impact_ratio" || !f.value) continue;
    Rate low, high;
    for (std::size_t g = 0; g < family.groups.size(); ++g) {
      const auto rate = metrics::rate_of(family.groups[g].sums, *family.favorable).rate();
      if (full_slice(family, g) == f.slice) low = rate;
      if (full_slice(family, g) == f.reference) high = rate;
    }
    const auto z = metrics::pooled_z(low, high);
    const auto k = [](const Rate& r) { return std::llround(r.p * r.n); };
    const double fisher = metrics::fisher_exact(k(low), std::llround(low.n), k(high), std::llround(high.n));
    const bool significant = f.p && *f.p < 0.05;
    out.push_back(Json{{"slice", slice_json(f.slice)},
                       {"highest", slice_json(f.reference)},
                       {"ratio", *f.value},
                       {"low", f.low ? value(*f.low) : Json(nullptr)},
                       {"high", f.high ? value(*f.high) : Json(nullptr)},
                       {"method", f.method},
                       {"n", {low.n, high.n}},
                       {"z", value(z.z)},
                       {"p_z", value(z.p)},
                       {"p_fisher", value(fisher)},
                       {"p_used", f.parameters.at("test")},
                       {"ratio_with_one_person_moved", value(moved(low, high))},
                       {"significant_gap_above_four_fifths", significant && *f.value >= kFourFifths}});
  }
  return out;
}

// Rows that would settle 0.8 for ratios and 0.1 for differences and gaps, at 80 % power.
Json planning(const Family& family, const std::vector<Figure>& figures) {
  Json out = Json::array();
  for (const auto& f : figures) {
    const bool gap = f.name.ends_with("_gap"), wide = f.name.ends_with("_difference");
    const bool ratio = f.name == "favorable_rate_ratio" || f.name == "adverse_impact_ratio";
    if (!f.value || !f.low || !f.high || !(gap || wide || ratio)) continue;
    const double limit = ratio ? kFourFifths : gap && *f.value < 0 ? -kGapLimit : kGapLimit;
    std::vector<std::int64_t> rows;
    std::vector<std::size_t> which;  // the two groups of a pair, else all
    for (std::size_t g = 0; g < family.groups.size(); ++g) {
      const auto slice = full_slice(family, g);
      if (!f.reference.empty() && slice != f.slice && slice != f.reference) continue;
      rows.push_back(static_cast<std::int64_t>(family.groups[g].sums.count())), which.push_back(g);
    }
    const auto needed = metrics::extra_rows_needed(*f.value, {*f.low, *f.high}, limit, rows, f.level, ratio);
    Json entry{{"figure", f.name}, {"limit", limit}};
    if (!f.reference.empty()) entry["slice"] = slice_json(f.slice);
    if (!needed) {
      entry["why"] = "the value stands on the limit, or the interval has no end";
    } else {
      entry["settled"] = needed->factor == 1, entry["factor"] = needed->factor, entry["power"] = 0.8;
      Json extra = Json::array();
      for (std::size_t g = 0; g < rows.size(); ++g)
        extra.push_back(Json{{"slice", slice_json(family.groups[which[g]].slice)}, {"extra_rows", needed->extra[g]}});
      entry["groups"] = extra;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

}  // namespace

Json family_detail(const Family& family, const std::vector<Figure>& figures) {
  Json groups = Json::array();
  for (const auto& g : family.groups) {
    const auto& w = g.sums.weight;
    groups.push_back(Json{{"slice", slice_json(g.slice)},
                          {"rows", g.sums.count()},
                          {"confusion",
                           {{"true_negative", w[metrics::kTrueNegative]},
                            {"false_positive", w[metrics::kFalsePositive]},
                            {"false_negative", w[metrics::kFalseNegative]},
                            {"true_positive", w[metrics::kTruePositive]}}}});
  }
  Json out{{"group", family.columns},
           {"stratum", slice_json(family.stratum)},
           {"reference", slice_json(family.groups[family.reference].slice)},
           {"groups", groups},
           {"ends", ends(family)}};
  if (family.favorable) out["four_fifths"] = four_fifths(family, figures);
  out["planning"] = planning(family, figures);
  return out;
}

}  // namespace assay::fairness
