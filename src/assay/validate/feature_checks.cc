#include <algorithm>
#include <cstdio>

#include "assay/validate/checks.h"
#include "assay/validate/infer_feature.h"

namespace assay::validate {
namespace {

using tfmd::AnomalyInfo;
using tfmd::Feature;

const tfmd::StringDomain* named_domain(const tfmd::Schema& schema, const std::string& name) {
  for (const auto& each : schema.string_domain())
    if (each.name() == name) return &each;
  return nullptr;
}

std::string domain_name(const Feature& feature) {
  const auto* field = Feature::descriptor()->FindFieldByNumber(feature.domain_info_case());
  return field == nullptr ? "none" : std::string(field->name());
}

bool allowed(Feature::DomainInfoCase domain, tfmd::FeatureType type) {
  switch (domain) {
    case Feature::kDomain:
    case Feature::kStringDomain:
    case Feature::kImageDomain:
    case Feature::kMidDomain:
    case Feature::kUrlDomain:
      return type == tfmd::BYTES;
    case Feature::kBoolDomain:
      return type == tfmd::INT || type == tfmd::BYTES || type == tfmd::FLOAT;
    case Feature::kIntDomain:
    case Feature::kNaturalLanguageDomain:
    case Feature::kTimeDomain:
    case Feature::kTimeOfDayDomain:
      return type == tfmd::INT || type == tfmd::BYTES;
    case Feature::kFloatDomain:
      return type == tfmd::FLOAT || type == tfmd::BYTES;
    case Feature::kStructDomain:
      return type == tfmd::STRUCT;
    default:
      return true;
  }
}

void self_distribution(Feature& feature, const Scope& scope) {
  if (!feature.has_distribution_constraints()) return;
  const char* kind = nullptr;
  switch (feature.domain_info_case()) {
    case Feature::kDomain:
    case Feature::kStringDomain:
      return;
    case Feature::kBoolDomain:
      kind = "not supported for bool domains.";
      break;
    case Feature::kIntDomain:
      kind = "not supported for int domains.";
      break;
    case Feature::kFloatDomain:
      kind = "not supported for float domains.";
      break;
    case Feature::kStructDomain:
      kind = "not supported for struct domains.";
      break;
    case Feature::DOMAIN_INFO_NOT_SET:
      kind = "require domain.";
      break;
    default:
      kind = "not supported for semantic domains.";
  }
  scope.add(AnomalyInfo::INVALID_SCHEMA_SPECIFICATION, std::string("distribution constraints ") + kind, "");
  feature.clear_distribution_constraints();
}

void self_sizes(Feature& feature, const Scope& scope) {
  const auto wrong = [&](const char* brief) { scope.add(AnomalyInfo::INVALID_SCHEMA_SPECIFICATION, brief, ""); };
  if (feature.has_presence() && feature.presence().has_min_fraction()) {
    auto& presence = *feature.mutable_presence();
    if (presence.min_fraction() < 0) {
      wrong("min_fraction should not be negative: clear is equal to zero");
      presence.clear_min_fraction();
    } else if (presence.min_fraction() > 1) {
      wrong("min_fraction should not greater than 1");
      presence.set_min_fraction(1);
    }
  }
  if (feature.has_value_count()) {
    auto& counts = *feature.mutable_value_count();
    if (counts.min() < 0) wrong("ValueCount.min should not be negative"), counts.clear_min();
    if (counts.has_max() && counts.max() < counts.min())
      wrong("ValueCount.max should not be less than min"), counts.set_max(counts.min());
  }
  if (feature.has_shape() && std::any_of(feature.shape().dim().begin(), feature.shape().dim().end(),
                                         [](const auto& dim) { return dim.size() <= 0; })) {
    wrong("Shape.dim.size must be a positive integer");
    feature.clear_shape();
  }
}

}  // namespace

std::string short_number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (c == '"' || c == '\'' || c == '\\')
      out += std::string("\\") + c;
    else if (byte < 0x20 || byte == 0x7F) {
      char octal[8];
      std::snprintf(octal, sizeof octal, "\\%03o", byte);
      out += octal;
    } else {
      out += c;
    }
  }
  return out;
}

bool is_live(tfmd::LifecycleStage stage) {
  return stage == tfmd::UNKNOWN_STAGE || stage == tfmd::BETA || stage == tfmd::PRODUCTION ||
         stage == tfmd::VALIDATION_DERIVED;
}
bool is_live(const Feature& feature) { return !feature.deprecated() && is_live(feature.lifecycle_stage()); }

