#include "assay/gate/four_fifths.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "assay/gate/lookup.h"
#include "assay/gate/wording.h"

namespace assay::gate {
namespace {

constexpr double kLimit = 0.8, kSignificant = 0.05;

struct Rate {
  double favorable = 0, n = 0;
};

// The lowest and the highest group as counts, when the evidence has the rates of the groups as whole rows.
std::optional<std::pair<Rate, Rate>> extremes(const std::vector<std::string>& group, const Scope& scope) {
  std::optional<Rate> lowest, highest;
  for (const auto& [f, exhibit, order] : scope.index.named("favorable_rate")) {
    const bool of_group = f->group.empty() && f->slice.size() == group.size() &&
                          std::all_of(group.begin(), group.end(), [&](const auto& c) { return f->slice.contains(c); });
    if (!of_group || !f->value || f->n <= 0) continue;
    const Rate rate{std::round(*f->value * static_cast<double>(f->n)), static_cast<double>(f->n)};
    if (std::abs(rate.favorable - *f->value * rate.n) > 1e-6) return {};  // weighted rows
    if (!lowest || rate.favorable / rate.n < lowest->favorable / lowest->n) lowest = rate;
    if (!highest || rate.favorable / rate.n > highest->favorable / highest->n) highest = rate;
  }
  if (!lowest || !highest || highest->favorable <= 0) return {};
  return std::pair(*lowest, *highest);
}

// The flip test: what one person decided otherwise would make of the ratio.
std::string flip(double ratio, const std::vector<std::string>& group, const Scope& scope) {
  const auto both = extremes(group, scope);
  if (!both) return {};
  const auto& [lowest, highest] = *both;
  if (std::abs(lowest.favorable / lowest.n / (highest.favorable / highest.n) - ratio) > 1e-9) return {};
  const double moved = lowest.favorable + (ratio < kLimit ? 1 : -1);
  if (moved < 0 || moved > lowest.n) return {};
  const double after = moved / lowest.n / (highest.favorable / highest.n);
  return std::string("; one favourable decision ") + (ratio < kLimit ? "more" : "fewer") +
         " in the lower group would make it " + number_text(after, {after, kLimit, ratio});
}

std::string p_text(double p) { return p < 0.001 ? "p < 0.001" : "p = " + number_text(p, {p, kSignificant}); }

std::optional<double> significance(const operation::Figure& ratio, const Scope& scope) {
  if (ratio.p) return ratio.p;
  for (const char* name : {"favorable_rate_gap", "favorable_rate_difference"}) {
    std::vector<const operation::Figure*> hits;
    for (const auto& [f, exhibit, order] : scope.index.named(name))
      if (f->group == ratio.group && (f->slice == ratio.slice || ratio.slice.empty())) hits.push_back(f);
    if (hits.size() == 1 && hits[0]->p) return hits[0]->p;
  }
  return {};
}

Value claim(Truth truth, const Interval& about, std::string reason) {
  Value made = truth_value(truth);
  made.interval = about, made.limit = kLimit, made.text = std::move(reason);
  return made;
}

Value judged(const Index::Entry& entry, const Scope& scope) {
  Scope plain = scope;
  plain.family = false;  // the claim has its own test
  const Value value = value_of(entry, plain);
  if (value.kind == Value::Kind::kUnknown) return value;
  const operation::Figure& f = *entry.figure;
  const double ratio = *f.value;
  if (std::isnan(ratio)) return unknown_value(f.name + " is undefined");
  const auto p = significance(f, scope);
  const Interval& i = value.interval;
  std::string text = "the favourable rate of the lowest group" +
                     (f.slice.empty() ? "" : " (" + text_of(f.slice) + ")") + " is " +
                     number_text(ratio, {ratio, i.low, i.high, kLimit}) + " of the highest group's";
  if (f.low || f.high) text += " (" + range_text(i, {ratio, i.low, i.high, kLimit}) + ")";
  const std::string limit = number_text(kLimit, {kLimit});
  if (ratio < kLimit) {
    text += ", below " + limit;
    if (p && *p < kSignificant)
      return claim(Truth::kFalse, i, text + ", and chance does not explain it (" + p_text(*p) + ")");
    text +=
        p ? ", but chance could explain it (" + p_text(*p) + ")" : ", but nothing says whether chance could explain it";
    return claim(Truth::kUnknown, i, text + flip(ratio, f.group, scope));
  }
  text += ", at least " + limit;
  if (i.low >= kLimit) {
    if (p && *p < kSignificant)
      text += "; the gap is significant all the same (" + p_text(*p) + "), and smaller differences may count";
    return claim(Truth::kTrue, i, text);
  }
  return claim(Truth::kUnknown, i,
               text + ", but its interval reaches below: more rows would decide it" + flip(ratio, f.group, scope));
}

}  // namespace

Result<Value> four_fifths_value(const operation::Expression& call, const Scope& scope) {
  const auto group = group_of(call.children[0]);
  // Each group against the highest one, with the claim's own interval and test (fairness b12); else the plain ratio.
  std::vector<Index::Entry> ratios;
  for (const char* name : {"adverse_impact_ratio", "favorable_rate_ratio"}) {
    for (const auto& entry : scope.index.named(name))
      if (ratios.empty() || ratios.front().figure->name == name)
        if (entry.figure->group == group && entry.figure->parameters.empty()) ratios.push_back(entry);
  }
  if (ratios.empty())
    return unknown_value("the evidence has no favorable_rate_ratio for " + operation::text_of(call) +
                         "; declare which value is good for the person (favorable)");
  std::optional<Value> worst;
  for (const auto& entry : ratios) {
    Value each = judged(entry, scope);
    const auto rank = [](const Value& v) { return std::pair(v.truth, v.limit ? v.interval.point.value_or(0) : 0); };
    if (!worst || rank(each) < rank(*worst)) worst = std::move(each);
  }
  return *worst;
}

}  // namespace assay::gate
