#include "assay/validate/infer.h"

#include <google/protobuf/util/message_differencer.h>

#include "assay/base/crypto.h"
#include "assay/validate/anomalies.h"
#include "assay/validate/statistics.h"
#include "assay/validate/test_support.h"
#include "tfmd/anomalies.pb.h"
#include "tfmd/schema.pb.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

using google::protobuf::util::MessageDifferencer;
using operation::Json;
using List = tfmd::DatasetFeatureStatisticsList;

List list_of(const Json& base64) {
  List out;
  EXPECT_TRUE(parse(crypto::unbase64(base64.get<std::string>()).value(), Format::kBinary, out, "case"));
  return out;
}
tfmd::Schema schema_of(const Json& text) {
  tfmd::Schema out;
  const auto status = parse(text.get<std::string>(), Format::kText, out, "case");
  EXPECT_TRUE(status) << (status ? "" : status.error().text());
  return out;
}
template <class Message>
void expect_equal(const Message& made, const Message& wanted) {
  MessageDifferencer differ;
  std::string told;
  differ.ReportDifferencesToString(&told);
  EXPECT_TRUE(differ.Compare(wanted, made)) << told;
}

TEST(Infer, EqualsTfdvOnEveryCase) {
  const auto cases = oracle("tfdv_infer_cases.json")["cases"];
  ASSERT_EQ(cases.size(), 25);
  for (const auto& each : cases) {
    SCOPED_TRACE(each["name"].get<std::string>());
    InferOptions options;
    options.shape = each["args"].value("infer_feature_shape", true);
    options.max_domain = each["args"].value("max_string_domain_size", 100);
    tfmd::Schema made;
    ASSERT_TRUE(infer_schema(list_of(each["statistics_pb64"]), options, made));
    expect_equal(made, schema_of(each["schema"]));
  }
}

TEST(Infer, EqualsTfdvOnRealAndTinyData) {
  for (const std::string name : {"adult", "boston_hmda"}) {
    SCOPED_TRACE(name);
    Task task;
    List statistics;
    ASSERT_TRUE(read_message(kFolder + "tfdv_stats_" + name + ".pb", task, statistics));
    tfmd::Schema made, wanted;
    ASSERT_TRUE(infer_schema(statistics, {}, made));
    ASSERT_TRUE(read_message(kFolder + "tfdv_schema_" + name + ".pbtxt", task, wanted));
    MessageDifferencer differ;
    std::string told;
    differ.ReportDifferencesToString(&told);
    EXPECT_TRUE(differ.Compare(wanted, made)) << told;
    // Of our own statistics too.
    List ours;
    ASSERT_TRUE(statistics_of(name == "adult" ? kFolder + "adult.parquet" : kMortgage, {}, {}, task, ours));
    tfmd::Schema again;
    ASSERT_TRUE(infer_schema(ours, {}, again));
    expect_equal(again, wanted);
  }
  const auto small = oracle("tfdv_small_stats.json");
  for (const auto& [name, each] : small["cases"].items()) {
    SCOPED_TRACE(name);
    Task task;
    List ours;
    ASSERT_TRUE(statistics_of(kFolder + "small/" + name + ".arrow", {}, {}, task, ours));
    tfmd::Schema made;
    ASSERT_TRUE(infer_schema(ours, {}, made));
    expect_equal(made, schema_of(each["schema"]));
  }
}

TEST(Infer, RangesHoldTheDataTheyCameFrom) {
  Task task;
  List statistics;
  ASSERT_TRUE(statistics_of(kMortgage, {}, {}, task, statistics));
  tfmd::Schema schema;
  ASSERT_TRUE(infer_schema(statistics, {}, schema));
  add_ranges(statistics, schema);
  int limited = 0;
  for (const auto& feature : schema.feature()) limited += feature.has_float_domain() || feature.has_int_domain();
  EXPECT_EQ(limited, 6);
  tfmd::Anomalies out;
  ASSERT_TRUE(validate_statistics(statistics.datasets(0), schema, {.previous = &statistics.datasets(0)}, {}, out));
  EXPECT_EQ(out.anomaly_info_size(), 0);
  EXPECT_EQ(out.drift_skew_info_size(), schema.feature_size());
}

