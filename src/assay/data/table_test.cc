#include "assay/data/table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include "assay/base/files.h"
#include "assay/base/threads.h"
#include "assay/data/dataset.h"
#include "assay/data/operations.h"
#include "assay/data/read.h"
#include "assay/data/rows_digest.h"
#include "assay/data/split.h"

namespace assay::data {
namespace {

Table sample() {
  const std::vector<double> x{1.5, 2, std::numeric_limits<double>::quiet_NaN(), 2};
  const std::vector<std::int64_t> n{7, 8, 9, 7};
  const std::vector<std::int32_t> g{2, -1, 0, 2};
  const std::vector<std::string> levels{"a", "b", "c"}, note{"p", "q", "p", "r"};
  auto made = TableBuilder()
                  .numbers("x", x, {false, true, false, false})
                  .integers("n", n)
                  .codes("g", g, levels)
                  .text("note", note)
                  .finish();
  EXPECT_TRUE(made) << made.error().text();
  return made.value();
}

TEST(Table, Columns) {
  const Table table = sample();
  EXPECT_EQ(table.rows(), 4u);
  EXPECT_EQ(table.names(), (std::vector<std::string>{"x", "n", "g", "note"}));
  EXPECT_TRUE(table.has("g") && !table.has("G"));
  EXPECT_EQ(table.type("n").value(), Type::kInt);
  const auto x = table.numbers("x").value();
  EXPECT_EQ(x.valid.missing(), 1);
  EXPECT_TRUE(x.valid[0] && !x.valid[1] && x.valid[2]) << "NaN is a value";
  EXPECT_EQ(table.numbers("n")->values[2], 9.0);
  const auto g = table.codes("g").value();
  EXPECT_EQ(*g.values, (std::vector<std::string>{"c", "a"})) << "first seen, unused ones dropped";
  EXPECT_EQ(std::vector<std::int32_t>(g.codes.begin(), g.codes.end()), (std::vector<std::int32_t>{0, -1, 1, 0}));
  const auto codes = table.codes("x").value();
  EXPECT_EQ(*codes.values, (std::vector<std::string>{"1.5", "NaN", "2"}));
  EXPECT_EQ(codes.codes[1], -1);
}

TEST(Table, Errors) {
  const Table table = sample();
  EXPECT_EQ(table.numbers("nte").error().code, Code::kNotFound);
  EXPECT_NE(table.numbers("nte").error().fix.find("note"), std::string::npos);
  EXPECT_EQ(table.numbers("note").error().code, Code::kInvalidArgument);
  EXPECT_EQ(table.integers("x").error().code, Code::kInvalidArgument);
  EXPECT_EQ(table.take(std::vector<std::uint32_t>{4}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(table.select(std::vector<std::string>{"x", "y"}).error().code, Code::kNotFound);
  const std::vector<double> one{1}, two{1, 2};
  EXPECT_EQ(TableBuilder().numbers("a", one).numbers("b", two).finish().error().code, Code::kInternal);
  EXPECT_EQ(
      TableBuilder().codes("a", std::vector<std::int32_t>{3}, std::vector<std::string>{"x"}).finish().error().code,
      Code::kInternal);
  EXPECT_EQ(TableBuilder().numbers("a", one).numbers("a", one).finish().error().code, Code::kInvalidArgument);
}

TEST(Table, SelectAndTake) {
  const Table table = sample();
  const auto some = table.select(std::vector<std::string>{"g", "x"})->take(std::vector<std::uint32_t>{2, 1, 2}).value();
  EXPECT_EQ(some.names(), (std::vector<std::string>{"g", "x"}));
  EXPECT_EQ(*some.codes("g")->values, std::vector<std::string>{"a"});
  EXPECT_EQ(some.codes("g")->codes[1], -1);
  EXPECT_FALSE(some.numbers("x")->valid[1]);
  EXPECT_EQ(table.take({})->rows(), 0u);
}

const std::string kMortgage = "examples/mortgage/boston_hmda.csv";

// Inputs are plain paths, outputs lie in a folder of their own.
class Desk : public Assets {
 public:
  Desk() {
    std::string name = (std::filesystem::temp_directory_path() / "assay_desk_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Desk() override { std::filesystem::remove_all(folder_); }
  Result<std::string> open(const std::string& ref) override { return ref; }
  Result<std::string> create(const std::string& role, const std::string&) override { return folder_ + "/" + role; }
  std::string write(const std::string& name, std::string_view bytes) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
    return folder_ + "/" + name;
  }
  std::string operator/(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

TEST(RowsDigest, OfRowsNotOfFiles) {
  Desk desk;
  Task task({}, {}, &desk);
  const auto digest = [&](std::string_view csv) {
    return rows_digest(read(desk.write("t.csv", csv), task).value(), task).value();
  };
  const auto plain = digest("a,b\n1,x\n2,\n1,x\n");
  EXPECT_EQ(digest("a;b\r\n1;\"x\"\r\n2;\r\n1;x\r\n").ordered, plain.ordered);
  EXPECT_EQ(digest("a,b\n1.0,x\n2,\n1,x\n").ordered, plain.ordered) << "5 and 5.0 are one number";
  const auto moved = digest("a,b\n2,\n1,x\n1,x\n");
  EXPECT_EQ(moved.unordered, plain.unordered);
  EXPECT_NE(moved.ordered, plain.ordered);
  for (const auto* other : {"a,b\n1,x\n2,\n", "a,c\n1,x\n2,\n1,x\n", "a,b\n1,x\n2,y\n1,x\n", "b,a\nx,1\n,2\nx,1\n"})
    EXPECT_NE(digest(other).unordered, plain.unordered) << other;
  // By hand: SHA-256(SHA-256('["a"]') || SHA-256('["é\\"\\n"]')).
  const auto rows = crypto::sha256("[\"\xC3\xA9\\\"\\n\"]"), head = crypto::sha256("[\"a\"]");
  crypto::Sha256 sum;
  sum.add({reinterpret_cast<const char*>(head.data()), 32}).add({reinterpret_cast<const char*>(rows.data()), 32});
  EXPECT_EQ(digest("a\n\"\xC3\xA9\"\"\n\"\n").unordered, crypto::digest_text(sum.finish()));
}

TEST(Dataset, Add) {
  Desk desk;
  Task task({}, {}, &desk);
  const auto made = add({.source = kMortgage, .null = {}}, task);
  ASSERT_TRUE(made) << made.error().text();
  const auto& detail = made->detail;
  EXPECT_EQ(made->kind, "assay.dataset/1");
  EXPECT_EQ(detail["rows"], 2380);
  EXPECT_EQ(detail["files"][0]["path"], "boston_hmda.csv");
  EXPECT_EQ(detail["files"][0]["size"], 193170);
  EXPECT_EQ(detail["recipe"], operation::Json::object());
  EXPECT_EQ(detail["columns"][0]["name"], "deny");
  EXPECT_EQ(detail["columns"][1]["type"], "float");
  // Same bytes and recipe, same digest; the recipe counts.
  EXPECT_EQ(detail["digest"], operation::digest_of({{"files", detail["files"]}, {"recipe", detail["recipe"]}}));
  const auto other = add({.source = kMortgage, .null = {"?"}}, task).value();
  EXPECT_NE(other.detail["digest"], detail["digest"]);
  EXPECT_EQ(other.detail["rows_digest"], detail["rows_digest"]);
  const Table table = read(desk / "table", task).value();
  EXPECT_EQ(rows_digest(table, task)->unordered, detail["rows_digest"]);
  EXPECT_EQ(made->blobs.at("table").rows, 2380);
  EXPECT_EQ(add({.source = kMortgage, .null = {}, .delimiter = "::"}, task).error().where, "delimiter");
  const auto ragged =
      add({.source = desk.write("r.csv", "a,b\n1,2\n3\n"), .null = {}, .bad_rows = "skip"}, task).value();
  EXPECT_EQ(ragged.detail["skipped_rows"], 1);
  EXPECT_EQ(ragged.detail["skipped_lines"], operation::Json::array({3}));
  EXPECT_EQ(ragged.flags, std::vector<std::string>{"skipped_rows"});
}

TEST(Split, StratifiedExactAndRepeatable) {
  Desk desk;
  Task task({}, {}, &desk);
  SplitRequest request{.data = kMortgage, .label = "deny", .test = 0.3, .validation = 0.2, .stratify = {}, .group = {}};
  const auto made = split(request, task);
  ASSERT_TRUE(made) << made.error().text();
  const auto bytes = files::read(desk / "split").value();
  const auto& parts = made->detail["parts"];
  EXPECT_EQ(parts["test"]["rows"], 714);
  EXPECT_EQ(parts["validation"]["rows"], 476);
  EXPECT_EQ(parts["train"]["rows"], 1190);
  // 285 of 2380 were denied: 85.5, 57 and 142.5 of them.
  EXPECT_NEAR(parts["test"]["labels"][1]["rows"].get<double>(), 85.5, 0.5);
  EXPECT_EQ(parts["validation"]["labels"][1]["rows"], 57);
  EXPECT_EQ(made->detail["stratify"], operation::Json::array({"deny"}));
  EXPECT_LE(made->detail["overlap"]["train,test"].get<int>(), 3) << "the file has three duplicate rows";
  {
    const ThreadLimit one(1);
    const auto again = split(request, task).value();
    EXPECT_EQ(operation::canonical(operation::to_json(again)), operation::canonical(operation::to_json(*made)));
    EXPECT_EQ(files::read(desk / "split").value(), bytes);
  }
  std::set<std::uint32_t> all;
  for (const auto* part : {"train", "validation", "test"}) {
    const auto rows = rows_of_part(desk / "split", part, task).value();
    EXPECT_EQ(rows.size(), parts[part]["rows"].get<std::size_t>());
    all.insert(rows.begin(), rows.end());
  }
  EXPECT_EQ(all.size(), 2380u);
  EXPECT_EQ(rows_of_part(desk / "split", "tets", task).error().fix, "did you mean \"test\"?");
  EXPECT_EQ(rows_of_part(kMortgage, "test", task).error().code, Code::kInvalidArgument);
  const auto evidence =
      desk.write("split.json", "{\"blobs\": {\"split\": {\"digest\": \"" + (desk / "split") + "\"}}}");
  EXPECT_EQ(rows_of_part(evidence, "test", task)->size(), 714u);
  request.seed = 1;
  EXPECT_NE(split(request, task)->detail["parts"]["test"]["rows_digest"], parts["test"]["rows_digest"]);
}

TEST(Split, WholeGroups) {
  Desk desk;
  Task task({}, {}, &desk);
  const auto made = split({.data = kMortgage, .label = "deny", .test = 0.3, .stratify = {}, .group = "lvrat"}, task);
  ASSERT_TRUE(made) << made.error().text();
  const Table table = read(kMortgage, task).value();
  const auto groups = table.codes("lvrat").value();
  std::set<std::int32_t> test;
  const auto for_test = rows_of_part(desk / "split", "test", task).value();
  const auto for_train = rows_of_part(desk / "split", "train", task).value();
  for (const auto row : for_test) test.insert(groups.codes[row]);
  for (const auto row : for_train) EXPECT_FALSE(test.contains(groups.codes[row]));
  EXPECT_NEAR(made->detail["parts"]["test"]["rows"].get<double>(), 714, 150);
  EXPECT_EQ(made->detail["overlap"]["train,test"], 0);
}

TEST(Split, Errors) {
  Desk desk;
  Task task({}, {}, &desk);
  const auto code = [&](const SplitRequest& request, const std::string& where) {
    const auto made = split(request, task);
    EXPECT_FALSE(made) << where;
    if (made) return Code::kInternal;
    EXPECT_EQ(made.error().where, where) << made.error().text();
    return made.error().code;
  };
  const auto small = desk.write("s.csv", "y,c,e\n1,k,\n0,k,\n1,k,\n2,k,\n");
  EXPECT_EQ(code({.data = kMortgage, .label = "deyn", .stratify = {}, .group = {}}, "deyn"), Code::kNotFound);
  EXPECT_NE(split({.data = kMortgage, .label = "deyn", .stratify = {}, .group = {}}, task).error().fix.find("deny"),
            std::string::npos);
  EXPECT_EQ(code({.data = small, .label = "c", .stratify = {}, .group = {}}, "column c"), Code::kInvalidArgument);
  EXPECT_EQ(code({.data = small, .label = "e", .stratify = {}, .group = {}}, "column e"), Code::kInvalidArgument);
  EXPECT_EQ(code({.data = small, .label = {}, .test = .6, .validation = .4, .stratify = {}, .group = {}}, "validation"),
            Code::kInvalidArgument);
  EXPECT_EQ(code({.data = small, .label = {}, .stratify = {"y"}, .group = "c"}, "stratify"), Code::kUnsupported);
  EXPECT_EQ(code({.data = small, .label = {}, .stratify = {}, .group = "c"}, "column c"), Code::kInvalidArgument)
      << "one group cannot be divided";
  EXPECT_EQ(code({.data = small, .label = {}, .stratify = {}, .group = {}, .seed = -1}, "seed"),
            Code::kInvalidArgument);
  // Shares and seed are checked by the field table too.
  const auto op = operations()[1];
  EXPECT_EQ(op.call({{"data", small}, {"test", 0}}, task).error().where, "test");
  EXPECT_EQ(op.call({{"data", small}, {"test", 1}}, task).error().where, "test");
  EXPECT_EQ(op.call({{"data", small}, {"seed", -3}}, task).error().where, "seed");
  // A stratum of one row is dealt with, and said.
  const auto rare = split({.data = small, .label = "y", .stratify = {}, .group = {}}, task).value();
  EXPECT_EQ(rare.detail["small_strata"], 2);
  EXPECT_EQ(rare.flags.front(), "small_strata");
}

}  // namespace
}  // namespace assay::data
