#include "assay/metrics/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace assay::metrics {
namespace {

using operation::Json;

std::size_t width_of(const std::string& text) {  // code points
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool defined(const Json& figure, const char* name) {
  const auto at = figure.find(name);
  return at != figure.end() && !at->is_null();
}

double of(const Json& figure, const char* name) { return operation::number_of(figure.at(name)); }

std::string formatted(const char* format, double v) {
  char out[64];
  std::snprintf(out, sizeof out, format, v);
  return out;
}

std::string marked(const Json& figure, std::string text) {
  for (const auto& flag : figure.value("flags", Json::array()))
    if (flag == "low_support") return text + "*";
  return text;
}

std::string spread(const Json& figure, const char* format, const char* plain, double scale, const char* unit) {
  if (!defined(figure, "value")) return "-";
  std::string out = formatted(format, of(figure, "value") * scale) + unit;
  if (defined(figure, "low") && defined(figure, "high"))
    out += " (" + formatted(plain, of(figure, "low") * scale) + " to " + formatted(plain, of(figure, "high") * scale) +
           ")";
  return marked(figure, out);
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (widths.size() <= c) widths.push_back(0);
      widths[c] = std::max(widths[c], width_of(row[c]));
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string fill(widths[c] - width_of(row[c]), ' ');
      line += (c ? "  " : "") + (c ? fill + row[c] : row[c] + fill);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string slice_text(const Json& slice) {
  std::string out;
  for (const auto& [column, value] : slice.items())
    out += (out.empty() ? "" : ", ") + column + "=" + (value.is_string() ? value.get<std::string>() : "(missing)");
  return out.empty() ? "all rows" : out;
}

std::string percent_text(const Json& figure, bool is_signed) {
  return is_signed ? spread(figure, "%+.1f", "%+.1f", 100, "%") : spread(figure, "%.1f", "%.1f", 100, "%");
}

std::string number_text(const Json& figure) { return spread(figure, "%.3f", "%.3f", 1, ""); }

std::string interval_plot(const Json& figure, double from, double to, double mark, std::size_t width) {
  std::string out(width, ' ');
  const auto place = [&](double v) {
    const double at = std::clamp((v - from) / (to - from), 0.0, 1.0) * static_cast<double>(width - 1);
    return static_cast<std::size_t>(std::lround(at));
  };
  if (!defined(figure, "value")) return out;
  if (defined(figure, "low") && defined(figure, "high"))
    for (std::size_t i = place(of(figure, "low")); i <= place(of(figure, "high")); ++i) out[i] = '-';
  if (mark >= from && mark <= to) out[place(mark)] = '|';
  out[place(of(figure, "value"))] = 'o';
  return out;
}

}  // namespace assay::metrics
