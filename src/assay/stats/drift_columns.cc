#include "assay/stats/drift_columns.h"

#include <algorithm>
#include <cmath>

#include "assay/metrics/figures.h"
#include "assay/metrics/hypothesis.h"

namespace assay::stats {
namespace {

using data::Table;
using data::Type;
using operation::Json;
constexpr const char* kNoInterval = "no interval is computed for this measure";
constexpr std::size_t kListed = 20;

Json facts_of(const NumberSide& side, Type type) {
  Json out{{"rows", side.rows}, {"missing", side.missing}, {"n", side.n}};
  if (side.not_finite > 0) out["not_finite"] = side.not_finite;
  out["distinct"] = side.values.size();
  for (const auto& [name, value] :
       {std::pair{"mean", side.mean}, std::pair{"standard_deviation", side.standard_deviation},
        std::pair{"min", side.min}, std::pair{"max", side.max}})
    out[name] = side.n > 0 ? operation::number(value) : Json(nullptr);
  if (type == Type::kTime) out["unit"] = "us";
  return out;
}

// Change of the missing share, current minus reference.
void put_missing(ColumnDrift& out, double missing1, double rows1, double missing2, double rows2,
                 const DriftRequest& request) {
  const metrics::Rate first{rows1 > 0 ? missing1 / rows1 : metrics::kNan, rows1};
  const metrics::Rate second{rows2 > 0 ? missing2 / rows2 : metrics::kNan, rows2};
  auto figure =
      column_figure("missing_share_gap", out.name, second.p - first.p, std::llround(rows1 + rows2), "no rows");
  if (figure.value) {
    figure.why.clear(), figure.method = "newcombe", figure.better = "zero", figure.level = request.level;
    metrics::set_interval(figure, metrics::newcombe(second, first, request.level), "no rows");
    figure.p = metrics::compare_rates(second, first).p;
  }
  out.figures.push_back(std::move(figure));
}

struct Measure {
  std::string_view choice, name;
  double value = metrics::kNan, p = metrics::kNan;
  std::string_view method = "";
};

void put_measures(ColumnDrift& out, const std::vector<Measure>& measures, std::int64_t n, std::string_view why,
                  const DriftRequest& request) {
  for (const auto& each : measures) {
    if (!wanted(request, each.choice) && each.name != out.test) continue;
    auto figure = column_figure(each.name, out.name, each.value, n, std::isnan(each.value) ? why : kNoInterval);
    figure.method = each.method, figure.better = "lower";
    figure.p = metrics::defined(each.p);
    out.figures.push_back(std::move(figure));
  }
}

void number_drift(const NumberSide& a, const NumberSide& b, Type type, const DriftRequest& request, ColumnDrift& out) {
  out.kind = type == Type::kTime ? "time" : "numeric";
  out.facts = {{"reference", facts_of(a, type)}, {"current", facts_of(b, type)}};
  out.threshold = request.numeric_threshold;
  const auto n = static_cast<std::int64_t>(a.n + b.n);
  const std::string_view why = a.n == 0 ? "the reference has no value" : "the current side has no value";
  out.test = "kolmogorov_smirnov";
  if (a.n == 0 || b.n == 0) {
    out.why = why;
    put_measures(out, {{"kolmogorov_smirnov", "kolmogorov_smirnov"}, {"wasserstein", "wasserstein_distance"}}, n, why,
                 request);
    put_effect(out, "wasserstein_distance_normed", metrics::kNan, {}, n, "", request);
    return;
  }
  const auto values = merged(a, b);
  const auto ks = metrics::kolmogorov_smirnov(values);
  const double distance = metrics::wasserstein_distance(values), scale = std::max(a.standard_deviation, 0.001);
  out.p = ks.p;
  auto interval = wasserstein_interval(values, distance, ks.p,
                                       {request.replicates, request.level, static_cast<std::uint64_t>(request.seed)});
  interval = {interval.low / scale, interval.high / scale};
  put_effect(out, "wasserstein_distance_normed", distance / scale, interval, n, "bootstrap_outer", request);
  const auto cvm = metrics::cramer_von_mises(values), mw = metrics::mann_whitney(values), t = metrics::welch_t(values);
  put_measures(
      out,
      {{"wasserstein", "wasserstein_distance", distance},
       {"energy", "energy_distance", metrics::energy_distance(values)},
       {"kolmogorov_smirnov", "kolmogorov_smirnov", ks.statistic, ks.p, "kstwo"},
       {"cramer_von_mises", "cramer_von_mises", cvm.statistic, cvm.p, "asymptotic"},
       {"anderson_darling", "anderson_darling", metrics::anderson_darling(values), metrics::kNan, "midrank"},
       {"mann_whitney", "mann_whitney", mw.statistic, mw.p, "normal"},
       {"welch_t", "welch_t", t.statistic, t.p, "t"},
       {"population_stability_index", "population_stability_index", stability_index(a, b), metrics::kNan, "deciles"},
       {"jensen_shannon", "jensen_shannon_distance", jensen_shannon_sturges(values), metrics::kNan, "sturges_bits"}},
      n, "both sides are constant or too small", request);
  for (auto& figure : out.figures) {
    if (figure.name != "kolmogorov_smirnov") continue;
    const double each = 1 - (1 - request.level) / 2;
    const double band = metrics::dkw_half_width(static_cast<double>(a.n), each) +
                        metrics::dkw_half_width(static_cast<double>(b.n), each);
    figure.low = std::max(0.0, ks.statistic - band), figure.high = std::min(1.0, ks.statistic + band);
    figure.why.clear(), figure.level = request.level;
    figure.parameters["at"] = operation::number(ks.location), figure.parameters["sign"] = ks.sign;
    if (!std::isnan(ks.p_exact)) figure.parameters["p_exact"] = ks.p_exact;
  }
}

Json named_counts(const Categories& c, bool is_new) {
  std::vector<std::pair<double, std::string>> found;
  for (std::size_t i = 0; i < c.names.size(); ++i)
    if ((is_new ? c.first[i] : c.second[i]) == 0) found.emplace_back(-(is_new ? c.second[i] : c.first[i]), c.names[i]);
  std::sort(found.begin(), found.end());
  Json out = Json::array();
  for (std::size_t i = 0; i < std::min(found.size(), kListed); ++i)
    out.push_back({{"value", found[i].second}, {"count", static_cast<std::int64_t>(-found[i].first)}});
  return out;
}

void category_drift(const Categories& c, const DriftRequest& request, ColumnDrift& out) {
  out.kind = "categorical", out.threshold = request.categorical_threshold;
  const auto side = [](double n, std::uint64_t missing, const std::vector<double>& counts) {
    return Json{{"rows", static_cast<std::uint64_t>(n) + missing},
                {"missing", missing},
                {"n", static_cast<std::uint64_t>(n)},
                {"distinct", std::count_if(counts.begin(), counts.end(), [](double x) { return x > 0; })}};
  };
  out.facts = {{"reference", side(c.first_n, c.first_missing, c.first)},
               {"current", side(c.second_n, c.second_missing, c.second)}};
  const auto n = static_cast<std::int64_t>(c.first_n + c.second_n);
  const bool empty = c.first_n == 0 || c.second_n == 0;
  const auto chi = metrics::chi_square(c.first, c.second), g = metrics::likelihood_ratio_g(c.first, c.second);
  const double least = empty ? 0 : metrics::least_expected(c.first, c.second);
  const bool by_permutation = !empty && c.names.size() > 1 && least < 5;
  double p = empty ? metrics::kNan : chi.p;
  if (!empty && c.names.size() == 1) p = 1;  // one value on both sides
  if (by_permutation)
    p = metrics::permutation_g(c.first, c.second, request.permutations, static_cast<std::uint64_t>(request.seed));
  out.p = p, out.test = by_permutation ? "likelihood_ratio_g" : "chi_square";
  const std::string_view why = c.first_n == 0    ? "the reference has no value"
                               : c.second_n == 0 ? "the current side has no value"
                                                 : "there is one category only";
  if (empty) out.why = why;
  const ResampleOptions options{request.replicates, request.level, static_cast<std::uint64_t>(request.seed)};
  const auto interval = empty ? metrics::Interval{} : category_interval(c.first, c.second, &jensen_shannon, p, options);
  put_effect(out, "jensen_shannon_distance", jensen_shannon(c.first, c.second), interval, n, "bootstrap_outer",
             request);
  put_measures(out,
               {{"euclidean", "euclidean_distance", euclidean(c.first, c.second)},
                {"infinity_norm", "infinity_norm", infinity_norm(c.first, c.second)},
                {"total_variation", "total_variation_distance", total_variation(c.first, c.second)},
                {"hellinger", "hellinger_distance", hellinger(c.first, c.second)},
                {"population_stability_index", "population_stability_index", stability_index(c.first, c.second)},
                {"chi_square", "chi_square", chi.statistic, chi.p, "chi_square"},
                {"likelihood_ratio_g", "likelihood_ratio_g", g.statistic, by_permutation ? p : g.p,
                 by_permutation ? "permutation" : "chi_square"}},
               n, why, request);
  for (auto& figure : out.figures)
    if (by_permutation && figure.name == "chi_square") figure.flags.emplace_back("expected_below_5");
  out.facts["new_categories"] = named_counts(c, true);
  out.facts["vanished_categories"] = named_counts(c, false);
}

bool is_number(Type type) { return type == Type::kInt || type == Type::kFloat; }

}  // namespace

operation::Figure column_figure(std::string_view name, const std::string& column, double value, std::int64_t n,
                                std::string_view why) {
  operation::Figure out;
  out.name = std::string(name), out.value = metrics::defined(value), out.n = n, out.why = std::string(why);
  out.parameters["column"] = column;
  return out;
}

bool wanted(const DriftRequest& request, std::string_view measure) {
  return request.measures.empty() ||
         std::find(request.measures.begin(), request.measures.end(), measure) != request.measures.end();
}

void put_effect(ColumnDrift& to, std::string_view name, double value, metrics::Interval interval, std::int64_t n,
                std::string_view method, const DriftRequest& request) {
  auto figure = column_figure(name, to.name, value, n, to.why);
  figure.method = std::string(method), figure.better = "lower", figure.level = request.level;
  figure.parameters["threshold"] = to.threshold;
  if (name == "jensen_shannon_distance") figure.parameters["unit"] = "bits";
  metrics::set_interval(figure, interval, "no interval");
  to.effect = std::string(name), to.effect_value = value;
  to.effect_low = interval.low, to.effect_high = interval.high;
  to.figures.push_back(std::move(figure));
}

Result<ColumnDrift> drift_of_rows(const Table& reference, const Table& current, const std::string& name,
                                  const DriftRequest& request) {
  ColumnDrift out;
  out.name = name;
  ASSAY_TRY(const Type first, reference.type(name));
  ASSAY_TRY(const Type second, current.type(name));
  const bool named =
      std::find(request.categorical.begin(), request.categorical.end(), name) != request.categorical.end();
  if (first == Type::kOther || second == Type::kOther) {
    out.kind = "other", out.why = "nested columns are not compared";
    return out;
  }
  if (!named && is_number(first) && is_number(second)) {
    ASSAY_TRY(const auto a, reference.numbers(name));
    ASSAY_TRY(const auto b, current.numbers(name));
    number_drift(number_side(a), number_side(b), first, request, out);
  } else if (!named && first == Type::kTime && second == Type::kTime) {
    ASSAY_TRY(const auto a, reference.integers(name));
    ASSAY_TRY(const auto b, current.integers(name));
    number_drift(number_side(a), number_side(b), first, request, out);
  } else {
    ASSAY_TRY(const auto a, reference.codes(name));
    ASSAY_TRY(const auto b, current.codes(name));
    category_drift(categories(a, b), request, out);
  }
  if (first != second)
    out.facts["types"] = {{"reference", std::string(data::type_name(first))},
                          {"current", std::string(data::type_name(second))}};
  const auto number = [&](const char* side, const char* key) { return out.facts[side][key].get<double>(); };
  put_missing(out, number("reference", "missing"), number("reference", "rows"), number("current", "missing"),
              number("current", "rows"), request);
  return out;
}

}  // namespace assay::stats
