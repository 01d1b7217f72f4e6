// Labels that are probably wrong, by confident learning (Northcutt, Jiang and Chuang 2021), as cleanlab finds them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::stats {

// Out-of-sample probabilities of every class, and the label given.
struct LabelledRows {
  std::size_t classes = 0;
  std::vector<std::int32_t> label;  // all in [0, classes)
  std::vector<double> probability;  // [row * classes + class]
  double p(std::size_t row, std::size_t c) const { return probability[row * classes + c]; }
};

std::vector<double> class_thresholds(const LabelledRows& rows);  // mean probability of a class over its own rows
// Rows by given label and most likely class among those above their threshold: [given * classes + true]. Calibrated:
// rows scaled to the class counts, whole numbers.
std::vector<double> confident_joint(const LabelledRows& rows, bool calibrated = true);

// Rows that a filter calls wrong. Filters: prune_by_noise_rate, prune_by_class, both, confident_learning,
// predicted_neq_given, low_normalized_margin, low_self_confidence. Ascending. O(rows·(classes + log rows)).
std::vector<std::uint32_t> label_issues(const LabelledRows& rows, std::string_view filter);
// In [0, 1], low is bad: self_confidence, normalized_margin, confidence_weighted_entropy. `adjusted`: probabilities
// first lowered by the thresholds of their classes.
std::vector<double> label_quality(const LabelledRows& rows, std::string_view score, bool adjusted);

struct LatentLabels {
  std::vector<double> prior;    // of the true classes
  std::vector<double> noise;    // P(given | true): [given * classes + true]
  std::vector<double> inverse;  // P(true | given): [true * classes + given]
};
LatentLabels latent_labels(const LabelledRows& rows);

}  // namespace assay::stats
