#include "assay/view/data.h"

#include "assay/view/view_fixture.h"

namespace assay::view {
namespace {

TEST(Data, FiguresAreThoseOfTheEvidenceBitForBit) {
  auto& in = example();
  const auto list = in.answer("view/data");
  ASSERT_EQ(list["items"].size(), 1u);
  EXPECT_EQ(list["items"][0]["rows"], 2380);
  EXPECT_EQ(list["items"][0]["label"], "deny");
  EXPECT_EQ(list["items"][0]["protected"], Json::parse(R"(["afam"])"));
  const auto got = in.answer("view/data/{name}/{version}/stats", kData);
  const auto profile = in.document(in.newest("stats.profile"));
  const auto& columns = profile["detail"]["columns"];
  ASSERT_EQ(got["columns"].size(), columns.size());
  std::map<std::string, std::string> roles;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto &a = got["columns"][i], &b = columns[i];
    roles[a["name"]] = a["role"];
    for (const char* name : {"name", "type", "missing", "distinct", "exact"}) EXPECT_EQ(a[name], b[name]);
    EXPECT_EQ(a["count"].get<std::int64_t>() + a["missing"].get<std::int64_t>(), 2380);
    for (const char* name : {"mean", "standard_deviation", "min", "max", "zeros"})
      EXPECT_EQ(a[name], b.contains(name) ? b[name] : Json()) << a["name"];
    EXPECT_EQ(a["quantiles"].size(), b.contains("quantiles") ? b["quantiles"].size() : 0u);
    if (b.contains("histogram")) {
      EXPECT_EQ(a["histogram"]["counts"], b["histogram"]["counts"]);
      EXPECT_EQ(a["histogram"]["edges"].get<std::vector<double>>(), b["histogram"]["edges"].get<std::vector<double>>());
    } else {
      EXPECT_EQ(operation::canonical(a["top"]), operation::canonical(b["top"]));
    }
    EXPECT_GE(a["unusualness"].get<double>(), 0);
    EXPECT_LE(a["unusualness"].get<double>(), 3);
  }
  EXPECT_EQ(roles["deny"], "label");
  EXPECT_EQ(roles["afam"], "protected");
  EXPECT_EQ(roles["pirat"], "feature");
  EXPECT_EQ(got["favorable"], "no");
  EXPECT_EQ(got["positive"], "yes");
  EXPECT_EQ(got["schema_evidence"], in.newest("schema.infer"));
  EXPECT_EQ(got["columns"][0]["domain"], Json::parse(R"(["no", "yes"])"));
  ASSERT_EQ(got["splits"].size(), 2u);
  EXPECT_EQ(got["splits"][0]["part"], "train");
  EXPECT_EQ(got["splits"][1]["rows"], 1190);
  EXPECT_EQ(got["overlap"], 2);
}

TEST(Data, OddColumnsAreNamedAndStandOut) {
  const auto judged = [](Column column) {
    judge_column(column);
    std::string codes;
    for (const auto& each : column.anomalies) codes += each.code + " ";
    return std::pair(codes, column.unusualness);
  };
  Column even{.name = "even", .type = "text"};
  even.count = 100, even.distinct = 2, even.top = {{"a", 50}, {"b", 50}};
  EXPECT_EQ(judged(even), std::pair(std::string(), 0.0));
  Column empty{.name = "empty", .type = "text"};
  empty.missing = 10;
  EXPECT_EQ(judged(empty), std::pair(std::string("all_missing "), 3.0));
  Column same = even;
  same.distinct = 1, same.top = {{"a", 100}};
  EXPECT_EQ(judged(same), std::pair(std::string("constant "), 1.0));
  Column holes = even;
  holes.count = 75, holes.missing = 25, holes.top = {{"a", 38}, {"b", 37}};
  EXPECT_EQ(judged(holes), std::pair(std::string("many_missing "), 1.25));
  Column zeros{.name = "zeros", .type = "int"};
  zeros.count = 100, zeros.distinct = 9, zeros.zeros = 80;
  EXPECT_EQ(judged(zeros), std::pair(std::string("mostly_zero "), 0.8));
  Column tail{.name = "tail", .type = "float"};
  tail.count = 100, tail.distinct = 90, tail.quantiles = {{0.05, 0}, {0.5, 1}, {0.95, 10}};
  EXPECT_EQ(judged(tail), std::pair(std::string("skewed "), 0.8));
  EXPECT_EQ(judged(Column{}), std::pair(std::string(), 0.0));  // no rows at all
}

TEST(Data, WithoutAProfileNamesAndTypesAreKnown) {
  Place place;
  place.write("two.csv", "a,b\n1,x\n2,\n");
  const auto added = place.execute("data.add", Json{{"source", place.folder() + "/two.csv"}});
  ASSERT_TRUE(added) << added.error().text();
  workspace::AssetVersion asset{"dataset", "two", added->result["detail"]["digest"], added->digests.at("table"),
                                "me",      "{}"};
  ASSERT_TRUE(place.space().store().register_asset(asset));
  const auto got = place.answer("view/data/{name}/{version}/stats", {{"name", "two"}, {"version", "1"}});
  EXPECT_EQ(got["rows"], 2);
  ASSERT_EQ(got["columns"].size(), 2u);
  EXPECT_EQ(got["columns"][1]["missing"], 1);
  EXPECT_EQ(got["columns"][1]["histogram"], nullptr);
  EXPECT_EQ(got["schema_evidence"], nullptr);
  EXPECT_EQ(got["label"], "");
}

}  // namespace
}  // namespace assay::view
