// The few SVG shapes that charts are made of. Colours are classes over CSS custom properties, so one drawing serves the
// light page, the dark page and paper.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::document::svg {

// A linear axis from data to pixels with round ticks.
struct Axis {
  double low = 0, high = 1;       // in data
  double from = 0, to = 1;        // in pixels
  std::vector<double> ticks;      // inside [low, high]
  double at(double value) const;  // clamped to the axis
};
// [low, high] with round ticks inside it, about `wanted` in number; cut at `hard_low`/`hard_high`. Equal ends are
// widened.
Axis axis(double low, double high, double from, double to, int wanted = 5, std::optional<double> hard_low = {},
          std::optional<double> hard_high = {});
// A tick's label with just the digits that tell it from its neighbours. With a suffix ("%", " pp") shares are written
// as hundredths.
std::string tick_text(const Axis& axis, double tick, std::string_view suffix = {});

enum class Anchor { kStart, kMiddle, kEnd };
enum class Shape { kCircle, kSquare, kUp, kDiamond, kDown, kPlus };
inline constexpr int kShapes = 6;

class Canvas {
 public:
  // `id` must be unique in the page: title, description and patterns are named after it.
  Canvas(std::string_view id, double width, double height, std::string_view title, std::string_view description);

  void line(double x1, double y1, double x2, double y2, std::string_view style);
  void rect(double x, double y, double width, double height, std::string_view style, std::string_view tip = {});
  void hatch(double x, double y, double width, double height);  // over a band: too few rows to lean on
  void text(double x, double y, std::string_view text, std::string_view style, Anchor anchor = Anchor::kStart,
            std::string_view tip = {});
  void path(std::string_view data, std::string_view style);
  void shape(Shape shape, double x, double y, double radius, std::string_view style);
  // Text shortened to `pixels`, with the whole of it as a tip.
  void fitted(double x, double y, std::string_view text, double pixels, std::string_view style,
              Anchor anchor = Anchor::kStart);
  std::string finish() &&;

 private:
  std::string id_, out_;
  double width_, height_;
  bool hatched_ = false;
};

std::string points(const std::vector<std::pair<double, double>>& pixels, bool closed = false);  // path data
double text_width(std::string_view text);  // pixels at 13 px, a generous estimate

// The custom properties and chart classes, light and dark, for a page's <style>; and a drawing that carries them
// itself.
std::string_view chart_style();
std::string standalone(std::string svg);

}  // namespace assay::document::svg
