#include "assay/stats/coverage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <numeric>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/data/number_text.h"
#include "assay/data/read.h"
#include "assay/metrics/figures.h"
#include "assay/metrics/text.h"
#include "assay/metrics/two_sample.h"
#include "assay/operation/yaml.h"
#include "assay/sketch/bins.h"
#include "assay/stats/association.h"
#include "assay/stats/drift_measures.h"

namespace assay::stats {

struct DimensionText {
  std::vector<double> range, bins;
  operation::Json values;
  std::string population, from;
};
struct IntendedText {
  std::map<std::string, DimensionText> intended;
};

}  // namespace assay::stats

namespace assay::operation {
template <>
inline constexpr auto fields<stats::DimensionText> =
    std::tuple{field("range", &stats::DimensionText::range, "lowest and highest"),
               field("bins", &stats::DimensionText::bins, "edges of the cells"),
               field("values", &stats::DimensionText::values, "list of values, or 1..12"),
               field("population", &stats::DimensionText::population, "table of shares"),
               field("from", &stats::DimensionText::from, "column that the values come from")};
template <>
inline constexpr auto fields<stats::IntendedText> =
    std::tuple{required("intended", &stats::IntendedText::intended, "what the data must be good for")};
}  // namespace assay::operation

namespace assay::stats {
namespace {

using data::Table;
using data::Type;
using operation::Json;
constexpr std::size_t kMostCells = 10'000, kListed = 50;
constexpr std::int32_t kMissing = -1, kOutside = -2;
constexpr std::array<std::string_view, 5> kParts{"year", "month", "day", "weekday", "hour"};

struct Dimension {
  std::string name;
  std::vector<std::string> cells;
  std::vector<std::int32_t> code;  // of each row: cell, kMissing or kOutside
  std::vector<double> population;  // shares of the cells; empty: none given
  std::string population_digest;
};

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() ? data::number_text(value.get<double>()) : value.dump();
}

std::string edge_text(double edge) {
  char out[32];
  std::snprintf(out, sizeof out, "%.6g", edge);
  return out;
}

Error about(const std::string& name, std::string what, std::string fix) {
  return Error{Code::kInvalidArgument, std::move(what), "intended: " + name, std::move(fix)};
}

// 1..12 or a list.
Result<std::vector<std::string>> listed_values(const std::string& name, const Json& values) {
  std::vector<std::string> out;
  if (values.is_array()) {
    for (const auto& each : values) out.push_back(text_of(each));
  } else {
    int low = 0, high = -1, end = 0;
    const std::string text = values.is_string() ? values.get<std::string>() : values.dump();
    if (std::sscanf(text.c_str(), "%d..%d%n", &low, &high, &end) != 2 || end != static_cast<int>(text.size()) ||
        low > high || high - low >= static_cast<int>(kMostCells))
      return tl::unexpected<Error>(about(name, "values \"" + text.substr(0, 40) + "\" are neither a list nor a range",
                                         "write [a, b, c] or 1..12"));
    for (int i = low; i <= high; ++i) out.push_back(std::to_string(i));
  }
  auto sorted = out;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    return tl::unexpected<Error>(about(name, "a value is listed twice", "list each value once"));
  return out;
}

// A part of a day and hour since 1970 (Hinnant's civil calendar), or of ISO 8601 text; -1: none.
int part_of(std::int64_t days, int hour, std::string_view part) {
  const std::int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, day = z - era * 146097;
  const std::int64_t year_of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  const std::int64_t of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153, month = shifted < 10 ? shifted + 3 : shifted - 9;
  if (part == "hour") return hour;
  if (part == "month") return static_cast<int>(month);
  if (part == "day") return static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1);
  if (part == "weekday") return static_cast<int>(((days % 7) + 10) % 7 + 1);
  return static_cast<int>(year_of_era + era * 400 + (month <= 2));
}

