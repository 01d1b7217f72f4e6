// `labels agree`, `labels errors`, `labels consensus`: are the labels sound, which are wrong, what do several people
// say?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"

namespace assay::stats {

// Wide: one row an item, one column a rater (`raters`). Long: one row a rating (`item`, `rater`, `rating`).
struct RatingsRequest {
  std::vector<std::string> raters;
  std::string item, rater, rating;
  std::vector<std::string> order;  // of the categories; ascending when empty
};
struct AgreeRequest : RatingsRequest {
  std::string data;
  std::vector<std::string> null;
  double level = 0.95;
  int replicates = 2000;
  std::int64_t seed = 0;
};
// Evidence "assay.labels/1". Figures, with intervals by bootstrap of the items: percent_agreement, krippendorff_alpha
// of each scale (parameters.scale), gwet_ac1, brennan_prediger, fleiss_kappa and randolph_kappa (items that all raters
// rated), cohen_kappa of each pair of raters (parameters.raters, weights). A figure without value says why.
// Errors: invalid-argument (no raters named, an item rated twice by one rater, more than 1000 categories).
Result<operation::Evidence> agree(const AgreeRequest& request, Task& task);

struct ErrorsRequest {
  std::string data, label;
  std::vector<std::string>
      probabilities;    // columns, one a class in ascending order of the label; or one: the later class
  std::string fold;     // column that says which part a row was predicted from
  bool i_know = false;  // go on without fold
  std::string filter = "prune_by_noise_rate", score = "self_confidence";
  bool adjusted = false;
  std::vector<std::string> null;
  double level = 0.95;
};
// Evidence "assay.labels/1": figures label_error_share (Wilson) overall and by given class, label_health;
// detail {classes, confident_joint, prior, noise, worst[]}; blob "issues": row, given, suggested, score of every row
// that the filter calls wrong. Probabilities must be out of sample: refused without `fold` unless i_know.
Result<operation::Evidence> errors(const ErrorsRequest& request, Task& task);

struct ConsensusRequest : RatingsRequest {
  std::string data;
  std::string method = "dawid_skene";      // majority | dawid_skene | crowdlab
  std::vector<std::string> probabilities;  // of a model, for crowdlab: one column a category, wide form
  std::vector<std::string> null;
};
// Evidence "assay.labels/1": figure rater_quality by rater; detail {method, items, tied}; blob "consensus": item,
// label, confidence, ratings of each item.
Result<operation::Evidence> consensus(const ConsensusRequest& request, Task& task);

std::string render_labels(const operation::Json& evidence);

}  // namespace assay::stats
