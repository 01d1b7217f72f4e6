// How two columns go together, and how evenly one column is spread (data b6). Pure functions on counts and values.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/data/table.h"
#include "assay/metrics/intervals.h"

namespace assay::stats {

// Counts of one column against another. Values ascending: as numbers where all are, else by bytes.
struct CrossTable {
  std::vector<std::string> rows, columns;
  std::vector<double> counts;  // row by row
  std::vector<double> row_totals, column_totals;
  double n = 0;
  double at(std::size_t row, std::size_t column) const { return counts[row * columns.size() + column]; }
};
// Rows where either is missing are left out. O(rows + cells).
CrossTable cross_table(const data::Codes& first, const data::Codes& second);
CrossTable cross_table(std::vector<std::string> rows, std::vector<std::string> columns, std::vector<double> counts);
// Ascending: as numbers where all are numbers, else by bytes. Gives the order of `values`.
std::vector<std::size_t> ascending(const std::vector<std::string>& values);

struct CellMeasures {
  double expected = metrics::kNan, lift = metrics::kNan;
  double residual = metrics::kNan, p = metrics::kNan;  // adjusted standardised residual, two-sided p
};
CellMeasures cell_measures(const CrossTable& table, std::size_t row, std::size_t column);
// Of lift = rate in the row / rate overall: the ratio to the other rows (MOVER over Wilson), carried to the lift.
metrics::Interval lift_interval(const CrossTable& table, std::size_t row, std::size_t column, double level);

// Of one group and one label value; natural logarithms. -infinity where they never meet.
struct PairMeasures {
  double pmi = 0, npmi = 0, sorensen_dice = 0, jaccard = 0, log_likelihood_ratio = 0, t = 0;
};
PairMeasures pair_measures(const CrossTable& table, std::size_t row, std::size_t column);

// A distribution against a reference of the same length (shares that sum to 1); natural logarithms.
struct BalanceMeasures {
  double kl = metrics::kNan, js_distance = metrics::kNan, infinity_norm = metrics::kNan, tvd = metrics::kNan;
  double wasserstein = metrics::kNan;  // mean |p - q| of the sorted shares
  double chi_square = metrics::kNan, chi_square_p = metrics::kNan;
};
BalanceMeasures balance_measures(std::span<const double> counts, std::span<const double> reference);
struct AggregateBalance {
  double atkinson = metrics::kNan, theil_l = metrics::kNan, theil_t = metrics::kNan;
};
AggregateBalance aggregate_balance(std::span<const double> counts);  // of the shares; infinite with an empty cell

// Two columns of categories. NaN where one of them has a single value.
struct CategoryAssociation {
  double chi_square = metrics::kNan, p = metrics::kNan, cramers_v = metrics::kNan, cramers_v_corrected = metrics::kNan;
  double mutual_information = metrics::kNan;                               // nats
  double theils_u_first = metrics::kNan, theils_u_second = metrics::kNan;  // share of its entropy that the other tells
};
CategoryAssociation category_association(const CrossTable& table);

// Two columns of numbers; NaN where one is constant or fewer than two rows are left.
double pearson(std::span<const double> x, std::span<const double> y);
double spearman(std::span<const double> x, std::span<const double> y);
double kendall_tau_b(std::span<const double> x, std::span<const double> y);  // O(n log n)
// Correlation ratio: sqrt(between / total sum of squares); codes in [0, groups).
double correlation_ratio(std::span<const double> x, std::span<const std::int32_t> codes, std::size_t groups);

// Shares of a column's values by a population table: a column of that name, and one of `share`, `count`, `population`
// or `weight`; rows with the same value add up, so a joint table serves all of its columns. Errors: invalid-argument
// (no such column, a negative or missing number, a sum of 0).
Result<std::map<std::string, double>> population_shares(const data::Table& table, const std::string& where,
                                                        const std::string& column);

}  // namespace assay::stats
