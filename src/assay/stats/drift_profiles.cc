// Drift when only profiles are left: histograms stand for the values, and every distance carries a certain bound.
#include <algorithm>
#include <cmath>
#include <map>

#include "assay/metrics/figures.h"
#include "assay/metrics/kolmogorov.h"
#include "assay/stats/drift_columns.h"

namespace assay::stats {
namespace {

using operation::Json;

struct Shape {  // of a histogram: its edges, and the distribution function there
  std::vector<double> edges, below;
  double n = 0, widest = 0, spread = 0;  // largest cell share; sum of share × width
  double operator()(double x) const {
    if (x < edges.front()) return 0;
    if (x >= edges.back()) return 1;
    const auto at = static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), x) - edges.begin());
    const double width = edges[at] - edges[at - 1];
    return below[at - 1] + (below[at] - below[at - 1]) * (width > 0 ? (x - edges[at - 1]) / width : 1);
  }
};

Shape shape_of(const Json& column) {
  Shape out;
  const auto& histogram = column["histogram"];
  for (const auto& edge : histogram["edges"]) out.edges.push_back(operation::number_of(edge));
  for (const auto& count : histogram["counts"]) out.n += count.get<double>();
  out.below.push_back(0);
  double seen = 0;
  for (std::size_t i = 0; i < histogram["counts"].size(); ++i) {
    const double share = histogram["counts"][i].get<double>() / out.n;
    seen += share;
    out.below.push_back(seen);
    out.widest = std::max(out.widest, out.edges[i + 1] > out.edges[i] ? share : 0);
    out.spread += share * (out.edges[i + 1] - out.edges[i]);
  }
  return out;
}

// ∫|F-G| of two piecewise linear functions, and the largest gap.
struct Gaps {
  double area = 0, most = 0;
};
Gaps gaps(const Shape& f, const Shape& g) {
  std::vector<double> at = f.edges;
  at.insert(at.end(), g.edges.begin(), g.edges.end());
  std::sort(at.begin(), at.end());
  at.erase(std::unique(at.begin(), at.end()), at.end());
  Gaps out;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double here = f(at[i]) - g(at[i]);
    out.most = std::max(out.most, std::abs(here));
    if (i + 1 == at.size()) break;
    const double before = std::nextafter(at[i + 1], at[i]);  // a constant column jumps at its value
    const double next = f(before) - g(before);
    out.most = std::max(out.most, std::abs(next));
    const double width = at[i + 1] - at[i], a = std::abs(here), b = std::abs(next);
    out.area += width * (here * next >= 0 ? (a + b) / 2 : (a * a + b * b) / (2 * (a + b)));
  }
  return out;
}

std::string listed_why(const Json& column) {
  return "the profile lists " + std::to_string(column["top"].size()) + " of " + column["distinct"].dump() +
         " values; profile with more --top";
}

void numbers(const Json& reference, const Json& current, const DriftRequest& request, ColumnDrift& out) {
  const Shape f = shape_of(reference), g = shape_of(current);
  const auto n = static_cast<std::int64_t>(f.n + g.n);
  const Gaps between = gaps(f, g);
  const double scale = std::max(operation::number_of(reference["standard_deviation"]), 0.001);
  const double bound = (f.spread + g.spread) / scale, value = between.area / scale;
  const double ks_bound = std::min(1.0, f.widest + g.widest);
  // The distance of the means is a floor of W1 that the histograms cannot miss.
  const double means =
      std::abs(operation::number_of(reference["mean"]) - operation::number_of(current["mean"])) / scale;
  put_effect(out, "wasserstein_distance_normed", value, {std::max({0.0, value - bound, means}), value + bound}, n,
             "histogram", request);
  auto& effect = out.figures.back();
  out.bounded = true;
  if (value - bound <= out.threshold && value + bound > out.threshold && means <= out.threshold)
    out.why = "the histograms are too coarse to tell; profile with more --bins";
  effect.level = 1, effect.parameters["exact"] = false, effect.parameters["error_bound"] = bound;
  const double least = std::max(0.0, between.most - ks_bound);
  // The smallest D that the histograms allow: its p is the largest, so nothing is called drift by coarseness alone.
  const double size = std::max(1.0, std::nearbyint(f.n * g.n / (f.n + g.n)));
  out.p = metrics::kolmogorov_tail(static_cast<std::int64_t>(size), least);
  auto figure = column_figure("kolmogorov_smirnov", out.name, between.most, n, "");
  figure.low = least, figure.high = std::min(1.0, between.most + ks_bound), figure.level = 1;
  figure.method = "histogram", figure.better = "lower", figure.p = out.p;
  figure.parameters["exact"] = false, figure.parameters["error_bound"] = ks_bound;
  figure.parameters["p_of"] = "the smallest distance that the histograms allow";
  out.figures.push_back(std::move(figure));
}

