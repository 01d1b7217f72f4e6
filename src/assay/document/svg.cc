#include "assay/document/svg.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/document/canvas.h"
#include "assay/document/text.h"

namespace assay::document::svg {
namespace {

constexpr double kWidth = 720;

bool usable(const std::optional<double>& v) { return v && std::isfinite(*v); }

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void add(const std::optional<double>& v) {
    if (usable(v)) low = std::min(low, *v), high = std::max(high, *v);
  }
};

std::string tone(std::size_t series) { return "t" + std::to_string(series % kShapes + 1); }

// The estimate itself: band, end ticks, and a point whose form tells the state.
void estimate(Canvas& out, const Axis& x, const Row& row, double y, const std::string& colour, Shape shape,
              double half) {
  // An interval with one open side reaches the edge of the plot there and has no end tick.
  if (usable(row.low) || usable(row.high)) {
    const double left = usable(row.low) ? x.at(*row.low) : x.from, right = usable(row.high) ? x.at(*row.high) : x.to;
    out.rect(left, y - half, right - left, 2 * half, "band " + colour);
    if (row.hatched) out.hatch(left, y - half, right - left, 2 * half);
    if (usable(row.low)) out.line(left, y - half - 3, left, y + half + 3, "tick " + colour);
    if (usable(row.high)) out.line(right, y - half - 3, right, y + half + 3, "tick " + colour);
  }
  if (!usable(row.value)) return;
  const double at = x.at(*row.value), r = half + 1;
  out.shape(shape, at, y, r, "dot " + colour + (row.state == "not_decided" || row.state == "waived" ? " open" : ""));
  if (row.state == "failed") {
    out.line(at - r * .62, y - r * .62, at + r * .62, y + r * .62, "strike");
    out.line(at - r * .62, y + r * .62, at + r * .62, y - r * .62, "strike");
  }
}

void x_axis(Canvas& out, const Axis& x, double top, double bottom, std::string_view suffix) {
  double free_from = -1e9;
  for (const double tick : x.ticks) {
    const std::string label = tick_text(x, tick, suffix);
    out.line(x.at(tick), top, x.at(tick), bottom, "grid");
    const double half = text_width(label) / 2;
    if (x.at(tick) - half < free_from) continue;  // labels must not run into each other
    out.text(x.at(tick), bottom + 16, label, "small", Anchor::kMiddle);
    free_from = x.at(tick) + half + 4;
  }
}

struct Layout {
  double label = 0, aside = 0, right = 0, from = 0, to = 0, top = 0, bottom = 0;
  static constexpr double kRow = 32;
};

Layout layout_of(const Intervals& chart) {
  Layout out;
  for (const Row& row : chart.rows) {
    out.label = std::max(out.label, text_width(row.label) + 12);
    out.aside = std::max(out.aside, row.aside.empty() ? 0 : text_width(row.aside) + 8);
    out.right = std::max(out.right, row.text.empty() ? 12 : text_width(row.text) + 16);
  }
  out.label = std::min(out.label, 250.0), out.aside = std::min(out.aside, 90.0), out.right = std::min(out.right, 150.0);
  out.from = 2 + out.label + out.aside + 14, out.to = kWidth - out.right - 4;
  out.top = chart.reference_label.empty() ? 8 : 24;
  out.bottom = out.top + Layout::kRow * static_cast<double>(std::max<std::size_t>(chart.rows.size(), 1));
  return out;
}

Axis axis_of(const Intervals& chart, double from, double to) {
  Extent extent;
  for (const Row& row : chart.rows)
    for (const auto& v : {row.value, row.low, row.high, row.limit_low, row.limit_high}) extent.add(v);
  extent.add(chart.reference);
  const double pad = (extent.high - extent.low) * .04;
  return axis(extent.low - pad, extent.high + pad, from, to, 6, chart.hard_low, chart.hard_high);
}

// The region that a limit allows, as a pale field with dashed ends.
void allowed(Canvas& out, const Axis& x, const Row& row, double top, double bottom) {
  if (!usable(row.limit_low) && !usable(row.limit_high)) return;
  const double left = usable(row.limit_low) ? x.at(*row.limit_low) : x.from;
  const double right = usable(row.limit_high) ? x.at(*row.limit_high) : x.to;
  out.rect(left, top, right - left, bottom - top, "allowed");
}
void limit_lines(Canvas& out, const Axis& x, const Row& row, double top, double bottom) {
  for (const auto& limit : {row.limit_low, row.limit_high})
    if (usable(limit)) out.line(x.at(*limit), top, x.at(*limit), bottom, "limit");
}

}  // namespace

