#include "assay/validate/operations.h"

#include <algorithm>

#include "assay/stats/render.h"
#include "assay/validate/render.h"
#include "assay/validate/requests.h"

namespace assay::operation {

template <>
inline constexpr auto fields<validate::ProfileRequest> = std::tuple{
    required("data", &validate::ProfileRequest::data, "file or data set to read").positional().input(),
    field("columns", &validate::ProfileRequest::columns, "only these columns; all when none is named"),
    field("null", &validate::ProfileRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("bad_rows", &validate::ProfileRequest::bad_rows, "what to do with rows that have the wrong number of cells")
        .one_of({"error", "skip"}),
    field("bins", &validate::ProfileRequest::bins, "cells of each histogram").range(1, 1000),
    field("top", &validate::ProfileRequest::top, "most frequent values to list").range(0, 10000),
    field("group", &validate::ProfileRequest::group,
          "statistics of each value of these columns too, in the statistics file; a comma makes an intersection"),
    field("weight", &validate::ProfileRequest::weight, "column of row weights, for the statistics file"),
    field("ranks", &validate::ProfileRequest::ranks, "values that the statistics file ranks by frequency")
        .range(1, 1000000),
    field("compat", &validate::ProfileRequest::compat, "peer whose rules the statistics file keeps")
        .one_of({"", "tfdv"})};

template <>
inline constexpr auto fields<validate::ShowRequest> =
    std::tuple{required("statistics", &validate::ShowRequest::statistics, "statistics file").positional().input()};

template <>
inline constexpr auto fields<validate::InferRequest> = std::tuple{
    required("data", &validate::InferRequest::data, "table, or its statistics").positional().input(),
    field("null", &validate::InferRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("max_domain", &validate::InferRequest::max_domain,
          "list the values of text columns that have no more than this")
        .range(0, 100000),
    field("ranges", &validate::InferRequest::ranges, "also limits of numbers, and of drift"),
    field("fixed_shapes", &validate::InferRequest::fixed_shapes,
          "a fixed shape where every example has the same number of values")};

template <>
inline constexpr auto fields<validate::SchemaRequest> =
    std::tuple{required("schema", &validate::SchemaRequest::schema, "schema file").positional().input()};

template <>
inline constexpr auto fields<validate::UpdateRequest> = std::tuple{
    required("schema", &validate::UpdateRequest::schema, "schema to relax").positional().input(),
    required("data", &validate::UpdateRequest::data, "table that shall pass, or its statistics").positional().input(),
    field("null", &validate::UpdateRequest::null, "spellings of missing, besides the empty cell").example("NA")};

template <>
inline constexpr auto fields<validate::ValidateRequest> = std::tuple{
    required("data", &validate::ValidateRequest::data, "table, or its statistics").positional().input(),
    required("schema", &validate::ValidateRequest::schema, "schema file it must keep to").input(),
    field("previous", &validate::ValidateRequest::previous, "table or statistics of the span before, for drift")
        .input(),
    field("serving", &validate::ValidateRequest::serving, "table or statistics seen in serving, for skew").input(),
    field("previous_version", &validate::ValidateRequest::previous_version,
          "table or statistics of the version before, for the number of examples")
        .input(),
    field("schema_environment", &validate::ValidateRequest::schema_environment,
          "which of the schema's environments the data is for"),
    field("compat", &validate::ValidateRequest::compat, "peer whose rules are kept, with its known faults")
        .one_of({"", "tfdv"}),
    field("group", &validate::ValidateRequest::group,
          "also inside each value of these columns; a comma makes an intersection"),
    field("min_n", &validate::ValidateRequest::min_n, "smaller groups are not judged").range(2, 1000000),
    field("null", &validate::ValidateRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("severity", &validate::ValidateRequest::severity, "severity of a type of anomaly")
        .example("SCHEMA_NEW_COLUMN=WARNING"),
    field("new_columns_are_warnings", &validate::ValidateRequest::new_columns_are_warnings,
          "a column that the schema lacks does not fail"),
    field("show_rows", &validate::ValidateRequest::show_rows, "offending rows to list for each anomaly")
        .range(0, 10000)};

}  // namespace assay::operation

namespace assay::validate {
namespace {

using operation::Access;
using operation::Json;

int failed_when(bool bad) { return bad ? 1 : 0; }

}  // namespace

std::vector<operation::Operation> operations(std::vector<operation::Operation> stats) {
  auto out = std::move(stats);
  const auto widen = [&](operation::Operation made) {
    const auto at = std::find_if(out.begin(), out.end(), [&](const auto& each) { return each.id() == made.id(); });
    (at == out.end() ? out.emplace_back() : *at) = std::move(made);
  };
  widen(operation::operation("stats", "profile", "Describe every column of a table", &profile)
            .with_access(Access::kRows)
            .like("assay stats profile examples/mortgage/boston_hmda.csv")
            .shown_by(&stats::render_profile));
  widen(operation::operation("schema", "infer", "Guess the schema that a table keeps to", &infer)
            .with_access(Access::kRows)
            .like("assay schema infer examples/mortgage/boston_hmda.csv")
            .shown_by(&stats::render_schema));
  out.push_back(operation::operation("stats", "show", "Show a statistics file", &show_statistics)
                    .with_access(Access::kRead)
                    .shown_by(&render_statistics));
  out.push_back(operation::operation("schema", "show", "Show a schema file", &show_schema)
                    .with_access(Access::kRead)
                    .shown_by(&stats::render_schema));
  out.push_back(operation::operation("schema", "convert", "Write a schema file in another form", &show_schema)
                    .with_access(Access::kRead)
                    .shown_by(&stats::render_schema));
  out.push_back(operation::operation("schema", "lint", "Tell what is wrong with a schema itself", &lint)
                    .with_access(Access::kRead)
                    .exits_by([](const Json& e) { return failed_when(!e["detail"]["findings"].empty()); })
                    .shown_by(&render_lint));
  out.push_back(operation::operation("schema", "update", "Relax a schema until the data passes", &update)
                    .with_access(Access::kRows)
                    .shown_by(&stats::render_schema));
  out.push_back(operation::operation("data", "validate", "Tell whether data keeps to its schema", &validate)
                    .with_access(Access::kRows)
                    .exits_by([](const Json& e) {
                      return failed_when(e["detail"]["data_missing"] == true || e["detail"]["errors"] != 0);
                    })
                    .shown_by(&render_validation));
  return out;
}

}  // namespace assay::validate
