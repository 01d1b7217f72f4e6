#include "assay/validate/infer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <span>
#include <string_view>

#include "assay/validate/infer_feature.h"

namespace assay::validate {
namespace {

bool one_of(std::string_view value, std::span<const std::string_view> set) {
  return std::find(set.begin(), set.end(), value) != set.end();
}

bool infer_bool(const View& view, tfmd::Feature& feature) {
  if (view.type() == tfmd::FeatureNameStatistics::INT) {
    const auto& numbers = view.feature().num_stats();
    if (!(numbers.min() >= 0) || numbers.max() != 1) return false;
    feature.mutable_bool_domain();
    return true;
  }
  if (view.type() != tfmd::FeatureNameStatistics::STRING) return false;
  static constexpr std::array<std::string_view, 6> kTrue{"TRUE", "true", "SET", "set", "1", ""};
  static constexpr std::array<std::string_view, 5> kFalse{"FALSE", "false", "CLEAR", "clear", "0"};
  const auto strings = view.strings();
  if (strings.empty() || strings.size() > 2) return false;
  tfmd::BoolDomain made;
  for (const auto& [value, count] : strings) {
    if (one_of(value, kTrue) && !made.has_true_value())
      made.set_true_value(value);
    else if (one_of(value, kFalse) && !made.has_false_value())
      made.set_false_value(value);
    else
      return false;
  }
  *feature.mutable_bool_domain() = made;
  return true;
}

void infer_text_domain(const View& view, const InferOptions& options, tfmd::Schema& schema, tfmd::Feature& feature) {
  const auto strings = view.strings();
  if (strings.empty()) return;
  if (std::all_of(strings.begin(), strings.end(), [](const auto& each) { return whole_number(each.first); })) {
    feature.mutable_int_domain();
    return;
  }
  if (strings.size() > options.max_domain) return;
  std::set<std::string> taken;
  for (const auto& each : schema.string_domain()) taken.insert(each.name());
  const std::string path = path_text(view.steps());
  std::string name = path;
  for (int i = 2; taken.contains(name); ++i) name = path + std::to_string(i);
  auto& domain = *schema.add_string_domain();
  domain.set_name(name);
  for (const auto& [value, count] : strings) domain.add_value(value);
  feature.set_domain(name);
}

bool fixed(const std::vector<LevelView>& levels) {
  return std::all_of(levels.begin(), levels.end(),
                     [](const LevelView& l) { return l.missing == 0 && l.min == l.max && l.min > 0; });
}

tfmd::Feature* find_in(google::protobuf::RepeatedPtrField<tfmd::Feature>& features,
                       std::span<const std::string> steps) {
  for (auto& each : features) {
    if (each.name() != steps[0]) continue;
    if (steps.size() == 1) return &each;
    if (each.has_struct_domain()) return find_in(*each.mutable_struct_domain()->mutable_feature(), steps.subspan(1));
  }
  return nullptr;
}

}  // namespace

tfmd::Feature* find_feature(tfmd::Schema& schema, const std::vector<std::string>& steps) {
  return steps.empty() ? nullptr : find_in(*schema.mutable_feature(), steps);
}

tfmd::Feature& make_feature(tfmd::Schema& schema, const std::vector<std::string>& steps) {
  auto* features = schema.mutable_feature();
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    auto* parent = find_in(*features, std::span(steps).subspan(i, 1));
    if (parent == nullptr) {
      parent = features->Add();
      parent->set_name(steps[i]);
      parent->set_type(tfmd::STRUCT);
    }
    features = parent->mutable_struct_domain()->mutable_feature();
  }
  auto* made = features->Add();
  made->set_name(steps.back());
  return *made;
}

void infer_value_count(const View& view, tfmd::Feature& feature) {
  const auto levels = view.levels();
  const auto put = [](const LevelView& level, tfmd::ValueCount& out) {
    if (level.min == 0) return;
    const bool same = level.min == level.max;
    out.set_min(same ? static_cast<std::int64_t>(level.min) : 1);
    if (same) out.set_max(static_cast<std::int64_t>(level.max));
  };
  if (levels.size() > 1) {
    auto& counts = *feature.mutable_value_counts();
    counts.Clear();
    for (const auto& level : levels) put(level, *counts.add_value_count());
  } else if (levels[0].min > 0) {
    feature.mutable_value_count()->Clear();
    put(levels[0], *feature.mutable_value_count());
  } else {
    feature.clear_shape_type();
  }
}

