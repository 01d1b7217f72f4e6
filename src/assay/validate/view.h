// What validation and inference ask of one column's statistics, weighted or not. Internal to this room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/validate/statistics.h"
#include "tfmd/schema.pb.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {

struct LevelView {
  double present = 0, missing = 0;
  std::uint64_t min = 0, max = 0;
};

class View {
 public:
  View(const tfmd::FeatureNameStatistics& feature, bool by_weight) : feature_(&feature), by_weight_(by_weight) {}

  const tfmd::FeatureNameStatistics& feature() const { return *feature_; }
  std::vector<std::string> steps() const;
  tfmd::FeatureNameStatistics::Type type() const { return feature_->type(); }
  tfmd::FeatureType schema_type() const;
  const tfmd::CommonStatistics* common() const;  // none: a feature that only carries custom statistics
  double present() const;
  double missing() const;
  double fraction() const { return present() + missing() > 0 ? present() / (present() + missing()) : 0; }
  double values() const;                          // over all examples
  std::vector<LevelView> levels() const;          // one, or one for each level of nesting
  std::map<std::string, double> strings() const;  // of the rank histogram
  double invalid_utf8() const;
  std::vector<tfmd::Histogram> histograms() const;
  const tfmd::Histogram* histogram(tfmd::Histogram::HistogramType type) const;
  bool by_weight() const { return by_weight_; }
  std::uint64_t nan() const;

 private:
  const tfmd::FeatureNameStatistics* feature_;
  bool by_weight_;
};

// The columns with common statistics, parents first; by_weight when the whole data set carries weights.
std::vector<View> views(const tfmd::DatasetFeatureStatistics& dataset);
bool weighted(const tfmd::DatasetFeatureStatistics& dataset);

// The data set that speaks for all rows: the one named "All Examples", else the only or first one.
const tfmd::DatasetFeatureStatistics* whole(const tfmd::DatasetFeatureStatisticsList& list);

std::optional<std::int64_t> whole_number(const std::string& text);
std::optional<double> real_number(const std::string& text);

}  // namespace assay::validate