void categories_of(const Json& reference, const Json& current, const DriftRequest& request, ColumnDrift& out) {
  std::map<std::string, std::pair<double, double>> counts;
  for (const auto& each : reference["top"])
    counts[each["value"].get<std::string>()].first = each["count"].get<double>();
  for (const auto& each : current["top"]) counts[each["value"].get<std::string>()].second = each["count"].get<double>();
  std::vector<double> a, b;
  for (const auto& [name, both] : counts) a.push_back(both.first), b.push_back(both.second);
  double n = 0;
  for (std::size_t i = 0; i < a.size(); ++i) n += a[i] + b[i];
  out.threshold = request.categorical_threshold, out.test = "chi_square";
  const auto chi = metrics::chi_square(a, b);
  const bool few = a.size() > 1 && metrics::least_expected(a, b) < 5;
  out.p = a.size() == 1 ? 1
          : few         ? metrics::permutation_g(a, b, request.permutations, static_cast<std::uint64_t>(request.seed))
                        : chi.p;
  if (few) out.test = "likelihood_ratio_g";
  put_effect(out, "jensen_shannon_distance", jensen_shannon(a, b),
             category_interval(a, b, &jensen_shannon, out.p,
                               {request.replicates, request.level, static_cast<std::uint64_t>(request.seed)}),
             std::llround(n), "bootstrap_outer", request);
  auto figure = column_figure(
      out.test, out.name, few ? metrics::likelihood_ratio_g(a, b).statistic : chi.statistic, std::llround(n),
      a.size() == 1 ? "there is one category only" : "no interval is computed for this measure");
  figure.p = out.p, figure.method = few ? "permutation" : "chi_square", figure.better = "lower";
  out.figures.push_back(std::move(figure));
}

Json facts_of(const Json& column) {
  Json out = Json::object();
  for (const char* key : {"rows", "missing", "distinct", "mean", "standard_deviation", "min", "max"})
    if (column.contains(key)) out[key] = column[key];
  return out;
}

bool listed_whole(const Json& column) {
  return column.contains("top") && column["distinct"].is_number() &&
         column["top"].size() == column["distinct"].get<std::size_t>() && !column["top"].empty();
}

}  // namespace

ColumnDrift drift_of_profiles(const Json& reference, const Json& current, const DriftRequest& request) {
  ColumnDrift out;
  out.name = reference["name"].get<std::string>();
  out.facts = {{"reference", facts_of(reference)}, {"current", facts_of(current)}};
  if (reference.contains("histogram") && current.contains("histogram")) {
    out.kind = "numeric", out.test = "kolmogorov_smirnov", out.threshold = request.numeric_threshold;
    numbers(reference, current, request, out);
  } else if (reference.contains("top") && current.contains("top")) {
    out.kind = "categorical";
    if (!listed_whole(reference))
      out.why = listed_why(reference);
    else if (!listed_whole(current))
      out.why = listed_why(current);
    else
      categories_of(reference, current, request, out);
  } else {
    out.kind = "other", out.why = "one of the profiles has neither histogram nor values of this column";
  }
  if (!out.why.empty() && out.kind == "categorical")
    put_effect(out, "jensen_shannon_distance", metrics::kNan, {}, 0, "", request);
  return out;
}

}  // namespace assay::stats
