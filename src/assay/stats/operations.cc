#include "assay/stats/operations.h"

#include "assay/stats/bias.h"
#include "assay/stats/coverage.h"
#include "assay/stats/drift.h"
#include "assay/stats/labels.h"
#include "assay/stats/profile.h"
#include "assay/stats/render.h"
#include "assay/stats/repair.h"

namespace assay::operation {

template <>
inline constexpr auto fields<stats::ProfileRequest> = std::tuple{
    required("data", &stats::ProfileRequest::data, "file or data set to read").positional().input(),
    field("columns", &stats::ProfileRequest::columns, "only these columns; all when none is named"),
    field("null", &stats::ProfileRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("bad_rows", &stats::ProfileRequest::bad_rows, "what to do with rows that have the wrong number of cells")
        .one_of({"error", "skip"}),
    field("bins", &stats::ProfileRequest::bins, "cells of each histogram").range(1, 1000),
    field("top", &stats::ProfileRequest::top, "most frequent values to list").range(0, 10000)};

template <>
inline constexpr auto fields<stats::InferRequest> = std::tuple{
    required("data", &stats::InferRequest::data, "file or data set to read").positional().input(),
    field("null", &stats::InferRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("max_domain", &stats::InferRequest::max_domain, "list the values of text columns that have no more than this")
        .range(0, 100000)};

template <>
inline constexpr auto fields<stats::DriftRequest> = std::tuple{
    required("reference", &stats::DriftRequest::reference, "table to compare with, or its profile")
        .positional()
        .input(),
    required("current", &stats::DriftRequest::current, "table that may have moved, or its profile")
        .positional()
        .input(),
    field("columns", &stats::DriftRequest::columns, "only these columns; all in common when none is named"),
    field("measures", &stats::DriftRequest::measures, "only these, besides each column's effect size and test")
        .one_of({"wasserstein", "energy", "kolmogorov_smirnov", "cramer_von_mises", "anderson_darling", "mann_whitney",
                 "welch_t", "population_stability_index", "jensen_shannon", "euclidean", "infinity_norm",
                 "total_variation", "hellinger", "chi_square", "likelihood_ratio_g"}),
    field("categorical", &stats::DriftRequest::categorical, "columns of numbers to compare as names, such as codes"),
    field("null", &stats::DriftRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("numeric_threshold", &stats::DriftRequest::numeric_threshold,
          "limit of the Wasserstein distance in standard deviations of the reference")
        .above(0),
    field("categorical_threshold", &stats::DriftRequest::categorical_threshold,
          "limit of the Jensen-Shannon distance in bits")
        .above(0),
    field("alpha", &stats::DriftRequest::alpha, "limit of the p-values, corrected over the columns").between(0, 1),
    field("level", &stats::DriftRequest::level, "confidence level of the intervals").between(0, 1),
    field("replicates", &stats::DriftRequest::replicates, "resamples behind an interval").range(50, 100000),
    field("permutations", &stats::DriftRequest::permutations, "shuffles behind a permutation test").range(19, 100000),
    field("sample", &stats::DriftRequest::sample,
          "rows of either side in the comparison of all numeric columns together; 0 leaves it out")
        .range(0, 2000),
    field("seed", &stats::DriftRequest::seed, "of resamples and shuffles").range(0, 9007199254740991)};

template <>
inline constexpr auto fields<stats::BiasRequest> = std::tuple{
    required("data", &stats::BiasRequest::data, "file or data set to read").positional().input(),
    required("group", &stats::BiasRequest::group, "columns that say who a row is about"),
    required("label", &stats::BiasRequest::label, "outcome column"),
    field("positive", &stats::BiasRequest::positive, "value of the label whose rate is compared; its later value"),
    field("population", &stats::BiasRequest::population,
          "table of the population: the group columns, and share or count")
        .input(),
    field("null", &stats::BiasRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("level", &stats::BiasRequest::level, "confidence level of the intervals").between(0, 1),
    field("min_n", &stats::BiasRequest::min_n, "fewer rows are flagged low_support").range(1, 1000000),
    field("min_cell", &stats::BiasRequest::min_cell, "groups with fewer rows are not shown").range(0, 1000000),
    field("seed", &stats::BiasRequest::seed, "of the rows that ranks are taken on").range(0, 9007199254740991)};

template <>
inline constexpr auto fields<stats::CoverageRequest> = std::tuple{
    required("data", &stats::CoverageRequest::data, "file or data set to read").positional().input(),
    required("intended", &stats::CoverageRequest::intended, "YAML file that declares ranges, values and populations")
        .input(),
    field("null", &stats::CoverageRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("min_n", &stats::CoverageRequest::min_n, "a declared cell with fewer rows is thin").range(1, 1000000),
    field("pairs", &stats::CoverageRequest::pairs, "cells of two dimensions: left out, warned about, or judged too")
        .one_of({"none", "report", "judge"}),
    field("level", &stats::CoverageRequest::level, "confidence level of the intervals").between(0, 1),
    field("replicates", &stats::CoverageRequest::replicates, "resamples behind an interval").range(50, 100000),
    field("seed", &stats::CoverageRequest::seed, "of the resamples").range(0, 9007199254740991)};

constexpr auto kRatings = std::tuple{
    field("raters", &stats::RatingsRequest::raters, "columns of the raters, one row an item"),
    field("item", &stats::RatingsRequest::item, "column that names the item"),
    field("rater", &stats::RatingsRequest::rater, "column that names the rater, one row a rating"),
    field("rating", &stats::RatingsRequest::rating, "column of the rating, one row a rating"),
    field("order", &stats::RatingsRequest::order, "categories from low to high; ascending when none is named")};

template <>
inline constexpr auto fields<stats::AgreeRequest> = std::tuple_cat(
    std::tuple{required("data", &stats::AgreeRequest::data, "table of ratings").positional().input()}, kRatings,
    std::tuple{field("null", &stats::AgreeRequest::null, "spellings of missing, besides the empty cell").example("NA"),
               field("level", &stats::AgreeRequest::level, "confidence level of the intervals").between(0, 1),
               field("replicates", &stats::AgreeRequest::replicates, "resamples behind an interval").range(50, 100000),
               field("seed", &stats::AgreeRequest::seed, "of the resamples").range(0, 9007199254740991)});

template <>
inline constexpr auto fields<stats::ErrorsRequest> = std::tuple{
    required("data", &stats::ErrorsRequest::data, "table of labels and predicted probabilities").positional().input(),
    required("label", &stats::ErrorsRequest::label, "column of the labels given"),
    required("probabilities", &stats::ErrorsRequest::probabilities,
             "one column a class in ascending order of the label, or that of the later of two"),
    field("fold", &stats::ErrorsRequest::fold, "column that says from which part a row was predicted"),
    field("i_know", &stats::ErrorsRequest::i_know, "the probabilities are out of sample though no column says so"),
    field("filter", &stats::ErrorsRequest::filter, "rule that calls a label wrong")
        .one_of({"prune_by_noise_rate", "prune_by_class", "both", "confident_learning", "predicted_neq_given",
                 "low_normalized_margin", "low_self_confidence"}),
    field("score", &stats::ErrorsRequest::score, "quality of a label, low is bad")
        .one_of({"self_confidence", "normalized_margin", "confidence_weighted_entropy"}),
    field("adjusted", &stats::ErrorsRequest::adjusted, "lower probabilities by their class's threshold first"),
    field("null", &stats::ErrorsRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("level", &stats::ErrorsRequest::level, "confidence level of the intervals").between(0, 1)};

template <>
inline constexpr auto fields<stats::ConsensusRequest> = std::tuple_cat(
    std::tuple{required("data", &stats::ConsensusRequest::data, "table of ratings").positional().input()}, kRatings,
    std::tuple{
        field("method", &stats::ConsensusRequest::method, "how one label is made of several")
            .one_of({"majority", "dawid_skene", "crowdlab"}),
        field("probabilities", &stats::ConsensusRequest::probabilities,
              "columns of a model's probabilities in the order of the categories, for crowdlab"),
        field("null", &stats::ConsensusRequest::null, "spellings of missing, besides the empty cell").example("NA")});

template <>
inline constexpr auto fields<stats::ReweighRequest> = std::tuple{
    required("data", &stats::ReweighRequest::data, "table to weigh").positional().input(),
    field("group", &stats::ReweighRequest::group, "columns whose groups are evened out; none: classes of the label"),
    required("label", &stats::ReweighRequest::label, "outcome column"),
    field("positive", &stats::ReweighRequest::positive, "value of the label whose rate is shown; its later value"),
    field("weight", &stats::ReweighRequest::weight, "name of the new column"),
    field("null", &stats::ReweighRequest::null, "spellings of missing, besides the empty cell").example("NA")};

template <>
inline constexpr auto fields<stats::ResampleRequest> = std::tuple{
    required("data", &stats::ResampleRequest::data, "table to resample").positional().input(),
    field("group", &stats::ResampleRequest::group, "columns whose groups are evened out; none: classes of the label"),
    required("label", &stats::ResampleRequest::label, "outcome column"),
    field("positive", &stats::ResampleRequest::positive, "value of the label whose rate is shown; its later value"),
    field("target", &stats::ResampleRequest::target, "labels independent of groups, or all cells alike")
        .one_of({"independent", "equal"}),
    field("method", &stats::ResampleRequest::method, "as many rows as before, more, fewer, or made ones in between")
        .one_of({"exact", "over", "under", "smote_nc"}),
    field("null", &stats::ResampleRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("neighbours", &stats::ResampleRequest::neighbours, "near rows that a made row may lean on").range(1, 100),
    field("seed", &stats::ResampleRequest::seed, "of the draw").range(0, 9007199254740991)};

template <>
inline constexpr auto fields<stats::RakeRequest> =
    std::tuple{required("data", &stats::RakeRequest::data, "table to weigh").positional().input(),
               required("columns", &stats::RakeRequest::columns, "columns whose shares are fitted"),
               required("population", &stats::RakeRequest::population,
                        "table of the population: those columns, and share or count")
                   .input(),
               field("cap", &stats::RakeRequest::cap, "largest weight, in means; 0 is none").range(0, 1e6),
               field("weight", &stats::RakeRequest::weight, "name of the new column"),
               field("null", &stats::RakeRequest::null, "spellings of missing, besides the empty cell").example("NA")};

}  // namespace assay::operation

namespace assay::stats {

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(operation::operation("stats", "profile", "Describe every column of a table", &profile)
                    .with_access(operation::Access::kRows)
                    .like("assay stats profile examples/mortgage/boston_hmda.csv")
                    .shown_by(&render_profile));
  out.push_back(operation::operation("schema", "infer", "Guess the schema that a table keeps to", &infer)
                    .with_access(operation::Access::kRows)
                    .like("assay schema infer examples/mortgage/boston_hmda.csv")
                    .shown_by(&render_schema));
  out.push_back(operation::operation("data", "drift", "Tell whether the population moved between two tables", &drift)
                    .with_access(operation::Access::kRows)
                    .like("assay data drift examples/mortgage/boston_hmda.csv new.csv")
                    .shown_by(&render_drift));
  out.push_back(operation::operation("data", "bias", "Compare groups: shares, labels, missing cells, proxies", &bias)
                    .with_access(operation::Access::kRows)
                    .like("assay data bias examples/mortgage/boston_hmda.csv --group afam --label deny")
                    .shown_by(&render_bias));
  out.push_back(
      operation::operation("data", "coverage", "Check that there are rows for every use that was declared", &coverage)
          .with_access(operation::Access::kRows)
          .like("assay data coverage examples/mortgage/boston_hmda.csv --intended use.yaml")
          .exits_by(&coverage_exit)
          .uncached()  // the population tables that the YAML names are no inputs of the request
          .shown_by(&render_coverage));
  out.push_back(operation::operation("labels", "agree", "Measure how far several raters agree", &agree)
                    .with_access(operation::Access::kRows)
                    .like("assay labels agree ratings.csv --raters anna --raters ben --raters chi")
                    .shown_by(&render_labels));
  out.push_back(operation::operation("labels", "errors", "Find labels that are probably wrong", &errors)
                    .with_access(operation::Access::kRows)
                    .like("assay labels errors predictions.csv --label y --probabilities p --fold fold")
                    .shown_by(&render_labels));
  out.push_back(operation::operation("labels", "consensus", "Make one label of several raters' labels", &consensus)
                    .with_access(operation::Access::kWrite)
                    .like("assay labels consensus ratings.csv --raters anna --raters ben --method majority")
                    .shown_by(&render_labels));
  out.push_back(operation::operation("balance", "reweigh", "Add weights that part labels from groups", &reweigh)
                    .with_access(operation::Access::kWrite)
                    .like("assay balance reweigh examples/mortgage/boston_hmda.csv --group afam --label deny")
                    .shown_by(&render_balance));
  out.push_back(
      operation::operation("balance", "resample", "Repeat, drop or make rows so that groups even out", &resample)
          .with_access(operation::Access::kWrite)
          .like("assay balance resample examples/mortgage/boston_hmda.csv --group afam --label deny")
          .shown_by(&render_balance));
  out.push_back(operation::operation("balance", "rake", "Add weights that fit the shares of a population", &rake_table)
                    .with_access(operation::Access::kWrite)
                    .like("assay balance rake survey.csv --columns sex --columns region --population census.csv")
                    .shown_by(&render_balance));
  return out;
}

}  // namespace assay::stats
