// How far two samples of one column lie apart (data b5): numbers from sorted value tables in one merge, categories from
// counts, many columns at once by maximum mean discrepancy.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "assay/data/table.h"
#include "assay/metrics/two_sample.h"

namespace assay::stats {

// One side of a numeric column: its finite values, ascending, each with the number of rows.
struct NumberSide {
  std::vector<std::pair<double, std::uint64_t>> values;
  std::uint64_t rows = 0, missing = 0, not_finite = 0, n = 0;  // n: of the finite
  double mean = 0, standard_deviation = 0, min = 0, max = 0;   // ddof 0; n > 0; exact and rounded once
};
// O(rows + distinct log distinct). A side does not depend on the order of rows.
NumberSide number_side(const data::Numbers& column);
NumberSide number_side(const data::Integers& column);  // times, in microseconds
double quantile(const NumberSide& side, double at);    // type 7; n > 0
std::vector<metrics::ValueCounts> merged(const NumberSide& first, const NumberSide& second);

// Population stability index over the reference's deciles: unique edges, open ends, cells (lo, hi], shares of at least
// 1e-4, not renormalised. NaN when a side is empty.
double stability_index(const NumberSide& reference, const NumberSide& current);
// Jensen-Shannon distance in bits on Sturges cells of both samples together.
double jensen_shannon_sturges(const std::vector<metrics::ValueCounts>& values);

// A column of categories: counts of both sides, by name in byte order.
struct Categories {
  std::vector<std::string> names;
  std::vector<double> first, second;
  double first_n = 0, second_n = 0;
  std::uint64_t first_missing = 0, second_missing = 0;
};
Categories categories(const data::Codes& first, const data::Codes& second);

double jensen_shannon(metrics::Counts first, metrics::Counts second);  // distance, bits
double euclidean(metrics::Counts first, metrics::Counts second);       // of the two vectors of shares
double infinity_norm(metrics::Counts first, metrics::Counts second);
double total_variation(metrics::Counts first, metrics::Counts second);
double hellinger(metrics::Counts first, metrics::Counts second);
double stability_index(metrics::Counts first, metrics::Counts second);  // shares of at least 1e-4

struct ResampleOptions {
  int replicates = 2000;
  double level = 0.95;
  std::uint64_t seed = 0;
};
// Interval of a distance d >= 0 that is 0 when nothing differs. Plug-in distances are too large near 0, in the sample
// and again in its resamples, so the upper end is the percentile and the lower one 2·d - percentile, never below 0; it
// is 0 when the test (p) does not tell the samples apart. Poisson counts of at most 128 cells of equal rows: the cells'
// distance moved by exact minus cell value. O(distinct + 128·replicates).
metrics::Interval wasserstein_interval(const std::vector<metrics::ValueCounts>& values, double distance, double p,
                                       const ResampleOptions& options);
using CategoryMeasure = double (*)(metrics::Counts, metrics::Counts);
metrics::Interval category_interval(metrics::Counts first, metrics::Counts second, CategoryMeasure measure, double p,
                                    const ResampleOptions& options);

// The same against shares that are known, not drawn.
metrics::Interval known_shares_interval(metrics::Counts counts, metrics::Counts shares, CategoryMeasure measure,
                                        double p, const ResampleOptions& options);

// Maximum mean discrepancy of two samples of rows: unbiased estimate, Gaussian kernel with gamma = 1 / median squared
// distance of all pairs, columns scaled by the first sample's mean and standard deviation. p by permutation of the
// rows: (1 + hits) / (1 + permutations). O((n + m)²·(columns + permutations)) time, O((n + m)²) memory.
struct Mmd {
  double squared = metrics::kNan, gamma = metrics::kNan, p = metrics::kNan;
};
Mmd maximum_mean_discrepancy(const std::vector<std::vector<double>>& first,
                             const std::vector<std::vector<double>>& second, int permutations, std::uint64_t seed);

}  // namespace assay::stats
