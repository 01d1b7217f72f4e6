#include "assay/validate/messages.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include "assay/validate/infer.h"
#include "assay/validate/statistics.h"
#include "assay/validate/test_support.h"
#include "tfmd/anomalies.pb.h"
#include "tfmd/schema.pb.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

namespace pb = google::protobuf;

Status parsed(std::string_view bytes, Format format) {
  tfmd::DatasetFeatureStatisticsList out;
  return parse(bytes, format, out, "file");
}

// Every number, oneof and value of the recorded table is that of the compiled descriptors.
TEST(Messages, KeepTheNumbersOfTensorflowMetadata) {
  const auto table = oracle("tfmd_messages.json");
  static_cast<void>(tfmd::Anomalies::descriptor());
  static_cast<void>(tfmd::DatasetFeatureStatisticsList::descriptor());
  const auto* pool = pb::DescriptorPool::generated_pool();
  const auto package = table["package"].get<std::string>() + ".";
  for (const auto& [name, fields] : table["messages"].items()) {
    const auto* message = pool->FindMessageTypeByName(package + name);
    ASSERT_NE(message, nullptr) << name;
    EXPECT_EQ(message->field_count(), static_cast<int>(fields.size())) << name;
    for (const auto& field : fields) {
      const auto* made = message->FindFieldByName(field["name"].get<std::string>());
      ASSERT_NE(made, nullptr) << name << "." << field["name"];
      EXPECT_EQ(made->number(), field["number"].get<int>()) << name << "." << field["name"];
      EXPECT_EQ(std::string(made->type_name()), field["type"].get<std::string>()) << name << "." << field["name"];
      EXPECT_EQ(made->is_repeated(), field.value("repeated", false)) << name << "." << field["name"];
      const auto* oneof = made->real_containing_oneof();
      EXPECT_EQ(oneof ? std::string(oneof->name()) : "", field.value("oneof", "")) << name << "." << field["name"];
    }
  }
  for (const auto& [name, values] : table["enums"].items()) {
    const auto* made = pool->FindEnumTypeByName(package + name);
    ASSERT_NE(made, nullptr) << name;
    for (const auto& [value, number] : values.items()) {
      const auto* known = made->FindValueByName(value);
      ASSERT_NE(known, nullptr) << name << "." << value;
      EXPECT_EQ(known->number(), number.get<int>());
    }
  }
}

TEST(Messages, KeepUnknownFields) {
  tfmd::Schema schema;
  schema.add_feature()->set_name("a");
  auto bytes = print(schema, Format::kBinary).value();
  const std::string unknown("\xAA\xB8\x1F\x03xyz", 7);  // field 65349, three bytes
  bytes += unknown;
  tfmd::Schema back;
  ASSERT_TRUE(parse(bytes, Format::kBinary, back, "file"));
  EXPECT_EQ(print(back, Format::kBinary).value(), bytes);
}

TEST(Messages, RefuseWhatIsNoMessage) {
  const auto whole = files::read(kFolder + "tfdv_stats_boston_hmda.pb").value();
  for (const auto& bytes : {whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1),
                            std::string("\xFF\xFF"), std::string("name,age\nx,1\n")}) {
    const auto status = parsed(bytes, Format::kBinary);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::kCorrupt);
    EXPECT_TRUE(status.error().what.starts_with("not a DatasetFeatureStatisticsList")) << status.error().what;
  }
  const auto text = parsed("datasets {\n  num_exampels: 3\n}", Format::kText);
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().what.find("line 2"), std::string::npos) << text.error().what;
  EXPECT_FALSE(parsed("{\"datasets\": 3}", Format::kJson));
  // A statistics list is no schema: field 1 of a schema is a feature, whose fields have other types.
  tfmd::Schema schema;
  const auto other = parse(whole, Format::kBinary, schema, "file");
  ASSERT_FALSE(other);
  EXPECT_TRUE(other.error().what.starts_with("not a Schema"));
}

TEST(Messages, BoundDepth) {
  std::string text, end;
  for (int i = 0; i < 200; ++i) text += "feature { struct_domain { ", end += "} }";
  tfmd::Schema schema;
  EXPECT_FALSE(parse(text + end, Format::kText, schema, "file"));
}

TEST(Messages, PathsOfNoStepAndOfTooMany) {
  tfmd::DatasetFeatureStatisticsList list;
  auto* feature = list.add_datasets()->add_features();
  feature->mutable_num_stats()->mutable_common_stats()->set_num_non_missing(1);
  feature->mutable_path();
  tfmd::Schema schema;
  ASSERT_TRUE(infer_schema(list, {}, schema));
  EXPECT_EQ(schema.feature(0).name(), "");
  for (int i = 0; i < 31; ++i) feature->mutable_path()->add_step("s");
  tfmd::DatasetFeatureStatisticsList read;
  const auto refused = parse(*print(list, Format::kBinary), Format::kBinary, read, "deep.pb");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kExhausted);
  EXPECT_EQ(refused.error().where, "deep.pb");
}

TEST(Messages, RecordsCarryChecksums) {
  const auto record = as_record("abc");
  EXPECT_EQ(record.size(), 19);
  EXPECT_EQ(first_record(record, "file").value(), "abc");
  for (std::size_t i = 0; i < record.size(); ++i) {
    auto bad = record;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(first_record(bad, "file")) << i;
    EXPECT_FALSE(first_record(record.substr(0, i), "file"));
  }
}

TEST(Messages, NamesOfFilesThatAreNone) {
  Task task;
  tfmd::Schema schema;
  for (const auto& [path, code] : {std::pair{"tests/data/validate/none.pb", Code::kNotFound},
                                   std::pair{"tests/data/validate", Code::kInvalidArgument}}) {
    const auto status = read_message(path, task, schema);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, code) << status.error().text();
    EXPECT_NE(status.error().where.find(path), std::string::npos);
  }
  const File empty("", ".pb");
  EXPECT_FALSE(read_message(empty.path, task, schema));
}

TEST(Messages, PathsAsText) {
  EXPECT_EQ(path_text(std::vector<std::string>{"a", "b c", "d.e", "f'g", "(x)"}), "a.b c.'d.e'.'f''g'.(x)");
}

}  // namespace
}  // namespace assay::validate
