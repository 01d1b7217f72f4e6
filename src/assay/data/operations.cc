#include "assay/data/operations.h"

#include "assay/data/dataset.h"
#include "assay/data/split.h"

namespace assay::operation {

template <>
inline constexpr auto fields<data::AddRequest> = std::tuple{
    required("source", &data::AddRequest::source, "CSV, Parquet or Arrow file").positional().input(),
    field("null", &data::AddRequest::null, "spellings of missing, besides the empty cell").example("NA"),
    field("bad_rows", &data::AddRequest::bad_rows, "what to do with rows that have the wrong number of cells")
        .one_of({"error", "skip"}),
    field("delimiter", &data::AddRequest::delimiter, "one character, or tab; found out when empty"),
    field("text", &data::AddRequest::text, "columns to read as text whatever they look like, such as post codes")};

template <>
inline constexpr auto fields<data::SplitRequest> =
    std::tuple{required("data", &data::SplitRequest::data, "file or data set to split").positional().input(),
               field("label", &data::SplitRequest::label, "outcome column"),
               field("test", &data::SplitRequest::test, "share of rows kept to judge the model").between(0, 1),
               field("validation", &data::SplitRequest::validation, "share of rows kept to tune it").range(0, 1),
               field("stratify", &data::SplitRequest::stratify,
                     "columns whose values keep their shares in every part; the label when none is named"),
               field("group", &data::SplitRequest::group, "rows with the same value here stay in one part"),
               field("seed", &data::SplitRequest::seed, "of the draw").range(0, 9007199254740991)};

}  // namespace assay::operation

namespace assay::data {

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(operation::operation("data", "add", "Read a file and keep it as a data set version", &add)
                    .with_access(operation::Access::kWrite)
                    .like("assay data add examples/mortgage/boston_hmda.csv"));
  out.push_back(operation::operation("data", "split", "Divide the rows into train, validation and test", &split)
                    .with_access(operation::Access::kWrite)
                    .like("assay data split examples/mortgage/boston_hmda.csv --label deny --test 0.3"));
  return out;
}

}  // namespace assay::data
