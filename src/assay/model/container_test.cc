#include "assay/model/container.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>

#include "assay/base/files.h"
#include "assay/model/linear.h"

namespace assay::model {
namespace {

const std::string kGolden = "tests/data/model/v1/linear.amodel";

// A model of every kind of column.
LinearParts parts() {
  LinearParts p;
  p.signature.inputs = {{"income", "float", true, {}, "model", {0, 99.5}, "kUSD"},
                        {"age", "int", false, {}, "model", {18, 90}, ""},
                        {"state", "category", true, {"CA", "NY", "ü"}, "model", {}, ""}};
  p.signature.outputs = {{"probability", "probability", {"no", "yes"}}};
  p.signature.positive = "yes";
  p.inputs = {{"income", true, true, {}}, {"age", true, false, {}}, {"state", false, true, {"CA", "NY", "ü"}}};
  p.means = {40, 0.1, 45, 0.25, 0.5, 0.125}, p.scales = {12.5, 1, 10, 1, 1, 1};
  p.coefficients = {-0.75, 0.3, 0.1, 1, -2, 0.5}, p.standard_errors = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  p.intercept = -1.25, p.intercept_error = 0.05;
  p.training = {"default", 2, 1000, 1234.5, 0.3125};
  return p;
}

data::Table rows() {
  data::TableBuilder builder;
  const std::vector<double> income{52.5, 0, 40, 27.5};
  const std::vector<std::int64_t> age{55, 45, 0, 35};
  const std::vector<std::int32_t> state{0, 1, 2, -1};
  builder.numbers("income", income, {false, true, false, false}).integers("age", age, {false, false, true, false});
  builder.codes("state", state, std::vector<std::string>{"ü", "XX", "CA"}).numbers("extra", income);
  return builder.finish().value();
}

void expect_margins(const Model& model) {
  Task task;
  const auto scores = model.predict(rows(), all_rows(4), task).value();
  const double average = 0.25 * 1 + 0.5 * -2 + 0.125 * 0.5;  // the state that the model does not know
  const std::vector<double> want{-1.25 - 0.75 + 0.1 - 2, -1.25 + 0.3 + average, -1.25, -1.25 + 0.75 - 0.1 + 0.5};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(scores.margin[i], want[i], 1e-12) << i;
    EXPECT_NEAR(scores.probability[i], 1 / (1 + std::exp(-want[i])), 1e-15) << i;
  }
  EXPECT_EQ(scores.unseen, (std::map<std::string, std::int64_t>{{"state", 1}}));
  EXPECT_EQ(scores.filled, (std::map<std::string, std::int64_t>{{"age", 1}}));
  EXPECT_EQ(scores.notes.size(), 1u);
}

TEST(Amodel, RoundTripKeepsEveryBit) {
  const LinearModel model(parts());
  const std::string bytes = model.write();
  EXPECT_EQ(bytes, LinearModel(parts()).write());
  const auto back = LinearModel::read(bytes);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ((*back)->write(), bytes);
  EXPECT_EQ((*back)->parts().standard_errors, parts().standard_errors);
  EXPECT_EQ((*back)->parts().training.total_weight, 1234.5);
  expect_margins(model);
  expect_margins(**back);
}

TEST(Amodel, ReadsTheFileOfVersion1) {
  const auto model = open(kGolden);
  ASSERT_TRUE(model) << model.error().text();
  expect_margins(**model);
  EXPECT_EQ((*model)->signature().positive, "yes");
  EXPECT_EQ((*model)->signature().inputs[0].unit, "kUSD");
  EXPECT_EQ((*model)->summary().version, "assay 0.1.0");
}

TEST(Amodel, SectionsBeginAtMultiplesOf64) {
  const std::string bytes = LinearModel(parts()).write();
  const auto at = bytes.find(doubles_as_bytes(parts().means));
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(at % 64, 0u);
}

TEST(Amodel, UnseenCategoriesFollowTheSignature) {
  auto p = parts();
  p.signature.inputs[2].unseen = "error";
  Task task;
  const auto refused = LinearModel(p).predict(rows(), all_rows(4), task).error();
  EXPECT_EQ(refused.code, Code::kInvalidArgument);
  EXPECT_EQ(refused.where, "row 1 column state");
  p.signature.inputs[2].unseen = "missing";
  const auto scores = LinearModel(p).predict(rows(), all_rows(4), task).value();
  EXPECT_NEAR(scores.margin[1], -1.25 + 0.3 + 0.5, 1e-12);
}

TEST(Amodel, NoChangedByteGoesUnseen) {
  const std::string good = LinearModel(parts()).write();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    const auto made = open_bytes(bad, "m");
    ASSERT_FALSE(made) << "byte " << i << " of " << good.size() << " may change";
    EXPECT_TRUE(made.error().code == Code::kCorrupt || made.error().code == Code::kUnsupported) << made.error().text();
  }
  for (std::size_t cut = 8; cut < good.size(); ++cut)
    EXPECT_EQ(open_bytes(good.substr(0, cut), "m").error().code, Code::kCorrupt) << cut;
  EXPECT_EQ(open_bytes(good + "x", "m").error().code, Code::kCorrupt);
}

