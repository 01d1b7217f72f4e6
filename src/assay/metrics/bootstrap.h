// Poisson bootstrap (fairness b4): the replicate weight of every row is Poisson(1), the same for all slices and
// metrics.
//
// Without weights the rows of one cell (group values × label × decision) are exchangeable, so a replicate needs one
// Poisson(n_c) draw per cell: exactly the law of the row-level bootstrap at a cost that does not depend on the number
// of rows. With weights rows are drawn one by one. Draws are addressed by (seed, cell or row, replicate): threads, the
// order of cells and the set of slices change nothing.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "assay/metrics/cell_table.h"
#include "assay/metrics/intervals.h"
#include "assay/metrics/scores.h"

namespace assay::metrics {

struct BootstrapOptions {
  int replicates = 2000;
  double level = 0.95;
  std::uint64_t seed = 0;
  std::stop_token stop;  // once it is asked for, draws are left out: the caller checks its task before it uses them
};

struct BootstrapInterval {
  Interval ci;
  double mean = kNan, se = kNan;
  std::size_t undefined = 0;  // replicates without a value; left out
  bool unstable = false;      // more than 5 % of them
};
// Percentile interval (type 7; between infinite neighbours the nearer order statistic). Reorders `values`.
BootstrapInterval percentile_interval(std::span<double> values, double level);

// Replicate sums of one slice by outcome: out[o * replicates + r], from whole counts.
void slice_replicates(const Cells& cells, std::span<const std::uint32_t> of, const BootstrapOptions& options,
                      std::span<double> out);
// The same from weighted rows: `slice[i]` of row i (below `slices`), outcome 2·label + decision;
// out[(slice·4 + o) · replicates + r]. Rows must stand in an order that does not depend on the file's.
// O(rows·replicates).
std::vector<double> weighted_replicates(std::span<const std::uint32_t> slice, std::size_t slices,
                                        std::span<const std::uint8_t> outcome, std::span<const double> weight,
                                        const BootstrapOptions& options);

// A metric in every replicate of a slice; `sums` as slice_replicates leaves them. Unknown names give NaN.
std::vector<double> replicate_values(std::span<const double> sums, std::size_t replicates, std::string_view metric);

// Every metric of every slice to finished intervals: [slice · metrics + metric]. Parallel over slices.
Result<std::vector<BootstrapInterval>> bootstrap_intervals(const Cells& cells, const Slices& slices,
                                                           std::span<const std::string_view> metrics,
                                                           const BootstrapOptions& options, Task& task);

// Average precision in every replicate, at row level: `row[i]` names row i in all slices; O(rows·replicates). Above
// 20,000 unweighted rows by 1,024 score bins, moved by exact minus binned value; O(bins·replicates).
std::vector<double> average_precision_replicates(const ScoredRows& rows, std::span<const std::uint32_t> row,
                                                 const BootstrapOptions& options);

}  // namespace assay::metrics