bool in_environment(const Feature& feature, const tfmd::Schema& schema, const std::string& environment) {
  if (environment.empty()) return true;
  const auto lists = [&](const auto& names) {
    return std::find(names.begin(), names.end(), environment) != names.end();
  };
  if (lists(feature.in_environment())) return true;
  if (lists(feature.not_in_environment())) return false;
  return lists(schema.default_environment());
}

bool existence_required(const Feature& feature, const tfmd::Schema& schema, const std::string& environment) {
  return is_live(feature) && in_environment(feature, schema, environment) &&
         (feature.presence().min_count() > 0 || feature.presence().min_fraction() > 0);
}

bool check_self(Feature& feature, const Scope& scope) {
  if (!feature.has_name()) {
    scope.add(AnomalyInfo::FEATURE_MISSING_NAME,
              "unspecified name (maybe meant to be the empty string): find name rather than deprecating.", "");
    feature.set_lifecycle_stage(tfmd::DEPRECATED);
    return false;
  }
  if (!feature.has_type() || feature.type() == tfmd::TYPE_UNKNOWN) {
    if (feature.has_domain() || feature.has_string_domain()) {
      scope.add(AnomalyInfo::FEATURE_MISSING_TYPE,
                "unspecified type: inferring the type to be BYTES, given the domain specified.", "");
      feature.set_type(tfmd::BYTES);
    } else {
      scope.add(AnomalyInfo::FEATURE_MISSING_TYPE,
                "unspecified type: determine the type and set it, rather than deprecating.", "");
      feature.set_lifecycle_stage(tfmd::DEPRECATED);
      return false;
    }
  }
  self_sizes(feature, scope);
  self_distribution(feature, scope);
  if (!allowed(feature.domain_info_case(), feature.type())) {
    scope.add(AnomalyInfo::DOMAIN_INVALID_FOR_TYPE, "The domain does not match the type",
              "The domain \"" + domain_name(feature) +
                  "\" does not match the type: " + std::string(tfmd::FeatureType_Name(feature.type())));
    feature.clear_domain_info();
  } else if (feature.has_domain() && named_domain(scope.schema, feature.domain()) == nullptr) {
    const std::string name = scope.options.compat ? "" : "\"" + feature.domain() + "\"";
    scope.add(AnomalyInfo::INVALID_DOMAIN_SPECIFICATION, "missing domain: " + name, "");
    feature.clear_domain();
  }
  if (feature.has_bool_domain() && feature.bool_domain().has_true_value() && feature.bool_domain().has_false_value() &&
      feature.bool_domain().true_value() == feature.bool_domain().false_value()) {
    if (!scope.options.compat)
      scope.reasons.push_back(
          {AnomalyInfo::BOOL_TYPE_INVALID_CONFIG, "One spelling for true and false",
           "The bool_domain spells both true and false \"" + escaped(feature.bool_domain().true_value()) + "\".",
           "assay.BOOL_DOMAIN_EQUAL"});
    feature.mutable_bool_domain()->clear_false_value();
  }
  return true;
}

void check_value_counts(const View& view, Feature& feature, const Scope& scope) {
  const auto levels = view.levels();
  const auto mismatch = [&](const char* text) {
    scope.add(AnomalyInfo::VALUE_NESTEDNESS_MISMATCH, "Mismatched value nest level", text);
    infer_value_count(view, feature);
  };
  const auto compare = [&](const LevelView& level, tfmd::ValueCount& wanted, const std::string& where) {
    if (wanted.has_min() && static_cast<std::int64_t>(level.min) < wanted.min()) {
      scope.add(AnomalyInfo::FEATURE_TYPE_LOW_NUMBER_VALUES, "Missing values",
                "Some examples have fewer values than expected" + where + ".");
      if (level.min > 0)
        wanted.set_min(static_cast<std::int64_t>(level.min));
      else
        wanted.clear_min();
    }
    if (wanted.has_max() && static_cast<std::int64_t>(level.max) > wanted.max()) {
      scope.add(AnomalyInfo::FEATURE_TYPE_HIGH_NUMBER_VALUES, "Superfluous values",
                "Some examples have more values than expected" + where + ".");
      wanted.set_max(static_cast<std::int64_t>(level.max));
    }
  };
  if (feature.has_value_count()) {
    if (levels.size() > 1)
      return mismatch(
          "This feature has a value_count, but the nestedness level of the feature > 1. For features with nestedness "
          "levels greater than 1, value_counts, not value_count, should be specified.");
    compare(levels[0], *feature.mutable_value_count(), "");
  } else if (feature.has_value_counts()) {
    auto& wanted = *feature.mutable_value_counts();
    if (static_cast<std::size_t>(wanted.value_count_size()) != levels.size())
      return mismatch("The values have a different nest level than expected. Value counts will not be checked.");
    for (std::size_t i = 0; i < levels.size(); ++i)
      compare(levels[i], *wanted.mutable_value_count(static_cast<int>(i)), " at nestedness level " + std::to_string(i));
  }
}

