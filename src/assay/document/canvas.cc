#include "assay/document/canvas.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "assay/document/text.h"

namespace assay::document::svg {
namespace {

std::string px(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f", std::isfinite(value) ? value : 0.0);
  std::string out = buffer;
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

std::string attribute(std::string_view name, double value) {
  return " " + std::string(name) + "=\"" + px(value) + "\"";
}
std::string classed(std::string_view style) { return " class=\"" + std::string(style) + "\""; }

double round_step(double raw) {
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double lead = raw / power;
  return power * (lead <= 1.0001 ? 1 : lead <= 2.0001 ? 2 : lead <= 5.0001 ? 5 : 10);
}

}  // namespace

double Axis::at(double value) const {
  if (!std::isfinite(value)) return from;
  const double share = (std::clamp(value, low, high) - low) / (high - low);
  return from + share * (to - from);
}

Axis axis(double low, double high, double from, double to, int wanted, std::optional<double> hard_low,
          std::optional<double> hard_high) {
  if (!std::isfinite(low) || !std::isfinite(high)) low = 0, high = 1;
  if (low > high) std::swap(low, high);
  if (high - low < 1e-12 * std::max(1.0, std::abs(low))) {
    const double wide = low == 0 ? 1 : std::abs(low) * 0.5;
    low -= wide, high += wide;
  }
  const double step = round_step((high - low) / wanted);
  Axis out{low, high, from, to, {}};
  if (hard_low) out.low = std::max(out.low, *hard_low);
  if (hard_high) out.high = std::min(out.high, *hard_high);
  if (out.low >= out.high) out.high = out.low + step;
  const double first = std::ceil(out.low / step - 1e-9);
  for (int i = 0; (first + i) * step <= out.high + step * 1e-9; ++i) {
    const double tick = (first + i) * step;
    out.ticks.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
  }
  return out;
}

std::string tick_text(const Axis& axis, double tick, std::string_view suffix) {
  const double scale = suffix.empty() ? 1 : 100;
  const double step = axis.ticks.size() > 1 ? (axis.ticks[1] - axis.ticks[0]) * scale : 1;
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12);
  char buffer[64];
  if (std::abs(tick * scale) >= 1e7 || digits > 6)
    std::snprintf(buffer, sizeof buffer, "%.3g", tick * scale);
  else
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, tick * scale);
  std::string out = buffer;
  if (digits == 0 && std::abs(tick * scale) < 1e7) return count_text(std::llround(tick * scale)) + std::string(suffix);
  if (out.starts_with('-')) out = "\u2212" + out.substr(1);
  return out + std::string(suffix);
}

Canvas::Canvas(std::string_view id, double width, double height, std::string_view title, std::string_view description)
    : id_(html(id)), width_(width), height_(height) {
  out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"chart\" viewBox=\"0 0 " + px(width) + " " +
         px(height) + "\" width=\"" + px(width) + "\" height=\"" + px(height) + "\" aria-labelledby=\"" + id_ + "-t " +
         id_ + "-d\"><title id=\"" + id_ + "-t\">" + html(title) + "</title><desc id=\"" + id_ + "-d\">" +
         html(description) + "</desc>";
}

void Canvas::line(double x1, double y1, double x2, double y2, std::string_view style) {
  out_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) +
          classed(style) + "/>";
}

void Canvas::rect(double x, double y, double width, double height, std::string_view style, std::string_view tip) {
  out_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", std::max(0.0, width)) +
          attribute("height", std::max(0.0, height)) + classed(style);
  out_ += tip.empty() ? "/>" : "><title>" + html(tip) + "</title></rect>";
}

void Canvas::hatch(double x, double y, double width, double height) {
  if (!hatched_) {
    out_ +=
        "<defs><pattern id=\"" + id_ +
        "-h\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\" class=\"hatch\"/></pattern></defs>";
    hatched_ = true;
  }
  out_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", std::max(0.0, width)) +
          attribute("height", height) + " fill=\"url(#" + id_ + "-h)\"/>";
}

