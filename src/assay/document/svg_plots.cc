// The square plots (ROC, reliability), distributions, and the punch marks.
#include <algorithm>
#include <cmath>

#include "assay/document/canvas.h"
#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document::svg {
namespace {

constexpr double kSide = 264, kLeft = 52, kTop = 28, kLabels = 44;

std::string tone(std::size_t series) { return "t" + std::to_string(series % kShapes + 1); }
std::string dash(std::size_t series) { return series == 0 ? "" : " d" + std::to_string(series % kShapes + 1); }
bool in_unit(double v) { return std::isfinite(v) && v >= -1e-9 && v <= 1 + 1e-9; }

struct Square {
  Axis x = axis(0, 1, kLeft, kLeft + kSide, 5, 0, 1), y = axis(0, 1, kTop + kSide, kTop, 5, 0, 1);
  void draw(Canvas& out, std::string_view x_label, std::string_view y_label) const {
    for (const double tick : x.ticks) {
      out.line(x.at(tick), kTop, x.at(tick), kTop + kSide, "grid");
      out.text(x.at(tick), kTop + kSide + 16, tick_text(x, tick, "%"), "small", Anchor::kMiddle);
      out.line(kLeft, y.at(tick), kLeft + kSide, y.at(tick), "grid");
      out.text(kLeft - 6, y.at(tick) + 4, tick_text(y, tick, "%"), "small", Anchor::kEnd);
    }
    out.line(x.at(0), y.at(0), x.at(1), y.at(1), "diagonal");
    out.text(kLeft, kTop + kSide + 34, x_label, "small");
    out.text(2, 14, y_label, "small");
  }
};

void legend(Canvas& out, const std::vector<std::string>& names, double x, double y, double width) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double at = y + 20 * static_cast<double>(i);
    out.line(x, at - 4, x + 22, at - 4, "curve " + tone(i) + dash(i));
    out.fitted(x + 30, at, names[i], width - 30, "");
  }
}

}  // namespace

std::string roc(const Roc& chart) {
  const Square square;
  const bool many = chart.curves.size() > 1;
  const double height = kTop + kSide + kLabels + (many ? 20 * static_cast<double>(chart.curves.size()) + 4 : 0);
  Canvas out(chart.id, kLeft + kSide + 24, height, chart.title, chart.description);
  square.draw(out, "False positive rate →", "↑ True positive rate");
  for (std::size_t i = chart.curves.size(); i-- > 0;) {  // all rows on top
    std::vector<std::pair<double, double>> pixels;
    for (const auto& [x, y] : chart.curves[i].points)
      if (in_unit(x) && in_unit(y)) pixels.emplace_back(square.x.at(x), square.y.at(y));
    if (pixels.size() > 1) out.path(points(pixels), "curve " + tone(i) + dash(i));
  }
  if (chart.operating_point && in_unit(chart.operating_point->first) && in_unit(chart.operating_point->second)) {
    const double x = square.x.at(chart.operating_point->first), y = square.y.at(chart.operating_point->second);
    out.shape(Shape::kDiamond, x, y, 6, "dot t2");
    const bool right = x + 14 + text_width(chart.operating_label) < kLeft + kSide;
    out.text(right ? x + 12 : x - 12, y + 16, chart.operating_label, "small", right ? Anchor::kStart : Anchor::kEnd);
  }
  std::vector<std::string> names;
  for (const Curve& curve : chart.curves) names.push_back(curve.name);
  if (many) legend(out, names, kLeft, kTop + kSide + kLabels + 14, kSide);
  return std::move(out).finish();
}

std::string reliability(const Reliability& chart) {
  constexpr double kCounts = 44;
  const Square square;
  Canvas out(chart.id, kLeft + kSide + 24, kTop + kSide + kLabels + kCounts + 8, chart.title, chart.description);
  square.draw(out, "Predicted chance of " + shortened(chart.outcome, 28) + " →", "↑ Observed share");
  std::vector<std::pair<double, double>> pixels;
  double most = 0;
  for (const Bin& bin : chart.bins) {
    most = std::max(most, static_cast<double>(bin.count));
    if (in_unit(bin.predicted) && in_unit(bin.observed))
      pixels.emplace_back(square.x.at(bin.predicted), square.y.at(bin.observed));
  }
  if (pixels.size() > 1) out.path(points(pixels), "curve t1");
  const double base = kTop + kSide + kLabels + kCounts;
  double free_from = kLeft - 20;
  for (const Bin& bin : chart.bins) {
    if (!in_unit(bin.predicted) || !in_unit(bin.observed)) continue;
    const double x = square.x.at(bin.predicted);
    if (bin.low && bin.high && in_unit(*bin.low) && in_unit(*bin.high)) {
      const double top = square.y.at(*bin.high), bottom = square.y.at(*bin.low);
      out.rect(x - 4, top, 8, bottom - top, "band t1");
      if (bin.hatched) out.hatch(x - 4, top, 8, bottom - top);
      out.line(x - 6, top, x + 6, top, "tick t1");
      out.line(x - 6, bottom, x + 6, bottom, "tick t1");
    }
    out.shape(Shape::kCircle, x, square.y.at(bin.observed), 4.5, "dot t1");
    const double height = most > 0 ? std::max(1.0, static_cast<double>(bin.count) / most * (kCounts - 14)) : 0;
    out.rect(x - 6, base - height, 12, height, "ghost", count_text(bin.count) + " rows");
    const double half = text_width(count_text(bin.count)) / 2;
    if (x - half < free_from) continue;  // counts must not run into each other; the table has them all
    out.text(x, base - height - 3, count_text(bin.count), "small", Anchor::kMiddle);
    free_from = x + half + 3;
  }
  out.line(kLeft, base, kLeft + kSide, base, "grid");
  out.text(kLeft - 6, base, "rows", "small", Anchor::kEnd);
  return std::move(out).finish();
}

