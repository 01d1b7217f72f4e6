#include "assay/validate/anomalies.h"

#include <algorithm>
#include <set>
#include <utility>

#include "assay/validate/checks.h"
#include "assay/validate/distances.h"
#include "assay/validate/infer_feature.h"
#include "tfmd/anomalies.pb.h"

namespace assay::validate {
namespace {

using tfmd::AnomalyInfo;
using tfmd::Feature;

std::string words(const std::vector<Reason>& reasons, std::string& brief) {
  std::string out;
  std::size_t told = 0;
  const Reason* only = nullptr;
  for (const auto& each : reasons) {
    if (each.text.empty() && reasons.size() > 1) continue;
    out += (told++ > 0 ? " " : "") + each.text;
    only = &each;
  }
  brief = told == 1 ? only->brief : "Multiple errors";
  return out;
}

struct Severities {
  const ValidateOptions& options;
  AnomalyInfo::Severity of(const Reason& reason) const {
    const auto at =
        options.severities.find(reason.mended.empty() ? AnomalyInfo::Type_Name(reason.type) : reason.mended);
    if (at != options.severities.end()) return at->second == "WARNING" ? AnomalyInfo::WARNING : AnomalyInfo::ERROR;
    if (reason.type == AnomalyInfo::SCHEMA_NEW_COLUMN && options.new_features_are_warnings) return AnomalyInfo::WARNING;
    // What TFDV would not have said is a warning, unless it breaks a limit that the schema sets.
    if (reason.mended == "assay.RANKS_CUT" || reason.mended == "assay.DRIFT_TYPES_DIFFER") return AnomalyInfo::WARNING;
    return AnomalyInfo::ERROR;
  }
};

void fill(const std::vector<Reason>& reasons, const ValidateOptions& options, AnomalyInfo& out) {
  std::string brief;
  out.set_description(words(reasons, brief));
  out.set_short_description(brief);
  auto severity = AnomalyInfo::UNKNOWN;
  for (const auto& each : reasons) {
    auto& made = *out.add_reason();
    made.set_type(each.type);
    made.set_short_description(each.brief);
    made.set_description(each.text);
    severity = std::max(severity, Severities{options}.of(each));
  }
  out.set_severity(severity);
}

class Comparison {
 public:
  Comparison(const Scope& scope, tfmd::DriftSkewInfo& info) : scope_(scope), info_(info) {}

  void run(const View& view, const tfmd::FeatureComparator& wanted, const tfmd::DatasetFeatureStatistics* control,
           bool drift) {
    if (control == nullptr) return;
    if (!wanted.has_infinity_norm() && !wanted.has_jensen_shannon_divergence() &&
        !wanted.has_normalized_abs_difference())
      return;
    drift_ = drift;
    between_ = drift ? "between current and previous" : "between training and serving";
    const std::string name = drift ? "previous" : "serving";
    const View* other = nullptr;
    const auto all = views(*control);
    for (const auto& each : all)
      if (each.steps() == view.steps()) other = &each;
    if (other == nullptr) {
      scope_.add(AnomalyInfo::COMPARATOR_CONTROL_DATA_MISSING, name + " data missing", name + " data is missing.");
      return;
    }
    if (wanted.has_infinity_norm()) infinity(view, *other, wanted.infinity_norm().threshold());
    if (wanted.has_normalized_abs_difference())
      told(AnomalyInfo::COMPARATOR_NORMALIZED_ABSOLUTE_DIFFERENCE_HIGH,
           tfmd::DriftSkewInfo::Measurement::NORMALIZED_ABSOLUTE_DIFFERENCE, "normalized absolute difference",
           normalized_abs_difference(view, *other), wanted.normalized_abs_difference().threshold());
    if (wanted.has_jensen_shannon_divergence()) jensen(view, *other, wanted.jensen_shannon_divergence());
  }

 private:
  void infinity(const View& view, const View& other, double threshold) {
    Distance distance = infinity_norm(view, other);
    if (!scope_.options.compat && view.feature().has_num_stats() && other.feature().has_num_stats())
      if (const auto numeric = numeric_infinity_norm(view, other, tfmd::Histogram::STANDARD)) distance = *numeric;
    told(AnomalyInfo::COMPARATOR_L_INFTY_HIGH, tfmd::DriftSkewInfo::Measurement::L_INFTY, "Linfty distance", distance,
         threshold);
  }

