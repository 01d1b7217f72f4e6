#include "assay/metrics/predictions.h"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::metrics {
namespace {

using Text = std::vector<std::string>;

struct Columns {
  Text label{"no", "yes", "no", "yes"};
  std::vector<double> score{0.1, 0.8, 0.5, 0.4}, weight{1, 2, 0.5, 1};
  std::vector<bool> score_missing, weight_missing;
  Text group{"b", "a", "b", "a"};
  std::vector<std::int32_t> codes{0, 1, -1, 1};
  Text decision{"no", "yes", "yes", "no"};

  data::Table table() const {
    data::TableBuilder made;
    const Text names{"x", "y"};
    made.text("label", label).numbers("score", score, score_missing).numbers("weight", weight, weight_missing);
    made.text("group", group).codes("maybe", codes, names).text("decision", decision);
    return *made.finish();
  }
};

PredictionsRequest request() {
  PredictionsRequest out;
  out.label = "label", out.score = "score", out.group = {"group"};
  return out;
}

void expect_refused(const Columns& columns, const PredictionsRequest& asked, const std::string& key,
                    const std::string& where, const std::string& says) {
  const auto got = predictions_of(columns.table(), asked);
  ASSERT_FALSE(got.has_value()) << key;
  EXPECT_EQ(got.error().code, Code::kInvalidArgument);
  EXPECT_NE(got.error().what.find("(fairness." + key + ")"), std::string::npos) << got.error().text();
  EXPECT_NE(got.error().text().find(says), std::string::npos) << got.error().text();
  EXPECT_NE(got.error().where.find(where), std::string::npos) << got.error().text();
  EXPECT_FALSE(got.error().fix.empty());
}

TEST(Predictions, LabelsDecisionsAndGroups) {
  auto asked = request();
  asked.group = {"group,maybe", "group"};
  const auto got = *predictions_of(Columns{}.table(), asked);
  EXPECT_EQ(got.positive, "yes");
  EXPECT_EQ(got.label, (std::vector<std::uint8_t>{0, 1, 0, 1}));
  EXPECT_EQ(got.decision, (std::vector<std::uint8_t>{0, 1, 1, 0}));  // 0.5 >= 0.5
  ASSERT_EQ(got.columns.size(), 2u);
  EXPECT_EQ(got.columns[0].values[0], "a");  // ascending, not in order of appearance
  EXPECT_EQ(got.columns[1].values, (std::vector<std::optional<std::string>>{"x", "y", std::nullopt}));
  EXPECT_EQ(got.splits, (std::vector<std::vector<std::size_t>>{{0, 1}, {0}}));
  asked.decision = "decision", asked.positive = "no";
  EXPECT_EQ(predictions_of(Columns{}.table(), asked)->decision, (std::vector<std::uint8_t>{1, 0, 0, 1}));
}

TEST(Predictions, ReadsAllTwoValuedLabels) {
  for (const auto& [values, positive] :
       {std::pair(Text{"0", "1", "0", "1"}, "1"), std::pair(Text{"-1", "1", "-1", "1"}, "1"),
        std::pair(Text{"false", "true", "false", "true"}, "true"), std::pair(Text{"9", "10", "9", "10"}, "10"),
        std::pair(Text{"0", "0", "0", "0"}, "1")}) {
    Columns columns;
    columns.label = values;
    const auto got = predictions_of(columns.table(), request());
    ASSERT_TRUE(got.has_value()) << got.error().text();
    EXPECT_EQ(got->positive, positive);
    EXPECT_EQ(got->label[1], values[1] == positive);
  }
}

TEST(Predictions, MissingRowsAreRefusedOrDropped) {
  Columns columns;
  columns.score_missing = {false, true, false, true};
  expect_refused(columns, request(), "nan", "score", "2 missing values, the first in row 2");
  columns = {};
  columns.score[2] = std::nan("");
  expect_refused(columns, request(), "nan", "score", "1 missing value, the first in row 3");
  auto asked = request();
  asked.missing = "drop";
  const auto got = *predictions_of(columns.table(), asked);
  EXPECT_EQ(got.rows(), 3u);
  EXPECT_EQ(got.dropped, 1);
  EXPECT_EQ(got.row, (std::vector<std::int64_t>{0, 1, 3}));
  asked.weight = "weight", columns.weight_missing = {true, false, false, true};
  asked.positive = "yes";
  const auto one = predictions_of(columns.table(), asked);
  ASSERT_TRUE(one.has_value()) << one.error().text();
  EXPECT_EQ(one->dropped, 3);
}

TEST(Predictions, MissingGroupValues) {
  auto asked = request();
  asked.group = {"maybe"};
  EXPECT_EQ(predictions_of(Columns{}.table(), asked)->columns[0].values.size(), 3u);
  asked.missing_group = "drop";
  EXPECT_EQ(predictions_of(Columns{}.table(), asked)->dropped_group, 1);
  asked.missing_group = "error";
  expect_refused({}, asked, "nan", "maybe", "first in row 3");
}

TEST(Predictions, BadInput) {
  Columns columns;
  columns.weight = {1, -2, 1, 1};
  auto weighted = request();
  weighted.weight = "weight";
  expect_refused(columns, weighted, "weight", "weight", "row 2");
  columns.weight = {0, 0, 0, 0};
  expect_refused(columns, weighted, "weight", "weight", "only weights of 0");
  columns = {};
  columns.label = {"a", "b", "c", "a"};
  expect_refused(columns, request(), "label", "label", "\"a\", \"b\", \"c\"");
  columns.label = {"a", "a", "a", "a"};
  expect_refused(columns, request(), "label", "label", "one value only");
  auto other = request();
  other.positive = "maybe";
  expect_refused({}, other, "label", "label", "does not hold the positive value");
  columns = {};
  columns.score[1] = 1.5;
  expect_refused(columns, request(), "range", "score", "row 2");
  auto decided = request();
  decided.decision = "decision";
  EXPECT_TRUE(predictions_of(columns.table(), decided).has_value());  // ranking takes any real score
  columns = {};
  columns.decision = {"grant", "deny", "grant", "deny"};
  expect_refused(columns, decided, "label", "decision", "\"deny\", \"grant\"");
  auto neither = request();
  neither.score.clear();
  expect_refused({}, neither, "option", "score", "neither");
  auto empty = Columns{};
  empty.label.clear(), empty.score.clear(), empty.weight.clear(), empty.group.clear(), empty.codes.clear(),
      empty.decision.clear();
  expect_refused(empty, request(), "shape", "", "no rows");
}

TEST(Predictions, ContinuousColumnIsNoGroup) {
  Columns columns;
  columns.label.clear(), columns.score.clear(), columns.weight.clear(), columns.group.clear(), columns.codes.clear(),
      columns.decision.clear();
  for (int i = 0; i < 300; ++i)
    columns.label.push_back(i % 2 ? "yes" : "no"), columns.score.push_back(i / 301.0), columns.weight.push_back(1),
        columns.group.push_back("a"), columns.codes.push_back(0), columns.decision.push_back("no");
  auto asked = request();
  asked.group = {"score"};
  expect_refused(columns, asked, "group", "score", "bins");
}

TEST(Predictions, UnknownColumnIsNotFound) {
  auto asked = request();
  asked.label = "lable";
  const auto got = predictions_of(Columns{}.table(), asked);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace assay::metrics