void Canvas::text(double x, double y, std::string_view text, std::string_view style, Anchor anchor,
                  std::string_view tip) {
  out_ += "<text" + attribute("x", x) + attribute("y", y) + classed(style);
  if (anchor == Anchor::kMiddle) out_ += " text-anchor=\"middle\"";
  if (anchor == Anchor::kEnd) out_ += " text-anchor=\"end\"";
  out_ += ">" + (tip.empty() ? std::string() : "<title>" + html(tip) + "</title>") + html(text) + "</text>";
}

void Canvas::fitted(double x, double y, std::string_view whole, double pixels, std::string_view style, Anchor anchor) {
  const double width = text_width(whole);
  if (width <= pixels) return text(x, y, whole, style, anchor);
  const auto keep = static_cast<std::size_t>(pixels / width * static_cast<double>(characters(whole)));
  text(x, y, shortened(whole, std::max<std::size_t>(keep, 4)), style, anchor, whole);
}

void Canvas::path(std::string_view data, std::string_view style) {
  out_ += "<path d=\"" + std::string(data) + "\"" + classed(style) + "/>";
}

void Canvas::shape(Shape shape, double x, double y, double r, std::string_view style) {
  using P = std::vector<std::pair<double, double>>;
  switch (shape) {
    case Shape::kCircle:
      out_ += "<circle" + attribute("cx", x) + attribute("cy", y) + attribute("r", r) + classed(style) + "/>";
      return;
    case Shape::kSquare:
      return path(
          points(
              P{{x - r * .9, y - r * .9}, {x + r * .9, y - r * .9}, {x + r * .9, y + r * .9}, {x - r * .9, y + r * .9}},
              true),
          style);
    case Shape::kUp:
      return path(points(P{{x, y - r * 1.15}, {x + r * 1.1, y + r * .85}, {x - r * 1.1, y + r * .85}}, true), style);
    case Shape::kDown:
      return path(points(P{{x, y + r * 1.15}, {x + r * 1.1, y - r * .85}, {x - r * 1.1, y - r * .85}}, true), style);
    case Shape::kDiamond:
      return path(points(P{{x, y - r * 1.25}, {x + r * 1.25, y}, {x, y + r * 1.25}, {x - r * 1.25, y}}, true), style);
    case Shape::kPlus: {
      const double a = r * 1.15, b = r * .42;
      return path(points(P{{x - b, y - a},
                           {x + b, y - a},
                           {x + b, y - b},
                           {x + a, y - b},
                           {x + a, y + b},
                           {x + b, y + b},
                           {x + b, y + a},
                           {x - b, y + a},
                           {x - b, y + b},
                           {x - a, y + b},
                           {x - a, y - b},
                           {x - b, y - b}},
                         true),
                  style);
    }
  }
}

std::string Canvas::finish() && { return std::move(out_) + "</svg>"; }

std::string points(const std::vector<std::pair<double, double>>& pixels, bool closed) {
  std::string out;
  for (const auto& [x, y] : pixels) out += (out.empty() ? "M" : "L") + px(x) + " " + px(y);
  return closed ? out + "Z" : out;
}

double text_width(std::string_view text) {
  double width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;
    if (byte >= 0xE3)
      width += 13;  // CJK and beyond are a full em
    else if (c >= 'A' && c <= 'Z')
      width += 8.6;
    else if (std::string_view("ijltfr.,:;'|!()[] ").find(c) != std::string_view::npos)
      width += 4.6;
    else
      width += (c == 'm' || c == 'w') ? 10.6 : 7.4;
  }
  return width;
}

