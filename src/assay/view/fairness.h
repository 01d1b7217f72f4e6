// view/models/{name}/{version}/fairness: figures by group, gaps with their rules, curves.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct Confusion {
  std::int64_t true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;
};
struct SliceView {
  operation::Slice slice;
  std::int64_t n = 0;
  bool low_support = false;
  std::optional<Confusion> confusion;
  std::vector<operation::Figure> metrics;
};
struct RowsNeeded {
  operation::Slice slice;
  std::int64_t extra_rows = 0;
};
struct Gap {
  operation::Figure figure;
  std::vector<Rule> rules;
  std::vector<RowsNeeded> rows_needed;
  std::optional<bool> settled;
  std::optional<double> null_expected, bias_corrected;
};
struct FourFifths {
  operation::Slice slice, highest;
  double ratio = 0, low = 0, high = 0, p = 0;
};
struct HarmView {
  std::string kind, who, metric;
};
struct RocPoint {
  double threshold = 0, false_positive_rate = 0, true_positive_rate = 0;
};
struct ReliabilityBin {
  double from = 0, to = 0;
  std::int64_t rows = 0;
  double mean_score = 0, positive_rate = 0, low = 0, high = 0;
};
struct Curves {
  operation::Slice slice;
  std::vector<RocPoint> roc;
  std::vector<ReliabilityBin> reliability;
};
struct FairnessView {
  std::string model, dataset;
  std::vector<std::string> group;
  std::vector<std::vector<std::string>> groups;  // all that were assessed
  std::string positive, favorable;
  double threshold = 0, level = 0.95;
  std::int64_t min_n = 0;
  std::string correction;
  std::int64_t rows = 0, dropped = 0;
  std::optional<operation::Slice> reference;
  std::vector<operation::Figure> overall;
  std::vector<SliceView> slices;
  std::vector<Gap> gaps;
  std::vector<FourFifths> four_fifths;
  std::vector<HarmView> harms;
  std::vector<Curves> curves;
  Provenance provenance;
};
Result<FairnessView> fairness_view(const Request& request);
std::vector<View> fairness_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::Confusion> =
    std::tuple{required("true_positive", &v::Confusion::true_positive, "rows"),
               required("false_positive", &v::Confusion::false_positive, "rows"),
               required("true_negative", &v::Confusion::true_negative, "rows"),
               required("false_negative", &v::Confusion::false_negative, "rows")};
template <>
inline constexpr auto fields<v::SliceView> =
    std::tuple{required("slice", &v::SliceView::slice, "the people: column -> value, null when it is missing"),
               required("n", &v::SliceView::n, "rows"),
               required("low_support", &v::SliceView::low_support, "fewer rows than min_n"),
               required("confusion", &v::SliceView::confusion, "rows by label and decision"),
               required("metrics", &v::SliceView::metrics, "its figures")};
template <>
inline constexpr auto fields<v::RowsNeeded> =
    std::tuple{required("slice", &v::RowsNeeded::slice, "the people"),
               required("extra_rows", &v::RowsNeeded::extra_rows, "more rows of them would decide it")};
template <>
inline constexpr auto fields<v::Gap> = std::tuple{
    required("figure", &v::Gap::figure, "the gap"),
    required("rules", &v::Gap::rules, "the rules that judge it"),
    required("rows_needed", &v::Gap::rows_needed, "what would settle it, if the rates stay as they are"),
    required("settled", &v::Gap::settled, "whether the interval lies on one side of the limit; null: not planned"),
    required("null_expected", &v::Gap::null_expected, "what chance alone would give with groups of these sizes"),
    required("bias_corrected", &v::Gap::bias_corrected, "the gap without what chance adds to it")};
template <>
inline constexpr auto fields<v::FourFifths> =
    std::tuple{required("slice", &v::FourFifths::slice, "the people"),
               required("highest", &v::FourFifths::highest, "those with the highest favourable rate"),
               required("ratio", &v::FourFifths::ratio, "of the favourable rates"),
               required("low", &v::FourFifths::low, "lower end of its interval"),
               required("high", &v::FourFifths::high, "upper end of its interval"),
               required("p", &v::FourFifths::p, "of equal rates")};
template <>
inline constexpr auto fields<v::HarmView> = std::tuple{
    required("kind", &v::HarmView::kind, "what goes wrong"), required("who", &v::HarmView::who, "whom it hits"),
    required("metric", &v::HarmView::metric, "the figure that shows it")};
template <>
inline constexpr auto fields<v::RocPoint> =
    std::tuple{required("threshold", &v::RocPoint::threshold, "positive at this score or above"),
               required("false_positive_rate", &v::RocPoint::false_positive_rate, "there"),
               required("true_positive_rate", &v::RocPoint::true_positive_rate, "there")};
template <>
inline constexpr auto fields<v::ReliabilityBin> =
    std::tuple{required("from", &v::ReliabilityBin::from, "lowest score"),
               required("to", &v::ReliabilityBin::to, "highest score"),
               required("rows", &v::ReliabilityBin::rows, "rows"),
               required("mean_score", &v::ReliabilityBin::mean_score, "of them"),
               required("positive_rate", &v::ReliabilityBin::positive_rate, "share that is positive"),
               required("low", &v::ReliabilityBin::low, "lower end of its interval"),
               required("high", &v::ReliabilityBin::high, "upper end of its interval")};
template <>
inline constexpr auto fields<v::Curves> = std::tuple{
    required("slice", &v::Curves::slice, "the people"), required("roc", &v::Curves::roc, "points, threshold falling"),
    required("reliability", &v::Curves::reliability, "scores against what came true")};
template <>
inline constexpr auto fields<v::FairnessView> = std::tuple{
    required("model", &v::FairnessView::model, "reference of the model"),
    required("dataset", &v::FairnessView::dataset, "reference of the data set; empty when nothing says"),
    required("group", &v::FairnessView::group, "the columns by which these figures are split"),
    required("groups", &v::FairnessView::groups, "all that were assessed"),
    required("positive", &v::FairnessView::positive, "the value that is predicted"),
    required("favorable", &v::FairnessView::favorable, "the value that is good for the person"),
    required("threshold", &v::FairnessView::threshold, "positive at this score or above"),
    required("level", &v::FairnessView::level, "of the intervals"),
    required("min_n", &v::FairnessView::min_n, "slices with fewer rows are flagged"),
    required("correction", &v::FairnessView::correction, "for many claims at once"),
    required("rows", &v::FairnessView::rows, "rows assessed"),
    required("dropped", &v::FairnessView::dropped, "rows left out: no label or score"),
    required("reference", &v::FairnessView::reference, "the slice that signed gaps compare with"),
    required("overall", &v::FairnessView::overall, "figures of all rows"),
    required("slices", &v::FairnessView::slices, "figures of each slice"),
    required("gaps", &v::FairnessView::gaps, "differences, ratios and signed gaps between slices"),
    required("four_fifths", &v::FairnessView::four_fifths, "each slice's favourable rate against the highest"),
    required("harms", &v::FairnessView::harms, "what the plan's authors feared"),
    required("curves", &v::FairnessView::curves, "of all rows and of each slice"),
    required("provenance", &v::FairnessView::provenance, "where it comes from")};
}  // namespace assay::operation