std::string histogram(const Histogram& chart) {
  constexpr double kWidth = 720, kHeight = 150, kPlotLeft = 12;
  const bool many = chart.series.size() > 1;
  const double bottom = 22 + kHeight;
  Canvas out(chart.id, kWidth, bottom + 40 + (many ? 20 * static_cast<double>(chart.series.size()) : 0), chart.title,
             chart.description);
  if (chart.edges.size() < 2) return std::move(out).finish();
  const Axis x =
      axis(chart.edges.front(), chart.edges.back(), kPlotLeft, kWidth - 16, 8, chart.edges.front(), chart.edges.back());
  double tallest = 0;
  for (const Series& s : chart.series)
    for (const double h : s.heights) tallest = std::max(tallest, std::isfinite(h) ? h : 0);
  for (const double tick : x.ticks) {
    out.line(x.at(tick), 20, x.at(tick), bottom, "grid");
    out.text(x.at(tick), bottom + 16, tick_text(x, tick), "small", Anchor::kMiddle);
  }
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    std::vector<std::pair<double, double>> pixels{{x.at(chart.edges.front()), bottom}};
    const auto& heights = chart.series[i].heights;
    for (std::size_t b = 0; b < heights.size() && b + 1 < chart.edges.size(); ++b) {
      const double y = bottom - (tallest > 0 && std::isfinite(heights[b]) ? heights[b] / tallest * (kHeight - 8) : 0);
      pixels.emplace_back(x.at(chart.edges[b]), y);
      pixels.emplace_back(x.at(chart.edges[b + 1]), y);
    }
    pixels.emplace_back(x.at(chart.edges.back()), bottom);
    if (!many) out.path(points(pixels, true), "band " + tone(i));
    out.path(points(pixels), "curve " + tone(i) + dash(i));
  }
  out.line(kPlotLeft, bottom, kWidth - 16, bottom, "zero");
  if (chart.line && *chart.line >= x.low && *chart.line <= x.high) {
    out.line(x.at(*chart.line), 16, x.at(*chart.line), bottom, "limit");
    out.text(x.at(*chart.line), 12, chart.line_label, "small", Anchor::kMiddle);
  }
  out.text(kPlotLeft, bottom + 32, chart.axis_label, "small");
  std::vector<std::string> names;
  for (const Series& s : chart.series) names.push_back(s.name);
  if (many) legend(out, names, kPlotLeft, bottom + 54, 400);
  return std::move(out).finish();
}

std::string_view state_words(std::string_view state) {
  if (state == "held") return "held";
  if (state == "not_decided") return "not decided";
  if (state == "failed") return "failed";
  if (state == "waived") return "waived";
  return "not started";
}

std::string punches(std::string_view id, const std::vector<Punch>& marks) {
  constexpr double kStep = 40;
  const auto outline = [](char letter) -> std::string_view {
    switch (letter) {
      case 'F':
        return "M9 2h14l7 7v14l-7 7H9l-7-7V9z";  // octagon
      case 'P':
        return "M16 1.5l13 5.5v9.5c0 7.5-5 11.5-13 14-8-2.5-13-6.5-13-14V7z";  // shield
      case 'X':
        return "M16 2a14 14 0 1 0 .001 0z";  // circle
      case 'R':
        return "M3 3h26v26H3z";  // square
      case 'D':
        return "M16 1l15 15-15 15L1 16z";  // diamond
      case 'S':
        return "M16 1.5l13 7.25v14.5L16 30.5 3 23.25V8.75z";  // hexagon
      default:
        return "M7.5 4h17L31 28H1z";  // trapezium
    }
  };
  std::string told;
  for (const Punch& mark : marks)
    told += (told.empty() ? "" : ", ") + mark.name + " " + std::string(state_words(mark.state));
  Canvas out(id, kStep * static_cast<double>(std::max<std::size_t>(marks.size(), 1)) - 8, 32, "Marks: " + told,
             "Filled: held. Outlined: not decided. Struck: failed. Dashed: not started.");
  std::string drawn = std::move(out).finish();
  drawn.resize(drawn.size() - std::string_view("</svg>").size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Punch& mark = marks[i];
    const std::string state = mark.state.empty() ? "none" : mark.state;
    const std::string letter_style = state == "held"     ? "l-held"
                                     : state == "none"   ? "l-none"
                                     : state == "failed" ? "l-struck"
                                                         : "l-open";
    drawn += "<g transform=\"translate(" + std::to_string(static_cast<int>(kStep) * static_cast<int>(i)) +
             " 0)\"><title>" + html(mark.name + ": " + std::string(state_words(mark.state))) +
             "</title><path class=\"punch m-" + html(state) + "\" d=\"" + std::string(outline(mark.letter)) + "\"/>" +
             (state == "failed" ? "<line class=\"strike m-failed\" x1=\"1\" y1=\"31\" x2=\"31\" y2=\"1\"/>" : "") +
             "<text class=\"mark " + letter_style + "\" x=\"16\" y=\"" + (mark.letter == 'M' ? "22" : "20.5") +
             "\" text-anchor=\"middle\">" + mark.letter + "</text></g>";
  }
  return drawn + "</svg>";
}

}  // namespace assay::document::svg
