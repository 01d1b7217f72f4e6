#include "assay/validate/statistics.h"

#include <arrow/api.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "assay/base/files.h"
#include "assay/base/parallel.h"
#include "assay/data/columns.h"
#include "assay/data/read.h"
#include "assay/sketch/exact_sum.h"
#include "assay/validate/feature_statistics.h"
#include "assay/validate/groups.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

// One number for each row, also where each row is a list of one.
Result<data::Table> weight_table(const data::Table& table, const std::string& column) {
  ASSAY_TRY(const auto type, table.type(column));
  if (type != data::Type::kOther) return table;
  const auto bad = [&](const std::string& why) {
    return fail(Code::kInvalidArgument, why, "column " + column, "weights are one number for each row");
  };
  const auto chunks = table.arrow()->GetColumnByName(column);
  if (chunks->num_chunks() != 1 || chunks->type()->id() != arrow::Type::LIST)
    return bad("the weights are of type " + chunks->type()->ToString());
  const auto& list = static_cast<const arrow::ListArray&>(*chunks->chunk(0));
  for (std::int64_t i = 0; i < list.length(); ++i)
    if (list.IsNull(i) || list.value_length(i) != 1)
      return bad("the weight is missing or not one value in row " + std::to_string(i + 1));
  ASSAY_ARROW(const auto flat, list.Flatten(arrow::default_memory_pool()), column);
  return data::canonical_table(*arrow::Table::Make(arrow::schema({arrow::field(column, flat->type())}), {flat}), column,
                               1);
}

Result<std::vector<double>> weights_of(const data::Table& table, const std::string& column) {
  if (column.empty()) return std::vector<double>();
  ASSAY_TRY(const auto held, weight_table(table, column));
  ASSAY_TRY(const auto numbers, held.numbers(column));
  std::vector<double> out(numbers.values.begin(), numbers.values.end());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto bad = [&](const char* why) {
      return fail(Code::kInvalidArgument, std::string("the weight ") + why,
                  "column " + column + ", row " + std::to_string(i + 1), "weights are finite and at least 0");
    };
    if (!numbers.valid[i]) return bad("is missing");
    if (std::isnan(out[i])) return bad("is NaN");
    if (std::isinf(out[i])) return bad("is infinite");
    if (out[i] < 0) return bad("is negative");
  }
  return out;
}

Status describe(const data::Table& table, const std::string& name, const StatisticsOptions& options, Task& task,
                tfmd::DatasetFeatureStatistics& out) {
  out.set_name(name);
  out.set_num_examples(table.rows());
  ASSAY_TRY(const auto weights, weights_of(table, options.weight));
  if (!weights.empty()) {
    sketch::ExactSum sum;
    for (const double each : weights) sum.add(each);
    out.set_weighted_num_examples(sum.finish());
  }
  const auto names = table.names();
  std::vector<std::vector<tfmd::FeatureNameStatistics>> made(names.size());
  std::vector<Status> done(names.size());
  task.begin(names.size());
  parallel_parts(names.size(), [&](std::size_t i) {
    if (task.stopped()) return;
    const auto column = table.arrow()->column(static_cast<int>(i));
    auto array = column->num_chunks() == 1   ? arrow::Result<std::shared_ptr<arrow::Array>>(column->chunk(0))
                 : column->num_chunks() == 0 ? arrow::MakeEmptyArray(column->type())
                                             : arrow::Concatenate(column->chunks());
    if (!array.ok()) {
      done[i] = fail(Code::kInternal, array.status().message(), names[i]);
      return;
    }
    done[i] = feature_statistics(names[i], *array, weights, options, made[i]);
    task.step();
  });
  ASSAY_CHECK(task.check());
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSAY_CHECK(std::move(done[i]));
    for (auto& each : made[i]) *out.add_features() = std::move(each);
  }
  return {};
}

bool bare(const std::string& step) {
  if (step.size() >= 2 && step.front() == '(' && step.back() == ')')
    return step.find_first_of("()", 1) == step.size() - 1;
  return !step.empty() && step.find_first_of("().'") == std::string::npos;
}

// Whether the file holds rows, rather than statistics: by the ending of its name, else by how it begins.
bool is_table(std::string_view head, const std::string& ref) {
  if (head.starts_with("PAR1") || head.starts_with("ARROW1")) return true;
  if (!ref.ends_with(".txt") && format_of(ref)) return false;
  switch (looks_like(head)) {
    case Format::kRecord:
      return false;
    case Format::kJson:
      return head.find("\"datasets\"") == head.npos;
    case Format::kText:
      return !head.substr(std::min(head.find_first_not_of(" \t\r\n"), head.size())).starts_with("datasets");
    case Format::kBinary:
      break;
  }
  return std::none_of(head.begin(), head.end(), [](unsigned char c) { return c < 0x09 || (c > 0x0D && c < 0x20); });
}

Result<std::string> head_of(const std::string& path, const std::string& ref) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return fail(Code::kInvalidArgument, "is a folder", ref, "name one file in it");
  std::ifstream in(path, std::ios::binary);
  if (!in) return tl::unexpected<Error>(files::error_of(errno, ref));
  std::string out(4096, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

}  // namespace

std::string path_text(const std::vector<std::string>& steps) {
  std::string out;
  for (const auto& step : steps) {
    if (!out.empty()) out += ".";
    if (bare(step)) {
      out += step;
      continue;
    }
    out += "'";
    for (const char c : step) out += c == '\'' ? "''" : std::string(1, c);
    out += "'";
  }
  return out;
}

std::string path_text(const tfmd::FeatureNameStatistics& feature) {
  if (!feature.has_path()) return path_text(std::vector<std::string>{feature.name()});
  return path_text(std::vector<std::string>(feature.path().step().begin(), feature.path().step().end()));
}

Status statistics(const data::Table& table, const StatisticsOptions& options, Task& task,
                  tfmd::DatasetFeatureStatisticsList& out) {
  ASSAY_CHECK(describe(table, options.group.empty() ? "" : "All Examples", options, task, *out.add_datasets()));
  for (const auto& spec : options.group) {
    ASSAY_TRY(const auto parts, slices_of(table, spec));
    for (const auto& slice : parts) {
      ASSAY_TRY(const auto part, table.take(slice.rows));
      ASSAY_CHECK(describe(part, slice.key, options, task, *out.add_datasets()));
    }
  }
  return {};
}

Status statistics_of(const std::string& ref, const std::vector<std::string>& null, const StatisticsOptions& options,
                     Task& task, tfmd::DatasetFeatureStatisticsList& out, bool* described) {
  ASSAY_TRY(const auto path, task.open(ref));
  ASSAY_TRY(const auto head, head_of(path, ref));
  const bool table = is_table(head, ref);
  if (described != nullptr) *described = table;
  if (!table) return read_message(ref, task, out);
  data::ReadOptions read;
  read.null = null;
  ASSAY_TRY(const auto rows, data::read(ref, task, read));
  StatisticsOptions used = options;
  used.float32 = options.compat && !head.starts_with("PAR1") && !head.starts_with("ARROW1");
  return statistics(rows, used, task, out);
}

}  // namespace assay::validate
