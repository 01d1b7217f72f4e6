// view/data and view/data/{name}/{version}/stats: data sets and what their columns hold.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct DataItem {
  std::string name;
  std::int64_t version = 0;
  std::string ref, digest;
  std::int64_t rows = 0, columns = 0;
  std::string created;
  std::vector<std::string> protected_columns;
  std::string label;
};
struct DataList {
  std::vector<DataItem> items;
  std::optional<std::string> next;
  std::int64_t total = 0;
};

struct Quantile {
  double at = 0, value = 0;
};
struct Histogram {
  std::vector<double> edges;
  std::vector<std::int64_t> counts;  // of (lower edge, upper edge]; the first holds its lower edge too
};
struct ValueCount {
  std::string value;
  std::int64_t count = 0;
};
struct Anomaly {
  std::string code, severity;
  Message message;
};
struct Column {
  std::string name, type, role = "feature";
  bool nullable = false;
  std::int64_t count = 0, missing = 0, distinct = 0;
  bool exact = true;
  std::optional<double> mean, standard_deviation;
  operation::Json min, max;  // number, text (times), or null
  std::optional<std::int64_t> zeros;
  std::vector<Quantile> quantiles;
  std::optional<Histogram> histogram;
  std::vector<ValueCount> top;
  std::vector<std::string> domain;
  std::vector<Anomaly> anomalies;
  double unusualness = 0;
};
// What is odd about a column by its own figures, and how odd: `anomalies` and `unusualness`.
//   all_missing (error) · constant, many_missing over 20 % (warning) · mostly_zero over half, skewed over 0.5 (info)
//   unusualness = 2 for an error or 1 for a warning, plus the largest of: share missing, share of zeros, |quantile
//   skew| ((q95 - q50) - (q50 - q05)) / (q95 - q05), and how far the commonest value stands out, (p - 1/k) / (1 - 1/k)
//   with p its share and k the number of values. Between 0 and 3. O(top values).
void judge_column(Column& column);

struct LabelRows {
  std::optional<std::string> value;
  std::int64_t rows = 0;
};
struct Part {
  std::string part;
  std::int64_t rows = 0;
  std::vector<LabelRows> labels;
};
struct DataView {
  std::string name;
  std::int64_t version = 0;
  std::string ref, digest;
  std::int64_t rows = 0;
  std::vector<std::int64_t> versions;
  std::vector<Column> columns;
  std::string label, positive, favorable;
  Provenance provenance;
  std::optional<std::string> schema_evidence;
  std::vector<Part> splits;
  std::int64_t overlap = 0;
};

// What people said of a data set: in the newest plan that reads it, else in what was trained on it.
struct Roles {
  std::string label, positive, favorable, weight, id, time;
  std::vector<std::string> protected_columns;
};
Result<Roles> roles_of(Reader& reader, const workspace::AssetVersion& dataset);

Result<DataList> data_list(const Request& request);
Result<DataView> data_stats(const Request& request);
std::vector<View> data_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::DataItem> =
    std::tuple{required("name", &v::DataItem::name, "name of the data set"),
               required("version", &v::DataItem::version, "its version"),
               required("ref", &v::DataItem::ref, "reference"),
               required("digest", &v::DataItem::digest, "what names its content"),
               required("rows", &v::DataItem::rows, "number of rows"),
               required("columns", &v::DataItem::columns, "number of columns"),
               required("created", &v::DataItem::created, "when it was added (RFC 3339)"),
               required("protected", &v::DataItem::protected_columns, "columns a person must not be judged by"),
               required("label", &v::DataItem::label, "the outcome column; empty when nothing says")};
template <>
inline constexpr auto fields<v::DataList> =
    std::tuple{required("items", &v::DataList::items, "data set versions, newest first"),
               required("next", &v::DataList::next, "give it as `after` for the next page; null: this is the last"),
               required("total", &v::DataList::total, "how many there are")};
