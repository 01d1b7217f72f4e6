#include "assay/data/read.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/base/threads.h"
#include "assay/data/columns.h"
#include "assay/data/csv.h"
#include "assay/data/csv_scan.h"
#include "assay/data/number_text.h"

namespace assay::data {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay_read_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }

 private:
  std::string path_;
};

// "int 1 2 _ 4": type and cells of a column, missing as _.
std::string shown(const Table& table, const std::string& column) {
  std::string out(type_name(table.type(column).value()));
  const auto codes = table.codes(column).value();
  for (const auto code : codes.codes) out += " " + (code < 0 ? "_" : (*codes.values)[static_cast<std::size_t>(code)]);
  return out;
}
std::string column(const std::string& cells, const ReadOptions& options = {}) {
  auto table = read_csv_bytes("a,b\n" + cells, "t.csv", options);
  return table ? shown(*table, "a") : table.error().text();
}
Error error(std::string_view bytes, const ReadOptions& options = {}) {
  auto table = read_csv_bytes(bytes, "t.csv", options);
  EXPECT_FALSE(table) << bytes.substr(0, 80);
  return table ? Error{} : table.error();
}

TEST(Lattice, IntFloatText) {
  EXPECT_EQ(column("1,\n-2,\n 3 ,\n007,\n"), "int 1 -2 3 7");
  EXPECT_EQ(column("1,\n+2,\n"), "int 1 2");
  EXPECT_EQ(column("1,\n2.5,\n"), "float 1 2.5");
  EXPECT_EQ(column("1e5,\n.5,\n2.,\n"), "float 100000 0.5 2");
  EXPECT_EQ(column("1,\nNaN,\n-inf,\nInfinity,\n"), "float 1 NaN -Infinity Infinity");
  EXPECT_EQ(column("1,\n1e999,\n"), "float 1 Infinity");
  EXPECT_EQ(column("9223372036854775807,\n-9223372036854775808,\n"), "int 9223372036854775807 -9223372036854775808");
  EXPECT_EQ(column("9223372036854775808,\n1,\n"), "text 9223372036854775808 1") << "integer outside int64";
  EXPECT_EQ(column("99999999999999999999,\n1.5,\n"), "text 99999999999999999999 1.5");
  EXPECT_EQ(column("1e20,\n1.5,\n"), "float 100000000000000000000 1.5");
  EXPECT_EQ(column("0x1F,\n2,\n"), "text 0x1F 2") << "Arrow would take it for 31";
  EXPECT_EQ(column("nan(1),\n2,\n"), "text nan(1) 2");
  EXPECT_EQ(column("1_000,\n2,\n"), "text 1_000 2");
  EXPECT_EQ(column("true,\nfalse,\n"), "text true false");
  EXPECT_EQ(column("2020-01-01,\n2020-01-02,\n"), "text 2020-01-01 2020-01-02");
  EXPECT_EQ(column("12:30,\n12:31,\n"), "text 12:30 12:31");
}

TEST(Lattice, Missing) {
  EXPECT_EQ(column("1,\n,\n\"\",\n4,\n"), "int 1 _ _ 4");
  EXPECT_EQ(column("x,\n,\n\"\",\nx,\n"), "text x _ _ x");
  EXPECT_EQ(column(",1\n,2\n"), "text _ _");
  EXPECT_EQ(column("NA,\n?,\n1,\n"), "text NA ? 1");
  ReadOptions named;
  named.null = {"NA", "?"};
  EXPECT_EQ(column("NA,\n\"?\",\n1,\n", named), "int _ _ 1");
  ReadOptions text;
  text.text_columns = {"a"};
  EXPECT_EQ(column("007,\n1,\n", text), "text 007 1");
  text.text_columns = {"aa"};
  EXPECT_EQ(read_csv_bytes("a,b\n1,2\n", "t.csv", text).error().code, Code::kNotFound);
}