  void jensen(const View& view, const View& other, const tfmd::JensenShannonDivergence& wanted) {
    const auto source = wanted.source().type() == tfmd::HistogramSelection::QUANTILES ? tfmd::Histogram::QUANTILES
                                                                                      : tfmd::Histogram::STANDARD;
    const auto value = jensen_shannon(view, other, source, scope_.options.compat);
    if (value) {
      told(AnomalyInfo::COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH,
           tfmd::DriftSkewInfo::Measurement::JENSEN_SHANNON_DIVERGENCE, "approximate Jensen-Shannon divergence",
           {*value, {}}, wanted.threshold());
    } else if (!scope_.options.compat && view.feature().has_num_stats() != other.feature().has_num_stats()) {
      scope_.reasons.push_back({AnomalyInfo::UNKNOWN_TYPE, "Types differ",
                                "The distribution could not be compared: one side is text and the other numbers.",
                                "assay.DRIFT_TYPES_DIFFER"});
    }
  }

  void told(AnomalyInfo::Type type, tfmd::DriftSkewInfo::Measurement::Type measure, const std::string& name,
            const Distance& distance, double threshold) {
    auto& made = drift_ ? *info_.add_drift_measurements() : *info_.add_skew_measurements();
    made.set_type(measure), made.set_value(distance.value), made.set_threshold(threshold);
    if (!(distance.value > threshold)) return;
    std::string text = "The " + name + " " + between_ + " is " + short_number(distance.value) +
                       " (up to six significant digits), above the threshold " + short_number(threshold) + ".";
    if (!distance.label.empty()) text += " The feature value with maximum difference is: " + distance.label;
    scope_.add(type, "High " + name + " " + between_, text);
  }

