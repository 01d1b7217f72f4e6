#include "assay/validate/rows.h"

#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "assay/validate/infer_feature.h"
#include "tfmd/anomalies.pb.h"

namespace assay::validate {
namespace {

using tfmd::AnomalyInfo;
using Offends = std::function<bool(const std::string&)>;

std::set<std::string> allowed_texts(const tfmd::Schema& schema, const tfmd::Feature& feature) {
  std::set<std::string> out;
  if (feature.has_string_domain())
    out.insert(feature.string_domain().value().begin(), feature.string_domain().value().end());
  for (const auto& each : schema.string_domain())
    if (feature.has_domain() && each.name() == feature.domain()) out.insert(each.value().begin(), each.value().end());
  if (feature.has_bool_domain()) out = {feature.bool_domain().true_value(), feature.bool_domain().false_value()};
  return out;
}

// Whether the text of a cell is what the anomaly complains of. Columns of numbers come as their shortest text.
Offends offends(AnomalyInfo::Type type, const tfmd::Schema& schema, const tfmd::Feature& feature) {
  const auto number = [](auto test) {
    return [test](const std::string& text) {
      const auto value = real_number(text);
      return value && test(*value);
    };
  };
  switch (type) {
    case AnomalyInfo::ENUM_TYPE_UNEXPECTED_STRING_VALUES:
    case AnomalyInfo::BOOL_TYPE_UNEXPECTED_STRING:
      return [known = allowed_texts(schema, feature)](const std::string& text) { return !known.contains(text); };
    case AnomalyInfo::INT_TYPE_SMALL_INT:
      return number([low = static_cast<double>(feature.int_domain().min())](double x) { return x < low; });
    case AnomalyInfo::INT_TYPE_BIG_INT:
      return number([high = static_cast<double>(feature.int_domain().max())](double x) { return x > high; });
    case AnomalyInfo::FLOAT_TYPE_SMALL_FLOAT:
      return number([low = feature.float_domain().min()](double x) { return static_cast<float>(x) < low; });
    case AnomalyInfo::FLOAT_TYPE_BIG_FLOAT:
      return number([high = feature.float_domain().max()](double x) { return static_cast<float>(x) > high; });
    case AnomalyInfo::FLOAT_TYPE_HAS_NAN:
      return number([](double x) { return std::isnan(x); });
    case AnomalyInfo::FLOAT_TYPE_HAS_INF:
      return number([](double x) { return std::isinf(x); });
    case AnomalyInfo::INT_TYPE_NOT_INT_STRING:
      return [](const std::string& text) { return !whole_number(text); };
    case AnomalyInfo::FLOAT_TYPE_STRING_NOT_FLOAT:
      return [](const std::string& text) { return !real_number(text); };
    case AnomalyInfo::BOOL_TYPE_BIG_INT:
    case AnomalyInfo::BOOL_TYPE_SMALL_INT:
    case AnomalyInfo::BOOL_TYPE_UNEXPECTED_FLOAT:
      return number([](double x) { return !(x == 0 || x == 1); });
    default:
      return {};
  }
}

bool about_missing(AnomalyInfo::Type type) {
  return type == AnomalyInfo::FEATURE_TYPE_LOW_FRACTION_PRESENT ||
         type == AnomalyInfo::FEATURE_TYPE_LOW_NUMBER_PRESENT || type == AnomalyInfo::FEATURE_TYPE_NOT_PRESENT ||
         type == AnomalyInfo::INVALID_FEATURE_SHAPE;
}

}  // namespace

std::vector<RowEvidence> offending_rows(const data::Table& table, const tfmd::Schema& schema,
                                        const tfmd::Anomalies& anomalies, std::size_t most) {
  std::vector<RowEvidence> out;
  if (most == 0) return out;
  std::map<std::string, const AnomalyInfo*> ordered;
  for (const auto& [path, info] : anomalies.anomaly_info()) ordered[path] = &info;
  tfmd::Schema copy = schema;
  for (const auto& [path, info] : ordered) {
    if (info->path().step_size() != 1 || !table.has(info->path().step(0))) continue;
    const auto* feature = find_feature(copy, {info->path().step(0)});
    const auto codes = table.codes(info->path().step(0));
    if (feature == nullptr || !codes) continue;
    for (const auto& reason : info->reason()) {
      const bool missing = about_missing(reason.type());
      const auto test = offends(reason.type(), schema, *feature);
      if (!missing && !test) continue;
      std::vector<bool> bad(codes->values->size(), false);
      for (std::size_t i = 0; test && i < bad.size(); ++i) bad[i] = test((*codes->values)[i]);
      RowEvidence made;
      made.path = path, made.type = AnomalyInfo::Type_Name(reason.type());
      for (std::size_t i = 0; i < codes->codes.size(); ++i) {
        const auto code = codes->codes[i];
        if (code < 0 ? !missing : missing || !bad[static_cast<std::size_t>(code)]) continue;
        if (made.count++ >= most) continue;
        made.rows.push_back(i + 1);
        made.values.push_back(code < 0 ? "" : (*codes->values)[static_cast<std::size_t>(code)]);
      }
      if (made.count > 0) out.push_back(std::move(made));
    }
  }
  return out;
}

}  // namespace assay::validate
