#include "assay/data/memory_file.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/data/read.h"

namespace assay::data {
namespace {

template <class Builder, class T>
std::shared_ptr<arrow::Array> array_of(const std::vector<std::optional<T>>& values) {
  Builder builder;
  for (const auto& v : values) EXPECT_TRUE((v ? builder.Append(*v) : builder.AppendNull()).ok());
  return builder.Finish().ValueOrDie();
}

using Text = std::vector<std::optional<std::string>>;
const Text kWords{"no", "yes", std::nullopt, "no"};

std::shared_ptr<arrow::Array> encoded(const std::shared_ptr<arrow::DataType>& index) {
  auto builder = arrow::Int8Builder();
  EXPECT_TRUE(builder.AppendValues({1, 0, 0, 1}, {true, true, false, true}).ok());
  const auto codes = builder.Finish().ValueOrDie();
  std::shared_ptr<arrow::Array> indices = codes;
  if (index->id() == arrow::Type::UINT32) {
    arrow::UInt32Builder wide;
    EXPECT_TRUE(wide.AppendValues({1, 0, 0, 1}, {true, true, false, true}).ok());
    indices = wide.Finish().ValueOrDie();
  }
  const auto values = array_of<arrow::LargeStringBuilder>(Text{"yes", "no"});
  return arrow::DictionaryArray::FromArrays(arrow::dictionary(index, arrow::large_utf8()), indices, values)
      .ValueOrDie();
}

Result<Table> imported(const std::shared_ptr<arrow::Table>& table) {
  ArrowArrayStream stream;
  const auto reader = std::make_shared<arrow::TableBatchReader>(table);
  EXPECT_TRUE(arrow::ExportRecordBatchReader(reader, &stream).ok());
  auto out = import_stream(&stream, "data");
  EXPECT_EQ(stream.release, nullptr);  // taken over, whatever happened
  return out;
}

std::shared_ptr<arrow::Table> one_column(const std::string& name, const std::shared_ptr<arrow::Array>& array) {
  return arrow::Table::Make(arrow::schema({arrow::field(name, array->type())}), {array});
}

std::string digest_of(const Table& table) {
  const auto file = MemoryFile::of(table, "data.arrow");
  EXPECT_TRUE(file);
  return crypto::digest_of_file(file->path()).value();
}

TEST(MemoryFile, TextOfEveryLibraryHasOneDigest) {
  const auto first = imported(one_column("x", array_of<arrow::StringBuilder>(kWords)));
  ASSERT_TRUE(first);
  for (const auto& other : {array_of<arrow::LargeStringBuilder>(kWords), array_of<arrow::StringViewBuilder>(kWords),
                            encoded(arrow::int8()), encoded(arrow::uint32())}) {
    const auto table = imported(one_column("x", other));
    ASSERT_TRUE(table) << other->type()->ToString();
    EXPECT_EQ(digest_of(*table), digest_of(*first)) << other->type()->ToString();
  }
}

TEST(MemoryFile, HoldsTheBytesOfTheFileOnDisk) {
  const auto table = imported(one_column("x", array_of<arrow::DoubleBuilder, double>({1.5, std::nullopt, -0.0})));
  ASSERT_TRUE(table);
  const auto path = (std::filesystem::temp_directory_path() / "assay_memory_file_test.arrow").string();
  ASSERT_TRUE(write_arrow(*table, path));
  EXPECT_EQ(digest_of(*table), crypto::digest_of_file(path).value());
  std::filesystem::remove(path);
  Task task;
  const auto file = MemoryFile::of(*table, "data.arrow");
  const auto again = read(file->path(), task);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->numbers("x")->valid.missing(), 1);
}

TEST(MemoryFile, GoesWithItsOwner) {
  std::string path;
  {
    const auto file = MemoryFile::of(std::string_view("{}"), "policy.json");
    ASSERT_TRUE(file);
    path = file->path();
    EXPECT_EQ(files::read(path).value(), "{}");
    EXPECT_EQ(std::filesystem::path(path).filename(), "policy.json");
    auto first = MemoryFile::of(std::string_view("x"), "x");
    const MemoryFile moved = std::move(*first);
    EXPECT_EQ(files::read(moved.path()).value(), "x");
  }
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(path).parent_path()));
}

TEST(MemoryFile, WhatIsNoTableIsRefused) {
  EXPECT_EQ(
      imported(arrow::Table::Make(arrow::schema({}), std::vector<std::shared_ptr<arrow::Array>>{}, 0)).error().code,
      Code::kInvalidArgument);
  const auto twice = arrow::Table::Make(
      arrow::schema({arrow::field("a", arrow::int64()), arrow::field("a", arrow::int64())}),
      {array_of<arrow::Int64Builder, std::int64_t>({1}), array_of<arrow::Int64Builder, std::int64_t>({2})});
  EXPECT_EQ(imported(twice).error().what, "columns 1 and 2 are both named \"a\"");
  // Offsets that point outside the text.
  const auto offsets = arrow::Buffer::FromVector(std::vector<std::int32_t>{0, 999, 5});
  const auto broken = std::make_shared<arrow::StringArray>(2, offsets, arrow::Buffer::FromString("hello"));
  const auto refused = imported(one_column("x", broken));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_EQ(refused.error().where, "data");
}

TEST(MemoryFile, AProducerThatFailsIsAnError) {
  ArrowArrayStream stream{};
  stream.get_schema = [](ArrowArrayStream*, ArrowSchema*) { return EIO; };
  stream.get_next = [](ArrowArrayStream*, ArrowArray*) { return EIO; };
  stream.get_last_error = [](ArrowArrayStream*) { return "the producer is gone"; };
  stream.release = [](ArrowArrayStream* s) { s->release = nullptr; };
  const auto refused = import_stream(&stream, "data");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("the producer is gone"), std::string::npos) << refused.error().text();
  EXPECT_EQ(stream.release, nullptr);
}

}  // namespace
}  // namespace assay::data
