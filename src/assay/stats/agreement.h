// How far several people give the same label to the same thing, and which label they mean together (data b7).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/metrics/intervals.h"

namespace assay::stats {

// Who gave which label to what. -1: not rated.
struct Ratings {
  std::vector<std::string> categories, raters, items;  // categories in their order
  std::vector<std::int32_t> code;                      // [rater * items + item]
  std::int32_t at(std::size_t rater, std::size_t item) const { return code[rater * items.size() + item]; }
};

// Items with the same number of ratings in each category are alike to every measure below, so they are counted once.
struct Patterns {
  std::vector<std::vector<double>> counts;  // ratings by category
  std::vector<double> items;                // how many items are so
  std::vector<double> values;               // of the categories as numbers; NaN where one is none
};
Patterns patterns_of(const Ratings& ratings);

enum class Scale { kNominal, kOrdinal, kInterval, kRatio };
// 1 - D_o / D_e from the coincidence matrix; items with fewer than two ratings drop out. NaN when only one value was
// given, or a scale of numbers meets a category that is none. `items` weighs the patterns. O(patterns·categories²).
double krippendorff_alpha(const Patterns& p, const std::vector<double>& items, Scale scale);

struct Coefficients {
  double percent_agreement = metrics::kNan;  // of pairs of ratings of one item
  double brennan_prediger = metrics::kNan, gwet_ac1 = metrics::kNan;
  double fleiss_kappa = metrics::kNan, randolph_kappa = metrics::kNan;  // of items that all raters rated
};
// `categories` is what a label may be: 0 means those of the patterns.
Coefficients coefficients(const Patterns& p, const std::vector<double>& items, std::size_t raters,
                          std::size_t categories = 0);

enum class Weights { kNone, kLinear, kQuadratic };
// Cohen's kappa of a square table of two raters, row by row; distances by the order of the categories. NaN when chance
// alone explains all.
double cohen_kappa(const std::vector<double>& table, std::size_t categories, Weights weights);

// Majority; ties go to the label that is rarer over all ratings, then to the earlier one (tied = true).
struct Majority {
  std::vector<std::int32_t> label;  // -1: no rating
  std::vector<bool> tied;
};
Majority majority(const Ratings& ratings);

// Dawid and Skene (1979) by EM from the shares of votes; no smoothing. Stops when the log-likelihood moves by less than
// 1e-9 or after `rounds`. O(rounds·ratings·categories).
struct DawidSkene {
  std::vector<double> posterior;  // [item * categories + label]
  std::vector<double> confusion;  // [(rater * categories + true) * categories + given]
  std::vector<double> prior;
  double log_likelihood = 0;
  int rounds = 0;
};
DawidSkene dawid_skene(const Ratings& ratings, int rounds = 100);

// CROWDLAB (Goh, Tkachenko and Mueller 2022): a model's probabilities and the raters, each weighted by how well they
// agree. probabilities[item * categories + label].
struct Crowdlab {
  std::vector<std::int32_t> label;
  std::vector<double> quality;  // of the consensus label
  std::vector<double> rater_quality;
};
Crowdlab crowdlab(const Ratings& ratings, const std::vector<double>& probabilities);

}  // namespace assay::stats
