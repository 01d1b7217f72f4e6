#include "assay/stats/profile.h"

#include <algorithm>
#include <cmath>

#include "assay/base/parallel.h"
#include "assay/data/read.h"
#include "assay/operation/json.h"
#include "assay/stats/summary.h"

namespace assay::stats {
namespace {

using data::Table;
using data::Type;
using operation::Json;
constexpr const char* kWholeFile = "a count of all rows, not a sample estimate";

Json integer(std::int64_t value) {  // spec/README 9
  constexpr std::int64_t kExact = (std::int64_t{1} << 53) - 1;
  return value > kExact || value < -kExact ? Json(std::to_string(value)) : Json(value);
}

Json counted(const std::vector<ValueCount>& values) {
  Json out = Json::array();
  for (const auto& each : values) out.push_back({{"value", each.value}, {"count", each.count}});
  return out;
}

void put_distinct(const NumberSummary& s, Json& out) {
  out["distinct"] = static_cast<std::uint64_t>(s.distinct);
  out["exact"] = s.exact;
  if (!s.exact)
    out["error"] = {{"distinct_relative_standard_error", s.distinct_error},
                    {"quantile_rank_error", s.rank_error},
                    {"confidence", 0.99}};
}

void put_numbers(const NumberSummary& s, Type type, Json& out) {
  put_distinct(s, out);
  out["zeros"] = s.zeros;
  if (type == Type::kFloat)
    out["nan"] = s.nan, out["positive_infinite"] = s.positive_infinite, out["negative_infinite"] = s.negative_infinite;
  if (s.finite == 0) {
    for (const auto* name : {"mean", "standard_deviation", "min", "max"}) out[name] = nullptr;
    out["why"] = "no finite values";
    return;
  }
  out["mean"] = operation::number(s.mean);
  out["standard_deviation"] = operation::number(s.standard_deviation);
  out["ddof"] = 0;
  out["min"] = type == Type::kInt ? integer(s.min_integer) : operation::number(s.min);
  out["max"] = type == Type::kInt ? integer(s.max_integer) : operation::number(s.max);
  Json quantiles = Json::array();
  for (std::size_t i = 0; i < s.quantiles.size(); ++i)
    quantiles.push_back({{"at", kQuantiles[i]}, {"value", s.quantiles[i]}});
  out["quantiles"] = std::move(quantiles);
  out["histogram"] = {{"closed", "right"}, {"edges", s.bins.edges}, {"counts", s.counts}};
}

void put_text(const TextSummary& s, Json& out) {
  out["distinct"] = s.distinct;
  out["exact"] = true;
  if (s.distinct > 0) {
    out["min_length"] = s.min_length, out["max_length"] = s.max_length, out["mean_length"] = s.mean_length;
    out["length_unit"] = "bytes";
  }
  out["top"] = counted(s.top);
  if (!s.looks_missing.empty()) out["looks_missing"] = counted(s.looks_missing);
}

Result<Json> described(const Table& table, const std::string& name, std::size_t bins, std::size_t top) {
  ASSAY_TRY(const Type type, table.type(name));
  Json out{{"name", name}, {"type", std::string(data::type_name(type))}, {"rows", table.rows()}};
  switch (type) {
    case Type::kInt: {
      ASSAY_TRY(const auto column, table.integers(name));
      out["missing"] = column.valid.missing();
      put_numbers(summarise(column, bins), type, out);
      return out;
    }
    case Type::kFloat: {
      ASSAY_TRY(const auto column, table.numbers(name));
      out["missing"] = column.valid.missing();
      put_numbers(summarise(column, bins), type, out);
      return out;
    }
    case Type::kTime: {
      ASSAY_TRY(const auto column, table.integers(name));
      out["missing"] = column.valid.missing();
      const auto s = summarise(column, bins);
      put_distinct(s, out);
      ASSAY_TRY(const auto codes, table.codes(name));
      for (const auto& [key, us] : {std::pair{"min", s.min_integer}, std::pair{"max", s.max_integer}}) {
        const auto at = std::find(column.values.begin(), column.values.end(), us) - column.values.begin();
        const auto code = s.finite == 0 ? -1 : codes.codes[static_cast<std::size_t>(at)];
        out[key] = code < 0 ? Json(nullptr) : Json((*codes.values)[static_cast<std::size_t>(code)]);
      }
      return out;
    }
    case Type::kBool:
    case Type::kText: {
      ASSAY_TRY(const auto column, table.codes(name));
      const auto s = summarise(column, top);
      out["missing"] = s.missing;
      put_text(s, out);
      return out;
    }
    case Type::kOther:
      break;
  }
  out["missing"] = nullptr;
  out["why"] = "nested columns are not profiled";
  return out;
}

// All columns in parallel; each is cut into fixed chunks of its own, so nothing depends on the number of threads.
Result<std::vector<Json>> described_columns(const Table& table, std::size_t bins, std::size_t top, Task& task) {
  const auto names = table.names();
  std::vector<Result<Json>> made(names.size());
  task.begin(names.size());
  parallel_parts(names.size(), [&](std::size_t i) {
    if (task.stopped()) return;
    made[i] = described(table, names[i], bins, top);
    task.step();
  });
  ASSAY_CHECK(task.check());
  std::vector<Json> out;
  for (auto& each : made) {
    if (!each) return tl::unexpected<Error>(std::move(each).error());
    out.push_back(std::move(*each));
  }
  return out;
}

operation::Figure count_figure(std::string name, double value, std::int64_t n) {
  operation::Figure out;
  out.name = std::move(name), out.value = value, out.n = n, out.why = kWholeFile;
  return out;
}

operation::Figure missing_figure(const Json& column, std::int64_t rows) {
  operation::Figure out;
  out.name = "missing_share", out.n = rows, out.better = "lower";
  out.parameters["column"] = column["name"];
  if (column["missing"].is_null()) {
    out.why = column["why"].get<std::string>();
  } else if (rows == 0) {
    out.why = "no rows";
  } else {
    out.value = column["missing"].get<double>() / static_cast<double>(rows);
    out.why = kWholeFile;
  }
  return out;
}

Json domain_of(const Json& column, std::size_t max_domain) {
  if (column.contains("histogram") || column["type"] == "time") return {{"min", column["min"]}, {"max", column["max"]}};
  if (!column.contains("top")) return nullptr;
  std::vector<std::string> values;
  for (const auto& each : column["top"]) values.push_back(each["value"].get<std::string>());
  if (values.empty() || column["distinct"].get<std::size_t>() > max_domain) return nullptr;
  std::sort(values.begin(), values.end());
  return {{"values", values}};
}

}  // namespace

Result<operation::Evidence> profile(const ProfileRequest& request, Task& task) {
  data::ReadOptions options;
  options.null = request.null, options.bad_rows = request.bad_rows;
  data::ReadReport report;
  ASSAY_TRY(Table table, data::read(request.data, task, options, &report));
  if (!request.columns.empty()) {
    ASSAY_TRY(table, table.select(request.columns));
  }
  ASSAY_TRY(auto columns, described_columns(table, static_cast<std::size_t>(request.bins),
                                            static_cast<std::size_t>(request.top), task));
  operation::Evidence out;
  out.kind = "assay.profile/1";
  const auto rows = static_cast<std::int64_t>(table.rows());
  out.figures.push_back(count_figure("row_count", static_cast<double>(rows), rows));
  out.figures.push_back(count_figure("column_count", static_cast<double>(columns.size()), rows));
  for (const auto& column : columns) {
    out.figures.push_back(missing_figure(column, rows));
    if (column.contains("looks_missing")) out.flags = {"looks_missing"};
  }
  if (report.skipped_rows > 0) out.flags.push_back("skipped_rows");
  out.detail = {{"rows", rows}, {"skipped_rows", report.skipped_rows}, {"skipped_lines", report.skipped_lines}};
  out.detail["columns"] = std::move(columns);
  return out;
}

Result<operation::Evidence> infer(const InferRequest& request, Task& task) {
  data::ReadOptions options;
  options.null = request.null;
  ASSAY_TRY(const Table table, data::read(request.data, task, options));
  const auto max_domain = static_cast<std::size_t>(request.max_domain);
  ASSAY_TRY(const auto columns, described_columns(table, 1, max_domain, task));
  operation::Evidence out;
  out.kind = "assay.schema/1";
  Json inferred = Json::array();
  for (const auto& column : columns) {
    const bool known = column["missing"].is_number();
    const double missing = known ? column["missing"].get<double>() : 0;
    const double present = static_cast<double>(table.rows()) - missing;
    const bool whole = known && missing == 0 && present > 0;
    inferred.push_back({{"name", column["name"]},
                        {"type", column["type"]},
                        {"presence", {{"min_share", whole ? 1 : 0}}},
                        {"domain", domain_of(column, max_domain)},
                        {"unique", known && present > 1 && column["exact"].get<bool>() &&
                                       column["distinct"].get<double>() == present}});
  }
  out.detail["columns"] = std::move(inferred);
  return out;
}

}  // namespace assay::stats