void check_shape(const View& view, Feature& feature, const Scope& scope) {
  if (!feature.has_shape()) return;
  const auto wrong = [&](const std::string& text) {
    scope.add(AnomalyInfo::INVALID_FEATURE_SHAPE, "Feature shape dropped", text);
    feature.clear_shape();
  };
  double observed = 1, wanted = 1;
  for (const auto& level : view.levels()) {
    if (level.missing != 0 || level.min != level.max)
      return wrong(
          "The feature has a shape, but it's not always present (if the feature is nested, then it should always be "
          "present at each nested level) or its value lengths vary.");
    observed *= static_cast<double>(level.min);
  }
  for (const auto& dim : feature.shape().dim()) wanted *= static_cast<double>(dim.size());
  if (observed != wanted)
    wrong("The feature has fixed value length " + std::to_string(static_cast<std::int64_t>(observed)) +
          " but it's not compatible with the specified shape.");
}

void check_presence(const View& view, Feature& feature, const Scope& scope) {
  if (!feature.has_presence()) return;
  auto& wanted = *feature.mutable_presence();
  const double count = view.present(), fraction = view.fraction();
  const std::string brief = "Column dropped",
                    begin = "The feature was present in fewer examples than expected: minimum ";
  if (wanted.has_min_count() && count < static_cast<double>(wanted.min_count())) {
    scope.add(AnomalyInfo::FEATURE_TYPE_LOW_NUMBER_PRESENT, brief,
              begin + "count = " + std::to_string(wanted.min_count()) +
                  ", actual = " + std::to_string(static_cast<std::int64_t>(count)));
    wanted.set_min_count(static_cast<std::int64_t>(count));
  }
  if (!wanted.has_min_fraction()) return;
  if (fraction < wanted.min_fraction()) {
    scope.add(AnomalyInfo::FEATURE_TYPE_LOW_FRACTION_PRESENT, brief,
              begin + "fraction = " + std::to_string(wanted.min_fraction()) + ", actual = " + std::to_string(fraction));
    wanted.set_min_fraction(fraction);
  } else if (wanted.min_fraction() == 1 && view.missing() > 0) {
    scope.add(AnomalyInfo::FEATURE_TYPE_LOW_FRACTION_PRESENT, brief,
              "The feature was expected everywhere, but was missing in " +
                  std::to_string(static_cast<std::int64_t>(view.missing())) + " examples.");
    wanted.set_min_fraction(0.9999);
  }
}

void check_unique(const View& view, Feature& feature, const Scope& scope) {
  if (!feature.has_unique_constraints()) return;
  if (!view.feature().has_string_stats()) {
    scope.add(AnomalyInfo::FEATURE_TYPE_NO_UNIQUE, "No unique values",
              "UniqueConstraints specified for the feature, but unique values were not counted (i.e., feature is not "
              "string or categorical).");
    feature.clear_unique_constraints();
    return;
  }
  const auto unique = static_cast<std::int64_t>(view.feature().string_stats().unique());
  auto& wanted = *feature.mutable_unique_constraints();
  if (unique < wanted.min()) {
    scope.add(AnomalyInfo::FEATURE_TYPE_LOW_UNIQUE, "Low number of unique values",
              "Expected at least " + std::to_string(wanted.min()) + " unique values but found only " +
                  std::to_string(unique) + ".");
    wanted.set_min(unique);
  }
  if (unique > wanted.max()) {
    scope.add(AnomalyInfo::FEATURE_TYPE_HIGH_UNIQUE, "High number of unique values",
              "Expected no more than " + std::to_string(wanted.max()) + " unique values but found " +
                  std::to_string(unique) + ".");
    wanted.set_max(unique);
  }
}

}  // namespace assay::validate