  const Scope& scope_;
  tfmd::DriftSkewInfo& info_;
  bool drift_ = true;
  std::string between_;
};

// The whole walk of one column that the schema knows.
void check_feature(const View& view, Feature& feature, const tfmd::Schema& original, const Controls& controls,
                   const Scope& scope, tfmd::DriftSkewInfo& info) {
  if (!is_live(feature)) return;
  if (!check_self(feature, scope)) return;
  const auto& environment = scope.options.environment;
  if (view.present() == 0) {
    if (!existence_required(feature, original, environment)) return;
    scope.add(AnomalyInfo::FEATURE_TYPE_NOT_PRESENT, "Column dropped", "The feature was not present in any examples.");
    feature.set_lifecycle_stage(tfmd::DEPRECATED);
    return;
  }
  if (!in_environment(feature, original, environment))
    scope.add(AnomalyInfo::SCHEMA_NEW_COLUMN, "Column missing in environment",
              "New column " + feature.name() + " found in data but not in the environment " + environment +
                  " in the schema.");
  check_value_counts(view, feature, scope);
  check_shape(view, feature, scope);
  check_presence(view, feature, scope);
  if (view.schema_type() != feature.type()) {
    scope.add(AnomalyInfo::UNEXPECTED_DATA_TYPE, "Unexpected data type",
              "Expected data of type: " + std::string(tfmd::FeatureType_Name(feature.type())) + " but got " +
                  std::string(tfmd::FeatureNameStatistics::Type_Name(view.type())));
    feature.set_lifecycle_stage(tfmd::DEPRECATED);
    return;
  }
  check_domain(view, feature, scope);
  check_unique(view, feature, scope);
  Comparison compare(scope, info);
  compare.run(view, feature.drift_comparator(), controls.previous, true);
  compare.run(view, feature.skew_comparator(), controls.serving, false);
}

double custom(const tfmd::FeatureNameStatistics& feature, const char* name) {
  for (const auto& each : feature.custom_stats())
    if (each.name() == name) return each.num();
  return 0;
}
std::vector<std::pair<std::string, double>> custom_ranks(const tfmd::FeatureNameStatistics& feature, const char* name) {
  std::vector<std::pair<std::string, double>> out;
  for (const auto& each : feature.custom_stats())
    if (each.name() == name)
      for (const auto& bucket : each.rank_histogram().buckets())
        if (bucket.sample_count() != 0) out.emplace_back(bucket.label(), bucket.sample_count());
  return out;
}

void check_sparse(const tfmd::FeatureNameStatistics& f, const Scope& scope) {
  if (const double missing = custom(f, "missing_value"); missing != 0)
    scope.add(AnomalyInfo::SPARSE_FEATURE_MISSING_VALUE, "Missing value feature",
              "Found " + short_number(missing) + " examples missing value feature");
  for (const auto& [index, count] : custom_ranks(f, "missing_index"))
    scope.add(AnomalyInfo::SPARSE_FEATURE_MISSING_INDEX, "Missing index feature",
              "Found " + short_number(count) + " examples missing index feature: " + index);
  for (const char* which : {"max_length_diff", "min_length_diff"})
    for (const auto& [index, difference] : custom_ranks(f, which))
      scope.add(AnomalyInfo::SPARSE_FEATURE_LENGTH_MISMATCH, "Length mismatch between value and index feature",
                "Mismatch between index feature: " + index + " and value column, with " + which + " = " +
                    short_number(difference));
}

void check_weighted(const tfmd::FeatureNameStatistics& f, const Scope& scope) {
  if (const double missing = custom(f, "missing_value"); missing != 0)
    scope.add(AnomalyInfo::WEIGHTED_FEATURE_MISSING_VALUE, "Missing value feature",
              "Found " + short_number(missing) + " examples missing value feature.");
  if (const double missing = custom(f, "missing_weight"); missing != 0)
    scope.add(AnomalyInfo::WEIGHTED_FEATURE_MISSING_WEIGHT, "Missing weight feature",
              "Found " + short_number(missing) + " examples missing weight feature.");
  const double low = custom(f, "min_weight_length_diff"), high = custom(f, "max_weight_length_diff");
  if (low != 0 || high != 0)
    scope.add(AnomalyInfo::WEIGHTED_FEATURE_LENGTH_MISMATCH, "Length mismatch between value and weight feature",
              "Mismatch between weight and value feature with min_weight_length_diff = " + short_number(low) +
                  " and max_weight_length_diff = " + short_number(high) + ".");
}

void check_ratio(const tfmd::NumericValueComparator& wanted, double current, double before, const std::string& than,
                 const Scope& scope) {
  if (!(before > 0)) return;
  const double ratio = current / before;
  const auto tell = [&](AnomalyInfo::Type type, const char* brief, const char* where, double limit) {
    scope.add(type, std::string(brief) + " num examples in current dataset versus the " + than + ".",
              "The ratio of num examples in the current dataset versus the " + than + " is " + short_number(ratio) +
                  " (up to six significant digits), which is " + where + " the threshold " + short_number(limit) + ".");
  };
  if (wanted.has_min_fraction_threshold() && ratio < wanted.min_fraction_threshold())
    tell(AnomalyInfo::COMPARATOR_LOW_NUM_EXAMPLES, "Low", "below", wanted.min_fraction_threshold());
  if (wanted.has_max_fraction_threshold() && ratio > wanted.max_fraction_threshold())
    tell(AnomalyInfo::COMPARATOR_HIGH_NUM_EXAMPLES, "High", "above", wanted.max_fraction_threshold());
}

double examples(const tfmd::DatasetFeatureStatistics& dataset) {
  return weighted(dataset) ? dataset.weighted_num_examples() : static_cast<double>(dataset.num_examples());
}

void check_dataset(const tfmd::DatasetFeatureStatistics& dataset, const tfmd::DatasetConstraints& wanted,
                   const Controls& controls, const Scope& scope) {
  const double count = examples(dataset);
  if (wanted.has_num_examples_drift_comparator() && controls.previous != nullptr)
    check_ratio(wanted.num_examples_drift_comparator(), count, examples(*controls.previous), "previous span", scope);
  if (wanted.has_num_examples_version_comparator() && controls.previous_version != nullptr)
    check_ratio(wanted.num_examples_version_comparator(), count, examples(*controls.previous_version),
                "previous version", scope);
  const auto text = std::to_string(static_cast<std::int64_t>(count));
  if (wanted.has_min_examples_count() && count < static_cast<double>(wanted.min_examples_count()))
    scope.add(AnomalyInfo::DATASET_LOW_NUM_EXAMPLES, "Low num examples in dataset.",
              "The dataset has " + text + " examples, which is fewer than expected.");
  if (wanted.has_max_examples_count() && count > static_cast<double>(wanted.max_examples_count())) {
    if (scope.options.compat && !wanted.has_min_examples_count()) return;  // TFDV looks at the maximum only then
    scope.add(AnomalyInfo::DATASET_HIGH_NUM_EXAMPLES, "High num examples in dataset.",
              "The dataset has " + text + " examples, which is more than expected.");
    if (!wanted.has_min_examples_count()) scope.reasons.back().mended = "assay.MAX_EXAMPLES_ALONE";
  }
}

Status check_request(const tfmd::Schema& schema, const ValidateOptions& options) {
  const auto& known = schema.default_environment();
  if (!options.environment.empty() && std::find(known.begin(), known.end(), options.environment) == known.end()) {
    std::string names;
    for (const auto& each : known) names += (names.empty() ? "" : ", ") + each;
    return fail(Code::kInvalidArgument, "environment \"" + options.environment + "\" is not in the schema",
                "--schema-environment",
                names.empty() ? "the schema names none in default_environment" : "name one of " + names);
  }
  for (const auto& [type, severity] : options.severities) {
    AnomalyInfo::Type parsed;
    if (!type.starts_with("assay.") && !AnomalyInfo::Type_Parse(type, &parsed))
      return fail(Code::kInvalidArgument, "\"" + type + "\" is no anomaly type", "--severity",
                  "use a name such as SCHEMA_NEW_COLUMN");
    if (severity != "ERROR" && severity != "WARNING")
      return fail(Code::kInvalidArgument, "\"" + severity + "\" is no severity", "--severity", "ERROR or WARNING");
  }
  return {};
}

// Paths of all columns that the schema expects, structs opened.
template <class Features, class Visit>
void each_feature(Features& features, std::vector<std::string> above, const Visit& visit) {
  for (auto& each : features) {
    auto path = above;
    path.push_back(each.name());
    visit(path, each);
    if constexpr (std::is_const_v<std::remove_reference_t<decltype(each)>>) {
      if (each.has_struct_domain()) each_feature(each.struct_domain().feature(), path, visit);
    } else {
      if (each.has_struct_domain()) each_feature(*each.mutable_struct_domain()->mutable_feature(), path, visit);
    }
  }
}

bool below_dead(const tfmd::Schema& schema, std::vector<std::string> steps) {
  auto& known = const_cast<tfmd::Schema&>(schema);  // find_feature changes nothing
  for (steps.pop_back(); !steps.empty(); steps.pop_back())
    if (const auto* parent = find_feature(known, steps); parent != nullptr && !is_live(*parent)) return true;
  return false;
}

const tfmd::SparseFeature* sparse_feature(const tfmd::Schema& schema, const std::vector<std::string>& steps) {
  for (const auto& each : schema.sparse_feature())
    if (steps.size() == 1 && each.name() == steps[0]) return &each;
  return nullptr;
}
const tfmd::WeightedFeature* weighted_feature(const tfmd::Schema& schema, const std::vector<std::string>& steps) {
  for (const auto& each : schema.weighted_feature())
    if (steps.size() == 1 && each.name() == steps[0]) return &each;
  return nullptr;
}

}  // namespace

Status validate_statistics(const tfmd::DatasetFeatureStatistics& statistics, const tfmd::Schema& schema,
                           const Controls& controls, const ValidateOptions& options, tfmd::Anomalies& out,
                           std::vector<Mended>* mended) {
  ASSAY_CHECK(check_request(schema, options));
  *out.mutable_baseline() = schema;
  out.set_anomaly_name_format(tfmd::Anomalies::SERIALIZED_PATH);
  if (statistics.num_examples() == 0) {
    out.clear_anomaly_name_format();
    out.set_data_missing(true);
    return {};
  }
  const auto keep = [&](const std::vector<std::string>& steps, const std::vector<Reason>& reasons) {
    if (reasons.empty()) return;
    const auto name = path_text(steps);
    auto& made = (*out.mutable_anomaly_info())[name];
    fill(reasons, options, made);
    for (const auto& step : steps) made.mutable_path()->add_step(step);
    for (const auto& each : reasons)
      if (mended != nullptr && !each.mended.empty()) mended->push_back({name, each.mended, each.text});
  };
  std::set<std::vector<std::string>> present;
  for (const auto& view : views(statistics)) {
    const auto steps = view.steps();
    present.insert(steps);
    std::vector<Reason> reasons;
    // Each column relaxes a copy: what one column adds to a shared list of texts is still new to the next.
    tfmd::Schema lists;
    *lists.mutable_string_domain() = schema.string_domain();
    const Scope scope{options, lists, reasons};
    if (below_dead(schema, steps)) continue;
    if (const auto* sparse = sparse_feature(schema, steps)) {
      if (is_live(sparse->lifecycle_stage())) check_sparse(view.feature(), scope);
    } else if (const auto* heavy = weighted_feature(schema, steps)) {
      if (is_live(heavy->lifecycle_stage())) check_weighted(view.feature(), scope);
    } else if (const auto* known = find_feature(const_cast<tfmd::Schema&>(schema), steps)) {
      Feature feature = *known;
      tfmd::DriftSkewInfo info;
      check_feature(view, feature, schema, controls, scope, info);
      if (info.drift_measurements_size() + info.skew_measurements_size() > 0) {
        for (const auto& step : steps) info.mutable_path()->add_step(step);
        *out.add_drift_skew_info() = info;
      }
    } else {
      scope.add(AnomalyInfo::SCHEMA_NEW_COLUMN, "New column", "New column (column in data but not in schema)");
    }
    keep(steps, reasons);
  }
  each_feature(schema.feature(), {}, [&](const std::vector<std::string>& path, const Feature& feature) {
    if (present.contains(path) || below_dead(schema, path)) return;
    if (!existence_required(feature, schema, options.environment)) return;
    keep(path, {{AnomalyInfo::SCHEMA_MISSING_COLUMN, "Column dropped", "Column is completely missing", {}}});
  });
  if (schema.has_dataset_constraints()) {
    std::vector<Reason> reasons;
    tfmd::Schema none;
    check_dataset(statistics, schema.dataset_constraints(), controls, Scope{options, none, reasons});
    if (!reasons.empty()) fill(reasons, options, *out.mutable_dataset_anomaly_info());
    for (const auto& each : reasons)
      if (mended != nullptr && !each.mended.empty()) mended->push_back({"", each.mended, each.text});
  }
  return {};
}

Status update_schema(const tfmd::DatasetFeatureStatistics& statistics, tfmd::Schema& schema) {
  ValidateOptions options;
  options.compat = true;
  std::set<std::vector<std::string>> present;
  for (const auto& view : views(statistics)) {
    const auto steps = view.steps();
    present.insert(steps);
    std::vector<Reason> reasons;
    const Scope scope{options, schema, reasons};
    if (below_dead(schema, steps)) continue;
    if (sparse_feature(schema, steps) != nullptr) {
      check_sparse(view.feature(), scope);
      if (!reasons.empty())
        for (auto& each : *schema.mutable_sparse_feature())
          if (each.name() == steps[0]) each.set_lifecycle_stage(tfmd::DEPRECATED);
    } else if (weighted_feature(schema, steps) != nullptr) {
      check_weighted(view.feature(), scope);
      if (!reasons.empty())
        for (auto& each : *schema.mutable_weighted_feature())
          if (each.name() == steps[0]) each.set_lifecycle_stage(tfmd::DEPRECATED);
    } else if (auto* known = find_feature(schema, steps)) {
      tfmd::DriftSkewInfo info;
      check_feature(view, *known, schema, {}, scope, info);
    } else {
      infer_feature(view, {.shape = false, .max_domain = 100}, schema, make_feature(schema, steps));
    }
  }
  each_feature(*schema.mutable_feature(), {}, [&](const std::vector<std::string>& path, Feature& feature) {
    if (!present.contains(path) && existence_required(feature, schema, {}) && !below_dead(schema, path))
      feature.set_lifecycle_stage(tfmd::DEPRECATED);
  });
  return {};
}

std::vector<Mended> lint_schema(const tfmd::Schema& schema) {
  std::vector<Mended> out;
  std::set<std::vector<std::string>> seen;
  std::set<std::string> named, used;
  for (const auto& each : schema.string_domain())
    if (!named.insert(each.name()).second)
      out.push_back({each.name(), "assay.DOMAIN_TWICE", "a string_domain of this name stands there twice"});
  each_feature(schema.feature(), {}, [&](const std::vector<std::string>& path, const Feature& feature) {
    const auto name = path_text(path);
    if (!seen.insert(path).second) out.push_back({name, "assay.FEATURE_TWICE", "the feature stands there twice"});
    if (feature.has_domain()) used.insert(feature.domain());
    for (const auto* list : {&feature.in_environment(), &feature.not_in_environment()})
      for (const auto& each : *list)
        if (const auto& known = schema.default_environment();
            list == &feature.not_in_environment() && std::find(known.begin(), known.end(), each) == known.end())
          out.push_back(
              {name, "assay.ENVIRONMENT_UNKNOWN", "environment \"" + each + "\" is not in default_environment"});
    std::vector<Reason> reasons;
    tfmd::Schema lists;
    *lists.mutable_string_domain() = schema.string_domain();
    Feature copy = feature;
    const ValidateOptions options;
    check_self(copy, Scope{options, lists, reasons});
    for (const auto& each : reasons)
      out.push_back({name, each.mended.empty() ? std::string(AnomalyInfo::Type_Name(each.type)) : each.mended,
                     each.text.empty() ? each.brief : each.text});
  });
  for (const auto& name : named)
    if (!used.contains(name)) out.push_back({name, "assay.DOMAIN_UNUSED", "no feature names this string_domain"});
  return out;
}

}  // namespace assay::validate