// What decides stands far behind the first block of the reader.
TEST(Lattice, LatePromotion) {
  const auto late = [](const std::string& last, const std::string& first = "1", int rows = 400'000) {
    std::string bytes = "a,b\n";
    for (int i = 0; i < rows; ++i) bytes += first + ",zz\n";
    bytes += last + ",zz\n";
    const auto table = read_csv_bytes(bytes, "t.csv").value();
    return std::string(type_name(table.type("a").value())) + " " + table.codes("a")->values->back();
  };
  EXPECT_EQ(late("x"), "text x");
  EXPECT_EQ(late("2.5"), "float 2.5");
  EXPECT_EQ(late("9223372036854775808"), "text 9223372036854775808");
  EXPECT_EQ(late("0x10"), "text 0x10");
  EXPECT_EQ(late("2020-01-01", ""), "text 2020-01-01");
  EXPECT_EQ(late("true", ""), "text true");
  EXPECT_EQ(late("nan"), "float NaN");
}

TEST(Csv, Forms) {
  EXPECT_EQ(column("\xEF\xBB\xBF"
                   "1,\n"),
            "text \xEF\xBB\xBF"
            "1")
      << "a mark in the middle is text";
  auto table = read_csv_bytes(
      "\xEF\xBB\xBF"
      "a;b\r\n\r\n1;\"x\"\"y\r\nz;\"\r\n\r\n2;u\r\n",
      "t.csv");
  ASSERT_TRUE(table) << table.error().text();
  EXPECT_EQ(shown(*table, "a"), "int 1 2");
  EXPECT_EQ(shown(*table, "b"), "text x\"y\r\nz; u");
  EXPECT_EQ(shown(read_csv_bytes("a\tb\n1\t2,5\n", "t").value(), "b"), "text 2,5");
  EXPECT_EQ(shown(read_csv_bytes("a|b\n1|2\n3|4", "t").value(), "b"), "int 2 4");
  EXPECT_EQ(shown(read_csv_bytes("a\rb\r1\r", "t").value(), "a"), "text b 1") << "old Mac line ends";
  ReadOptions comma;
  comma.delimiter = ',';
  EXPECT_EQ(read_csv_bytes("a;b\n1;2\n", "t", comma)->names(), std::vector<std::string>{"a;b"});
  const auto none = read_csv_bytes("a,b\n\n", "t").value();
  EXPECT_EQ(none.rows(), 0u);
  EXPECT_EQ(none.names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(shown(none, "b"), "text");
  EXPECT_EQ(read_csv_bytes("\"a b\",c\n1,2", "t")->names()[0], "a b");
  const std::string wide(3 << 20, 'x');  // a row longer than the reader's block
  EXPECT_EQ(read_csv_bytes("a,b\n1," + wide + "\n2,y\n", "t")->codes("b")->values->at(0).size(), wide.size());
}

TEST(Csv, Errors) {
  const auto is = [](const Error& e, Code code, const std::string& where, const std::string& what) {
    EXPECT_EQ(e.code, code) << e.text();
    EXPECT_EQ(e.where, where) << e.text();
    EXPECT_NE(e.what.find(what), std::string::npos) << e.text();
    EXPECT_FALSE(e.fix.empty()) << e.text();
  };
  is(error(""), Code::kInvalidArgument, "t.csv", "no columns");
  is(error("\n\r\n"), Code::kInvalidArgument, "t.csv", "no columns");
  is(error("a,b\n1,2\n\n3\n4,5,6\n"), Code::kCorrupt, "t.csv:4", "1 cell, the header has 2 (2 such rows)");
  is(error("a,b\n1,\"2\n3,4\n"), Code::kCorrupt, "t.csv:2 column b", "never closed");
  is(error("a,b\n\"x\ny\",1\n1,2,3\n"), Code::kCorrupt, "t.csv:4", "3 cells");
  is(error("a,b,a\n"), Code::kInvalidArgument, "t.csv", "columns 1 and 3 are both named \"a\"");
  is(error("a,,c\n"), Code::kInvalidArgument, "t.csv", "column 2 has no name");
  is(error("a,b\xFF\n1,2\n"), Code::kCorrupt, "t.csv:1 column 2", "byte 3 is not valid UTF-8");
  is(error("a,b\n1,2\n3,x\xC3(\n"), Code::kCorrupt, "t.csv:3 column b", "byte 11 is not valid UTF-8");
  is(error(std::string_view("a,b\n1,2\n3,x\0y\n", 14)), Code::kCorrupt, "t.csv:3 column b", "zero byte");
  std::string many = "c0";
  for (int i = 1; i < 10'001; ++i) many += ",c" + std::to_string(i);
  is(error(many + "\n"), Code::kExhausted, "t.csv", "10001 columns");
  ReadOptions keep;
  keep.bad_rows = "keep";
  is(error("a\n", keep), Code::kInvalidArgument, "bad_rows", "keep");
  ReadOptions quote;
  quote.delimiter = '"';
  is(error("a\n", quote), Code::kInvalidArgument, "delimiter", "delimiter");
}

TEST(Csv, SkipsBadRows) {
  ReadOptions skip;
  skip.bad_rows = "skip";
  ReadReport report;
  const auto table = read_csv_bytes("a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n", "t", skip, &report);
  ASSERT_TRUE(table) << table.error().text();
  EXPECT_EQ(shown(*table, "a"), "int 1 4 9");
  EXPECT_EQ(report.skipped_rows, 2);
  EXPECT_EQ(report.skipped_lines, (std::vector<std::int64_t>{3, 5}));
}

TEST(Csv, SameTableOnAnyNumberOfThreads) {
  std::string bytes = "a,b,c\n";
  for (long i = 0; i < 300'000; ++i) {
    bytes += std::to_string((i * 7919) % 1000) + ",v" + std::to_string((i * 104729) % 5003) + ",";
    bytes += i % 11 ? std::to_string(i) + ".25\n" : "\n";
  }
  const Folder folder;
  std::string digests[2];
  for (int threads = 1; threads <= 2; ++threads) {
    const ThreadLimit limit(threads);
    const auto table = read_csv_bytes(bytes, "t").value();
    ASSERT_TRUE(write_arrow(table, folder / "t.arrow"));
    digests[threads - 1] = crypto::digest_of_file(folder / "t.arrow").value();
    const auto codes = table.codes("b").value();
    EXPECT_EQ((*codes.values)[0], "v0");
    EXPECT_EQ((*codes.values)[1], "v" + std::to_string(104729 % 5003));
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST(Read, FilesThatCannotBe) {
  const Folder folder;
  Task task;
  const auto code = [&](const std::string& ref) {
    auto table = read(ref, task);
    EXPECT_FALSE(table) << ref;
    if (table) return Code::kInternal;
    EXPECT_EQ(table.error().where, ref);
    EXPECT_FALSE(table.error().what.empty() || table.error().fix.empty()) << table.error().text();
    return table.error().code;
  };
  EXPECT_EQ(code(folder / "none.csv"), Code::kNotFound);
  EXPECT_EQ(code(folder / ""), Code::kInvalidArgument);
  EXPECT_EQ(code(folder.write("empty.csv", "")), Code::kInvalidArgument);
  EXPECT_EQ(code(folder.write("junk.parquet", "what")), Code::kCorrupt);
  EXPECT_EQ(code(folder.write("cut.parquet", "PAR1\x15\x04")), Code::kCorrupt);
  EXPECT_EQ(code(folder.write("cut", std::string("ARROW1\0\0 and so on", 19))), Code::kCorrupt);
  EXPECT_EQ(code(folder.write("t.csv.gz", "\x1F\x8B\x08")), Code::kUnsupported);
  EXPECT_EQ(code(folder.write("t.xlsx", "PK\x03\x04")), Code::kUnsupported);
  if (::geteuid() != 0) {
    const auto secret = folder.write("secret.csv", "a\n1\n");
    ::chmod(secret.c_str(), 0);
    EXPECT_EQ(code(secret), Code::kPermissionDenied);
  }
  std::stop_source stop;
  stop.request_stop();
  Task stopped(stop.get_token());
  EXPECT_EQ(read("examples/mortgage/boston_hmda.csv", stopped).error().code, Code::kCancelled);
}

TEST(Read, RoundTrips) {
  const Folder folder;
  Task task;
  const auto table = read("examples/mortgage/boston_hmda.csv", task).value();
  EXPECT_EQ(table.rows(), 2380u);
  EXPECT_EQ(table.names().size(), 14u);
  // No extension: found by content, as in the object store.
  ASSERT_TRUE(write_arrow(table, folder / "one"));
  ASSERT_TRUE(write_parquet(table, folder / "two"));
  ASSERT_TRUE(write_csv(table, folder / "three"));
  for (const auto* name : {"one", "two", "three"}) {
    const auto again = read(folder / name, task);
    ASSERT_TRUE(again) << again.error().text();
    ASSERT_EQ(again->names(), table.names());
    for (const auto& column : table.names()) EXPECT_EQ(shown(*again, column), shown(table, column)) << name << column;
    ASSERT_TRUE(write_arrow(*again, folder / "again"));
    EXPECT_EQ(files::read(folder / "again").value(), files::read(folder / "one").value()) << name;
  }
  // Cut anywhere, it is corrupt and never a crash.
  for (const std::string name : {"one", "two"}) {
    const auto bytes = files::read(folder / name).value();
    for (std::size_t size : {8ul, bytes.size() / 3, bytes.size() - 9, bytes.size() - 1}) {
      const auto cut = read(folder.write("cut", bytes.substr(0, size)), task);
      ASSERT_FALSE(cut);
      EXPECT_EQ(cut.error().code, Code::kCorrupt) << name << size << cut.error().text();
    }
  }
}

TEST(Read, ArrowTypes) {
  const auto strings = [](auto builder, const std::vector<const char*>& values) {
    for (const auto* v : values)
      if (!(v ? builder.Append(v) : builder.AppendNull()).ok()) throw std::runtime_error("append");
    return builder.Finish().ValueOrDie();
  };
  const auto plain = strings(arrow::StringBuilder(), {"x", nullptr, "y", "x"});
  const auto indices = [](auto builder, std::vector<int> values) {
    for (const int v : values) {
      using T = typename decltype(builder)::value_type;
      if (!(v < 0 ? builder.AppendNull() : builder.Append(static_cast<T>(v))).ok()) throw std::runtime_error("append");
    }
    return builder.Finish().ValueOrDie();
  };
  const auto dictionary = [&](const auto& codes) {
    return arrow::DictionaryArray::FromArrays(arrow::dictionary(codes->type(), arrow::utf8()), codes,
                                              strings(arrow::StringBuilder(), {"z", "y", "x"}))
        .ValueOrDie();
  };
  arrow::TimestampBuilder seconds(arrow::timestamp(arrow::TimeUnit::SECOND), arrow::default_memory_pool());
  ASSERT_TRUE(seconds.AppendValues({0, 1, 2, 86400}).ok());
  arrow::ListBuilder list(arrow::default_memory_pool(), std::make_shared<arrow::Int64Builder>());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(list.AppendEmptyValue().ok());
  const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> columns{
      {"plain", plain},
      {"large", strings(arrow::LargeStringBuilder(), {"x", nullptr, "y", "x"})},
      {"view", strings(arrow::StringViewBuilder(), {"x", nullptr, "y", "x"})},
      {"code8", dictionary(indices(arrow::Int8Builder(), {2, -1, 1, 2}))},
      {"code_u32", dictionary(indices(arrow::UInt32Builder(), {2, -1, 1, 2}))},
      {"i16", indices(arrow::Int16Builder(), {1, -1, 3, 4})},
      {"u64", indices(arrow::UInt64Builder(), {1, -1, 3, 4})},
      {"f32", indices(arrow::FloatBuilder(), {1, -1, 3, 4})},
      {"day", indices(arrow::Date32Builder(), {0, -1, 3, 4})},
      {"when", seconds.Finish().ValueOrDie()},
      {"list", list.Finish().ValueOrDie()}};
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns)
    fields.push_back(arrow::field(name, array->type())), arrays.push_back(array);
  const auto made = arrow::Table::Make(arrow::schema(fields), arrays);
  const Folder folder;
  {
    const auto out = arrow::io::FileOutputStream::Open(folder / "t.arrow").ValueOrDie();
    const auto writer = arrow::ipc::MakeFileWriter(out, made->schema()).ValueOrDie();
    ASSERT_TRUE(writer->WriteTable(*made).ok() && writer->Close().ok() && out->Close().ok());
  }
  Task task;
  const auto read_back = read(folder / "t.arrow", task);
  ASSERT_TRUE(read_back) << read_back.error().text();
  for (const auto& table : {*read_back, Table(made)}) {
    for (const auto* name : {"plain", "large", "view", "code8", "code_u32"}) {
      EXPECT_EQ(shown(table, name), "text x _ y x") << name;
      EXPECT_EQ(*table.codes(name)->values, (std::vector<std::string>{"x", "y"})) << name;
    }
    EXPECT_EQ(shown(table, "i16"), "int 1 _ 3 4");
    EXPECT_EQ(shown(table, "u64"), "int 1 _ 3 4");
    EXPECT_EQ(shown(table, "f32"), "float 1 _ 3 4");
    EXPECT_EQ(shown(table, "day"), "time 1970-01-01T00:00:00Z _ 1970-01-04T00:00:00Z 1970-01-05T00:00:00Z");
    EXPECT_EQ(table.integers("when")->values[3], 86'400'000'000);
    EXPECT_EQ(table.type("list").value(), Type::kOther);
    EXPECT_EQ(table.codes("list").error().code, Code::kUnsupported);
    EXPECT_EQ(table.numbers("list").error().code, Code::kUnsupported);
  }
}

TEST(Scan, Utf8) {
  EXPECT_EQ(valid_utf8("plain ascii, long enough"), 24u);
  EXPECT_EQ(valid_utf8("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 9u);
  for (const auto* bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\x80", "\xC3", "\xFF"})
    EXPECT_EQ(valid_utf8(bad), 0u);
  // A character across the border of two blocks, and a stray byte there.
  std::string bytes(std::size_t{1} << 20, 'a');
  bytes.replace(bytes.size() - 1, 1, "\xE2\x82\xAC tail");
  EXPECT_EQ(scan_bytes(bytes).not_utf8, kNowhere);
  bytes.insert(bytes.find(" tail"), "\x82");
  EXPECT_EQ(scan_bytes(bytes).not_utf8, bytes.find(" tail") - 1);
}

TEST(NumberText, Shortest) {
  for (const auto& [value, text] :
       std::vector<std::pair<double, std::string>>{{5, "5"},
                                                   {-0.0, "0"},
                                                   {0.1, "0.1"},
                                                   {1e21, "1e+21"},
                                                   {1e20, "100000000000000000000"},
                                                   {123456.75, "123456.75"},
                                                   {1e-6, "0.000001"},
                                                   {1e-7, "1e-7"},
                                                   {-1.5e-9, "-1.5e-9"},
                                                   {5e-324, "5e-324"},
                                                   {1.7976931348623157e308, "1.7976931348623157e+308"}})
    EXPECT_EQ(number_text(value), text);
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(time_text(1'500'000), "1970-01-01T00:00:01.5Z");
}

}  // namespace
}  // namespace assay::data
