#include "assay/model/xgboost.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "assay/base/files.h"
#include "assay/data/read.h"
#include "assay/model/model.h"
#include "assay/operation/json.h"

namespace assay::model {
namespace {

using operation::Json;
const std::string kFolder = "tests/data/model/";

Json oracle(const std::string& name) { return operation::parse_json(files::read(kFolder + name).value()).value(); }

std::vector<float> matrix(const Json& rows) {
  std::vector<float> out;
  for (const Json& row : rows)
    for (const Json& x : row) out.push_back(static_cast<float>(operation::number_of(x)));
  return out;
}
std::vector<double> flat(const Json& in) {
  std::vector<double> out;
  for (const Json& each : in) {
    if (each.is_array())
      for (const Json& x : each) out.push_back(operation::number_of(x));
    else
      out.push_back(operation::number_of(each));
  }
  return out;
}

// A table with the oracle's columns; NaN becomes a missing cell.
data::Table table_of(const Json& rows, const std::vector<std::string>& names) {
  data::TableBuilder builder;
  for (std::size_t c = 0; c < names.size(); ++c) {
    std::vector<double> values;
    std::vector<bool> missing;
    for (const Json& row : rows) {
      values.push_back(operation::number_of(row[c]));
      missing.push_back(std::isnan(values.back()));
    }
    builder.numbers(names[c], values, missing);
  }
  return builder.finish().value();
}

void expect_near(std::span<const double> got, const std::vector<double>& want, double relative,
                 const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(got[i], want[i], relative * std::max(1.0, std::abs(want[i]))) << what << " at " << i;
}

std::vector<float> margins(const XgboostModel& model, const std::vector<float>& x, std::size_t rows) {
  std::vector<float> out(rows * static_cast<std::size_t>(model.summary().outputs));
  model.margins(x.data(), rows, out.data());
  return out;
}

TEST(Xgboost, MarginsAndPredictionsOfThePeer) {
  const Json wanted = oracle("xgb_oracle.json");
  for (const Json& c : wanted["cases"]) {
    const std::string name = c["model"];
    for (const std::string& file : {name, name.substr(0, name.size() - 5) + ".ubj"}) {
      if (file != name && !c["ubj"].get<bool>()) continue;
      const auto model = open(kFolder + file);
      ASSERT_TRUE(model) << model.error().text();
      Task task;
      const auto table = table_of(c["X"], c["features"].get<std::vector<std::string>>());
      const auto scores = (*model)->predict(table, all_rows(table.rows()), task);
      ASSERT_TRUE(scores) << scores.error().text();
      expect_near(scores->margin, flat(c["margin"]), 1e-6, file);
      expect_near(scores->value, flat(c["predict"]), 1e-6, file);
    }
  }
}

TEST(Xgboost, EveryObjectiveAndBaseScore) {
  const Json o = oracle("xgb_objectives.json");
  const auto x = matrix(o["X"]);
  std::size_t cases = 0;
  for (const Json& c : o["cases"]) {
    const std::string name = c["objective"];
    const auto model = XgboostModel::read(c["model_json"].dump());
    ASSERT_TRUE(model) << name << model.error().text();
    const auto got = margins(**model, x, 8);
    const std::vector<double> wide(got.begin(), got.end());
    expect_near(wide, flat(c["margin"]), 1e-6, name);
    Task task;
    std::vector<std::string> names;
    for (const Input& input : (*model)->signature().inputs) names.push_back(input.name);
    const auto table = table_of(o["X"], names);
    const auto scores = (*model)->predict(table, all_rows(8), task).value();
    expect_near(scores.value, flat(c["predict"]), 1e-6, name);
    ++cases;
  }
  EXPECT_EQ(cases, 34u);
}

TEST(Xgboost, CategoriesOfADataFrame) {
  for (const char* file : {"xgb_cats.json", "xgb_cats.ubj"}) {
    const auto model = open(kFolder + file).value();
    EXPECT_EQ(model->signature().inputs[1].categories, (std::vector<std::string>{"zz", "mid", "b", "a", "never"}));
    EXPECT_EQ(model->signature().inputs[2].categories, (std::vector<std::string>{"35", "10", "20"}));
    EXPECT_EQ(model->signature().positive, "1");
    Task task;
    const auto table = data::read(kFolder + "xgb_cats.csv", task).value();
    const auto scores = model->predict(table, all_rows(table.rows()), task).value();
    expect_near(scores.margin, flat(oracle("xgb_cats_margin.json")), 1e-6, file);
    EXPECT_TRUE(scores.unseen.empty());
  }
}

TEST(Xgboost, UnseenCategoriesAreCounted) {
  const auto model = open(kFolder + "xgb_cats.json").value();
  Task task;
  data::TableBuilder builder;
  const std::vector<double> x{0.1, 0.2}, d{35, 99}, i{1, 2}, flag{0, 1};
  const std::vector<std::string> c{"new", "b"};
  builder.numbers("x", x).text("c", c).numbers("d", d).numbers("i", i).numbers("flag", flag).numbers("more", x);
  const auto scores = model->predict(builder.finish().value(), all_rows(2), task).value();
  EXPECT_EQ(scores.unseen, (std::map<std::string, std::int64_t>{{"c", 1}, {"d", 1}}));
  EXPECT_EQ(scores.notes, (std::vector<std::string>{"1 column is not read by the model"}));
}

TEST(Xgboost, SameBitsForAnyCutOfTheRows) {
  const auto o = oracle("xgb_oracle.json");
  for (const Json& c : o["cases"]) {
    const auto model = XgboostModel::read(files::read(kFolder + c["model"].get<std::string>()).value()).value();
    const auto x = matrix(c["X"]);
    const std::size_t width = c["features"].size(), rows = x.size() / width;
    const auto whole = margins(*model, x, rows);
    const std::size_t outputs = whole.size() / rows;
    for (std::size_t r = 0; r < rows; ++r) {
      std::vector<float> one(outputs);
      model->margins(&x[r * width], 1, one.data());
      for (std::size_t k = 0; k < outputs; ++k) ASSERT_EQ(one[k], whole[r * outputs + k]);
    }
  }
}

TEST(Xgboost, BadColumnsSayWhere) {
  const auto model = open(kFolder + "xgb_hmda.json").value();
  const auto names = oracle("xgb_oracle.json")["cases"][4]["features"].get<std::vector<std::string>>();
  Task task;
  const std::vector<double> one{1, 1};
  const std::vector<std::string> text{"2", "maybe"};
  data::TableBuilder missing, words;
  for (const auto& name : names) {
    missing.numbers(name == "chist" ? "chst" : name, one);
    name == "chist" ? words.text(name, text) : words.numbers(name, one);
  }
  const auto no_column = model->predict(missing.finish().value(), all_rows(2), task).error();
  EXPECT_EQ(no_column.code, Code::kNotFound);
  EXPECT_NE(no_column.what.find("chist"), std::string::npos);
  EXPECT_NE((no_column.what + no_column.fix).find("chst"), std::string::npos) << no_column.text();
  const auto table = words.finish().value();
  const auto word = model->predict(table, all_rows(2), task).error();
  EXPECT_EQ(word.code, Code::kInvalidArgument);
  EXPECT_EQ(word.where, "row 1 column chist");
  EXPECT_TRUE(model->predict(table, all_rows(1), task)) << "text that is a number in all rows asked for";
}

TEST(Xgboost, NamelessModelsGoByPosition) {
  Json json = oracle("xgb_hmda.json");
  json["learner"]["feature_names"] = Json::array();
  const auto model = open_bytes(json.dump(), "m").value();
  EXPECT_EQ(model->signature().inputs[3].name, "f3");
  const Json c = oracle("xgb_oracle.json")["cases"][4];
  Task task;
  auto names = c["features"].get<std::vector<std::string>>();
  const auto table = table_of(c["X"], names);
  expect_near(model->predict(table, all_rows(table.rows()), task).value().margin, flat(c["margin"]), 1e-6,
              "by position");
  const auto error = model->predict(table.select(std::vector<std::string>{"pirat"}).value(), {}, task).error();
  EXPECT_EQ(error.code, Code::kInvalidArgument);
  EXPECT_NE(error.what.find("12"), std::string::npos);
}

// ---- damaged files

struct Damage {
  const char* name;
  std::function<void(Json&)> change;  // of the file
  std::string where;                  // must stand in the error
};

Json& tree(Json& file, int t) {
  return file["learner"]["gradient_booster"]["model"]["trees"][static_cast<std::size_t>(t)];
}

TEST(Xgboost, DamagedFilesNameTreeAndNode) {
  const std::vector<Damage> all{
      {"child out of range", [](Json& f) { tree(f, 2)["left_children"][1] = 1000; }, "tree 2: node 1"},
      {"negative child", [](Json& f) { tree(f, 2)["left_children"][1] = -7; }, "tree 2: node 1"},
      {"cycle", [](Json& f) { tree(f, 0)["left_children"][1] = 0; }, "tree 0: node 0"},
      {"feature out of range", [](Json& f) { tree(f, 3)["split_indices"][0] = 12; }, "tree 3: node 0"},
      {"NaN threshold", [](Json& f) { tree(f, 1)["split_conditions"][0] = "@NaN@"; }, "tree 1: node 0"},
      {"infinite leaf", [](Json& f) { tree(f, 0)["split_conditions"][2] = 1e300; }, "tree 0: node 2"},
      {"missing array", [](Json& f) { tree(f, 0).erase("default_left"); }, "tree 0: default_left"},
      {"short array", [](Json& f) { tree(f, 0)["split_indices"].erase(0); }, "tree 0: split_indices"},
      {"node count", [](Json& f) { tree(f, 0)["tree_param"]["num_nodes"] = "1000000000"; }, "tree 0: num_nodes"},
      {"tree count",
       [](Json& f) { f["learner"]["gradient_booster"]["model"]["gbtree_model_param"]["num_trees"] = "1000000000"; },
       "num_trees"},
      {"text as child", [](Json& f) { tree(f, 0)["left_children"][0] = "one"; }, "tree 0: node 0"},
      {"output", [](Json& f) { f["learner"]["gradient_booster"]["model"]["tree_info"][5] = 1; }, "tree 5"},
      {"same id twice", [](Json& f) { tree(f, 1)["id"] = 0; }, "tree 1"},
      {"base score", [](Json& f) { f["learner"]["learner_model_param"]["base_score"] = "[2E0]"; }, "base_score"},
      {"base score text", [](Json& f) { f["learner"]["learner_model_param"]["base_score"] = "[abc]"; }, "base_score"},
      {"feature names", [](Json& f) { f["learner"]["feature_names"].erase(0); }, "feature_names"}};
  for (const Damage& each : all) {
    Json file = oracle("xgb_hmda.json");
    each.change(file);
    std::string bytes = file.dump();
    if (const auto at = bytes.find("\"@NaN@\""); at != std::string::npos) bytes.replace(at, 7, "NaN");
    const auto made = open_bytes(bytes, "m.json");
    ASSERT_FALSE(made) << each.name;
    EXPECT_EQ(made.error().code, Code::kCorrupt) << each.name << ": " << made.error().text();
    EXPECT_NE(made.error().where.find(each.where), std::string::npos) << each.name << ": " << made.error().text();
    EXPECT_TRUE(made.error().where.starts_with("m.json")) << each.name;
  }
}

TEST(Xgboost, DamagedCategories) {
  const std::vector<Damage> all{
      {"segment", [](Json& f) { tree(f, 0)["categories_segments"][1] = 1000; }, "category set 1"},
      {"size", [](Json& f) { tree(f, 0)["categories_sizes"][0] = 4000000000u; }, "category set 0"},
      {"node", [](Json& f) { tree(f, 0)["categories_nodes"][0] = 77; }, "category set 0"},
      {"lengths", [](Json& f) { tree(f, 0)["categories_sizes"].erase(0); }, "categories_nodes"},
      {"negative", [](Json& f) { tree(f, 0)["categories"][0] = -1; }, "node 0"},
      {"huge", [](Json& f) { tree(f, 0)["categories"][0] = 1 << 24; }, "node 0"},
      {"no set", [](Json& f) { tree(f, 0)["split_type"][1] = 1; }, "node 1"}};
  for (const Damage& each : all) {
    Json file = oracle("xgb_adult_cat.json");
    each.change(file);
    const auto made = open_bytes(file.dump(), "m");
    ASSERT_FALSE(made) << each.name;
    EXPECT_EQ(made.error().code, Code::kCorrupt) << each.name;
    EXPECT_NE(made.error().where.find(each.where), std::string::npos) << each.name << ": " << made.error().text();
  }
}

TEST(Xgboost, OtherFilesAreRefusedWithAdvice) {
  const auto code = [](std::string_view bytes) {
    const auto made = open_bytes(bytes, "m");
    EXPECT_FALSE(made);
    return made ? Code::kInternal : made.error().code;
  };
  const std::string json = files::read(kFolder + "xgb_hmda.json").value();
  const std::string ubj = files::read(kFolder + "xgb_hmda.ubj").value();
  for (const std::size_t cut : {1ul, 2ul, 50ul, 1000ul, json.size() - 1})
    EXPECT_EQ(code(json.substr(0, cut)), Code::kCorrupt);
  for (std::size_t cut = 2; cut < ubj.size(); cut += 97) EXPECT_EQ(code(ubj.substr(0, cut)), Code::kCorrupt) << cut;
  EXPECT_EQ(code(json + "x"), Code::kCorrupt);
  EXPECT_EQ(code(ubj + "x"), Code::kCorrupt);
  EXPECT_EQ(code(""), Code::kUnsupported);
  EXPECT_EQ(code("{}"), Code::kUnsupported);
  EXPECT_EQ(code("{\"a\":" + std::string(100000, '[')), Code::kCorrupt);
  EXPECT_EQ(code("\x80\x04\x95"), Code::kUnsupported);
  EXPECT_EQ(code("binf...."), Code::kUnsupported);
  EXPECT_EQ(code("tree\nversion=v4"), Code::kUnsupported);
  Json file = oracle("xgb_hmda.json");
  file["learner"]["objective"]["name"] = "multi:own";
  EXPECT_EQ(code(file.dump()), Code::kUnsupported);
  file["learner"]["learner_model_param"]["num_feature"] = "1000000000";
  EXPECT_EQ(code(file.dump()), Code::kUnsupported);
  EXPECT_EQ(open("tests/data/model/none.json").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace assay::model