std::int64_t days_of(int year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year, era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

// Date and hour of text: -1 hour when it has none; false when it is no date.
bool date_of(const std::string& text, std::int64_t& days, int& hour) {
  int year = 0, month = 0, day = 0;
  char separator = 0;
  hour = -1;
  const int found = std::sscanf(text.c_str(), "%4d-%2d-%2d%c%2d", &year, &month, &day, &separator, &hour);
  if (found < 3 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  if (found < 5 || (separator != 'T' && separator != ' ') || hour > 23) hour = -1;
  days = days_of(year, month, day);
  return true;
}

Result<std::vector<std::string>> parts_of(const Table& table, const std::string& column, std::string_view part,
                                          std::vector<bool>& missing) {
  ASSAY_TRY(const Type type, table.type(column));
  std::vector<std::string> out(table.rows());
  missing.assign(table.rows(), true);
  const auto put = [&](std::size_t i, std::int64_t days, int hour) {
    if (part == "hour" && hour < 0) return;
    missing[i] = false, out[i] = std::to_string(part_of(days, hour, part));
  };
  if (type == Type::kTime) {
    ASSAY_TRY(const auto times, table.integers(column));
    constexpr std::int64_t kHour = 3'600'000'000;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!times.valid[i]) continue;
      const std::int64_t hours = times.values[i] / kHour - (times.values[i] % kHour < 0);
      const std::int64_t days = hours / 24 - (hours % 24 < 0);
      put(i, days, static_cast<int>(hours - 24 * days));
    }
    return out;
  }
  ASSAY_TRY(const auto codes, table.codes(column));
  std::size_t dates = 0, present = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (codes.codes[i] < 0) continue;
    ++present;
    std::int64_t days = 0;
    int hour = -1;
    if (!date_of((*codes.values)[static_cast<std::size_t>(codes.codes[i])], days, hour)) continue;
    ++dates, put(i, days, hour);
  }
  if (present > 0 && dates == 0)
    return fail(Code::kInvalidArgument, "no value is a date", "column " + column, "write dates as 2026-05-31");
  return out;
}

// The cell of each row for a list of values.
std::vector<std::int32_t> coded(const std::vector<std::string>& cells, const data::Codes& codes) {
  std::vector<std::int32_t> of(codes.values->size(), kOutside), out(codes.codes.size());
  for (std::size_t v = 0; v < of.size(); ++v)
    if (const auto at = std::find(cells.begin(), cells.end(), (*codes.values)[v]); at != cells.end())
      of[v] = static_cast<std::int32_t>(at - cells.begin());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = codes.codes[i] < 0 ? kMissing : of[static_cast<std::size_t>(codes.codes[i])];
  return out;
}

Result<sketch::Bins> bins_of(const std::string& name, const DimensionText& text) {
  auto edges = text.bins;
  if (edges.empty() && text.range.size() == 2 && text.range[0] < text.range[1])
    edges = sketch::equal_width(text.range[0], text.range[1], 10).edges;
  const bool rises =
      std::adjacent_find(edges.begin(), edges.end(), [](double a, double b) { return !(a < b); }) == edges.end();
  if (edges.size() < 2 || !rises || edges.size() > kMostCells)
    return tl::unexpected<Error>(about(name, "range and bins are not ascending numbers", "write range: [18, 95]"));
  if (text.range.size() == 2 && (edges.front() != text.range[0] || edges.back() != text.range[1]))
    return tl::unexpected<Error>(
        about(name, "the bins do not begin and end with the range", "let both name the same ends"));
  return sketch::Bins{edges, sketch::Closed::kLeft};
}

Result<std::optional<Table>> population_of(const DimensionText& text, const CoverageRequest& request, Task& task,
                                           std::string& digest) {
  if (text.population.empty()) return std::optional<Table>();
  const auto beside = (std::filesystem::path(request.intended).parent_path() / text.population).string();
  const std::string ref = files::exists(beside) ? beside : text.population;
  ASSAY_TRY(auto table, data::read(ref, task));
  ASSAY_TRY(const std::string path, task.open(ref));
  ASSAY_TRY(digest, crypto::digest_of_file(path));
  return std::optional<Table>(std::move(table));
}

