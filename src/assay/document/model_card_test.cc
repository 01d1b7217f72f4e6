#include "assay/document/model_card.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "assay/base/files.h"
#include "assay/document/operations.h"

namespace assay::document {
namespace {

using operation::Json;

Json read_json(const std::string& path) { return operation::parse_json(files::read(path).value()).value(); }

class Folder : public Assets {
 public:
  ~Folder() override {
    for (const char* role : {"card", "readme", "report"}) std::remove(path(role).c_str());
  }
  Result<std::string> open(const std::string& ref) override {
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref);
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string&) override { return path(role); }
  std::string path(const std::string& role) const {
    return ::testing::TempDir() + "document_" + std::to_string(getpid()) + role;
  }
};

const std::vector<std::string> kEvidence{"tests/data/document/profile.json",  "tests/data/document/split.json",
                                         "tests/data/document/training.json", "tests/data/document/evaluation.json",
                                         "tests/data/document/fairness.json", "tests/data/document/verdict.json"};
const Json kPurpose{{"use", "Second look at applications: \"denied\"\n---\nevil: yes"},
                    {"users", {"Loan officers"}},
                    {"out_of_scope", {"Deciding alone"}},
                    {"harms", {Json{{"name", "Refusal by proxy"}, {"mitigation", "review"}}}},
                    {"owners", {Json{{"name", "Risk team"}, {"contact", "risk@example.com"}}}},
                    {"license", "Apache-2.0"}};

TEST(CardCheck, AgreesWithTheToolkit) {
  const Json oracle = read_json("tests/data/document/model_card_cases.json");
  for (const Json& each : oracle["cases"]) {
    const std::string name = each["name"];
    Json card = each["card"];
    if (each["schema"] != "0.0.2") card["schema_version"] = each["schema"];
    const auto problems = card_check(card);
    std::vector<std::string> errors;
    for (const auto& p : problems)
      if (p.severity == "error") errors.push_back(p.path);
    const Json& says = each["toolkit_says"];
    EXPECT_EQ(errors.empty(), says["valid"].get<bool>()) << name;
    if (says["valid"]) continue;
    std::string path;
    for (const Json& step : says["path"]) path += (path.empty() ? "" : ".") + step.get<std::string>();
    EXPECT_NE(std::find(errors.begin(), errors.end(), path), errors.end()) << name << ": " << path;
  }
}

TEST(CardCheck, WarnsOfMore) {
  const auto warned = [](const Json& card, const std::string& path) {
    for (const auto& p : card_check(card))
      if (p.severity == "warning" && p.path == path) return true;
    return false;
  };
  const Json metric{{"type", "auc"}, {"value", "good"}};
  EXPECT_TRUE(warned({{"model_details", {{"ovrview", "x"}}}}, "model_details.ovrview"));
  EXPECT_TRUE(warned({{"model_details", {{"version", {{"date", "2026-02-30"}}}}}}, "model_details.version.date"));
  EXPECT_FALSE(warned({{"model_details", {{"version", {{"date", "2028-02-29"}}}}}}, "model_details.version.date"));
  EXPECT_TRUE(warned({{"quantitative_analysis", {{"performance_metrics", Json::array({metric})}}}},
                     "quantitative_analysis.performance_metrics.0.value"));
  const Json outside{
      {"type", "auc"}, {"value", "0.9"}, {"confidence_interval", {{"lower_bound", "0.1"}, {"upper_bound", "0.2"}}}};
  EXPECT_TRUE(warned({{"quantitative_analysis", {{"performance_metrics", Json::array({outside})}}}},
                     "quantitative_analysis.performance_metrics.0.confidence_interval"));
  EXPECT_EQ(card_check(Json::array())[0].severity, "error");
}

TEST(Card, IsBuiltFromEvidence) {
  Folder folder;
  Task task({}, {}, &folder);
  BuildRequest request{
      "mortgage-denial", "model:mortgage-denial@3", "sha256:" + std::string(64, '7'), "2026-11-22", kPurpose,
      kEvidence};
  const auto made = build(request, task);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->kind, "assay.card/1");
  EXPECT_TRUE(made->detail["complete"].get<bool>()) << made->detail["missing"].dump();
  EXPECT_EQ(made->detail["digests"].size(), kEvidence.size());
  const Json card = read_json(folder.path("card"));
  for (const auto& p : card_check(card)) EXPECT_NE(p.severity, "error") << p.path << " " << p.what;
  EXPECT_EQ(card["model_details"]["version"], (Json{{"name", "3"}, {"date", "2026-11-22"}}));
  const Json& metrics = card["quantitative_analysis"]["performance_metrics"];
  const Json ratio{
      {"type", "favorable_rate_ratio"},
      {"value", "0.5942857142857143"},
      {"slice", "by afam"},
      {"confidence_interval", {{"lower_bound", "0.47769406973366113"}, {"upper_bound", "0.7101114758808185"}}}};
  EXPECT_NE(std::find(metrics.begin(), metrics.end(), ratio), metrics.end()) << metrics.dump(1);
  EXPECT_EQ(card["considerations"]["ethical_considerations"][0]["mitigation_strategy"], "review");
  const std::string readme = files::read(folder.path("readme")).value();
  EXPECT_TRUE(readme.starts_with("---\nlicense: \"Apache-2.0\"\n"));
  EXPECT_EQ(readme.find("\nevil"), std::string::npos) << "text must not become front matter";
  EXPECT_NE(readme.find("- type: \"roc_auc\""), std::string::npos);
  EXPECT_NE(readme.find("Positive: deny = yes. Favourable: deny = no."), std::string::npos);
}

TEST(Card, SaysWhatIsMissing) {
  Folder folder;
  Task task({}, {}, &folder);
  const auto made = build({"m", "", "", "", Json::object(), {}}, task);
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->detail["complete"].get<bool>());
  EXPECT_EQ(made->flags, std::vector<std::string>{"incomplete"});
  for (const auto& p : card_check(read_json(folder.path("card")))) EXPECT_EQ(p.severity, "warning");
}

TEST(Operations, ExportAndCheck) {
  Folder folder;
  Task task({}, {}, &folder);
  ExportRequest request{"mortgage-denial@3", "", "", "", "tests/data/document/card.json", kPurpose, kEvidence, {}};
  const auto made = export_view(request, task);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->blobs.at("report").media_type, "text/html");
  EXPECT_NE(files::read(folder.path("report")).value().find("Risk team risk@example.com"), std::string::npos);
  request.times = {"2026-11-22T00:00:00Z"};
  EXPECT_EQ(export_view(request, task).error().where, "times");
  request.times.clear(), request.evidence = {"tests/data/document/card.json"};
  EXPECT_EQ(export_view(request, task).error().code, Code::kCorrupt) << "a card is no evidence";
  request.evidence = {"nowhere.json"};
  EXPECT_EQ(export_view(request, task).error().code, Code::kNotFound);
  request.evidence.clear(), request.purpose = "text";
  EXPECT_EQ(export_view(request, task).error().where, "purpose");
  const auto checked = check({"tests/data/document/card.json"}, task);
  ASSERT_TRUE(checked);
  EXPECT_TRUE(checked->valid);
  ASSERT_EQ(operations().size(), 3u);
  for (const auto& each : operations()) EXPECT_FALSE(each.request_schema["properties"].empty()) << each.id();
}

}  // namespace
}  // namespace assay::document