TEST(Amodel, LaterVersionsAreNamed) {
  const operation::Json header{{"kind", "assay.model/1"}, {"model", "linear"}};
  const auto later = open_bytes(pack(header, {}, 2, 3), "m").error();
  EXPECT_EQ(later.code, Code::kUnsupported);
  EXPECT_NE(later.what.find("2.3"), std::string::npos);
  EXPECT_NE(later.what.find("1.0"), std::string::npos);
  const auto needed = unpack(pack(header, {{"NEWS", "abc"}}, 1, 7), {}).error();
  EXPECT_EQ(needed.code, Code::kUnsupported);
  EXPECT_NE(needed.what.find("1.7"), std::string::npos);
  EXPECT_EQ(needed.where, "section NEWS");
  const auto optional = unpack(pack(header, {{"NEWS", "abc", false}}, 1, 7), {});
  ASSERT_TRUE(optional);
  EXPECT_EQ(*optional->find("NEWS"), "abc");
}

TEST(Amodel, ClaimsBeyondTheFileAreCorrupt) {
  std::string bytes = pack(operation::Json{{"kind", "assay.model/1"}}, {{"ABCD", std::string(100, 'x')}});
  const std::uint32_t header = 0xffffffff;
  std::string claim = bytes;
  std::memcpy(claim.data() + 12, &header, 4);
  EXPECT_EQ(unpack(claim, {}).error().where, "header");
  const std::uint64_t size = ~0ull;
  claim = bytes;
  const std::size_t head = claim.find("ABCD", claim.find("HEAD"));
  std::memcpy(claim.data() + head + 8, &size, 8), std::memcpy(claim.data() + head + 16, &size, 8);
  const auto error = unpack(claim, {"ABCD"}).error();
  EXPECT_EQ(error.code, Code::kCorrupt);
  EXPECT_EQ(error.where, "section ABCD");
}

TEST(Amodel, HeadersThatContradictTheSections) {
  const auto packed = [](const std::function<void(operation::Json&)>& change, std::vector<double> coefficients) {
    const auto file = unpack(LinearModel(parts()).write(), {"COEF", "MEAN", "SCAL", "SERR"}).value();
    auto sections = file.sections;
    if (!coefficients.empty()) sections[0].bytes = doubles_as_bytes(coefficients);
    auto header = file.header;
    change(header);
    return open_bytes(pack(header, sections), "m");
  };
  const auto same = [](operation::Json&) {};
  EXPECT_TRUE(packed(same, {}));
  EXPECT_EQ(packed(same, {1, 2}).error().where, "m: section COEF");
  EXPECT_EQ(packed(same, {1, 2, 3, 4, 5, 6, NAN}).error().where, "m: section COEF");
  EXPECT_EQ(packed([](auto& h) { h["encoding"][0]["name"] = "x"; }, {}).error().code, Code::kCorrupt);
  EXPECT_EQ(packed([](auto& h) { h["encoding"][2]["levels"].erase(0); }, {}).error().code, Code::kCorrupt);
  EXPECT_EQ(packed([](auto& h) { h.erase("signature"); }, {}).error().where, "m: header: signature");
  EXPECT_EQ(packed([](auto& h) { h["model"] = "gam"; }, {}).error().code, Code::kUnsupported);
}

}  // namespace
}  // namespace assay::model
