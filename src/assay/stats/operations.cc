#include "assay/stats/operations.h"

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
  return out;
}

}  // namespace assay::stats
