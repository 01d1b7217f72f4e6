#include "assay/stats/labels.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>
#include <optional>

#include "assay/base/parallel.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/data/read.h"
#include "assay/metrics/bootstrap.h"
#include "assay/metrics/draws.h"
#include "assay/metrics/figures.h"
#include "assay/metrics/text.h"
#include "assay/stats/agreement.h"
#include "assay/stats/association.h"
#include "assay/stats/label_errors.h"

namespace assay::stats {
namespace {

using data::Table;
using operation::Figure;
using operation::Json;
constexpr std::size_t kMostCategories = 1000, kMostRatings = 100'000'000, kListed = 100;
constexpr const char* kArrow = "application/vnd.apache.arrow.file";

// Codes of several columns brought to one list of categories.
Status put_categories(const std::vector<data::Codes>& columns, const std::vector<std::string>& wanted, Ratings& out,
                      std::vector<std::vector<std::int32_t>>& to) {
  std::map<std::string, std::int32_t> seen;
  for (const auto& column : columns)
    for (const auto code : column.codes)
      if (code >= 0) seen.emplace((*column.values)[static_cast<std::size_t>(code)], 0);
  for (const auto& [value, unused] : seen) out.categories.push_back(value);
  if (out.categories.size() > kMostCategories)
    return fail(Code::kInvalidArgument, std::to_string(out.categories.size()) + " different labels were given",
                "rating", "name columns of labels, not of numbers or text");
  if (!wanted.empty()) {
    for (const auto& value : out.categories)
      if (std::find(wanted.begin(), wanted.end(), value) == wanted.end())
        return fail(Code::kInvalidArgument, "the label \"" + value + "\" is not in the order given", "order",
                    "list every label once");
    out.categories = wanted;
  } else {
    std::vector<std::string> sorted;
    for (const auto i : ascending(out.categories)) sorted.push_back(out.categories[i]);
    out.categories = std::move(sorted);
  }
  for (std::size_t i = 0; i < out.categories.size(); ++i) seen[out.categories[i]] = static_cast<std::int32_t>(i);
  for (const auto& column : columns) {
    auto& map = to.emplace_back();
    for (const auto& value : *column.values) map.push_back(seen.count(value) ? seen[value] : -1);
  }
  return {};
}

Result<Ratings> wide(const Table& table, const RatingsRequest& request) {
  Ratings out;
  out.raters = request.raters;
  std::vector<data::Codes> columns;
  for (const auto& name : request.raters) {
    ASSAY_TRY(auto codes, table.codes(name));
    columns.push_back(std::move(codes));
  }
  std::vector<std::vector<std::int32_t>> to;
  ASSAY_CHECK(put_categories(columns, request.order, out, to));
  data::Codes names;
  if (!request.item.empty()) {
    ASSAY_TRY(names, table.codes(request.item));
  }
  for (std::size_t i = 0; i < table.rows(); ++i)
    out.items.push_back(names.values && names.codes[i] >= 0 ? (*names.values)[static_cast<std::size_t>(names.codes[i])]
                                                            : std::to_string(i + 1));
  for (std::size_t r = 0; r < columns.size(); ++r)
    for (const auto code : columns[r].codes) out.code.push_back(code < 0 ? -1 : to[r][static_cast<std::size_t>(code)]);
  return out;
}

Result<Ratings> tall(const Table& table, const RatingsRequest& request) {
  ASSAY_TRY(const auto items, table.codes(request.item));
  ASSAY_TRY(const auto raters, table.codes(request.rater));
  ASSAY_TRY(auto ratings, table.codes(request.rating));
  Ratings out;
  std::vector<std::vector<std::int32_t>> to;
  ASSAY_CHECK(put_categories({ratings}, request.order, out, to));
  const auto ranks = [](const data::Codes& codes,
                        std::vector<std::string>& names) {  // ascending, whatever the row order
    std::vector<std::int32_t> rank(codes.values->size());
    for (const auto i : ascending(*codes.values))
      rank[i] = static_cast<std::int32_t>(names.size()), names.push_back((*codes.values)[i]);
    return rank;
  };
  const auto item_rank = ranks(items, out.items), rater_rank = ranks(raters, out.raters);
  if (out.items.size() * out.raters.size() > kMostRatings)
    return fail(
        Code::kExhausted,
        std::to_string(out.items.size()) + " items of " + std::to_string(out.raters.size()) + " raters are too many",
        request.item, "rate in parts");
  out.code.assign(out.items.size() * out.raters.size(), -1);
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if (items.codes[i] < 0 || raters.codes[i] < 0 || ratings.codes[i] < 0) continue;
    auto& cell =
        out.code[static_cast<std::size_t>(rater_rank[static_cast<std::size_t>(raters.codes[i])]) * out.items.size() +
                 static_cast<std::size_t>(item_rank[static_cast<std::size_t>(items.codes[i])])];
    if (cell >= 0)
      return fail(Code::kInvalidArgument,
                  "rater \"" + (*raters.values)[static_cast<std::size_t>(raters.codes[i])] + "\" rated item \"" +
                      (*items.values)[static_cast<std::size_t>(items.codes[i])] + "\" twice",
                  "row " + std::to_string(i + 1), "keep one rating of each");
    cell = to[0][static_cast<std::size_t>(ratings.codes[i])];
  }
  return out;
}

Result<Ratings> ratings_of(const std::string& ref, const std::vector<std::string>& null, const RatingsRequest& request,
                           Task& task, std::optional<Table>* kept = nullptr) {
  data::ReadOptions options;
  options.null = null;
  ASSAY_TRY(const Table table, data::read(ref, task, options));
  if (kept) *kept = table;
  if (!request.raters.empty()) return wide(table, request);
  if (request.item.empty() || request.rater.empty() || request.rating.empty())
    return fail(Code::kInvalidArgument, "nothing says where the ratings stand", "raters",
                "name the raters' columns, or the columns item, rater and rating");
  return tall(table, request);
}

// A coefficient and its percentile interval over Poisson replicates of the items.
template <class Measure>
Figure resampled_figure(std::string_view name, const std::vector<double>& counts, double n, const AgreeRequest& request,
                        const std::string& why, const Measure& measure) {
  Figure out;
  out.name = std::string(name), out.n = std::llround(n), out.level = request.level, out.better = "higher";
  out.value = metrics::defined(measure(counts)), out.method = "bootstrap_percentile";
  if (!out.value) {
    out.why = why;
    return out;
  }
  std::vector<metrics::Poisson> draw(counts.begin(), counts.end());
  std::vector<double> values(static_cast<std::size_t>(request.replicates));
  const Philox stream = Philox(static_cast<std::uint64_t>(request.seed)).fork(streams::kBootstrap);
  parallel_parts(values.size(), [&](std::size_t r) {
    std::vector<double> drawn(counts.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] = draw[i](stream.fork(i), r);
    values[r] = measure(drawn);
  });
  const auto made = metrics::percentile_interval(values, request.level);
  metrics::set_interval(out, made.ci, "too few replicates have a value");
  if (made.unstable) out.flags.emplace_back("unstable");
  return out;
}

std::string why_none(const Ratings& ratings, const Patterns& p, bool needs_numbers) {
  if (ratings.raters.size() < 2) return "there is one rater only";
  if (ratings.categories.size() < 2) return "there is one category only";
  if (needs_numbers && std::any_of(p.values.begin(), p.values.end(), [](double v) { return std::isnan(v); }))
    return "a label is no number";
  return "no two raters rated the same item, or chance alone explains all";
}

void put_cohen(const Ratings& ratings, const AgreeRequest& request, operation::Evidence& out) {
  const std::size_t k = ratings.categories.size();
  for (std::size_t a = 0; a < ratings.raters.size(); ++a)
    for (std::size_t b = a + 1; b < ratings.raters.size(); ++b) {
      std::vector<double> table(k * k, 0);
      for (std::size_t i = 0; i < ratings.items.size(); ++i)
        if (ratings.at(a, i) >= 0 && ratings.at(b, i) >= 0)
          ++table[static_cast<std::size_t>(ratings.at(a, i)) * k + static_cast<std::size_t>(ratings.at(b, i))];
      const double n = std::accumulate(table.begin(), table.end(), 0.0);
      for (const auto& [weights, name] : {std::pair{Weights::kNone, "none"}, std::pair{Weights::kLinear, "linear"},
                                          std::pair{Weights::kQuadratic, "quadratic"}}) {
        auto figure = resampled_figure(
            "cohen_kappa", table, n, request,
            k < 2 ? "there is one category only" : "no item was rated by both, or chance alone explains all",
            [&, how = weights](const std::vector<double>& t) { return cohen_kappa(t, k, how); });
        figure.parameters = {{"raters", {ratings.raters[a], ratings.raters[b]}}, {"weights", name}};
        out.figures.push_back(std::move(figure));
      }
    }
}

Result<LabelledRows> labelled(const Table& table, const ErrorsRequest& request, std::vector<std::string>& classes,
                              std::vector<std::uint32_t>& kept) {
  ASSAY_TRY(const auto codes, table.codes(request.label));
  const auto order = ascending(*codes.values);
  std::vector<std::int32_t> rank(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    rank[order[i]] = static_cast<std::int32_t>(i), classes.push_back((*codes.values)[order[i]]);
  LabelledRows out;
  out.classes = classes.size();
  const bool one = request.probabilities.size() == 1 && classes.size() == 2;
  if (classes.size() < 2)
    return fail(Code::kInvalidArgument, "the label has fewer than two values", "column " + request.label,
                "choose a label with at least two values");
  if (!one && request.probabilities.size() != classes.size())
    return fail(Code::kInvalidArgument,
                std::to_string(request.probabilities.size()) + " columns of probabilities for " +
                    std::to_string(classes.size()) + " classes",
                "probabilities", "name one column a class, in ascending order of the label");
  std::vector<data::Numbers> columns;
  for (const auto& name : request.probabilities) {
    ASSAY_TRY(auto numbers, table.numbers(name));
    columns.push_back(std::move(numbers));
  }
  for (std::size_t i = 0; i < table.rows(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double p = columns[c].valid[i] ? columns[c].values[i] : metrics::kNan;
      if (!(p >= 0 && p <= 1))
        return fail(Code::kInvalidArgument, "row " + std::to_string(i + 1) + " has no probability between 0 and 1",
                    "column " + request.probabilities[c], "give each class's probability");
      sum += p;
    }
    if (!one && std::abs(sum - 1) > 1e-3)
      return fail(Code::kInvalidArgument,
                  "the probabilities of row " + std::to_string(i + 1) + " sum to " + std::to_string(sum),
                  "probabilities", "give probabilities that sum to 1");
    if (codes.codes[i] < 0) continue;  // nothing was said, so nothing is wrong
    out.label.push_back(rank[static_cast<std::size_t>(codes.codes[i])]), kept.push_back(static_cast<std::uint32_t>(i));
    if (one) out.probability.push_back(1 - columns[0].values[i]);
    for (const auto& column : columns) out.probability.push_back(column.values[i]);
  }
  return out;
}

Status check_fold(const Table& table, const ErrorsRequest& request) {
  if (request.fold.empty())
    return request.i_know ? Status{}
                          : fail(Code::kFailedPrecondition, "nothing says that the probabilities are out of sample",
                                 "fold", "name the column of folds, or say --i-know");
  ASSAY_TRY(const auto folds, table.codes(request.fold));
  if (folds.values->size() < 2)
    return fail(Code::kInvalidArgument, "there is one fold only", "column " + request.fold,
                "predict each part by a model trained on the others");
  return {};
}

Json matrix(const std::vector<double>& cells, std::size_t width) {
  Json out = Json::array();
  for (std::size_t i = 0; i < cells.size(); i += width)
    out.push_back(std::vector<double>(cells.begin() + static_cast<std::ptrdiff_t>(i),
                                      cells.begin() + static_cast<std::ptrdiff_t>(i + width)));
  return out;
}

Figure share_figure(const char* name, double events, double n, double level) {
  Figure out;
  out.name = name, out.n = std::llround(n), out.level = level, out.method = "wilson";
  if (n > 0)
    out.value = events / n, metrics::set_interval(out, metrics::wilson(events / n, n, level), "");
  else
    out.why = "no rows";
  return out;
}

Status write_issues(const LabelledRows& rows, const std::vector<std::uint32_t>& issues,
                    const std::vector<std::uint32_t>& kept, const std::vector<std::string>& classes,
                    const std::vector<double>& quality, Task& task, operation::Evidence& out) {
  std::vector<std::int64_t> row;
  std::vector<std::int32_t> given, suggested;
  std::vector<double> score;
  for (const auto i : issues) {
    const double* p = &rows.probability[i * rows.classes];
    row.push_back(kept[i] + 1), given.push_back(rows.label[i]), score.push_back(quality[i]);
    suggested.push_back(static_cast<std::int32_t>(std::max_element(p, p + rows.classes) - p));
  }
  ASSAY_TRY(const Table table, data::TableBuilder()
                                   .integers("row", row)
                                   .codes("given", given, classes)
                                   .codes("suggested", suggested, classes)
                                   .numbers("score", score)
                                   .finish());
  std::vector<std::size_t> order(issues.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
  Json worst = Json::array();
  for (std::size_t i = 0; i < std::min(order.size(), kListed); ++i)
    worst.push_back({{"row", row[order[i]]},
                     {"given", classes[static_cast<std::size_t>(given[order[i]])]},
                     {"suggested", classes[static_cast<std::size_t>(suggested[order[i]])]},
                     {"score", score[order[i]]}});
  out.detail["worst"] = std::move(worst);
  if (!task.assets()) return {};
  ASSAY_TRY(const std::string path, task.create("issues", kArrow));
  ASSAY_CHECK(data::write_arrow(table, path));
  out.blobs["issues"] = {"", kArrow, static_cast<std::int64_t>(issues.size())};
  return {};
}

}  // namespace

Result<operation::Evidence> agree(const AgreeRequest& request, Task& task) {
  ASSAY_TRY(const Ratings ratings, ratings_of(request.data, request.null, request, task));
  const Patterns p = patterns_of(ratings);
  operation::Evidence out;
  out.kind = "assay.labels/1";
  double shared = 0;
  for (std::size_t i = 0; i < p.counts.size(); ++i)
    if (std::accumulate(p.counts[i].begin(), p.counts[i].end(), 0.0) >= 2) shared += p.items[i];
  for (const auto& [scale, name] : {std::pair{Scale::kNominal, "nominal"}, std::pair{Scale::kOrdinal, "ordinal"},
                                    std::pair{Scale::kInterval, "interval"}, std::pair{Scale::kRatio, "ratio"}}) {
    auto figure = resampled_figure(
        "krippendorff_alpha", p.items, shared, request,
        why_none(ratings, p, scale == Scale::kInterval || scale == Scale::kRatio),
        [&, of = scale](const std::vector<double>& items) { return krippendorff_alpha(p, items, of); });
    figure.parameters = {{"scale", name}};
    out.figures.push_back(std::move(figure));
  }
  const std::size_t raters = ratings.raters.size();
  for (const auto& [name, member] :
       {std::pair{"percent_agreement", &Coefficients::percent_agreement},
        std::pair{"brennan_prediger", &Coefficients::brennan_prediger}, std::pair{"gwet_ac1", &Coefficients::gwet_ac1},
        std::pair{"fleiss_kappa", &Coefficients::fleiss_kappa},
        std::pair{"randolph_kappa", &Coefficients::randolph_kappa}})
    out.figures.push_back(resampled_figure(
        name, p.items, shared, request, why_none(ratings, p, false),
        [&, of = member](const std::vector<double>& items) { return coefficients(p, items, raters).*of; }));
  if (raters <= 30) put_cohen(ratings, request, out);
  out.detail = {{"items", ratings.items.size()},
                {"items_rated_twice", shared},
                {"raters", ratings.raters},
                {"categories", ratings.categories}};
  return out;
}

Result<operation::Evidence> errors(const ErrorsRequest& request, Task& task) {
  data::ReadOptions options;
  options.null = request.null;
  ASSAY_TRY(const Table table, data::read(request.data, task, options));
  ASSAY_CHECK(check_fold(table, request));
  std::vector<std::string> classes;
  std::vector<std::uint32_t> kept;
  ASSAY_TRY(const LabelledRows rows, labelled(table, request, classes, kept));
  const auto issues = label_issues(rows, request.filter), sure = label_issues(rows, "confident_learning");
  const auto quality = label_quality(rows, request.score, request.adjusted);
  const auto latent = latent_labels(rows);
  operation::Evidence out;
  out.kind = "assay.labels/1";
  const double n = static_cast<double>(rows.label.size());
  auto all = share_figure("label_error_share", static_cast<double>(issues.size()), n, request.level);
  all.better = "lower", all.parameters = {{"filter", request.filter}};
  out.figures.push_back(std::move(all));
  auto health = share_figure("label_health", n - static_cast<double>(sure.size()), n, request.level);
  health.better = "higher";
  out.figures.push_back(std::move(health));
  for (std::size_t c = 0; c < classes.size(); ++c) {
    double given = 0, wrong = 0;
    for (const auto label : rows.label) given += label == static_cast<std::int32_t>(c);
    for (const auto i : issues) wrong += rows.label[i] == static_cast<std::int32_t>(c);
    auto figure = share_figure("label_error_share", wrong, given, request.level);
    figure.slice = {{request.label, classes[c]}}, figure.better = "lower",
    figure.parameters = {{"filter", request.filter}};
    out.figures.push_back(std::move(figure));
  }
  out.detail = {{"classes", classes},
                {"issues", issues.size()},
                {"rows", rows.label.size()},
                {"confident_joint", matrix(confident_joint(rows), rows.classes)},
                {"prior", latent.prior},
                {"noise", matrix(latent.noise, rows.classes)},
                {"out_of_sample", !request.fold.empty()}};
  ASSAY_CHECK(write_issues(rows, issues, kept, classes, quality, task, out));
  if (request.fold.empty()) out.flags.emplace_back("fold_unknown");
  return out;
}

namespace {

// What a method of consensus settles on: by item the label, how sure, and from how many ratings; by rater the quality.
struct Settled {
  std::vector<std::int32_t> label;
  std::vector<double> confidence, quality;
  std::vector<std::int64_t> given;
};

Settled by_majority(const Ratings& ratings, const std::vector<std::int32_t>& label) {
  const std::size_t n = ratings.items.size(), raters = ratings.raters.size();
  Settled out{label, std::vector<double>(n, metrics::kNan), std::vector<double>(raters, metrics::kNan),
              std::vector<std::int64_t>(n, 0)};
  std::vector<double> same(n, 0);
  for (std::size_t r = 0; r < raters; ++r) {
    double agreed = 0, all = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const bool rated = ratings.at(r, i) >= 0, equal = rated && ratings.at(r, i) == label[i];
      out.given[i] += rated, same[i] += equal, all += rated, agreed += equal;
    }
    if (all > 0) out.quality[r] = agreed / all;
  }
  for (std::size_t i = 0; i < n; ++i)
    if (out.given[i] > 0) out.confidence[i] = same[i] / static_cast<double>(out.given[i]);
  return out;
}

void settle_by_dawid_skene(const Ratings& ratings, Settled& out) {
  const std::size_t k = ratings.categories.size();
  const auto made = dawid_skene(ratings);
  for (std::size_t i = 0; i < out.label.size(); ++i) {
    const double* p = &made.posterior[i * k];
    if (out.given[i] > 0)
      out.label[i] = static_cast<std::int32_t>(std::max_element(p, p + k) - p), out.confidence[i] = p[out.label[i]];
  }
  for (std::size_t r = 0; r < out.quality.size(); ++r) {
    out.quality[r] = 0;
    for (std::size_t c = 0; c < k; ++c) out.quality[r] += made.prior[c] * made.confusion[(r * k + c) * k + c];
  }
}

Status settle_by_crowdlab(const ConsensusRequest& request, const Table& table, const Ratings& ratings, Settled& out) {
  const std::size_t k = ratings.categories.size(), n = ratings.items.size();
  if (request.probabilities.size() != k || request.raters.empty())
    return fail(Code::kInvalidArgument,
                "crowdlab needs one column of probabilities for each of " + std::to_string(k) + " categories",
                "probabilities", "name them in the order of the categories, beside the raters' columns");
  std::vector<double> p(n * k);
  for (std::size_t c = 0; c < k; ++c) {
    ASSAY_TRY(const auto numbers, table.numbers(request.probabilities[c]));
    for (std::size_t i = 0; i < n; ++i) {
      p[i * k + c] = numbers.valid[i] ? numbers.values[i] : metrics::kNan;
      if (!(p[i * k + c] >= 0 && p[i * k + c] <= 1))
        return fail(Code::kInvalidArgument, "row " + std::to_string(i + 1) + " has no probability between 0 and 1",
                    "column " + request.probabilities[c], "give the model's probability of each category");
    }
  }
  auto made = crowdlab(ratings, p);
  out = {std::move(made.label), std::move(made.quality), std::move(made.rater_quality), std::move(out.given)};
  return {};
}

}  // namespace

Result<operation::Evidence> consensus(const ConsensusRequest& request, Task& task) {
  std::optional<Table> table;
  ASSAY_TRY(const Ratings ratings, ratings_of(request.data, request.null, request, task, &table));
  if (ratings.categories.size() < 2)
    return fail(Code::kInvalidArgument, "there are fewer than two categories", "rating",
                "give ratings that can differ");
  const auto votes = majority(ratings);
  Settled settled = by_majority(ratings, votes.label);
  if (request.method == "dawid_skene") settle_by_dawid_skene(ratings, settled);
  if (request.method == "crowdlab") ASSAY_CHECK(settle_by_crowdlab(request, *table, ratings, settled));
  operation::Evidence out;
  out.kind = "assay.labels/1";
  for (std::size_t r = 0; r < settled.quality.size(); ++r) {
    Figure figure;
    figure.name = "rater_quality", figure.n = static_cast<std::int64_t>(ratings.items.size()), figure.better = "higher",
    figure.method = request.method;
    figure.value = metrics::defined(settled.quality[r]), figure.parameters = {{"rater", ratings.raters[r]}};
    figure.why = figure.value ? "no interval is computed for this measure" : "this rater rated nothing";
    out.figures.push_back(std::move(figure));
  }
  out.detail = {{"method", request.method},
                {"items", ratings.items.size()},
                {"tied", std::count(votes.tied.begin(), votes.tied.end(), true)},
                {"unrated", std::count(settled.given.begin(), settled.given.end(), 0)},
                {"categories", ratings.categories}};
  std::vector<bool> missing;
  for (const double each : settled.confidence) missing.push_back(std::isnan(each));
  ASSAY_TRY(const Table made, data::TableBuilder()
                                  .text("item", ratings.items)
                                  .codes("label", settled.label, ratings.categories)
                                  .numbers("confidence", settled.confidence, missing)
                                  .integers("ratings", settled.given)
                                  .finish());
  ASSAY_TRY(const std::string path, task.create("consensus", kArrow));
  ASSAY_CHECK(data::write_arrow(made, path));
  out.blobs["consensus"] = {"", kArrow, static_cast<std::int64_t>(ratings.items.size())};
  return out;
}

std::string render_labels(const Json& evidence) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& f : evidence["figures"]) {
    std::string name = f["name"];
    if (f.contains("slice") && !f["slice"].empty()) name += " of " + metrics::slice_text(f["slice"]);
    const Json parameters = f.value("parameters", Json::object());
    for (const auto& [key, value] : parameters.items())
      name += " " + (value.is_string() ? value.get<std::string>() : value.dump());
    rows.push_back({name, metrics::number_text(f), f["value"].is_null() ? f.value("why", "") : ""});
  }
  std::string out = metrics::text_table(rows) + "\n";
  const Json& detail = evidence["detail"];
  if (detail.contains("worst")) {
    std::vector<std::vector<std::string>> worst{{"row", "given", "suggested", "score"}};
    for (std::size_t i = 0; i < std::min<std::size_t>(10, detail["worst"].size()); ++i) {
      const auto& w = detail["worst"][i];
      char score[32];
      std::snprintf(score, sizeof score, "%.3f", operation::number_of(w["score"]));
      worst.push_back({w["row"].dump(), w["given"], w["suggested"], score});
    }
    out += metrics::text_table(worst) + "\n";
  }
  return out + (detail.contains("method") ? "Next: assay labels agree FILE --raters COLUMN\n"
                                          : "Next: assay labels consensus FILE --raters COLUMN\n");
}

}  // namespace assay::stats
