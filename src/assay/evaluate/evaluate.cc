#include "assay/evaluate/evaluate.h"

#include <algorithm>
#include <cmath>

#include "assay/base/parallel.h"
#include "assay/data/read.h"
#include "assay/evaluate/slice_figures.h"

namespace assay::evaluate {
namespace {

using metrics::Predictions;
using operation::Evidence;
using operation::Figure;
using operation::Json;

constexpr std::size_t kCurves = 24;  // slices with curves in the detail: it stays small

// The slices of one split with their rows in canonical order.
std::vector<SliceRows> slice_rows(const Predictions& rows, const metrics::Cells& cells,
                                  const std::vector<std::size_t>& columns, const metrics::Slices& slices,
                                  const std::vector<std::uint32_t>& order) {
  std::vector<SliceRows> out(slices.size());
  for (std::size_t s = 0; s < out.size(); ++s) {
    out[s].slice = rows.slice(columns, slices.levels[s]);
    out[s].sums = metrics::sum_of(cells, slices.of(s));
  }
  if (rows.score.empty()) return out;
  const auto place = metrics::slice_of_rows(rows, slices, columns);
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
    const std::uint32_t i = order[rank];
    auto& to = out[place[i]];
    to.score.push_back(rows.score[i]), to.label.push_back(rows.label[i]), to.row.push_back(rank);
    if (!rows.weight.empty()) to.weight.push_back(rows.weight[i]);
  }
  return out;
}

Json what_was_read(const Predictions& rows, const EvaluateRequest& request) {
  return Json{{"rows", rows.rows()},
              {"dropped", rows.dropped},
              {"dropped_group", rows.dropped_group},
              {"positive", rows.positive},
              {"negative", rows.negative},
              {"decision", request.decision.empty() ? "score >= threshold" : "column"}};
}

}  // namespace

Result<Evidence> evaluate(const Predictions& rows, const EvaluateRequest& request, Task& task) {
  ASSAY_TRY(const auto cells, metrics::tabulate(rows.batch(), task));
  const metrics::BootstrapOptions bootstrap{request.replicates, request.level, static_cast<std::uint64_t>(request.seed),
                                            task.stop_token()};
  std::vector<std::uint32_t> order;
  if (!rows.score.empty() || !rows.weight.empty()) order = metrics::canonical_order(rows);
  std::vector<std::vector<std::size_t>> splits{{}};
  splits.insert(splits.end(), rows.splits.begin(), rows.splits.end());
  Evidence out;
  out.kind = "assay.evaluation/1";
  out.detail = what_was_read(rows, request);
  Json details = Json::array();
  for (const auto& columns : splits) {
    const auto map = metrics::listed_slices(rows, cells, columns);
    auto slices = slice_rows(rows, cells, columns, map, order);
    auto replicates = metrics::replicates_of(rows, cells, map, columns, order, bootstrap);
    ASSAY_CHECK(task.check());
    for (std::size_t s = 0; s < slices.size(); ++s) slices[s].replicates = std::move(replicates[s]);
    metrics::FigureOptions options{request.level, request.min_n, 1};
    options.family = static_cast<double>(
        std::count_if(slices.begin(), slices.end(), [](const SliceRows& s) { return s.sums.count() > 0; }));
    std::vector<std::vector<Figure>> figures(slices.size());
    task.begin(slices.size());
    parallel_parts(slices.size(), [&](std::size_t s) {
      if (task.stopped()) return;
      add_rates(slices[s], options, figures[s]);
      add_composites(slices[s], options, bootstrap, figures[s]);
      if (!rows.score.empty()) add_scores(slices[s], options, bootstrap, figures[s]);
      task.step();
    });
    ASSAY_CHECK(task.check());
    for (auto& each : figures) out.figures.insert(out.figures.end(), each.begin(), each.end());
    for (const auto& each : slices) details.push_back(slice_detail(each, request.level, details.size() < kCurves));
  }
  out.detail["slices"] = details;
  if (rows.score.empty()) out.flags.emplace_back("no score column: ranking and calibration are left out");
  if (rows.dropped + rows.dropped_group > 0)
    out.flags.push_back(std::to_string(rows.dropped + rows.dropped_group) + " rows dropped");
  operation::sort_figures(out.figures);
  return out;
}

Result<Evidence> run(const EvaluateRequest& request, Task& task) {
  ASSAY_TRY(const auto rows, metrics::load_predictions(request, task));
  ASSAY_TRY(auto out, evaluate(rows, request, task));
  if (task.assets() != nullptr) {
    ASSAY_CHECK(metrics::keep_predictions(rows, request, task, out));
  }
  return out;
}

}  // namespace assay::evaluate
