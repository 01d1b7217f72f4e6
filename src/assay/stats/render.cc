#include "assay/stats/render.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace assay::stats {
namespace {

using operation::Json;
constexpr std::size_t kWidest = 28;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

// At most `widest` characters, on one line.
std::string cut(std::string_view text, std::size_t widest) {
  std::string out;
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (starts_character(text[i]) && ++width > widest) {
      while (!starts_character(out.back())) out.pop_back();
      out.pop_back();
      return out + "…";
    }
    out += static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F ? ' ' : text[i];
  }
  return out;
}

std::string short_number(const Json& value) {
  if (value.is_null()) return "–";
  if (value.is_string()) return cut(value.get<std::string>(), 20);
  const double number = value.get<double>();
  std::array<char, 40> out;
  std::snprintf(out.data(), out.size(), value.is_number_integer() && std::abs(number) < 1e9 ? "%.0f" : "%.4g", number);
  return out.data();
}

std::string percent(double share) {
  std::array<char, 40> out;
  std::snprintf(out.data(), out.size(),
                share > 0 && share < 0.001 ? "<0.1%%"
                : share == 0 || share == 1 ? "%.0f%%"
                                           : "%.1f%%",
                100 * share);
  return out.data();
}

std::string sparkline(const Json& counts) {
  static constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double most = 0;
  for (const auto& count : counts) most = std::max(most, count.get<double>());
  std::string out;
  for (const auto& count : counts) {
    const double c = count.get<double>();
    // An empty cell is a blank: one row in a cell of thousands still shows.
    out += c == 0 ? std::string_view(" ") : kBars[std::min<std::size_t>(7, static_cast<std::size_t>(8 * c / most))];
  }
  return out;
}

double quantile(const Json& column, double at) {
  for (const auto& each : column["quantiles"])
    if (each["at"] == at) return each["value"].get<double>();
  return std::nan("");
}

std::string distinct(const Json& column) {
  if (!column.contains("distinct")) return "–";
  return (column["exact"] == true ? "" : "≈") + short_number(column["distinct"]);
}

std::string tops(const Json& column) {
  std::string out;
  std::size_t shown = 0;
  const double present = column["rows"].get<double>() - column["missing"].get<double>();
  for (const auto& each : column["top"]) {
    if (shown++ == 3) break;
    if (!out.empty()) out += ", ";
    out += cut(each["value"].get<std::string>(), 20) + " " + percent(each["count"].get<double>() / present);
  }
  return column["distinct"].get<std::size_t>() > 3 ? out + ", …" : out;
}

using Row = std::vector<std::string>;

Row row_of(const Json& column) {
  Row out{cut(column["name"].get<std::string>(), kWidest), column["type"].get<std::string>()};
  const double rows = column["rows"].get<double>();
  out.push_back(column["missing"].is_null() ? "–" : rows == 0 ? "" : percent(column["missing"].get<double>() / rows));
  out.push_back(distinct(column));
  if (column.contains("quantiles")) {
    out.push_back(short_number(column["mean"]) + " ± " + short_number(column["standard_deviation"]));
    out.push_back(short_number(column["min"]));
    for (const double at : {0.25, 0.5, 0.75}) out.push_back(short_number(operation::number(quantile(column, at))));
    out.push_back(short_number(column["max"]));
    out.push_back(sparkline(column["histogram"]["counts"]));
  } else if (column.contains("top")) {
    out.push_back(tops(column));
  } else if (column["type"] == "time") {
    out.push_back(short_number(column["min"]) + " … " + short_number(column["max"]));
  } else if (column.contains("why")) {
    out.push_back(column["why"].get<std::string>());
  }
  return out;
}

// Columns up to `aligned` are padded to one width; what follows in longer rows hangs free.
std::string laid_out(const std::vector<Row>& rows, std::size_t full) {
  std::vector<std::size_t> widths(full, 0);
  for (const auto& row : rows)
    for (std::size_t i = 0; i < std::min(row.size(), full); ++i)
      if (row.size() == full || i < 4) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] > width_of(row[i]) ? widths[i] - width_of(row[i]) : 0, ' ');
      const bool left = i < 2 || i + 1 == full || row.size() != full;
      const bool number = i == 2 || i == 3 || !left;
      line += (i > 0 ? "  " : "") + (number ? pad + row[i] : row[i] + pad);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string grouped(std::int64_t number) {
  std::string out = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), ",");
  return out;
}

std::string hints(const Json& detail) {
  std::string out;
  if (const auto skipped = detail.value("skipped_rows", std::int64_t{0}); skipped > 0) {
    out += grouped(skipped) + " rows with a wrong number of cells were left out (lines";
    for (const auto& line : detail["skipped_lines"]) out += " " + line.dump();
    out += ")\n";
  }
  for (const auto& column : detail["columns"]) {
    if (!column.contains("looks_missing")) continue;
    const std::string value = column["looks_missing"][0]["value"];
    out += cut(column["name"].get<std::string>(), kWidest) + ": \"" + value + "\" is counted as text (" +
           grouped(column["looks_missing"][0]["count"].get<std::int64_t>()) + " cells); --null '" + value +
           "' makes it missing\n";
  }
  return out;
}

}  // namespace

std::string render_profile(const Json& evidence) {
  const Json& detail = evidence["detail"];
  std::string out = grouped(detail["rows"].get<std::int64_t>()) + " rows, " +
                    grouped(static_cast<std::int64_t>(detail["columns"].size())) + " columns\n\n";
  std::vector<Row> rows{
      {"column", "type", "missing", "distinct", "mean ± sd", "min", "25%", "50%", "75%", "max", "histogram"}};
  const std::size_t full = rows[0].size();
  for (const auto& column : detail["columns"]) rows.push_back(row_of(column));
  out += laid_out(rows, full) + "\n" + hints(detail);
  return out + "Next: assay schema infer FILE, or assay data split FILE --label COLUMN\n";
}

std::string render_schema(const Json& evidence) {
  std::vector<Row> rows{{"column", "type", "required", "unique", "domain"}};
  for (const auto& column : evidence["detail"]["columns"]) {
    const auto& domain = column["domain"];
    std::string text = "any";
    if (domain.is_object() && domain.contains("values")) {
      text.clear();
      for (const auto& value : domain["values"]) text += (text.empty() ? "" : ", ") + cut(value.get<std::string>(), 20);
      text = cut(text, 60);
    } else if (domain.is_object()) {
      text = short_number(domain["min"]) + " … " + short_number(domain["max"]);
    }
    rows.push_back({cut(column["name"].get<std::string>(), kWidest), column["type"].get<std::string>(),
                    column["presence"]["min_share"] == 1 ? "yes" : "no", column["unique"] == true ? "yes" : "no",
                    text});
  }
  return laid_out(rows, rows[0].size()) + "\nNext: assay data split FILE --label COLUMN\n";
}

}  // namespace assay::stats
