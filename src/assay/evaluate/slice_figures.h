// The figures and the detail of one slice.
#pragma once

#include <vector>

#include "assay/metrics/bootstrap.h"
#include "assay/metrics/figures.h"

namespace assay::evaluate {

// One slice: its sums and, when there are scores, its rows by ascending score.
struct SliceRows {
  operation::Slice slice;
  metrics::Confusion sums;
  std::vector<double> score, weight;
  std::vector<std::uint8_t> label;
  std::vector<std::uint32_t> row;  // names the row in every slice it is in
  std::vector<double> replicates;  // replicate sums by outcome
  metrics::ScoredRows scored() const { return {score, label, weight}; }
};

void add_rates(const SliceRows& slice, const metrics::FigureOptions& options, std::vector<operation::Figure>& out);
void add_composites(const SliceRows& slice, const metrics::FigureOptions& options,
                    const metrics::BootstrapOptions& bootstrap, std::vector<operation::Figure>& out);
void add_scores(const SliceRows& slice, const metrics::FigureOptions& options,
                const metrics::BootstrapOptions& bootstrap, std::vector<operation::Figure>& out);
// {slice, rows, confusion, roc, reliability, base_rate_log_loss}; curves only when asked.
operation::Json slice_detail(const SliceRows& slice, double level, bool curves);

}  // namespace assay::evaluate
