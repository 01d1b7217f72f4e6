#include "assay/stats/drift.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "assay/base/files.h"
#include "assay/base/parallel.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/data/read.h"
#include "assay/metrics/figures.h"
#include "assay/metrics/hypothesis.h"
#include "assay/stats/drift_columns.h"

namespace assay::stats {
namespace {

using data::Table;
using operation::Json;

// What a profile says about columns, or nothing when the file is a table.
Result<std::optional<Json>> profile_columns(const std::string& ref, Task& task) {
  ASSAY_TRY(const std::string path, task.open(ref));
  if (std::ifstream(path, std::ios::binary).peek() != '{') return std::optional<Json>();
  const auto text = files::read(path);
  if (!text) return std::optional<Json>();
  const auto parsed = operation::parse_json(*text, ref);
  if (!parsed) return std::optional<Json>();  // JSON lines, say: the reader of tables tells what it is
  const auto kind = parsed->find("kind");
  if (kind == parsed->end()) return std::optional<Json>();
  const Json::json_pointer columns("/detail/columns");
  if (*kind != "assay.profile/1" || !parsed->contains(columns) || !(*parsed)[columns].is_array())
    return fail(Code::kInvalidArgument, "the document is no profile but " + kind->dump(), ref,
                "give two tables, or two profiles made by stats profile");
  for (const auto& column : (*parsed)[columns])
    if (!column.is_object() || !column.contains("name") || !column["name"].is_string())
      return fail(Code::kCorrupt, "a column of the profile has no name", ref);
  return std::optional<Json>((*parsed)[columns]);
}

struct Names {
  std::vector<std::string> both, only_reference, only_current;
};

Result<Names> names_of(const std::vector<std::string>& first, const std::vector<std::string>& second,
                       const DriftRequest& request) {
  const auto has = [](const std::vector<std::string>& in, const std::string& name) {
    return std::find(in.begin(), in.end(), name) != in.end();
  };
  Names out;
  for (const auto* asked : {&request.columns, &request.categorical})
    for (const auto& name : *asked)
      for (const auto& [side, ref] : {std::pair{&first, &request.reference}, std::pair{&second, &request.current}})
        if (!has(*side, name)) {
          auto error = operation::unknown_name("column", name, *side);
          error.code = Code::kNotFound;
          return tl::unexpected<Error>(std::move(error).at(*ref));
        }
  for (const auto& name : first)
    if (!has(second, name))
      out.only_reference.push_back(name);
    else if (request.columns.empty() || has(request.columns, name))
      out.both.push_back(name);
  for (const auto& name : second)
    if (!has(first, name)) out.only_current.push_back(name);
  if (out.both.empty())
    return fail(Code::kInvalidArgument, "the two sides have no column in common", request.current,
                "compare two tables of the same kind");
  return out;
}

std::string state_of(const ColumnDrift& c, double adjusted, const DriftRequest& request) {
  if (std::isnan(c.effect_value) || std::isnan(c.p)) return "not_decided";
  if ((c.bounded ? c.effect_high : c.effect_value) <= c.threshold) return "stable";
  if (c.bounded && c.effect_low <= c.threshold) return "not_decided";
  return adjusted < request.alpha ? "drifted" : "not_decided";
}

Json described(const ColumnDrift& c, double adjusted, double contribution, const DriftRequest& request) {
  Json out{{"name", c.name}, {"kind", c.kind}};
  out.update(c.facts);
  const auto value = [](double v) { return std::isnan(v) ? Json(nullptr) : operation::number(v); };
  out["effect"] = {{"name", c.effect},
                   {"value", value(c.effect_value)},
                   {"low", value(c.effect_low)},
                   {"high", value(c.effect_high)},
                   {"threshold", c.threshold}};
  out["test"] = {{"name", c.test}, {"p", value(c.p)}, {"p_adjusted", value(adjusted)}};
  out["contribution"] = value(contribution);
  out["state"] = state_of(c, adjusted, request);
  if (!c.why.empty()) out["why"] = c.why;
  return out;
}

operation::Evidence evidence_of(std::vector<ColumnDrift> columns, const Names& names, const DriftRequest& request) {
  std::vector<double> p, share;
  for (const auto& c : columns) {
    p.push_back(c.p);
    share.push_back(c.threshold > 0 ? c.effect_value / c.threshold : metrics::kNan);
  }
  const auto adjusted = metrics::adjust(p, metrics::Correction::kBenjaminiHochberg);
  const double sum =
      std::accumulate(share.begin(), share.end(), 0.0, [](double s, double x) { return std::isnan(x) ? s : s + x; });
  operation::Evidence out;
  out.kind = "assay.drift/1";
  Json described_columns = Json::array();
  std::int64_t drifted = 0, judged = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    auto& c = columns[i];
    for (auto& figure : c.figures) {
      if (figure.name == c.test) figure.p_adjusted = metrics::defined(adjusted[i]);
      out.figures.push_back(std::move(figure));
    }
    described_columns.push_back(described(c, adjusted[i], sum > 0 ? share[i] / sum : metrics::kNan, request));
    const auto state = state_of(c, adjusted[i], request);
    drifted += state == "drifted", judged += !std::isnan(c.effect_value);
  }
  operation::Figure overall;
  overall.name = "drifted_share", overall.n = judged, overall.better = "lower";
  overall.why = judged > 0 ? "a share of the columns given, not a sample" : "no column could be compared";
  if (judged > 0) overall.value = static_cast<double>(drifted) / static_cast<double>(judged);
  out.figures.push_back(std::move(overall));
  out.detail = {{"columns", std::move(described_columns)},
                {"correction", "benjamini_hochberg"},
                {"only_reference", names.only_reference},
                {"only_current", names.only_current}};
  if (drifted > 0) out.flags.push_back("drift");
  if (!names.only_reference.empty() || !names.only_current.empty()) out.flags.push_back("columns_differ");
  return out;
}

// Rows of the numeric columns without missing or infinite cells, at most `most`, drawn by Philox.
std::vector<std::vector<double>> sampled(const std::vector<data::Numbers>& columns, std::size_t rows, std::size_t most,
                                         const Philox& stream) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> whole;
  for (std::size_t i = 0; i < rows; ++i)
    if (std::all_of(columns.begin(), columns.end(),
                    [&](const auto& c) { return c.valid[i] && std::isfinite(c.values[i]); }))
      whole.emplace_back(stream.bits(i), static_cast<std::uint32_t>(i));
  if (whole.size() > most) {
    std::nth_element(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(most), whole.end());
    whole.resize(most);
  }
  std::sort(whole.begin(), whole.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<std::vector<double>> out;
  for (const auto& [draw, row] : whole) {
    auto& made = out.emplace_back();
    for (const auto& c : columns) made.push_back(c.values[row]);
  }
  return out;
}

Status put_mmd(const Table& reference, const Table& current, const std::vector<ColumnDrift>& columns,
               const DriftRequest& request, operation::Evidence& out) {
  std::vector<std::string> names;
  std::vector<data::Numbers> first, second;
  for (const auto& c : columns) {
    if (c.kind != "numeric") continue;
    ASSAY_TRY(auto a, reference.numbers(c.name));
    ASSAY_TRY(auto b, current.numbers(c.name));
    names.push_back(c.name), first.push_back(std::move(a)), second.push_back(std::move(b));
  }
  operation::Figure figure;
  figure.name = "maximum_mean_discrepancy", figure.better = "lower", figure.method = "permutation";
  figure.why = "no numeric column";
  if (!names.empty()) {
    const Philox stream = Philox(static_cast<std::uint64_t>(request.seed)).fork(streams::kReservoir);
    const auto most = static_cast<std::size_t>(request.sample);
    const auto a = sampled(first, reference.rows(), most, stream.fork(0));
    const auto b = sampled(second, current.rows(), most, stream.fork(1));
    const auto made = maximum_mean_discrepancy(a, b, request.permutations, static_cast<std::uint64_t>(request.seed));
    figure.value = metrics::defined(made.squared), figure.p = metrics::defined(made.p);
    figure.n = static_cast<std::int64_t>(a.size() + b.size());
    figure.why = figure.value ? "no interval is computed for this measure" : "too few whole rows, or all alike";
    figure.parameters = {{"columns", names}, {"gamma", operation::number(made.gamma)}, {"kernel", "gaussian"}};
    if (!figure.value) figure.parameters.erase("gamma");
  }
  out.figures.push_back(std::move(figure));
  return {};
}

Result<operation::Evidence> of_profiles(const Json& first, const Json& second, const DriftRequest& request) {
  const auto listed = [](const Json& columns) {
    std::vector<std::string> out;
    for (const auto& c : columns) out.push_back(c["name"].get<std::string>());
    return out;
  };
  const auto find = [](const Json& columns, const std::string& name) -> const Json& {
    return *std::find_if(columns.begin(), columns.end(), [&](const Json& c) { return c["name"] == name; });
  };
  ASSAY_TRY(const Names names, names_of(listed(first), listed(second), request));
  std::vector<ColumnDrift> columns;
  for (const auto& name : names.both) {
    try {  // a profile is a document from outside: a field of another type is its fault, not ours
      columns.push_back(drift_of_profiles(find(first, name), find(second, name), request));
    } catch (const Json::exception&) {
      return fail(Code::kCorrupt, "the profile of column \"" + name + "\" is not as stats profile writes it",
                  request.reference, "make both profiles again");
    }
  }
  auto out = evidence_of(std::move(columns), names, request);
  out.detail["from"] = "profiles";
  return out;
}

Result<operation::Evidence> of_tables(const DriftRequest& request, Task& task) {
  data::ReadOptions options;
  options.null = request.null;
  ASSAY_TRY(const Table reference, data::read(request.reference, task, options));
  ASSAY_TRY(const Table current, data::read(request.current, task, options));
  ASSAY_TRY(const Names names, names_of(reference.names(), current.names(), request));
  std::vector<Result<ColumnDrift>> made(names.both.size());
  task.begin(made.size());
  parallel_parts(made.size(), [&](std::size_t i) {
    if (task.stopped()) return;
    made[i] = drift_of_rows(reference, current, names.both[i], request);
    task.step();
  });
  ASSAY_CHECK(task.check());
  std::vector<ColumnDrift> columns;
  for (auto& each : made) {
    if (!each) return tl::unexpected<Error>(std::move(each).error());
    columns.push_back(std::move(*each));
  }
  auto out = evidence_of(columns, names, request);
  if (request.sample > 0) ASSAY_CHECK(put_mmd(reference, current, columns, request, out));
  out.detail["from"] = "rows";
  out.detail["rows"] = {{"reference", reference.rows()}, {"current", current.rows()}};
  return out;
}

}  // namespace

Result<operation::Evidence> drift(const DriftRequest& request, Task& task) {
  ASSAY_TRY(const auto first, profile_columns(request.reference, task));
  ASSAY_TRY(const auto second, profile_columns(request.current, task));
  if (first.has_value() != second.has_value())
    return fail(Code::kInvalidArgument, "one side is a profile and the other a table",
                first ? request.current : request.reference, "profile it too with stats profile");
  return first ? of_profiles(*first, *second, request) : of_tables(request, task);
}

}  // namespace assay::stats