std::string intervals(const Intervals& chart) {
  const Layout place = layout_of(chart);
  const Axis x = axis_of(chart, place.from, place.to);
  Canvas out(chart.id, kWidth, place.bottom + 26, chart.title, chart.description);
  for (std::size_t i = 0; i < chart.rows.size(); ++i) {
    const double top = place.top + Layout::kRow * static_cast<double>(i);
    allowed(out, x, chart.rows[i], top + 2, top + Layout::kRow - 2);
  }
  x_axis(out, x, place.top, place.bottom, chart.suffix);
  if (usable(chart.reference)) {
    const double at = x.at(*chart.reference);
    out.line(at, place.top - 4, at, place.bottom, "zero");
    if (!chart.reference_label.empty()) {
      const double half = text_width(chart.reference_label) / 2;
      out.text(std::clamp(at, place.from + half, std::max(place.from + half, kWidth - half)), place.top - 9,
               chart.reference_label, "small", Anchor::kMiddle);
    }
  }
  const bool distinct = chart.distinct && chart.rows.size() <= kShapes;
  for (std::size_t i = 0; i < chart.rows.size(); ++i) {
    const Row& row = chart.rows[i];
    const double y = place.top + Layout::kRow * (static_cast<double>(i) + .5);
    limit_lines(out, x, row, y - Layout::kRow / 2 + 2, y + Layout::kRow / 2 - 2);
    out.fitted(2, y + 4.5, row.label, place.label - 8, "");
    if (!row.aside.empty()) out.text(2 + place.label + place.aside, y + 4.5, row.aside, "small", Anchor::kEnd);
    out.fitted(kWidth - 2, y + 4.5, row.text, place.right, "", Anchor::kEnd);
    if (!row.value && !row.why.empty())
      out.fitted(place.from + 6, y + 4.5, row.why, place.to - place.from - 12, "small");
    const std::string colour = !row.state.empty() ? row.state : distinct ? tone(i) : "t1";
    estimate(out, x, row, y, colour, distinct ? static_cast<Shape>(i) : Shape::kCircle, 5);
  }
  return std::move(out).finish();
}

std::string strip(std::string_view id, std::string_view title, const Row& row) {
  constexpr double kStripWidth = 190, kStripHeight = 34;
  Extent extent;
  for (const auto& v : {row.value, row.low, row.high, row.limit_low, row.limit_high}) extent.add(v);
  const double pad = extent.high > extent.low ? (extent.high - extent.low) * .14 : 1;
  const Axis x{std::isfinite(extent.low) ? extent.low - pad : 0,
               std::isfinite(extent.low) ? extent.high + pad : 1,
               2,
               kStripWidth - 2,
               {}};
  Canvas out(id, kStripWidth, kStripHeight, title, "Pale field: allowed. Dashed: the limit. Band: the interval.");
  allowed(out, x, row, 3, kStripHeight - 3);
  out.line(2, kStripHeight / 2, kStripWidth - 2, kStripHeight / 2, "grid");
  limit_lines(out, x, row, 1, kStripHeight - 1);
  estimate(out, x, row, kStripHeight / 2, row.state.empty() ? "t1" : row.state, Shape::kCircle, 5);
  return std::move(out).finish();
}

std::string sparkbars(std::string_view id, std::string_view title, const std::vector<double>& heights) {
  constexpr double kBarsWidth = 132, kBarsHeight = 30;
  Canvas out(id, kBarsWidth, kBarsHeight, title, "");
  double tallest = 0;
  for (const double h : heights)
    if (std::isfinite(h)) tallest = std::max(tallest, h);
  // Few categories stand close together at the left rather than far apart.
  const double step = std::min(22.0, kBarsWidth / static_cast<double>(std::max<std::size_t>(heights.size(), 1)));
  const double gap = step > 4 ? 1 : 0;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    if (tallest <= 0 || !std::isfinite(heights[i]) || heights[i] <= 0) continue;
    // A bin that holds anything shows at least a hairline: nothing and little are not the same.
    const double height = std::max(1.0, heights[i] / tallest * (kBarsHeight - 2));
    out.rect(step * static_cast<double>(i), kBarsHeight - 1 - height, step - gap, height, "bar t1");
  }
  out.line(0, kBarsHeight - .5, kBarsWidth, kBarsHeight - .5, "grid");
  return std::move(out).finish();
}

}  // namespace assay::document::svg
