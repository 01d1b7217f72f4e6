#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "assay/validate/checks.h"

namespace assay::validate {
namespace {

using tfmd::AnomalyInfo;
using tfmd::Feature;
using Type = tfmd::FeatureNameStatistics;

tfmd::StringDomain* named_domain(tfmd::Schema& schema, const std::string& name) {
  for (auto& each : *schema.mutable_string_domain())
    if (each.name() == name) return &each;
  return nullptr;
}

std::string listed(const std::vector<std::pair<std::string, double>>& unknown, double total) {
  std::string out;
  for (const auto& [value, count] : unknown) {
    const double share = total > 0 ? count / total : 0;
    out += (out.empty() ? "" : ", ") + escaped(value) +
           (share < 0.01 ? " (<1%)" : " (~" + std::to_string(static_cast<int>(share * 100)) + "%)");
  }
  return out;
}

// An empty list of texts is dropped from the schema, with the name that the feature had for it.
void drop_named(tfmd::Schema& schema, const std::string& name) {
  auto& all = *schema.mutable_string_domain();
  for (int i = 0; i < all.size(); ++i)
    if (all[i].name() == name) {
      all.DeleteSubrange(i, 1);
      return;
    }
}

void check_texts(const View& view, Feature& feature, const Scope& scope) {
  if (view.type() != Type::STRING) return;
  if (view.invalid_utf8() > 0) {
    scope.add(AnomalyInfo::ENUM_TYPE_INVALID_UTF8, "Invalid UTF8 strings",
              "Found strings that were not valid UTF8 strings.");
    if (feature.has_domain()) drop_named(scope.schema, feature.domain());
    feature.clear_domain_info();
    return;
  }
  auto* domain = feature.has_domain() ? named_domain(scope.schema, feature.domain()) : feature.mutable_string_domain();
  if (domain == nullptr) return;
  // Values said twice count once.
  std::set<std::string> known;
  std::vector<std::string> order;
  for (const auto& value : domain->value())
    if (known.insert(value).second) order.push_back(value);
  if (static_cast<int>(order.size()) < domain->value_size()) {
    domain->clear_value();
    for (const auto& value : order) domain->add_value(value);
  }
  std::vector<std::pair<std::string, double>> unknown;
  double mass = 0, total = 0;
  for (const auto& [value, count] : view.strings()) {
    total += count;
    if (known.contains(value)) continue;
    unknown.emplace_back(value, count), mass += count;
  }
  if (const double values = view.values(); values > 0) total = values;
  const double wanted =
      feature.has_distribution_constraints() ? feature.distribution_constraints().min_domain_mass() : 1.0;
  const auto& text = view.feature().string_stats();
  if (!scope.options.compat && text.rank_histogram().buckets_size() > 0 &&
      text.unique() > static_cast<std::uint64_t>(text.rank_histogram().buckets_size()))
    scope.reasons.push_back({AnomalyInfo::UNKNOWN_TYPE, "Values beyond the ranks",
                             "Only the " + std::to_string(text.rank_histogram().buckets_size()) + " most frequent of " +
                                 std::to_string(text.unique()) + " values could be checked.",
                             "assay.RANKS_CUT"});
  if (unknown.empty() || !(mass / total > 1.0 - wanted)) return;
  scope.add(AnomalyInfo::ENUM_TYPE_UNEXPECTED_STRING_VALUES, "Unexpected string values",
            "Examples contain values missing from the schema: " + listed(unknown, total) + ". ");
  for (const auto& [value, count] : unknown) domain->add_value(value);
}

void check_whole(const View& view, Feature& feature, const Scope& scope) {
  std::int64_t low = std::numeric_limits<std::int64_t>::max(), high = std::numeric_limits<std::int64_t>::min();
  if (view.type() == Type::INT) {
    constexpr double kEdge = 9.2233720368547748e18;
    low = static_cast<std::int64_t>(std::clamp(view.feature().num_stats().min(), -kEdge, kEdge));
    high = static_cast<std::int64_t>(std::clamp(view.feature().num_stats().max(), -kEdge, kEdge));
  } else {
    for (const auto& [text, count] : view.strings()) {
      const auto number = whole_number(text);
      if (!number) {
        scope.add(AnomalyInfo::INT_TYPE_NOT_INT_STRING, "Invalid values",
                  "String values that were not ints were found, such as \"" + escaped(text) + "\".");
        feature.clear_domain_info();
        return;
      }
      low = std::min(low, *number), high = std::max(high, *number);
    }
    if (low > high) return;
  }
  auto& domain = *feature.mutable_int_domain();
  if (domain.has_min() && low < domain.min()) {
    scope.add(AnomalyInfo::INT_TYPE_SMALL_INT, "Out-of-range values",
              "Unexpectedly small value: " + std::to_string(low) + ".");
    domain.set_min(low);
  }
  if (domain.has_max() && high > domain.max()) {
    scope.add(AnomalyInfo::INT_TYPE_BIG_INT, "Out-of-range values",
              "Unexpectedly large value: " + std::to_string(high) + ".");
    domain.set_max(high);
  }
}

struct Seen {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  bool nan = false, infinite = false, any = false;
  void add(double value) {
    if (std::isnan(value)) {
      nan = true;
      return;
    }
    infinite = infinite || std::isinf(value), any = true;
    low = std::min(low, value), high = std::max(high, value);
  }
};

void check_real(const View& view, Feature& feature, const Scope& scope) {
  Seen seen;
  if (view.type() == Type::STRING) {
    for (const auto& [text, count] : view.strings()) {
      const auto number = real_number(text);
      if (!number) {
        scope.add(AnomalyInfo::FLOAT_TYPE_STRING_NOT_FLOAT, "Invalid values",
                  "String values that were not floats were found, such as \"" + escaped(text) + "\".");
        feature.clear_domain_info();
        return;
      }
      seen.add(*number);
    }
  } else {
    seen.nan = view.nan() > 0;
    seen.add(view.feature().num_stats().min()), seen.add(view.feature().num_stats().max());
  }
  auto& domain = *feature.mutable_float_domain();
  if (domain.disallow_nan() && seen.nan) {
    scope.add(AnomalyInfo::FLOAT_TYPE_HAS_NAN, "Invalid values", "Float feature has NaN values.");
    domain.set_disallow_nan(false);
  }
  const auto low = static_cast<float>(seen.low), high = static_cast<float>(seen.high);
  if (seen.any && domain.has_min() && low < domain.min()) {
    scope.add(AnomalyInfo::FLOAT_TYPE_SMALL_FLOAT, "Out-of-range values",
              "Unexpectedly low values: " + short_number(low) + "<" + short_number(domain.min()) +
                  "(upto six significant digits)");
    domain.set_min(low);
  }
  if (seen.any && domain.has_max() && high > domain.max()) {
    scope.add(AnomalyInfo::FLOAT_TYPE_BIG_FLOAT, "Out-of-range values",
              "Unexpectedly high value: " + short_number(high) + ">" + short_number(domain.max()) +
                  "(upto six significant digits)");
    domain.set_max(high);
  }
  if (domain.disallow_inf() && seen.infinite) {
    scope.add(AnomalyInfo::FLOAT_TYPE_HAS_INF, "Invalid values", "Float feature has Inf values.");
    domain.set_disallow_inf(false);
  }
}

void check_bool_text(const View& view, Feature& feature, const Scope& scope) {
  std::set<std::string> known;
  if (feature.bool_domain().has_true_value()) known.insert(feature.bool_domain().true_value());
  if (feature.bool_domain().has_false_value()) known.insert(feature.bool_domain().false_value());
  for (const auto& [text, count] : view.strings()) {
    if (known.contains(text)) continue;
    std::string all;
    for (const auto& each : known) all += (all.empty() ? "\"" : ", \"") + escaped(each) + "\"";
    scope.add(AnomalyInfo::BOOL_TYPE_UNEXPECTED_STRING, "Non-boolean values",
              "Saw unexpected value \"" + escaped(text) + "\" instead of {" + all + "}.");
    feature.clear_domain_info();
    return;
  }
}

void check_bool(const View& view, Feature& feature, const Scope& scope) {
  if (view.type() == Type::STRING) return check_bool_text(view, feature, scope);
  const auto& numbers = view.feature().num_stats();
  const bool whole = view.type() == Type::INT;
  const auto convert = [&](AnomalyInfo::Type type, const std::string& text) {
    scope.add(type, "Non-boolean values", text);
    feature.clear_domain_info();
    if (whole) {
      feature.mutable_int_domain()->set_min(static_cast<std::int64_t>(numbers.min()));
      feature.mutable_int_domain()->set_max(static_cast<std::int64_t>(numbers.max()));
    } else {
      feature.mutable_float_domain()->set_min(static_cast<float>(numbers.min()));
      feature.mutable_float_domain()->set_max(static_cast<float>(numbers.max()));
    }
  };
  if (whole) {
    const auto text = [](double value) {
      return "Integers (such as " + std::to_string(static_cast<std::int64_t>(value)) +
             ") not in {0, 1}: converting to an integer.";
    };
    if (numbers.min() < 0) return convert(AnomalyInfo::BOOL_TYPE_SMALL_INT, text(numbers.min()));
    if (numbers.max() > 1) convert(AnomalyInfo::BOOL_TYPE_BIG_INT, text(numbers.max()));
    return;
  }
  const auto such = [](const std::string& value) {
    return "Floats (such as " + value + ") not in {0, 1}: converting to float_domain.";
  };
  if (view.nan() > 0) return convert(AnomalyInfo::BOOL_TYPE_UNEXPECTED_FLOAT, such("NaN"));
  for (const double value : {numbers.min(), numbers.max()})
    if (value < 0 || value > 1) return convert(AnomalyInfo::BOOL_TYPE_UNEXPECTED_FLOAT, such(short_number(value)));
  const auto between = [](double value) { return value > 0 && value < 1; };
  for (const auto& histogram : view.histograms()) {
    if (histogram.type() != tfmd::Histogram::QUANTILES) continue;
    for (const auto& bucket : histogram.buckets())
      if (between(bucket.low_value()) || between(bucket.high_value()))
        return convert(AnomalyInfo::BOOL_TYPE_UNEXPECTED_FLOAT,
                       "Float values falling between 0 and 1: converting to float_domain.");
  }
}

}  // namespace

void check_domain(const View& view, Feature& feature, const Scope& scope) {
  if (view.type() == Type::BYTES) {
    const auto domain = feature.domain_info_case();
    if (domain == Feature::DOMAIN_INFO_NOT_SET || domain == Feature::kNaturalLanguageDomain ||
        domain == Feature::kImageDomain || domain == Feature::kUrlDomain)
      return;
    feature.clear_domain_info();
    // Newer releases of protobuf mark their debug strings with this line, so TFDV's sentence holds it.
    scope.add(AnomalyInfo::DOMAIN_INVALID_FOR_TYPE, "Invalid domain type",
              std::string("Data is marked as BYTES with incompatible domain_info: ") +
                  (scope.options.compat ? "goo.gle/debugstr   \n" : "\n") + feature.DebugString());
    return;
  }
  switch (feature.domain_info_case()) {
    case Feature::kDomain:
    case Feature::kStringDomain:
      return check_texts(view, feature, scope);
    case Feature::kIntDomain:
      return check_whole(view, feature, scope);
    case Feature::kFloatDomain:
      return check_real(view, feature, scope);
    case Feature::kBoolDomain:
      return check_bool(view, feature, scope);
    default:
      return;
  }
}

}  // namespace assay::validate
