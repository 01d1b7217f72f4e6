// Weights and counts that even out groups and labels (data b8). Pure functions on counts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/base/error.h"
#include "assay/stats/association.h"

namespace assay::stats {

// Kamiran and Calders (2012): P(group) P(label) / P(group, label), row by row of the table; NaN in an empty cell.
std::vector<double> reweighing(const CrossTable& table);
std::vector<double> class_weights(
    std::span<const double> counts);  // n / (classes · count); infinite for an empty class

// Whole counts that sum to `total`, nearest to the shares by largest remainder; ties to the earlier. Shares need not
// sum to 1.
std::vector<std::int64_t> apportioned(std::span<const double> shares, std::int64_t total);

double kish_effective_rows(std::span<const double> weights);  // (Σw)² / Σw²

// Iterative proportional fitting of row weights to the shares of several columns.
struct Margin {
  std::vector<std::int32_t> code;  // of each row; -1 keeps its weight out of this margin
  std::vector<double> share;       // target, sums to 1
  std::string name;
};
struct Raked {
  std::vector<double> weight;  // sums to the number of rows
  int rounds = 0;
  double gap = 0;  // largest distance of a share from its target at the end
  bool converged = false;
  std::size_t capped = 0;  // rows at the cap
};
// Each round fits the margins in turn, then (cap > 0) trims weights to cap times the mean. Stops when no margin is off
// by more than 1e-10 of the rows, or after `rounds`. Errors: invalid-argument (a target above 0 for a value without
// rows).
Result<Raked> rake(const std::vector<Margin>& margins, std::size_t rows, double cap, int rounds = 1000);

// Rows of each cell to keep: `wanted` of `members`, every row as often as the others but for one; drawn by
// Philox(seed).fork(kReservoir).fork(cell). Ascending; repeated when wanted is larger.
std::vector<std::uint32_t> redrawn(std::span<const std::uint32_t> members, std::int64_t wanted, std::uint64_t cell,
                                   std::uint64_t seed);

}  // namespace assay::stats