Result<Dimension> dimension_of(const Table& table, const std::string& name, const DimensionText& text,
                               const CoverageRequest& request, Task& task) {
  Dimension out;
  out.name = name;
  const std::string column = text.from.empty() ? name : text.from;
  ASSAY_TRY(const auto population, population_of(text, request, task, out.population_digest));
  std::map<std::string, double> shares;
  if (population) {
    ASSAY_TRY(shares, population_shares(*population, text.population, name));
  }
  if (!text.bins.empty() || !text.range.empty()) {
    ASSAY_TRY(const auto bins, bins_of(name, text));
    ASSAY_TRY(const auto numbers, table.numbers(column));
    for (std::size_t i = 0; i < bins.size(); ++i)
      out.cells.push_back("[" + edge_text(bins.edges[i]) + ", " + edge_text(bins.edges[i + 1]) +
                          (i + 1 == bins.size() ? "]" : ")"));
    for (std::size_t i = 0; i < table.rows(); ++i) {
      const std::size_t cell = numbers.valid[i] ? bins(numbers.values[i]) : 0;
      out.code.push_back(!numbers.valid[i]                ? kMissing
                         : cell == sketch::Bins::kOutside ? kOutside
                                                          : static_cast<std::int32_t>(cell));
    }
    if (population) out.population.assign(out.cells.size(), 0);
    for (const auto& [value, share] : shares) {
      char* end = nullptr;
      const double x = std::strtod(value.c_str(), &end);
      const auto named = std::find(out.cells.begin(), out.cells.end(), value);
      const std::size_t cell = named != out.cells.end() ? static_cast<std::size_t>(named - out.cells.begin())
                               : *end == 0              ? bins(x)
                                                        : sketch::Bins::kOutside;
      if (cell != sketch::Bins::kOutside) out.population[cell] += share;
    }
    return out;
  }
  if (!text.values.is_null()) {
    ASSAY_TRY(out.cells, listed_values(name, text.values));
  }
  if (out.cells.empty())
    for (const auto& [value, share] : shares) out.cells.push_back(value);
  if (out.cells.empty())
    return tl::unexpected<Error>(
        about(name, "nothing says which values are meant", "give range, values or population"));
  if (population)
    for (const auto& cell : out.cells) out.population.push_back(shares.count(cell) ? shares[cell] : 0);
  if (!text.from.empty() && std::find(kParts.begin(), kParts.end(), name) != kParts.end()) {
    std::vector<bool> missing;
    ASSAY_TRY(const auto parts, parts_of(table, column, name, missing));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto at = std::find(out.cells.begin(), out.cells.end(), parts[i]);
      out.code.push_back(missing[i]              ? kMissing
                         : at == out.cells.end() ? kOutside
                                                 : static_cast<std::int32_t>(at - out.cells.begin()));
    }
    return out;
  }
  ASSAY_TRY(const auto codes, table.codes(column));
  out.code = coded(out.cells, codes);
  return out;
}

operation::Figure figure_of(std::string_view name, const std::vector<std::string>& of, double value, double n) {
  operation::Figure out;
  out.name = std::string(name), out.n = std::llround(n), out.value = metrics::defined(value);
  out.parameters["dimensions"] = of;
  out.why = out.value ? "a count over declared cells, not a sample" : "no row in any declared cell";
  return out;
}

// Counts of declared cells: figures, the entry of the detail, findings.
Json judged(const std::vector<std::string>& names, const std::vector<std::string>& cells,
            const std::vector<double>& counts, const CoverageRequest& request, bool empty_is_error,
            operation::Evidence& out, Json& findings) {
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0);
  Json empty = Json::array(), thin = Json::array();
  double empties = 0, thins = 0, entropy = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (counts[i] > 0) entropy -= counts[i] / n * std::log(counts[i] / n);
    if (counts[i] >= request.min_n) continue;
    (counts[i] > 0 ? thins : empties) += 1;
    Json& list = counts[i] > 0 ? thin : empty;
    if (list.size() < kListed) list.push_back(cells[i]);
  }
  const double all = static_cast<double>(cells.size());
  out.figures.push_back(figure_of("coverage_share", names, (all - empties - thins) / all, n));
  out.figures.back().better = "higher";
  out.figures.push_back(figure_of("effective_cells", names, n > 0 ? std::exp(entropy) : metrics::kNan, n));
  out.figures.push_back(figure_of("empty_cells", names, empties, n));
  out.figures.push_back(figure_of("thin_cells", names, thins, n));
  for (const auto& [list, code, severity] :
       {std::tuple{&empty, "assay.COVERAGE_EMPTY", empty_is_error ? "ERROR" : "WARNING"},
        std::tuple{&thin, "assay.COVERAGE_THIN", "WARNING"}})
    if (!list->empty())
      findings.push_back({{"code", code},
                          {"severity", severity},
                          {"dimensions", names},
                          {"cells", *list},
                          {"count", list == &empty ? empties : thins}});
  return Json{{"dimensions", names},
              {"declared", cells.size()},
              {"rows", n},
              {"effective_cells", n > 0 ? Json(std::exp(entropy)) : Json(nullptr)},
              {"empty", std::move(empty)},
              {"thin", std::move(thin)}};
}

