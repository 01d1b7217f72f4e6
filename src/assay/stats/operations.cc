#include "assay/stats/operations.h"

#include "assay/stats/drift.h"
#include "assay/stats/profile.h"
#include "assay/stats/render.h"

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
  return out;
}

}  // namespace assay::stats