std::string_view chart_style() {
  return R"css(:root{color-scheme:light;--paper:#f7f5f0;--sheet:#fffefb;--sunk:#efece4;--ink:#16211f;--ink2:#47534f;
--ink3:#66706b;--rule:#d9d4c7;--edge:#8d897d;--accent:#0f5c63;--soft:#dcebea;--gold:#8a5a00;--gold-soft:#f6e7c6;
--ok:#1d6b3e;--ok-soft:#e3efe2;--warn:#8a5200;--bad:#a3231f;--bad-soft:#fae3df;--ghost:#cfcabd;--focus:#0b57d0;
--c1:#0f5c63;--c2:#cd4805;--c3:#ae74ed;--c4:#25a37e;--c5:#592715;--c6:#450687;
--font:"IBM Plex Sans Variable","IBM Plex Sans",system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Hiragino Sans",
"Yu Gothic UI","Noto Sans CJK JP","PingFang SC","Microsoft YaHei UI",sans-serif;
--mono:"IBM Plex Mono",ui-monospace,"SF Mono",Consolas,"DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--paper:#101716;--sheet:#172120;--sunk:#0b100f;
--ink:#ecf1ee;--ink2:#b9c4bf;--ink3:#93a09a;--rule:#2c3937;--edge:#6f7d78;--accent:#62c3c4;--soft:#173a3a;
--gold:#e9c46a;
--gold-soft:#3a2f12;--ok:#6fce94;--ok-soft:#17301f;--warn:#f0b35a;--bad:#ff9a8c;--bad-soft:#45201c;--ghost:#394744;
--focus:#8ab4f8;--c1:#58b9bb;--c2:#f17119;--c3:#a77ffc;--c4:#e9d919;--c5:#c7e9c5;--c6:#ab7b7d}}
.chart{display:block;max-width:100%;font-family:var(--font);font-variant-numeric:tabular-nums lining-nums}
.chart text{fill:var(--ink);font-size:13px}.chart .small{fill:var(--ink3);font-size:12px}.chart .mid{fill:var(--ink2)}
.chart .strong{font-weight:600}.chart .mark{font-size:11px;font-weight:600;paint-order:stroke}
.chart .l-struck{fill:var(--bad);stroke:var(--paper);stroke-width:4px}
.grid{stroke:var(--rule);stroke-width:1}.zero{stroke:var(--ink);stroke-width:1}
.rowline{stroke:var(--rule);stroke-width:1}
.limit{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}.allowed{fill:var(--ok-soft)}
.diagonal{stroke:var(--edge);stroke-width:1;stroke-dasharray:3 3;fill:none}.hatch{stroke:var(--ink2);stroke-width:1.4}
.t1{--c:var(--c1)}.t2{--c:var(--c2)}.t3{--c:var(--c3)}.t4{--c:var(--c4)}.t5{--c:var(--c5)}.t6{--c:var(--c6)}
.held{--c:var(--ok)}.not_decided{--c:var(--warn)}.failed{--c:var(--bad)}.waived{--c:var(--ink3)}
.band{fill:var(--c);opacity:.28}.tick{stroke:var(--c);stroke-width:1.6}.dot{fill:var(--c)}.bar{fill:var(--c)}
.dot.open{fill:var(--sheet);stroke:var(--c);stroke-width:2}.strike{stroke:var(--sheet);stroke-width:1.8}
.curve{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}.d2{stroke-dasharray:7 3}
.d3{stroke-dasharray:2 3}
.d4{stroke-dasharray:9 3 2 3}.d5{stroke-dasharray:4 4}.d6{stroke-dasharray:1 3}.ghost{fill:var(--ghost)}
.punch{stroke:var(--gold);stroke-width:1.5;fill:none}.punch.m-held{fill:var(--gold)}.punch.m-none{stroke:var(--edge);
stroke-dasharray:2 2}.punch.m-failed,.strike.m-failed{stroke:var(--bad);stroke-width:1.8}
.punch.m-waived{stroke-dasharray:5 1.5}
.chart text.l-held{fill:var(--sheet)}.chart text.l-open{fill:var(--gold)}.chart text.l-none{fill:var(--ink3)}
)css";
}

std::string standalone(std::string svg) {
  const auto at = svg.find('>');
  if (at == std::string::npos) return svg;
  svg.insert(at + 1, "<style>" + std::string(chart_style()) + "</style>");
  return svg;
}

}  // namespace assay::document::svg