TEST(Infer, NoDataSet) {
  tfmd::Schema schema;
  EXPECT_FALSE(infer_schema(List(), {}, schema));
}

// The dataset of a case, and what stands beside it as a control.
struct Case {
  List statistics, previous, serving, version;
  Controls controls;
  explicit Case(const Json& each) : statistics(list_of(each["statistics_pb64"])) {
    const auto control = [&](const char* key, List& list) -> const tfmd::DatasetFeatureStatistics* {
      if (!each.contains(key)) return nullptr;
      list = list_of(each[key]);
      return list.datasets_size() > 0 ? &list.datasets(0) : nullptr;
    };
    controls.previous = control("prev_pb64", previous);
    controls.serving = control("serving_pb64", serving);
    controls.previous_version = control("prev_version_pb64", version);
  }
};

ValidateOptions options_of(const Json& each, bool compat) {
  ValidateOptions out;
  out.compat = compat;
  out.environment = each.value("environment", "");
  if (each.contains("options"))
    out.new_features_are_warnings = each["options"].value("new_features_are_warnings", false);
  return out;
}

// Values of drift and skew within 1e-9, then out of the way.
void compare_drift(tfmd::Anomalies& made, tfmd::Anomalies& wanted) {
  ASSERT_EQ(made.drift_skew_info_size(), wanted.drift_skew_info_size());
  for (int i = 0; i < made.drift_skew_info_size(); ++i) {
    auto &mine = *made.mutable_drift_skew_info(i), &theirs = *wanted.mutable_drift_skew_info(i);
    const auto compare = [](auto* a, auto* b) {
      ASSERT_EQ(a->size(), b->size());
      for (int k = 0; k < a->size(); ++k) {
        EXPECT_NEAR((*a)[k].value(), (*b)[k].value(), 1e-9);
        (*a)[k].clear_value(), (*b)[k].clear_value();
      }
    };
    compare(mine.mutable_drift_measurements(), theirs.mutable_drift_measurements());
    compare(mine.mutable_skew_measurements(), theirs.mutable_skew_measurements());
  }
}

TEST(Validate, EqualsTfdvOnEveryCase) {
  const auto cases = oracle("tfdv_anomaly_cases.json")["cases"];
  ASSERT_EQ(cases.size(), 102);
  for (const auto& each : cases) {
    SCOPED_TRACE(each["name"].get<std::string>());
    const Case data(each);
    const auto schema = schema_of(each["schema"]);
    tfmd::Anomalies made, wanted;
    const auto status =
        validate_statistics(data.statistics.datasets(0), schema, data.controls, options_of(each, true), made);
    ASSERT_EQ(status.has_value(), !each.contains("error"));
    if (!status) {
      EXPECT_EQ(status.error().code, Code::kInvalidArgument);
      continue;
    }
    ASSERT_TRUE(parse(each["anomalies"].dump(), Format::kJson, wanted, "case"));
    expect_equal(made.baseline(), schema);
    made.clear_baseline();
    compare_drift(made, wanted);
    expect_equal(made, wanted);
  }
}

TEST(Validate, RelaxesTheSchemaAsTfdv) {
  const auto anomalies = oracle("tfdv_anomaly_cases.json");
  for (const auto& each : anomalies["cases"]) {
    if (!each.contains("updated_schema") || each["updated_schema"].get<std::string>().empty()) continue;
    SCOPED_TRACE(each["name"].get<std::string>());
    auto schema = schema_of(each["schema"]);
    ASSERT_TRUE(update_schema(list_of(each["statistics_pb64"]).datasets(0), schema));
    expect_equal(schema, schema_of(each["updated_schema"]));
  }
}

