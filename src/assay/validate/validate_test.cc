#include <google/protobuf/util/message_differencer.h>

#include <set>

#include "assay/stats/operations.h"
#include "assay/validate/groups.h"
#include "assay/validate/operations.h"
#include "assay/validate/render.h"
#include "assay/validate/requests.h"
#include "assay/validate/rows.h"
#include "assay/validate/test_support.h"
#include "tfmd/anomalies.pb.h"
#include "tfmd/schema.pb.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

using operation::Evidence;
using operation::Json;

// Outputs go to a folder of their own.
class Kept : public Assets {
 public:
  Kept() {
    std::string name = (std::filesystem::temp_directory_path() / "assay_kept_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Kept() override { std::filesystem::remove_all(folder_); }
  Result<std::string> open(const std::string& ref) override {
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref, "check the path");
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string&) override { return folder_ + "/" + role; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

template <class Request>
Result<Evidence> ran(Result<Evidence> (*verb)(const Request&, Task&), const Request& request, Kept& kept) {
  Task task({}, {}, &kept);
  return verb(request, task);
}

constexpr const char* kSchema =
    "feature { name: \"sex\" type: BYTES domain: \"sex\" presence { min_fraction: 1.0 } } feature { name: \"age\" "
    "type: "
    "INT int_domain { min: 0 max: 120 } presence { min_fraction: 0.5 } } string_domain { name: \"sex\" value: \"f\" "
    "value: \"m\" }";

// 200 rows of each sex; every second woman's age is missing.
std::string lopsided(const std::string& more = "") {
  std::string out = "sex,age\n";
  for (int i = 0; i < 200; ++i) out += "m," + std::to_string(20 + i % 50) + "\nf," + (i % 2 ? "" : "30") + "\n";
  return out + more;
}

Json detail_of(const Result<Evidence>& made) {
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return made ? made->detail : Json::object();
}

TEST(Operation, ProfileKeepsItsStatistics) {
  Kept kept;
  ProfileRequest request;
  request.data = kMortgage, request.group = {"afam"};
  const auto made = ran(&profile, request, kept);
  ASSERT_TRUE(made);
  const auto& blob = made->blobs.at("statistics");
  ASSERT_TRUE(is_message(blob.media_type));
  Task task;
  for (const char* name : {"out.pb", "out.pbtxt", "out.json", "out.tfrecord"}) {
    ASSERT_TRUE(save_as(kept.path("statistics"), blob.media_type, kept.path(name)));
    tfmd::DatasetFeatureStatisticsList list;
    ASSERT_TRUE(read_message(kept.path(name), task, list));
    ASSERT_EQ(list.datasets_size(), 3);
    EXPECT_EQ(list.datasets(0).name(), "All Examples");
    EXPECT_EQ(list.datasets(1).name(), "afam_no");
  }
  EXPECT_FALSE(save_as(kept.path("statistics"), blob.media_type, kept.path("out.csv")));
  EXPECT_FALSE(save_as(kept.path("statistics"), "text/html", kept.path("out.pb")));
  const auto shown = ran(&show_statistics, {kept.path("out.tfrecord")}, kept);
  EXPECT_NE(render_statistics(operation::to_json(*shown)).find("afam_no"), std::string::npos);
}

TEST(Operation, SchemaFromATableOrItsStatistics) {
  Kept kept;
  InferRequest request;
  request.data = kMortgage;
  ASSERT_TRUE(ran(&infer, request, kept));
  const auto first = files::read(kept.path("schema")).value();
  request.data = kFolder + "tfdv_stats_boston_hmda.pb";
  const auto made = ran(&infer, request, kept);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->detail["columns"].size(), 14);
  EXPECT_TRUE(first == files::read(kept.path("schema")).value());
}

TEST(Operation, ShowLintAndUpdate) {
  Kept kept;
  const File schema(kSchema, ".pbtxt"), data("sex,age\nf,130\nx,5\n", ".csv");
  EXPECT_EQ(detail_of(ran(&show_schema, {schema.path}, kept))["columns"].size(), 2);
  EXPECT_TRUE(detail_of(ran(&lint, {schema.path}, kept))["findings"].empty());
  const auto updated = detail_of(ran(&update, {schema.path, data.path, {}}, kept));
  EXPECT_EQ(updated["changed"], (Json{"age"}));
  // What was relaxed passes.
  std::filesystem::rename(kept.path("schema"), kept.path("new.pb"));
  ValidateRequest again;
  again.data = data.path, again.schema = kept.path("new.pb");
  EXPECT_EQ(detail_of(ran(&validate, again, kept))["errors"], 0);
}

TEST(Operation, ValidateJudgesAndShowsRows) {
  Kept kept;
  const File schema(kSchema, ".pbtxt"), data("sex,age\nf,30\nm,130\nx,5\n,7\n");
  ValidateRequest request;
  request.data = data.path, request.schema = schema.path, request.show_rows = 2;
  const auto made = ran(&validate, request, kept);
  const auto detail = detail_of(made);
  EXPECT_EQ(detail["errors"], 2);
  std::map<std::string, Json> rows;
  for (const auto& each : detail["rows"]) rows[each["type"]] = each["rows"];
  EXPECT_EQ(rows["INT_TYPE_BIG_INT"], Json({2}));
  EXPECT_EQ(rows["ENUM_TYPE_UNEXPECTED_STRING_VALUES"], Json({3}));
  EXPECT_EQ(rows["FEATURE_TYPE_LOW_FRACTION_PRESENT"], Json({4}));
  const auto text = render_validation(operation::to_json(*made));
  EXPECT_NE(text.find("Unexpectedly large value: 130."), std::string::npos) << text;
  tfmd::Anomalies found;
  Task task;
  ASSERT_TRUE(read_message(kept.path("anomalies"), task, found));
  EXPECT_EQ(found.anomaly_info_size(), 2);
  EXPECT_EQ(found.baseline().feature_size(), 2);
}

TEST(Operation, AColumnMissingForOneGroupIsAnError) {
  Kept kept;
  const File schema(kSchema, ".pbtxt"), data(lopsided());
  ValidateRequest request;
  request.data = data.path, request.schema = schema.path;
  EXPECT_EQ(detail_of(ran(&validate, request, kept))["errors"], 0);  // of all rows, enough are there
  request.group = {"sex"};
  const auto made = ran(&validate, request, kept);
  const auto detail = detail_of(made);
  ASSERT_EQ(detail["errors"], 1);
  const auto& gap = detail["groups"][0];
  EXPECT_EQ(gap["type"], "assay.GROUP_PRESENCE_GAP");
  EXPECT_EQ(gap["slice"], (Json{{"sex", "f"}}));
  EXPECT_EQ(detail["groups_judged"], 2);
  bool figure = false;
  for (const auto& each : made->figures)
    if (each.name == "missing_share_gap") {
      figure = true;
      EXPECT_DOUBLE_EQ(*each.value, 0.5);
    }
  EXPECT_TRUE(figure);
}

TEST(Operation, GroupsThatAreTooSmallAreCounted) {
  Kept kept;
  const File schema(kSchema, ".pbtxt"), data(lopsided("x,\n"));
  ValidateRequest request;
  request.data = data.path, request.schema = schema.path, request.group = {"sex"};
  EXPECT_EQ(detail_of(ran(&validate, request, kept))["groups_too_small"], 1);
  request.group = {"no_such"};
  const auto refused = ran(&validate, request, kept);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNotFound);
}

TEST(Operation, DriftInsideAGroup) {
  Kept kept;
  const File schema(
      "feature { name: \"sex\" type: BYTES } feature { name: \"paid\" type: BYTES drift_comparator { infinity_norm { "
      "threshold: 0.2 } } }",
      ".pbtxt");
  std::string before = "sex,paid\n", now = before;
  for (int i = 0; i < 300; ++i)
    before += i % 10 == 0 ? "f,yes\n" : "m,yes\n", now += i % 10 == 0 ? "f,no\n" : "m,yes\n";
  const File first(before), second(now);
  ValidateRequest request;
  request.data = second.path, request.schema = schema.path, request.previous = first.path, request.group = {"sex"};
  const auto detail = detail_of(ran(&validate, request, kept));
  EXPECT_TRUE(detail["anomalies"].empty());  // 0.1 of all rows
  ASSERT_EQ(detail["groups"].size(), 1);
  EXPECT_EQ(detail["groups"][0]["type"], "COMPARATOR_L_INFTY_HIGH");
  EXPECT_EQ(detail["groups"][0]["slice"], (Json{{"sex", "f"}}));
}

TEST(Operation, WhatCannotBeValidated) {
  Kept kept;
  const File schema(kSchema, ".pbtxt"), data("sex,age\nf,30\n"), header("sex,age\n");
  ValidateRequest request;
  request.data = header.path, request.schema = schema.path;
  EXPECT_EQ(detail_of(ran(&validate, request, kept))["data_missing"], true);
  request.data = data.path, request.schema_environment = "SERVING";
  EXPECT_EQ(ran(&validate, request, kept).error().code, Code::kInvalidArgument);
  request.schema_environment.clear(), request.severity = {"SCHEMA_NEW_COLUMN"};
  EXPECT_FALSE(ran(&validate, request, kept));
  request.severity.clear(), request.schema = data.path;
  EXPECT_EQ(ran(&validate, request, kept).error().code, Code::kCorrupt);
  request.schema = schema.path, request.data = kFolder + "tfdv_stats_boston_hmda.pb", request.group = {"sex"};
  EXPECT_EQ(ran(&validate, request, kept).error().code, Code::kInvalidArgument);
  request.group.clear(), request.data = kFolder + "none.csv";
  EXPECT_EQ(ran(&validate, request, kept).error().code, Code::kNotFound);
}

TEST(Operation, ListHoldsEachOnce) {
  std::set<std::string> ids;
  for (const auto& each : operations(stats::operations())) EXPECT_TRUE(ids.insert(each.id()).second) << each.id();
  for (const char* id : {"stats.profile", "stats.show", "schema.infer", "schema.lint", "data.validate"})
    EXPECT_TRUE(ids.contains(id)) << id;
}

}  // namespace
}  // namespace assay::validate
