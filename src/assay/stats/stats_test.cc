#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "assay/base/files.h"
#include "assay/base/philox.h"
#include "assay/base/threads.h"
#include "assay/data/read.h"
#include "assay/stats/operations.h"
#include "assay/stats/profile.h"
#include "assay/stats/render.h"
#include "assay/stats/summary.h"

namespace assay::stats {
namespace {

using operation::Json;
const std::string kMortgage = "examples/mortgage/boston_hmda.csv";

Json oracle(const std::string& name) {
  return operation::parse_json(files::read("tests/data/stats/" + name).value()).value();
}

// A CSV file that lives as long as the test.
class File {
 public:
  explicit File(std::string_view bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "assay_stats_XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path = name;
    std::ofstream(path, std::ios::binary) << bytes;
  }
  ~File() { std::filesystem::remove(path); }
  std::string path;
};

operation::Evidence profiled(const std::string& path, ProfileRequest request = {}) {
  Task task;
  request.data = path;
  auto made = profile(request, task);
  EXPECT_TRUE(made) << made.error().text();
  return made.value();
}

const Json& column(const operation::Evidence& evidence, const std::string& name) {
  for (const auto& each : evidence.detail["columns"])
    if (each["name"] == name) return each;
  throw std::runtime_error(name);
}

TEST(Profile, BostonAgainstPandas) {
  Task task;
  const auto table = data::read(kMortgage, task).value();
  const auto evidence = profiled(kMortgage);
  const Json want = oracle("profile_boston_hmda.json");
  EXPECT_EQ(evidence.detail["rows"], want["rows"]);
  for (const auto& [name, peer] : want["columns"].items()) {
    const Json& ours = column(evidence, name);
    EXPECT_EQ(ours["missing"], peer["missing"]) << name;
    EXPECT_EQ(ours["distinct"], peer["unique"]) << name;
    if (!peer.contains("mean")) {
      EXPECT_NEAR(ours["mean_length"].get<double>(), peer["avg_bytes"].get<double>(), 1e-9);
      for (std::size_t i = 0; i < peer["top"].size(); ++i) {
        EXPECT_EQ(ours["top"][i]["value"], peer["top"][i][0]) << name;
        EXPECT_EQ(ours["top"][i]["count"], peer["top"][i][1]) << name;
      }
      continue;
    }
    const auto near = [&](const Json& a, const Json& b, const std::string& what) {
      const double x = operation::number_of(b);
      EXPECT_NEAR(operation::number_of(a), x, 1e-9 * std::max(1e-300, std::abs(x))) << name << " " << what;
    };
    near(ours["mean"], peer["mean"], "mean");
    near(ours["standard_deviation"], peer["std_ddof0"], "std");
    near(ours["min"], peer["min"], "min");
    near(ours["max"], peer["max"], "max");
    EXPECT_EQ(ours["zeros"], peer["zeros"]);
    for (const auto& each : ours["quantiles"]) {
      std::string at = each["at"].dump();
      near(each["value"], peer["quantiles_linear"][at == "0.0" ? "0" : at == "1.0" ? "1" : at], "quantile " + at);
    }
    // The peer's cells are [lo, hi); ours differ by the values that lie on an edge.
    const auto numbers = table.numbers(name).value();
    const auto left = sketch::equal_width(operation::number_of(ours["min"]), operation::number_of(ours["max"]), 10,
                                          sketch::Closed::kLeft);
    std::vector<std::uint64_t> counts(10, 0);
    for (const double x : numbers.values) ++counts[left(x)];
    EXPECT_EQ(Json(counts), peer["equal_width_10"]["counts"]) << name;
    for (std::size_t i = 0; i <= 10; ++i)
      EXPECT_EQ(left.edges[i], peer["equal_width_10"]["edges"][i].get<double>()) << name;
  }
}

TEST(Profile, BostonAgainstTfdv) {
  // TFDV keeps CSV floats in 32 bits, so the same values are profiled here.
  Task task;
  const auto table = data::read(kMortgage, task).value();
  const Json want = oracle("tfdv_stats_boston_hmda.json")["statistics"]["datasets"][0]["features"];
  for (const auto& feature : want) {
    const std::string name = feature["path"]["step"][0];
    if (feature.contains("string_stats")) {
      const auto s = summarise(table.codes(name).value(), 20);
      const auto& peer = feature["string_stats"];
      EXPECT_EQ(std::to_string(s.distinct), peer["unique"]) << name;
      EXPECT_EQ(static_cast<float>(s.mean_length), peer["avg_length"].get<float>()) << name;
      for (std::size_t i = 0; i < s.top.size(); ++i) {
        EXPECT_EQ(s.top[i].value, peer["top_values"][i]["value"]) << name;
        EXPECT_EQ(static_cast<double>(s.top[i].count), peer["top_values"][i]["frequency"].get<double>()) << name;
      }
      continue;
    }
    auto numbers = table.numbers(name).value();
    std::vector<double> singles(numbers.values.size());
    std::transform(numbers.values.begin(), numbers.values.end(), singles.begin(),
                   [](double x) { return static_cast<double>(static_cast<float>(x)); });
    numbers.values = singles;
    const auto s = summarise(numbers, 10);
    const auto& peer = feature["num_stats"];
    const auto value = [](const Json& in, const char* key) {
      return in.contains(key) ? operation::number_of(in[key]) : 0.0;
    };
    EXPECT_NEAR(s.mean, value(peer, "mean"), 1e-9 * std::abs(s.mean)) << name;
    EXPECT_NEAR(s.standard_deviation, value(peer, "std_dev"), 1e-9 * s.standard_deviation) << name;
    EXPECT_EQ(s.min, value(peer, "min")) << name;
    EXPECT_EQ(s.max, value(peer, "max")) << name;
    EXPECT_EQ(std::to_string(s.zeros), peer.value("num_zeros", "0")) << name;
    // Their edges are rounded to 32 bits and their counts interpolated (data b2).
    sketch::Bins bins{{s.min}, sketch::Closed::kRight};
    const auto& cells = peer["histograms"][0]["buckets"];
    for (const auto& cell : cells) bins.edges.push_back(value(cell, "high_value"));
    std::vector<double> counts(bins.size(), 0);
    for (const double x : numbers.values) ++counts[bins(x)];
    for (std::size_t i = 0; i < counts.size(); ++i)
      EXPECT_NEAR(counts[i], value(cells[i], "sample_count"), 0.01 * 2380 + 1) << name << i;
    for (std::size_t i = 0; i < bins.edges.size(); ++i)
      EXPECT_NEAR(s.bins.edges[i], bins.edges[i], 1e-6 * std::abs(bins.edges[i])) << name << i;
  }
}

TEST(Profile, SameBitsOnAnyNumberOfThreads) {
  // More distinct values than the table holds, and several chunks.
  std::string csv = "wide,narrow,text,whole\n";
  const Philox random(11);
  for (std::uint64_t i = 0; i < 600'000; ++i) {
    csv += std::to_string(random.uniform(i) * 1e6) + "," + std::to_string(random.below(i, 100)) + ",";
    csv += (i % 7 ? "t" + std::to_string(i % 50) : "") + "," + std::to_string(random.bits(i) >> 1) + "\n";
  }
  const File file(csv);
  std::string bytes[2];
  for (int threads = 1; threads <= 2; ++threads) {
    const ThreadLimit limit(threads);
    bytes[threads - 1] = operation::canonical(operation::to_json(profiled(file.path)));
  }
  EXPECT_EQ(bytes[0], bytes[1]);
  const auto evidence = profiled(file.path);
  const Json& wide = column(evidence, "wide");
  EXPECT_EQ(wide["exact"], false);
  // Six decimals of 600 000 draws out of 10^12 leave nearly all distinct.
  EXPECT_NEAR(wide["distinct"].get<double>(), 600'000,
              4 * wide["error"]["distinct_relative_standard_error"].get<double>() * 600'000);
  for (const auto& each : wide["quantiles"])
    EXPECT_NEAR(each["value"].get<double>(), 1e6 * each["at"].get<double>(),
                2e6 * wide["error"]["quantile_rank_error"].get<double>());
  std::uint64_t total = 0;
  for (const auto& count : wide["histogram"]["counts"]) total += count.get<std::uint64_t>();
  EXPECT_EQ(total, 600'000u) << "histogram counts stay exact";
  EXPECT_EQ(column(evidence, "narrow")["exact"], true);
  EXPECT_TRUE(column(evidence, "whole")["max"].is_string()) << "beyond 2^53";
}

TEST(Profile, OddColumns) {
  const File file(
      "void,odd,one,na,big,inf\n,nan,5,NA,9007199254740993,1e999\n,inf,5,x,9007199254740993,1\n,-inf,5,NA,-1,2\n,1.5,5,"
      "y,2,3\n");
  const auto evidence = profiled(file.path);
  EXPECT_EQ(column(evidence, "void")["distinct"], 0);
  EXPECT_EQ(column(evidence, "void")["missing"], 4);
  const Json& odd = column(evidence, "odd");
  EXPECT_EQ(odd["nan"], 1);
  EXPECT_EQ(odd["positive_infinite"], 1);
  EXPECT_EQ(odd["negative_infinite"], 1);
  EXPECT_EQ(odd["mean"], 1.5);
  EXPECT_EQ(column(evidence, "inf")["max"], 3.0);
  const Json& one = column(evidence, "one");
  EXPECT_EQ(one["standard_deviation"], 0.0);
  EXPECT_EQ(one["histogram"]["counts"], Json::array({4}));
  EXPECT_EQ(column(evidence, "big")["max"], "9007199254740993");
  EXPECT_EQ(column(evidence, "big")["distinct"], 3);
  EXPECT_EQ(column(evidence, "na")["looks_missing"][0]["count"], 2);
  EXPECT_EQ(evidence.flags, std::vector<std::string>{"looks_missing"});
  ProfileRequest named;
  named.null = {"NA"}, named.columns = {"na"};
  const auto second = profiled(file.path, named);
  EXPECT_EQ(second.detail["columns"].size(), 1u);
  EXPECT_EQ(column(second, "na")["missing"], 2);
  for (const auto& figure : second.figures) {
    EXPECT_FALSE(figure.low || figure.high || figure.why.empty());
    EXPECT_EQ(figure.value.value(), figure.name == "missing_share" ? 0.5 : figure.name == "row_count" ? 4 : 1);
  }
}

TEST(Profile, EmptyTableAndErrors) {
  const File empty("a,b\n"), ragged("a,b\n1,2\n3\n");
  const auto evidence = profiled(empty.path);
  EXPECT_EQ(evidence.detail["rows"], 0);
  for (const auto& figure : evidence.figures)
    EXPECT_EQ(figure.why == "no rows", figure.name == "missing_share" && !figure.value);
  EXPECT_FALSE(render_profile(operation::to_json(evidence)).empty());
  Task task;
  const auto op = operations()[0];
  EXPECT_EQ(op.call({{"data", empty.path}, {"columns", {"aa"}}}, task).error().code, Code::kNotFound);
  EXPECT_EQ(op.call({{"data", empty.path}, {"bins", 0}}, task).error().where, "bins");
  EXPECT_EQ(op.call({{"data", empty.path}, {"bad_rows", "keep"}}, task).error().where, "bad_rows");
  EXPECT_EQ(op.call({{"data", ragged.path}}, task).error().where, ragged.path + ":3");
  ProfileRequest skip;
  skip.bad_rows = "skip";
  EXPECT_EQ(profiled(ragged.path, skip).detail["skipped_lines"], Json::array({3}));
}

TEST(Render, Boston) {
  const auto text = render_profile(operation::to_json(profiled(kMortgage)));
  EXPECT_NE(text.find("2,380 rows, 14 columns"), std::string::npos) << text;
  EXPECT_NE(text.find("0.3308 ± 0.1072"), std::string::npos) << text;
  EXPECT_NE(text.find("no 88.0%, yes 12.0%"), std::string::npos) << text;
  EXPECT_NE(text.find("█"), std::string::npos);
  EXPECT_NE(text.find("\nNext: "), std::string::npos);
  for (std::size_t from = 0, to; (to = text.find('\n', from)) != std::string::npos; from = to + 1)
    EXPECT_LT(to - from, 180u);
  if (std::getenv("ASSAY_SHOW")) std::fputs(text.c_str(), stdout);
}

TEST(Schema, Infer) {
  const File file("id,grade,score,note\na1,B,1,\na2,A,5,x\na3,B,3,y\n");
  Task task;
  const auto made = infer({.data = file.path, .null = {}, .max_domain = 2}, task);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->kind, "assay.schema/1");
  const Json want = operation::parse_json(R"([
    {"name": "id", "type": "text", "presence": {"min_share": 1}, "domain": null, "unique": true},
    {"name": "grade", "type": "text", "presence": {"min_share": 1}, "domain": {"values": ["A", "B"]}, "unique": false},
    {"name": "score", "type": "int", "presence": {"min_share": 1}, "domain": {"min": 1, "max": 5}, "unique": true},
    {"name": "note", "type": "text", "presence": {"min_share": 0}, "domain": {"values": ["x", "y"]}, "unique": true}])")
                        .value();
  EXPECT_EQ(operation::canonical(made->detail["columns"]), operation::canonical(want));
  const auto text = render_schema(operation::to_json(*made));
  EXPECT_NE(text.find("1 … 5"), std::string::npos) << text;
  EXPECT_EQ(operations()[1].id(), "schema.infer");
  EXPECT_TRUE(operations()[0].evidence && operations()[1].evidence);
}

}  // namespace
}  // namespace assay::stats