TEST(Validate, MendsTfdvsFaultsAndSaysSo) {
  std::map<std::string, std::string> wanted{{"dataset_max", "assay.MAX_EXAMPLES_ALONE"},
                                            {"bool_same", "assay.BOOL_DOMAIN_EQUAL"},
                                            {"js_type_mismatch", "assay.DRIFT_TYPES_DIFFER"}};
  const auto anomalies = oracle("tfdv_anomaly_cases.json");
  for (const auto& each : anomalies["cases"]) {
    const auto name = each["name"].get<std::string>();
    const Case data(each);
    const auto schema = schema_of(each["schema"]);
    tfmd::Anomalies made;
    std::vector<Mended> mended;
    if (!validate_statistics(data.statistics.datasets(0), schema, data.controls, options_of(each, false), made,
                             &mended))
      continue;
    if (const auto at = wanted.find(name); at != wanted.end()) {
      ASSERT_EQ(mended.size(), 1) << name;
      EXPECT_EQ(mended[0].type, at->second);
    } else {
      EXPECT_TRUE(mended.empty()) << name << ": " << (mended.empty() ? "" : mended[0].type);
    }
    const double drift = made.drift_skew_info_size() > 0 && made.drift_skew_info(0).drift_measurements_size() > 0
                             ? made.drift_skew_info(0).drift_measurements(0).value()
                             : -1;
    if (name == "linf_on_numeric") {
      EXPECT_GT(drift, 0.5);
    }
    if (name == "js_numeric_nan") {
      EXPECT_LT(drift, 0.2);
    }
    if (name == "js_numeric_inf") {
      EXPECT_LT(drift, 0.12);
    }
  }
}

TEST(Validate, NamesTheEnvironmentsItKnows) {
  const auto schema = schema_of("default_environment: \"TRAINING\" default_environment: \"SERVING\"");
  List list;
  list.add_datasets()->set_num_examples(1);
  tfmd::Anomalies out;
  const auto status = validate_statistics(list.datasets(0), schema, {}, {.environment = "SHADOW"}, out);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().fix.find("TRAINING, SERVING"), std::string::npos);
  EXPECT_FALSE(validate_statistics(list.datasets(0), schema, {}, {.severities = {{"NO_SUCH", "ERROR"}}}, out));
  EXPECT_FALSE(validate_statistics(list.datasets(0), schema, {}, {.severities = {{"SCHEMA_NEW_COLUMN", "LOW"}}}, out));
}

TEST(Validate, SeveritiesCanBeChosen) {
  const auto schema = schema_of("feature { name: \"a\" type: INT presence { min_count: 1 } }");
  List list;
  list.add_datasets()->set_num_examples(1);
  tfmd::Anomalies out;
  ASSERT_TRUE(
      validate_statistics(list.datasets(0), schema, {}, {.severities = {{"SCHEMA_MISSING_COLUMN", "WARNING"}}}, out));
  EXPECT_EQ(out.anomaly_info().at("a").severity(), tfmd::AnomalyInfo::WARNING);
}

TEST(Validate, SharedListsHideNothing) {
  const auto schema = schema_of(
      "string_domain { name: \"d\" value: \"x\" } feature { name: \"a\" type: BYTES domain: \"d\" } feature { name: "
      "\"b\" type: BYTES domain: \"d\" }");
  const File file("a,b\nx,z\nz,x\n");
  Task task;
  List list;
  ASSERT_TRUE(statistics_of(file.path, {}, {}, task, list));
  tfmd::Anomalies out;
  ASSERT_TRUE(validate_statistics(list.datasets(0), schema, {}, {}, out));
  EXPECT_EQ(out.anomaly_info_size(), 2);
}

TEST(Lint, TellsWhatIsWrongWithTheSchemaItself) {
  const auto schema = schema_of(
      "feature { name: \"a\" type: BYTES domain: \"none\" } feature { name: \"a\" type: INT } feature { name: \"b\" "
      "type: INT presence { min_fraction: 2 } not_in_environment: \"X\" } string_domain { name: \"spare\" }");
  std::vector<std::string> types;
  for (const auto& each : lint_schema(schema)) types.push_back(each.type);
  EXPECT_EQ(types, (std::vector<std::string>{"INVALID_DOMAIN_SPECIFICATION", "assay.FEATURE_TWICE",
                                             "assay.ENVIRONMENT_UNKNOWN", "INVALID_SCHEMA_SPECIFICATION",
                                             "assay.DOMAIN_UNUSED"}));
  EXPECT_TRUE(lint_schema(schema_of("feature { name: \"a\" type: INT }")).empty());
}

}  // namespace
}  // namespace assay::validate
