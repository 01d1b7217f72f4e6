#include "assay/validate/view.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace assay::validate {

std::vector<std::string> View::steps() const {
  if (feature_->path().step_size() == 0) return {feature_->name()};  // a path without steps names nothing either
  return {feature_->path().step().begin(), feature_->path().step().end()};
}

tfmd::FeatureType View::schema_type() const {
  switch (feature_->type()) {
    case tfmd::FeatureNameStatistics::INT:
      return tfmd::INT;
    case tfmd::FeatureNameStatistics::FLOAT:
      return tfmd::FLOAT;
    case tfmd::FeatureNameStatistics::STRUCT:
      return tfmd::STRUCT;
    default:
      return tfmd::BYTES;
  }
}

const tfmd::CommonStatistics* View::common() const {
  if (feature_->has_num_stats() && feature_->num_stats().has_common_stats())
    return &feature_->num_stats().common_stats();
  if (feature_->has_string_stats() && feature_->string_stats().has_common_stats())
    return &feature_->string_stats().common_stats();
  if (feature_->has_bytes_stats() && feature_->bytes_stats().has_common_stats())
    return &feature_->bytes_stats().common_stats();
  if (feature_->has_struct_stats() && feature_->struct_stats().has_common_stats())
    return &feature_->struct_stats().common_stats();
  return nullptr;
}

double View::present() const {
  const auto& c = *common();
  return by_weight_ ? c.weighted_common_stats().num_non_missing() : static_cast<double>(c.num_non_missing());
}
double View::missing() const {
  const auto& c = *common();
  return by_weight_ ? c.weighted_common_stats().num_missing() : static_cast<double>(c.num_missing());
}
double View::values() const {
  const auto& c = *common();
  if (by_weight_) return c.weighted_common_stats().tot_num_values();
  if (c.tot_num_values() > 0) return static_cast<double>(c.tot_num_values());
  return static_cast<double>(c.num_non_missing()) * static_cast<double>(c.avg_num_values());
}

std::vector<LevelView> View::levels() const {
  const auto& c = *common();
  std::vector<LevelView> out;
  for (const auto& each : c.presence_and_valency_stats())
    out.push_back({static_cast<double>(each.num_non_missing()), static_cast<double>(each.num_missing()),
                   each.min_num_values(), each.max_num_values()});
  if (out.empty())
    out.push_back({static_cast<double>(c.num_non_missing()), static_cast<double>(c.num_missing()), c.min_num_values(),
                   c.max_num_values()});
  return out;
}

std::map<std::string, double> View::strings() const {
  std::map<std::string, double> out;
  const auto& text = feature_->string_stats();
  const auto& ranks = by_weight_ ? text.weighted_string_stats().rank_histogram() : text.rank_histogram();
  for (const auto& each : ranks.buckets()) out[each.label()] += each.sample_count();
  return out;
}

double View::invalid_utf8() const { return static_cast<double>(feature_->string_stats().invalid_utf8_count()); }

const tfmd::Histogram* View::histogram(tfmd::Histogram::HistogramType type) const {
  const auto& numbers = feature_->num_stats();
  const auto& all = by_weight_ ? numbers.weighted_numeric_stats().histograms() : numbers.histograms();
  for (const auto& each : all)
    if (each.type() == type) return &each;
  return nullptr;
}

std::vector<tfmd::Histogram> View::histograms() const {
  const auto& numbers = feature_->num_stats();
  const auto& all = by_weight_ ? numbers.weighted_numeric_stats().histograms() : numbers.histograms();
  return {all.begin(), all.end()};
}

std::uint64_t View::nan() const {
  std::uint64_t out = 0;
  for (const auto& each : feature_->num_stats().histograms()) out = std::max<std::uint64_t>(out, each.num_nan());
  return out;
}

bool weighted(const tfmd::DatasetFeatureStatistics& dataset) {
  if (dataset.weighted_num_examples() == 0) return false;
  return std::all_of(dataset.features().begin(), dataset.features().end(), [](const auto& each) {
    const auto* common = View(each, false).common();
    return common == nullptr || common->has_weighted_common_stats();
  });
}

std::vector<View> views(const tfmd::DatasetFeatureStatistics& dataset) {
  const bool by_weight = weighted(dataset);
  std::vector<View> out;
  for (const auto& each : dataset.features())
    if (View(each, by_weight).common() != nullptr) out.emplace_back(each, by_weight);
  // Parents before children, else in the order of the file; children stand behind their parent.
  std::stable_sort(out.begin(), out.end(), [](const View& a, const View& b) {
    return std::max(1, a.feature().path().step_size()) < std::max(1, b.feature().path().step_size());
  });
  return out;
}

const tfmd::DatasetFeatureStatistics* whole(const tfmd::DatasetFeatureStatisticsList& list) {
  for (const auto& each : list.datasets())
    if (each.name() == "All Examples") return &each;
  return list.datasets_size() > 0 ? &list.datasets(0) : nullptr;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  const char *from = text.data(), *to = from + text.size();
  if (from != to && *from == '+') ++from;
  std::int64_t out = 0;
  const auto [end, code] = std::from_chars(from, to, out);
  if (code != std::errc() || end != to) return {};
  return out;
}

std::optional<double> real_number(const std::string& text) {
  const char *from = text.data(), *to = from + text.size();
  if (from != to && *from == '+') ++from;
  double out = 0;
  const auto [end, code] = std::from_chars(from, to, out);
  if (end != to || from == to) return {};
  if (code == std::errc::result_out_of_range)
    return *from == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  if (code != std::errc()) return {};
  return out;
}

}  // namespace assay::validate