Json one_dimension(const Dimension& d, const CoverageRequest& request, operation::Evidence& out, Json& findings) {
  std::vector<double> counts(d.cells.size(), 0);
  double missing = 0, outside = 0;
  for (const auto code : d.code) {
    if (code >= 0)
      ++counts[static_cast<std::size_t>(code)];
    else
      ++(code == kMissing ? missing : outside);
  }
  Json made = judged({d.name}, d.cells, counts, request, true, out, findings);
  Json cells = Json::array();
  for (std::size_t i = 0; i < d.cells.size(); ++i) {
    cells.push_back({{"cell", d.cells[i]}, {"rows", counts[i]}});
    if (!d.population.empty()) cells.back()["population_share"] = d.population[i];
  }
  made["cells"] = std::move(cells), made["missing"] = missing, made["outside"] = outside;
  const double all = static_cast<double>(d.code.size());
  for (const auto& [name, events] : {std::pair{"outside_share", outside}, std::pair{"missing_share", missing}}) {
    auto figure = figure_of(name, {d.name}, all > 0 ? events / all : metrics::kNan, all);
    figure.method = "wilson", figure.level = request.level, figure.better = "lower",
    figure.why = all > 0 ? "" : "no rows";
    if (all > 0) metrics::set_interval(figure, metrics::wilson(events / all, all, request.level), "");
    out.figures.push_back(std::move(figure));
  }
  if (d.population.empty()) return made;
  const double value = total_variation(counts, d.population);
  auto figure = figure_of("total_variation_distance", {d.name}, value, all - missing - outside);
  figure.better = "lower", figure.level = request.level, figure.method = "bootstrap_outer";
  if (figure.value) {
    const auto fit = balance_measures(counts, d.population);
    figure.why.clear(), figure.p = metrics::defined(fit.chi_square_p);
    metrics::set_interval(
        figure,
        known_shares_interval(counts, d.population, &total_variation, fit.chi_square_p,
                              {request.replicates, request.level, static_cast<std::uint64_t>(request.seed)}),
        "");
    made["total_variation_distance"] = value;
    made["population"] = d.population_digest;
  }
  out.figures.push_back(std::move(figure));
  return made;
}

Json two_dimensions(const Dimension& a, const Dimension& b, const CoverageRequest& request, operation::Evidence& out,
                    Json& findings) {
  std::vector<std::string> cells;
  for (const auto& x : a.cells)
    for (const auto& y : b.cells) cells.push_back(x + " x " + y);
  std::vector<double> counts(cells.size(), 0);
  for (std::size_t i = 0; i < a.code.size(); ++i)
    if (a.code[i] >= 0 && b.code[i] >= 0)
      ++counts[static_cast<std::size_t>(a.code[i]) * b.cells.size() + static_cast<std::size_t>(b.code[i])];
  return judged({a.name, b.name}, cells, counts, request, request.pairs == "judge", out, findings);
}

// Month by hour of every column of times that a dimension is taken from.
Result<Json> month_by_hour(const Table& table, const std::string& column) {
  std::vector<bool> no_month, no_hour;
  ASSAY_TRY(const auto months, parts_of(table, column, "month", no_month));
  ASSAY_TRY(const auto hours, parts_of(table, column, "hour", no_hour));
  std::array<std::array<std::int64_t, 24>, 12> counts{};
  for (std::size_t i = 0; i < months.size(); ++i)
    if (!no_month[i] && !no_hour[i])
      ++counts[static_cast<std::size_t>(std::stoi(months[i]) - 1)][static_cast<std::size_t>(std::stoi(hours[i]))];
  return Json{{"column", column}, {"rows", "month 1 to 12"}, {"columns", "hour 0 to 23, UTC"}, {"counts", counts}};
}

}  // namespace

