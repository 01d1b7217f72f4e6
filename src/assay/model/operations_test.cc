#include "assay/model/operations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/data/read.h"
#include "assay/model/labels.h"
#include "assay/model/model.h"
#include "assay/model/predict.h"

namespace assay::model {
namespace {

using operation::Json;
const std::string kFolder = "tests/data/model/";

class Folder final : public Assets {
 public:
  explicit Folder(const std::string& name) : path_(std::filesystem::temp_directory_path() / ("assay_model_" + name)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() override { std::filesystem::remove_all(path_); }
  Result<std::string> open(const std::string& ref) override {
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref);
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string&) override { return file(role); }
  std::string file(const std::string& role) const { return (path_ / role).string(); }

 private:
  std::filesystem::path path_;
};

operation::Operation find(const std::string& id) {
  for (auto& each : operations())
    if (each.id() == id) return each;
  return {};
}

std::string write(const Folder& folder, const std::string& text) {
  const std::string path = folder.file("rows.csv");
  EXPECT_TRUE(files::write(path, text));
  return path;
}
const std::string kRows =
    "x,c,d,i,flag,label,sex,w,who\n"
    "0.5,b,35,0,true,yes,f,1,p1\n"
    "-2.5,zz,10,4,false,no,m,2,p2\n"
    ",new,20,1,true,yes,,1,p3\n";

TEST(ModelOperations, ImportKeepsTheBytes) {
  Folder folder("import");
  Task task({}, {}, &folder);
  for (const char* name : {"xgb_hmda.json", "xgb_hmda.ubj", "v1/linear.amodel"}) {
    const auto made = find("model.import").call(Json{{"file", kFolder + name}}, task);
    ASSERT_TRUE(made) << made.error().text();
    const std::string bytes = files::read(kFolder + name).value();
    EXPECT_EQ(files::read(folder.file("model")).value(), bytes);
    EXPECT_EQ((*made)["kind"], "assay.model/1");
    EXPECT_EQ((*made)["detail"]["source_digest"], crypto::digest_of(bytes));
    EXPECT_EQ((*made)["detail"]["signature"]["positive"], name[0] == 'v' ? "yes" : "1");
    EXPECT_FALSE(find("model.import").render(*made).empty());
  }
  EXPECT_EQ(find("model.import").call(Json{{"file", kFolder + "xgb_cats.csv"}}, task).error().code, Code::kUnsupported);
}

TEST(ModelOperations, PredictWritesTheTableOfPredictions) {
  Folder folder("predict");
  Task task({}, {}, &folder);
  const std::string rows = write(folder, kRows);
  const Json request{{"model", kFolder + "xgb_cats.json"},
                     {"data", rows},
                     {"label", "label"},
                     {"protected", {"sex"}},
                     {"weight", "w"},
                     {"id", "who"}};
  const auto made = find("model.predict").call(request, task);
  ASSERT_TRUE(made) << made.error().text();
  const Json& detail = (*made)["detail"];
  EXPECT_EQ(detail["rows"], 3);
  EXPECT_EQ(detail["positive"], "yes");
  EXPECT_EQ(detail["unseen"], (Json{{"c", 1}}));
  EXPECT_EQ(detail["notes"].back(), "the model's class \"1\" was taken for \"yes\"");
  EXPECT_EQ((*made)["flags"], Json::array({"unseen_categories"}));
  const auto table = data::read(folder.file("predictions"), task).value();
  EXPECT_EQ(table.names(), (std::vector<std::string>{"row", "label", "score", "decision", "sex", "weight", "id"}));
  const auto score = table.numbers("score").value();
  const auto decision = table.integers("decision").value();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(decision.values[i], score.values[i] >= 0.5 ? 1 : 0);
  const auto sex = table.codes("sex").value();
  EXPECT_EQ(sex.codes[2], -1);
  EXPECT_EQ(table.numbers("weight").value().values[1], 2.0);
  EXPECT_NE(find("model.predict").render(*made).find("does not know"), std::string::npos);

  auto other = request;
  other["positive"] = "no", other["threshold"] = 0.0;
  const auto all = find("model.predict").call(other, task).value();
  EXPECT_EQ(all["detail"]["decided"], 3) << "score >= threshold";
}

TEST(ModelOperations, AKnownClassFlipsTheScore) {
  Folder folder("flip");
  Task task({}, {}, &folder);
  const std::string rows = write(folder, "income,age,state,default\n52.5,55,CA,no\n30,20,NY,yes\n");
  const auto score = [&](const std::string& positive) {
    Json request{{"model", kFolder + "v1/linear.amodel"}, {"data", rows}, {"label", "default"}};
    if (!positive.empty()) request["positive"] = positive;
    const auto made = find("model.predict").call(request, task);
    EXPECT_TRUE(made) << made.error().text();
    return data::read(folder.file("predictions"), task).value().numbers("score").value().values[0];
  };
  EXPECT_EQ(score(""), score("yes"));
  EXPECT_EQ(score("no"), 1 - score("yes"));
}

TEST(ModelOperations, ClassesOfAMulticlassModel) {
  Folder folder("classes");
  Task task({}, {}, &folder);
  const std::string rows = write(folder, "carat,depth,table,x,y,z,price\n0.3,61,55,4,4,2.5,500\n1,64,60,6,6,4,4000\n");
  Json request{{"model", kFolder + "xgb_diamonds_softprob.json"}, {"data", rows}};
  EXPECT_EQ(find("model.predict").call(request, task).error().where, "positive");
  double sum = 0;
  for (int k = 0; k < 5; ++k) {
    request["positive"] = std::to_string(k);
    ASSERT_TRUE(find("model.predict").call(request, task));
    sum += data::read(folder.file("predictions"), task).value().numbers("score").value().values[1];
  }
  EXPECT_NEAR(sum, 1, 1e-12);
}

TEST(ModelOperations, BadRequestsSayWhere) {
  Folder folder("bad");
  Task task({}, {}, &folder);
  const std::string rows = write(folder, kRows);
  const auto error = [&](const Json& change) {
    Json request{{"model", kFolder + "xgb_cats.json"}, {"data", rows}};
    request.update(change);
    const auto made = find("model.predict").call(request, task);
    EXPECT_FALSE(made);
    return made ? Error{} : made.error();
  };
  EXPECT_EQ(error(Json{{"label", "lable"}}).code, Code::kNotFound);
  EXPECT_EQ(error(Json{{"threshold", 1.5}}).where, "threshold");
  EXPECT_EQ(error(Json{{"protected", {"label"}}}).where, "protected");
  EXPECT_EQ(error(Json{{"model", "none.json"}}).code, Code::kNotFound);
  EXPECT_EQ(error(Json{{"model", kFolder + "xgb_hmda.json"}}).code, Code::kNotFound);
  EXPECT_EQ(error(Json{{"weight", "weigth"}}).code, Code::kNotFound);
}

TEST(ModelOperations, RegressionGivesNoDecision) {
  Folder folder("regression");
  Task task({}, {}, &folder);
  const Json o = operation::parse_json(files::read(kFolder + "xgb_objectives.json").value()).value();
  ASSERT_TRUE(files::write(folder.file("m.json"), o["cases"][0]["model_json"].dump()));
  const std::string rows = write(folder, "a,b,c,d,e,f,g,h,i,j,label\n1,2,3,4,5,6,7,8,9,10,no\n");
  const Json request{{"model", folder.file("m.json")}, {"data", rows}, {"label", "label"}};
  EXPECT_EQ(find("model.predict").call(request, task).error().code, Code::kUnsupported);
}

TEST(ModelOperations, ShowNamesCoefficients) {
  Task task;
  const auto shown = find("model.show").call(Json{{"model", kFolder + "v1/linear.amodel"}}, task).value();
  EXPECT_EQ(shown["coefficients"][0]["name"], "income");
  EXPECT_EQ(shown["coefficients"][0]["per_unit"], -0.06);
  const std::string text = find("model.show").render(shown);
  EXPECT_NE(text.find("state=NY"), std::string::npos);
  EXPECT_NE(text.find("probability of yes"), std::string::npos);
  EXPECT_NE(find("model.show")
                .render(find("model.show").call(Json{{"model", kFolder + "xgb_hmda.json"}}, task).value())
                .find("30 trees"),
            std::string::npos);
}

TEST(Labels, TheLaterOfTwoIsPositive) {
  const auto later = [](std::vector<std::string> values) { return positive_of("y", std::move(values), {}).value(); };
  EXPECT_EQ(later({"yes", "no"}), "yes");
  EXPECT_EQ(later({"<=50K", ">50K"}), ">50K");
  EXPECT_EQ(later({"10", "9"}), "10");
  EXPECT_EQ(later({"true", "false"}), "true");
  EXPECT_EQ(positive_of("y", {"a", "b", "c"}, {}).error().where, "column y");
  EXPECT_EQ(positive_of("y", {"a", "b", "c"}, "b").value(), "b");
}

}  // namespace
}  // namespace assay::model
