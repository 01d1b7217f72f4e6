#include "assay/gate/hallmark_operations.h"

#include <gtest/gtest.h>

#include "assay/gate/hallmark_fixture.h"

namespace assay::gate {
namespace {

using namespace fixture;

// Files as they are; outputs into a folder.
class Plain : public Assets {
 public:
  explicit Plain(std::string folder) : folder_(std::move(folder)) {}
  Result<std::string> open(const std::string& ref) override {
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref);
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string&) override { return folder_ + "/" + role; }

 private:
  std::string folder_;
};

class HallmarkOperations : public testing::Test {
 protected:
  void SetUp() override {
    put("model.amodel", "model");
    put("evaluation.json", operation::canonical(in_.evidence[0].json));
    put("fairness.json", operation::canonical(in_.evidence[1].json));
    put("split.json", operation::canonical(in_.split->json));
    put("card.json", operation::canonical(in_.card->json));
    put("verdict.json", operation::canonical(in_.verdict->json));
    request_ = Json{{"model", folder_ / "model.amodel"},
                    {"name", "denials@3"},
                    {"evidence", {folder_ / "evaluation.json", folder_ / "split.json", folder_ / "fairness.json"}},
                    {"times", {"2026-06-01T11:00:00Z", "2026-06-01T10:00:00Z", "2026-06-01T11:30:00Z"}},
                    {"split", folder_ / "split.json"},
                    {"verdict", folder_ / "verdict.json"},
                    {"card", folder_ / "card.json"},
                    {"created", "2026-06-01T12:00:00Z"},
                    {"key", folder_ / "config"}};
  }
  void put(const std::string& name, const std::string& bytes) { ASSERT_TRUE(files::write(folder_ / name, bytes)); }
  Result<Json> call(std::size_t which, const Json& request) {
    Task task({}, {}, &assets_);
    return operations_[which].call(request, task);
  }

  Folder folder_;
  Plain assets_{folder_.path()};
  HallmarkInputs in_ = inputs("model");
  Json request_;
  std::vector<operation::Operation> operations_ = hallmark_operations();
};

TEST_F(HallmarkOperations, BuildVerifyShow) {
  const auto built = call(0, request_);
  ASSERT_TRUE(built) << built.error().text();
  EXPECT_EQ((*built)["kind"], "assay.hallmark/1");
  EXPECT_EQ((*built)["detail"]["statements"].size(), 7u);  // the split once
  EXPECT_EQ((*built)["detail"]["statements"][2]["time"], "2026-06-01T10:00:00Z");
  EXPECT_NE(operations_[0].render(*built).find("denials@3"), std::string::npos);
  const std::string first = *files::read(folder_ / "hallmark");
  ASSERT_TRUE(call(0, request_));
  EXPECT_EQ(*files::read(folder_ / "hallmark"), first);

  // Nobody is trusted yet; then the trust file beside the hallmark is found.
  const Json question{{"hallmark", folder_ / "hallmark"}, {"model", folder_ / "model.amodel"}, {"now", kNow}};
  const auto stranger = call(1, question);
  ASSERT_TRUE(stranger);
  EXPECT_EQ((*stranger)["reason"], "trust");
  EXPECT_NE((*stranger)["text"].get<std::string>().find("unknown key"), std::string::npos);
  EXPECT_EQ(operations_[1].exit_status(*stranger), 1);
  const auto key = *load_or_make_key(folder_ / "config");
  Trust trust = trust_of_key(public_of(key));
  trust.version = 1, trust.roles["root"] = Role{{id_of(key)}, 1};
  ASSERT_TRUE(files::make_folders(folder_ / ".assay"));
  put(".assay/trust.json", write_trust(trust, key));
  const auto report = call(1, question);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ((*report)["state"], "held") << report->dump();
  EXPECT_EQ(operations_[1].exit_status(*report), 0);
  EXPECT_NE(operations_[1].render(*report).find("Hallmark verified"), std::string::npos);

  Json by_key = question;
  by_key["key"] = crypto::hex(public_of(key));
  EXPECT_EQ((*call(1, by_key))["state"], "held");
  by_key["key"] = "12";
  EXPECT_EQ(call(1, by_key).error().code, Code::kInvalidArgument);

  put(".assay/trust.json", "{}\n");
  EXPECT_EQ((*call(1, question))["reason"], "trust");
  put("model.amodel", "another");
  put(".assay/trust.json", write_trust(trust, key));
  EXPECT_EQ((*call(1, question))["reason"], "digest");

  const auto shown = call(2, Json{{"hallmark", folder_ / "hallmark"}});
  ASSERT_TRUE(shown) << shown.error().text();
  EXPECT_EQ((*shown)["state"], "not_verified");
  EXPECT_EQ((*shown)["marks"].size(), 7u);
  EXPECT_NE(operations_[2].render(*shown).find("denials@3"), std::string::npos);
  EXPECT_EQ(call(2, Json{{"hallmark", folder_ / "model.amodel"}}).error().code, Code::kCorrupt);
  EXPECT_EQ(call(1, Json{{"hallmark", folder_ / "none"}}).error().code, Code::kNotFound);
}

TEST_F(HallmarkOperations, BuildRefusals) {
  const auto refused = [&](const char* field, const Json& value) {
    Json request = request_;
    request[field] = value;
    const auto made = call(0, request);
    return made ? Code::kInternal : made.error().code;
  };
  EXPECT_EQ(refused("times", Json::array({"2026-06-01T11:00:00Z"})), Code::kInvalidArgument);
  EXPECT_EQ(refused("name", "denials@three"), Code::kInvalidArgument);
  EXPECT_EQ(refused("verdict", folder_ / "split.json"), Code::kInvalidArgument);
  EXPECT_EQ(refused("evidence", Json::array({folder_ / "fairness.json"})), Code::kInvalidArgument);  // three times
  EXPECT_EQ(refused("model", folder_ / "none"), Code::kNotFound);
  put("verdict.json",
      operation::canonical(verdict("failed", Json::array({rule("R1", "failed", "block", in_.evidence[0].json)}))));
  EXPECT_EQ(refused("seed", 0), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace assay::gate