Result<operation::Evidence> coverage(const CoverageRequest& request, Task& task) {
  ASSAY_TRY(const std::string path, task.open(request.intended));
  ASSAY_TRY(const std::string text, files::read(path, operation::kMaxYaml));
  ASSAY_TRY(const auto yaml, operation::parse_yaml(text, request.intended));
  IntendedText intended;
  if (auto status = operation::from_json(yaml.value, intended); !status)
    return tl::unexpected<Error>(operation::located(yaml, std::move(status).error()));
  if (intended.intended.empty())
    return fail(Code::kInvalidArgument, "no dimension is declared", request.intended, "name at least one column");
  data::ReadOptions options;
  options.null = request.null;
  ASSAY_TRY(const Table table, data::read(request.data, task, options));
  std::vector<Dimension> dimensions;
  for (const auto& [name, each] : intended.intended) {
    auto made = dimension_of(table, name, each, request, task);
    if (!made && made.error().where.starts_with("intended: "))
      return tl::unexpected<Error>(operation::located(yaml, std::move(made).error()));
    if (!made) return tl::unexpected<Error>(std::move(made).error());
    dimensions.push_back(std::move(*made));
  }
  operation::Evidence out;
  out.kind = "assay.coverage/1";
  Json findings = Json::array(), singles = Json::array(), pairs = Json::array(), times = Json::array();
  std::size_t cells = 0;
  for (std::size_t i = 0; i < dimensions.size(); ++i)
    for (std::size_t j = i + 1; j < dimensions.size(); ++j)
      cells += dimensions[i].cells.size() * dimensions[j].cells.size();
  if (request.pairs != "none" && cells > kMostCells)
    return fail(Code::kExhausted, std::to_string(cells) + " cells of pairs are more than 10000", request.intended,
                "declare wider bins, or say --pairs none");
  for (const auto& d : dimensions) singles.push_back(one_dimension(d, request, out, findings));
  for (std::size_t i = 0; request.pairs != "none" && i < dimensions.size(); ++i)
    for (std::size_t j = i + 1; j < dimensions.size(); ++j)
      pairs.push_back(two_dimensions(dimensions[i], dimensions[j], request, out, findings));
  for (const auto& [name, each] : intended.intended) {
    const bool again = std::any_of(times.begin(), times.end(), [&](const Json& t) { return t["column"] == each.from; });
    if (each.from.empty() || again || std::find(kParts.begin(), kParts.end(), name) == kParts.end()) continue;
    ASSAY_TRY(auto table_of_times, month_by_hour(table, each.from));
    times.push_back(std::move(table_of_times));
  }
  for (const auto& each : findings)
    if (out.flags.empty() && each["severity"] == "ERROR") out.flags = {"coverage_empty"};
  out.detail = {{"rows", table.rows()},      {"min_n", request.min_n},    {"dimensions", std::move(singles)},
                {"pairs", std::move(pairs)}, {"times", std::move(times)}, {"findings", std::move(findings)}};
  return out;
}

int coverage_exit(const Json& evidence) {
  for (const auto& each : evidence["detail"]["findings"])
    if (each["severity"] == "ERROR") return 1;
  return 0;
}

std::string render_coverage(const Json& evidence) {
  const Json& detail = evidence["detail"];
  std::vector<std::vector<std::string>> rows{{"declared", "cells", "covered", "empty", "thin", "effective", "outside"}};
  const auto figure = [&](const char* name, const Json& of) -> const Json* {
    for (const auto& f : evidence["figures"])
      if (f["name"] == name && f["parameters"]["dimensions"] == of) return &f;
    return nullptr;
  };
  for (const auto* list : {&detail["dimensions"], &detail["pairs"]})
    for (const auto& each : *list) {
      std::string name;
      for (const auto& part : each["dimensions"]) name += (name.empty() ? "" : " x ") + part.get<std::string>();
      const auto number = [&](const char* of, const char* format) {
        const auto* f = figure(of, each["dimensions"]);
        if (!f || (*f)["value"].is_null()) return std::string("-");
        char out[40];
        std::snprintf(out, sizeof out, format, operation::number_of((*f)["value"]));
        return std::string(out);
      };
      const auto* outside = figure("outside_share", each["dimensions"]);
      rows.push_back({name, each["declared"].dump(),
                      metrics::percent_text(*figure("coverage_share", each["dimensions"])),
                      number("empty_cells", "%.0f"), number("thin_cells", "%.0f"), number("effective_cells", "%.1f"),
                      outside ? metrics::percent_text(*outside) : ""});
    }
  std::string out = detail["rows"].dump() + " rows; a cell is covered from " + detail["min_n"].dump() + " rows on\n\n" +
                    metrics::text_table(rows) + "\n";
  for (const auto& each : detail["findings"]) {
    std::string name, cells;
    for (const auto& part : each["dimensions"]) name += (name.empty() ? "" : " x ") + part.get<std::string>();
    for (std::size_t i = 0; i < std::min<std::size_t>(8, each["cells"].size()); ++i)
      cells += (i ? ", " : "") + each["cells"][i].get<std::string>();
    if (each["cells"].size() > 8) cells += ", …";
    out +=
        each["severity"].get<std::string>() + " " + each["code"].get<std::string>() + " " + name + ": " + cells + "\n";
  }
  return out + "Next: assay data bias FILE --group COLUMN --label COLUMN\n";
}

}  // namespace assay::stats
