// Grouped metrics and their bootstrap, from each form in which the columns may come.
//
// Cost: from 8-bit codes O(rows), 5 bytes a row read once (three codes, label, decision); from int64 columns 40 bytes a
// row read and 8 written; from text besides one hash and one compare a cell. Metrics of S slices over C cells: O(C).
// Bootstrap: O(replicates * cells), however many the rows.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>

#include <array>
#include <memory>

#include "assay/data/columns.h"
#include "assay/metrics/bootstrap.h"
#include "assay/metrics/cell_table.h"
#include "assay/metrics/predictions.h"
#include "assay/metrics/rates.h"
#include "cases.h"

namespace assay::bench {
namespace {

constexpr std::array<const char*, 3> kGroups{"sex", "race", "age"};
constexpr std::array<std::string_view, 5> kMetrics{"selection_rate", "true_positive_rate", "false_positive_rate",
                                                   "accuracy", "precision"};
constexpr std::array<std::size_t, 3> kAll{0, 1, 2};

struct Scores {
  std::vector<double> overall, by_group;  // by_group[slice · metrics + metric], every combination of levels
};

void score(const metrics::Confusion& c, std::vector<double>& out) {
  static const auto rates = [] {
    std::vector<metrics::RateMetric> found;
    for (const auto name : kMetrics) found.push_back(*metrics::find_rate(name));
    return found;
  }();
  for (const auto& rate : rates) out.push_back(metrics::rate_of(c, rate).value);
}

Scores scores_of(const metrics::Cells& cells) {
  Scores out;
  const auto slices = metrics::slices_of(cells, kAll, true);
  for (std::size_t s = 0; s < slices.size(); ++s) score(metrics::sum_of(cells, slices.of(s)), out.by_group);
  metrics::Confusion total;
  for (const auto& each : cells.sums) total.add(each);
  score(total, out.overall);
  return out;
}

Json json_of(const std::vector<double>& values) {
  Json out = Json::array();
  for (const double v : values) out.push_back(std::isnan(v) ? Json() : Json(v));
  return out;
}

Json json_of(const Scores& scores) {
  return Json{{"overall", json_of(scores.overall)}, {"by_group", json_of(scores.by_group)}};
}

Result<std::shared_ptr<arrow::Table>> open_ipc(const std::string& path) {
  ASSAY_ARROW(const auto file, arrow::io::ReadableFile::Open(path), path);
  ASSAY_ARROW(const auto reader, arrow::ipc::RecordBatchFileReader::Open(file), path);
  ASSAY_ARROW(auto table, reader->ToTable(), path);
  ASSAY_ARROW(auto whole, table->CombineChunks(), path);
  return whole;
}

struct Columns {
  std::vector<std::int64_t> label, decision;
  std::array<std::vector<std::int64_t>, 3> group;
};

Result<Columns> open_columns(const Arguments& arguments) {
  if (arguments.empty()) return fail(Code::kInvalidArgument, "no file is named", "arguments", "name an Arrow file");
  ASSAY_TRY(const auto table, open_ipc(arguments[0]));
  const auto rows = arguments.size() > 1 ? std::stoul(arguments[1]) : static_cast<std::size_t>(table->num_rows());
  const auto column = [&](const char* name) {
    const auto& array = static_cast<const arrow::Int64Array&>(*table->GetColumnByName(name)->chunk(0));
    std::vector<std::int64_t> out(rows);
    for (std::size_t i = 0; i < rows; ++i) out[i] = array.Value(static_cast<std::int64_t>(i) % array.length());
    return out;
  };
  return Columns{column("y"), column("decision"), {column(kGroups[0]), column(kGroups[1]), column(kGroups[2])}};
}

// 0 and 1 as bytes.
std::vector<std::uint8_t> flags(const std::vector<std::int64_t>& values) {
  std::vector<std::uint8_t> out(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) out[i] = values[i] != 0;
  return out;
}

// Columns as an encoded table holds them: a byte a cell.
struct Encoded {
  std::vector<std::uint8_t> label, decision;
  std::array<std::vector<std::uint8_t>, 3> group;
  metrics::Batch batch;
};

std::shared_ptr<Encoded> encode(const Columns& columns) {
  auto out = std::make_shared<Encoded>();
  out->label = flags(columns.label), out->decision = flags(columns.decision);
  for (std::size_t g = 0; g < 3; ++g) {
    const auto codes = metrics::encode_integers(columns.group[g]);
    out->group[g].assign(codes.codes.begin(), codes.codes.end());
    out->batch.columns.emplace_back(std::span<const std::uint8_t>(out->group[g]), codes.levels());
  }
  out->batch.label = out->label, out->batch.decision = out->decision;
  return out;
}

// A case whose run computes the scores.
template <class Compute>
Ready scoring(std::size_t rows, Compute compute) {
  return {rows,
          [compute](Task& task) -> Status {
            ASSAY_TRY(const auto scores, compute(task));
            return scores.overall.empty() ? fail(Code::kInternal, "no scores") : Status{};
          },
          [compute](Task& task) -> Result<Json> {
            ASSAY_TRY(const auto scores, compute(task));
            return json_of(scores);
          }};
}

}  // namespace

Result<Ready> grouped_encoded(const Arguments& arguments) {
  ASSAY_TRY(const auto columns, open_columns(arguments));
  const auto encoded = encode(columns);
  return scoring(encoded->label.size(), [encoded](Task& task) -> Result<Scores> {
    ASSAY_TRY(const auto cells, metrics::tabulate(encoded->batch, task));
    return scores_of(cells);
  });
}

Result<Ready> grouped_integers(const Arguments& arguments) {
  ASSAY_TRY(auto opened, open_columns(arguments));
  const auto columns = std::make_shared<const Columns>(std::move(opened));
  return scoring(columns->label.size(), [columns](Task& task) -> Result<Scores> {
    const auto label = flags(columns->label), decision = flags(columns->decision);
    std::array<metrics::IntegerCodes, 3> codes;
    metrics::Batch batch{{}, label, decision, {}};
    for (std::size_t g = 0; g < 3; ++g) {
      codes[g] = metrics::encode_integers(columns->group[g]);
      batch.columns.emplace_back(std::span<const std::uint16_t>(codes[g].codes), codes[g].levels());
    }
    ASSAY_TRY(const auto cells, metrics::tabulate(batch, task));
    return scores_of(cells);
  });
}

// The whole way that `evaluate run` goes: Arrow table to Table, checks of every column, codes, cells, metrics.
Result<Ready> grouped_strings(const Arguments& arguments) {
  if (arguments.empty()) return fail(Code::kInvalidArgument, "no file is named", "arguments", "name an Arrow file");
  ASSAY_TRY(auto table, open_ipc(arguments[0]));
  ASSAY_ARROW(table, table->SelectColumns({0, 1, 5, 6, 7}), arguments[0]);
  return scoring(static_cast<std::size_t>(table->num_rows()), [table](Task& task) -> Result<Scores> {
    ASSAY_TRY(const auto canonical, data::canonical_table(*table, "predictions", 100));
    metrics::PredictionsRequest request;
    request.label = "y", request.decision = "decision", request.group = {"sex_text,race_text,age_text"};
    ASSAY_TRY(const auto predictions, metrics::predictions_of(canonical, request));
    ASSAY_TRY(const auto cells, metrics::tabulate(predictions.batch(), task));
    return scores_of(cells);
  });
}

Result<Ready> grouped_bootstrap(const Arguments& arguments) {
  if (arguments.size() < 2) return fail(Code::kInvalidArgument, "give FILE REPLICATES", "arguments", "name both");
  ASSAY_TRY(const auto columns, open_columns({arguments[0]}));
  const auto encoded = encode(columns);
  metrics::BootstrapOptions options;
  options.replicates = std::stoi(arguments[1]);
  const auto compute = [encoded,
                        options](Task& task) -> Result<std::array<std::vector<metrics::BootstrapInterval>, 2>> {
    ASSAY_TRY(const auto cells, metrics::tabulate(encoded->batch, task));
    const auto whole = metrics::slices_of(cells, {}, true), slices = metrics::slices_of(cells, kAll, true);
    ASSAY_TRY(auto overall, metrics::bootstrap_intervals(cells, whole, kMetrics, options, task));
    ASSAY_TRY(auto by_group, metrics::bootstrap_intervals(cells, slices, kMetrics, options, task));
    return std::array{std::move(overall), std::move(by_group)};
  };
  return Ready{encoded->label.size(),
               [compute](Task& task) -> Status {
                 ASSAY_TRY(const auto found, compute(task));
                 return found[1].empty() ? fail(Code::kInternal, "no intervals") : Status{};
               },
               [compute](Task& task) -> Result<Json> {
                 ASSAY_TRY(const auto found, compute(task));
                 std::vector<double> low, high;
                 for (const auto& part : found)
                   for (const auto& each : part) low.push_back(each.ci.low), high.push_back(each.ci.high);
                 return Json{{"low", json_of(low)}, {"high", json_of(high)}};
               }};
}

}  // namespace assay::bench