template <>
inline constexpr auto fields<v::Quantile> = std::tuple{required("at", &v::Quantile::at, "share of rows"),
                                                       required("value", &v::Quantile::value, "the quantile")};
template <>
inline constexpr auto fields<v::Histogram> =
    std::tuple{required("edges", &v::Histogram::edges, "of the bins, one more than counts"),
               required("counts", &v::Histogram::counts, "rows above the lower edge, up to the upper one")};
template <>
inline constexpr auto fields<v::ValueCount> = std::tuple{required("value", &v::ValueCount::value, "the value"),
                                                         required("count", &v::ValueCount::count, "its rows")};
template <>
inline constexpr auto fields<v::Anomaly> =
    std::tuple{required("code", &v::Anomaly::code, "what is odd")
                   .one_of({"all_missing", "constant", "many_missing", "mostly_zero", "skewed"}),
               required("severity", &v::Anomaly::severity, "how bad that is").one_of({"error", "warning", "info"}),
               required("message", &v::Anomaly::message, "in a sentence")};
template <>
inline constexpr auto fields<v::Column> = std::tuple{
    required("name", &v::Column::name, "of the column"),
    required("type", &v::Column::type, "int, float, bool, text, time or other"),
    required("role", &v::Column::role, "what it is used for")
        .one_of({"feature", "label", "protected", "weight", "id", "time"}),
    required("nullable", &v::Column::nullable, "whether the schema allows missing values"),
    required("count", &v::Column::count, "rows with a value"),
    required("missing", &v::Column::missing, "rows without one"),
    required("distinct", &v::Column::distinct, "different values"),
    required("exact", &v::Column::exact, "false: distinct and quantiles are estimates"),
    required("mean", &v::Column::mean, "of numbers"),
    required("standard_deviation", &v::Column::standard_deviation, "of numbers, divided by n"),
    required("min", &v::Column::min, "smallest number or first time"),
    required("max", &v::Column::max, "largest number or last time"),
    required("zeros", &v::Column::zeros, "rows that are 0, of numbers"),
    required("quantiles", &v::Column::quantiles, "of numbers"),
    required("histogram", &v::Column::histogram, "of numbers"),
    required("top", &v::Column::top, "commonest values, of text"),
    required("domain", &v::Column::domain, "values that the schema allows, of text"),
    required("anomalies", &v::Column::anomalies, "what is odd about it"),
    required("unusualness", &v::Column::unusualness,
             "0 to 3: 2 for an error or 1 for a warning, plus the largest of the shares missing and zero, the quantile "
             "skew and the excess of the commonest value")};
template <>
inline constexpr auto fields<v::LabelRows> =
    std::tuple{required("value", &v::LabelRows::value, "of the label; null: missing"),
               required("rows", &v::LabelRows::rows, "its rows")};
template <>
inline constexpr auto fields<v::Part> =
    std::tuple{required("part", &v::Part::part, "train, validation or test"),
               required("rows", &v::Part::rows, "its rows"), required("labels", &v::Part::labels, "its rows by label")};
template <>
inline constexpr auto fields<v::DataView> =
    std::tuple{required("name", &v::DataView::name, "name of the data set"),
               required("version", &v::DataView::version, "its version"),
               required("ref", &v::DataView::ref, "reference"),
               required("digest", &v::DataView::digest, "what names its content"),
               required("rows", &v::DataView::rows, "number of rows"),
               required("versions", &v::DataView::versions, "all versions there are"),
               required("columns", &v::DataView::columns, "in the order of the file"),
               required("label", &v::DataView::label, "the outcome column; empty when nothing says"),
               required("positive", &v::DataView::positive, "the value that is predicted"),
               required("favorable", &v::DataView::favorable, "the value that is good for the person"),
               required("provenance", &v::DataView::provenance, "where it comes from"),
               required("schema_evidence", &v::DataView::schema_evidence, "digest of the schema's evidence"),
               required("splits", &v::DataView::splits, "how the rows were divided"),
               required("overlap", &v::DataView::overlap, "rows of one part that stand in another too")};
}  // namespace assay::operation
