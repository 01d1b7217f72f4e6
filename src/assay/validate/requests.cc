#include "assay/validate/requests.h"

#include <algorithm>
#include <set>

#include "assay/base/files.h"
#include "assay/data/read.h"
#include "assay/validate/anomalies.h"
#include "assay/validate/infer.h"
#include "assay/validate/put_blob.h"
#include "assay/validate/statistics.h"
#include "assay/validate/view.h"
#include "tfmd/anomalies.pb.h"

namespace assay::validate {
namespace {

using operation::Evidence;
using operation::Json;
using List = tfmd::DatasetFeatureStatisticsList;

const std::string kMedia = "application/x-protobuf; message=tensorflow.metadata.v0.";

std::string media_type(const google::protobuf::Message& message) {
  return kMedia + std::string(message.GetDescriptor()->name());
}

}  // namespace

bool is_message(const std::string& type) { return type.starts_with(kMedia); }

Status put_blob(const google::protobuf::Message& message, const std::string& role, Task& task, Evidence& out) {
  if (task.assets() == nullptr) return {};  // nowhere to put it; the evidence stands without
  const auto type = media_type(message);
  ASSAY_TRY(const auto path, task.create(role, type));
  ASSAY_TRY(const auto bytes, print(message, Format::kBinary));
  ASSAY_CHECK(files::write(path, bytes));
  out.blobs[role] = {"", type, 0};
  return {};
}

Status save_as(const std::string& blob, const std::string& type, const std::string& path) {
  ASSAY_TRY(const auto format, format_of(path));
  ASSAY_TRY(const auto bytes, files::read(blob));
  const auto convert = [&](google::protobuf::Message&& message) -> Status {
    ASSAY_CHECK(parse(bytes, Format::kBinary, message, path));
    ASSAY_TRY(const auto text, print(message, format));
    return files::write(path, text);
  };
  if (type == media_type(List())) return convert(List());
  if (type == media_type(tfmd::Schema())) return convert(tfmd::Schema());
  if (type == media_type(tfmd::Anomalies())) return convert(tfmd::Anomalies());
  return fail(Code::kNotFound, "\"" + type + "\" is no message of TensorFlow Metadata", blob);
}

Result<Evidence> profile(const ProfileRequest& request, Task& task) {
  ASSAY_TRY(auto out, stats::profile(request, task));
  if (task.assets() == nullptr) return out;
  data::ReadOptions options;
  options.null = request.null, options.bad_rows = request.bad_rows;
  ASSAY_TRY(auto table, data::read(request.data, task, options));
  StatisticsOptions wanted;
  wanted.group = request.group, wanted.weight = request.weight, wanted.compat = request.compat == "tfdv";
  wanted.top = 20, wanted.ranks = static_cast<std::size_t>(request.ranks);
  wanted.bins = static_cast<std::size_t>(request.bins);
  List list;
  ASSAY_CHECK(statistics(table, wanted, task, list));
  if (!request.columns.empty())
    for (auto& dataset : *list.mutable_datasets()) {
      auto& features = *dataset.mutable_features();
      const auto dropped = std::remove_if(features.begin(), features.end(), [&](const auto& each) {
        return std::find(request.columns.begin(), request.columns.end(), each.path().step(0)) == request.columns.end();
      });
      features.erase(dropped, features.end());
    }
  ASSAY_CHECK(put_blob(list, "statistics", task, out));
  return out;
}

namespace {

Json described(const View& view) {
  const auto& feature = view.feature();
  Json out{{"name", path_text(feature)},
           {"type", std::string(tfmd::FeatureNameStatistics::Type_Name(feature.type()))},
           {"present", view.present()},
           {"missing", view.missing()}};
  if (feature.has_num_stats()) {
    const auto& numbers = feature.num_stats();
    for (const auto& [key, value] :
         {std::pair{"mean", numbers.mean()}, std::pair{"std_dev", numbers.std_dev()}, std::pair{"min", numbers.min()},
          std::pair{"median", numbers.median()}, std::pair{"max", numbers.max()}})
      out[key] = operation::number(value);
    out["zeros"] = numbers.num_zeros();
  } else if (feature.has_string_stats()) {
    out["distinct"] = feature.string_stats().unique();
    Json top = Json::array();
    for (const auto& each : feature.string_stats().top_values())
      if (top.size() < 3) top.push_back({{"value", each.value()}, {"count", each.frequency()}});
    out["top"] = std::move(top);
  }
  return out;
}

Json features_of(const tfmd::DatasetFeatureStatistics& dataset) {
  Json out = Json::array();
  for (const auto& view : views(dataset)) out.push_back(described(view));
  return out;
}

}  // namespace

Result<Evidence> show_statistics(const ShowRequest& request, Task& task) {
  List list;
  ASSAY_CHECK(read_message(request.statistics, task, list));
  Evidence out;
  out.kind = "assay.statistics/1";
  Json datasets = Json::array();
  for (const auto& each : list.datasets())
    datasets.push_back({{"name", each.name()}, {"examples", each.num_examples()}, {"features", features_of(each)}});
  out.detail["datasets"] = std::move(datasets);
  ASSAY_CHECK(put_blob(list, "statistics", task, out));
  return out;
}

namespace {

const char* type_word(tfmd::FeatureType type) {
  switch (type) {
    case tfmd::INT:
      return "int";
    case tfmd::FLOAT:
      return "float";
    case tfmd::BYTES:
      return "text";
    case tfmd::STRUCT:
      return "struct";
    default:
      return "unknown";
  }
}

Json domain_json(const tfmd::Schema& schema, const tfmd::Feature& feature) {
  if (feature.has_int_domain() || feature.has_float_domain()) {
    Json out{{"min", nullptr}, {"max", nullptr}};
    if (feature.int_domain().has_min()) out["min"] = feature.int_domain().min();
    if (feature.int_domain().has_max()) out["max"] = feature.int_domain().max();
    if (feature.float_domain().has_min()) out["min"] = operation::number(feature.float_domain().min());
    if (feature.float_domain().has_max()) out["max"] = operation::number(feature.float_domain().max());
    return out;
  }
  std::vector<std::string> values;
  if (feature.has_string_domain())
    values.assign(feature.string_domain().value().begin(), feature.string_domain().value().end());
  for (const auto& each : schema.string_domain())
    if (feature.has_domain() && each.name() == feature.domain())
      values.assign(each.value().begin(), each.value().end());
  if (feature.has_bool_domain())
    for (const auto& each : {feature.bool_domain().false_value(), feature.bool_domain().true_value()})
      if (!each.empty()) values.push_back(each);
  return values.empty() ? Json(nullptr) : Json{{"values", values}};
}

Json columns_json(const tfmd::Schema& schema) {
  Json out = Json::array();
  for (const auto& feature : schema.feature())
    out.push_back({{"name", feature.name()},
                   {"type", type_word(feature.type())},
                   {"presence", {{"min_share", feature.presence().min_fraction()}}},
                   {"domain", domain_json(schema, feature)},
                   {"unique", false}});
  return out;
}

Result<Evidence> schema_evidence(const tfmd::Schema& schema, Task& task) {
  Evidence out;
  out.kind = "assay.schema/1";
  out.detail["columns"] = columns_json(schema);
  ASSAY_CHECK(put_blob(schema, "schema", task, out));
  return out;
}

}  // namespace

Result<Evidence> infer(const InferRequest& request, Task& task) {
  List list;
  bool table = false;
  ASSAY_CHECK(statistics_of(request.data, request.null, {}, task, list, &table));
  InferOptions options;
  options.shape = request.fixed_shapes, options.max_domain = static_cast<std::size_t>(request.max_domain);
  tfmd::Schema schema;
  ASSAY_CHECK(infer_schema(list, options, schema));
  if (request.ranges) add_ranges(list, schema);
  if (!table) return schema_evidence(schema, task);
  ASSAY_TRY(auto out, stats::infer(request, task));
  ASSAY_CHECK(put_blob(schema, "schema", task, out));
  return out;
}

Result<Evidence> show_schema(const SchemaRequest& request, Task& task) {
  tfmd::Schema schema;
  ASSAY_CHECK(read_message(request.schema, task, schema));
  return schema_evidence(schema, task);
}

Result<Evidence> lint(const SchemaRequest& request, Task& task) {
  tfmd::Schema schema;
  ASSAY_CHECK(read_message(request.schema, task, schema));
  Evidence out;
  out.kind = "assay.lint/1";
  Json findings = Json::array();
  for (const auto& each : lint_schema(schema))
    findings.push_back({{"path", each.path}, {"type", each.type}, {"what", each.what}});
  out.detail["findings"] = std::move(findings);
  return out;
}

Result<Evidence> update(const UpdateRequest& request, Task& task) {
  tfmd::Schema schema;
  ASSAY_CHECK(read_message(request.schema, task, schema));
  List list;
  ASSAY_CHECK(statistics_of(request.data, request.null, {}, task, list));
  const auto* dataset = whole(list);
  if (dataset == nullptr) return fail(Code::kFailedPrecondition, "holds no data set", request.data, "profile the data");
  std::map<std::string, std::string> before;
  for (const auto& each : schema.feature()) before[each.name()] = each.SerializeAsString();
  ASSAY_CHECK(update_schema(*dataset, schema));
  ASSAY_TRY(auto out, schema_evidence(schema, task));
  Json changed = Json::array();
  for (const auto& each : schema.feature())
    if (const auto at = before.find(each.name()); at == before.end() || at->second != each.SerializeAsString())
      changed.push_back(path_text(std::vector<std::string>{each.name()}));
  out.detail["changed"] = std::move(changed);
  return out;
}

}  // namespace assay::validate