void infer_feature(const View& view, const InferOptions& options, tfmd::Schema& schema, tfmd::Feature& feature) {
  feature.set_type(view.schema_type());
  if (view.present() >= 1) {
    feature.mutable_presence()->set_min_count(1);
    const auto levels = view.levels();
    if (view.missing() == 0) feature.mutable_presence()->set_min_fraction(1);
    if (options.shape && view.schema_type() != tfmd::STRUCT && fixed(levels)) {
      for (const auto& level : levels)
        feature.mutable_shape()->add_dim()->set_size(static_cast<std::int64_t>(level.min));
    } else {
      infer_value_count(view, feature);
    }
  } else {
    feature.mutable_presence()->set_min_count(0);
  }
  if (view.type() == tfmd::FeatureNameStatistics::BYTES || view.invalid_utf8() > 0) return;
  if (infer_bool(view, feature) || view.type() != tfmd::FeatureNameStatistics::STRING) return;
  infer_text_domain(view, options, schema, feature);
}

Status infer_schema(const tfmd::DatasetFeatureStatisticsList& statistics, const InferOptions& options,
                    tfmd::Schema& out) {
  const auto* dataset = whole(statistics);
  if (dataset == nullptr)
    return fail(Code::kFailedPrecondition, "the statistics hold no data set", {}, "make them again from the data");
  for (const auto& view : views(*dataset)) {
    const auto steps = view.steps();
    infer_feature(view, options, out, make_feature(out, steps));
  }
  return {};
}

namespace {

// Where the middle of the values lies, widened by three times its width on either side.
struct Fences {
  double low = 0, high = 0;
};
std::optional<Fences> fences(const View& view) {
  const auto* quantiles = view.histogram(tfmd::Histogram::QUANTILES);
  if (quantiles == nullptr || quantiles->buckets_size() < 3) return {};
  const double low = quantiles->buckets(0).high_value();
  const double high = quantiles->buckets(quantiles->buckets_size() - 1).low_value();
  const double min = view.feature().num_stats().min(), max = view.feature().num_stats().max();
  if (!std::isfinite(low) || !std::isfinite(high) || !std::isfinite(min) || !std::isfinite(max)) return {};
  Fences out{std::min(min, low - 3 * (high - low)), std::max(max, high + 3 * (high - low))};
  if (min >= 0) out.low = std::max(out.low, 0.0);  // what is never negative stays so
  if (max <= 0) out.high = std::min(out.high, 0.0);
  return out;
}

}  // namespace

void add_ranges(const tfmd::DatasetFeatureStatisticsList& statistics, tfmd::Schema& schema) {
  const auto* dataset = whole(statistics);
  if (dataset == nullptr) return;
  for (const auto& view : views(*dataset)) {
    auto* feature = find_feature(schema, view.steps());
    if (feature == nullptr || view.present() < 1) continue;
    const bool number = view.feature().has_num_stats();
    const bool text = !view.strings().empty();
    if (!number && !text) continue;
    feature->mutable_drift_comparator()->mutable_jensen_shannon_divergence()->set_threshold(0.1);
    const auto limits = number ? fences(view) : std::optional<Fences>();
    if (!limits || feature->domain_info_case() != tfmd::Feature::DOMAIN_INFO_NOT_SET) continue;
    if (view.schema_type() == tfmd::INT && std::abs(limits->low) < 9e15 && std::abs(limits->high) < 9e15) {
      feature->mutable_int_domain()->set_min(static_cast<std::int64_t>(std::floor(limits->low)));
      feature->mutable_int_domain()->set_max(static_cast<std::int64_t>(std::ceil(limits->high)));
    } else if (view.schema_type() == tfmd::FLOAT) {
      feature->mutable_float_domain()->set_min(static_cast<float>(limits->low));
      feature->mutable_float_domain()->set_max(static_cast<float>(limits->high));
    }
  }
}

}  // namespace assay::validate
