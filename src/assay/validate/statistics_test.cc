#include "assay/validate/statistics.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "assay/data/read.h"
#include "assay/validate/test_support.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

using google::protobuf::util::MessageDifferencer;
using List = tfmd::DatasetFeatureStatisticsList;
using Feature = tfmd::FeatureNameStatistics;

data::Table table_of(const std::string& path) {
  Task task;
  auto table = data::read(path, task);
  EXPECT_TRUE(table) << (table ? "" : table.error().text());
  return *table;
}
List described(const data::Table& table, const StatisticsOptions& options = {}) {
  Task task;
  List out;
  const auto status = statistics(table, options, task, out);
  EXPECT_TRUE(status) << (status ? "" : status.error().text());
  return out;
}
List recorded(const std::string& name) {
  Task task;
  List out;
  const auto status = read_message(kFolder + name, task, out);
  EXPECT_TRUE(status) << (status ? "" : status.error().text());
  return out;
}

// How far apart two values stand in a sorted column, in ranks.
double rank_distance(const std::vector<double>& sorted, double a, double b) {
  if (a == b) return 0;
  if (a > b) std::swap(a, b);
  const auto after_a = std::upper_bound(sorted.begin(), sorted.end(), a);
  const auto before_b = std::lower_bound(sorted.begin(), sorted.end(), b);
  return static_cast<double>(std::max<std::ptrdiff_t>(0, before_b - after_a));
}

void expect_near_relative(double a, double b, double relative, const std::string& what) {
  if (std::isnan(b)) {
    EXPECT_TRUE(std::isnan(a)) << what;
    return;
  }
  EXPECT_LE(std::abs(a - b), relative * std::max(1e-300, std::abs(b))) << what << ": " << a << " for " << b;
}

void expect_histograms(const google::protobuf::RepeatedPtrField<tfmd::Histogram>& made,
                       const google::protobuf::RepeatedPtrField<tfmd::Histogram>& wanted,
                       const std::vector<double>& sorted, double mass, const std::string& what) {
  ASSERT_EQ(made.size(), wanted.size()) << what;
  const auto n = static_cast<double>(sorted.size());
  for (int h = 0; h < made.size(); ++h) {
    EXPECT_EQ(made[h].type(), wanted[h].type()) << what;
    EXPECT_EQ(made[h].num_nan(), wanted[h].num_nan()) << what;
    ASSERT_EQ(made[h].buckets_size(), wanted[h].buckets_size()) << what;
    double total = 0;
    for (int b = 0; b < made[h].buckets_size(); ++b) {
      const auto &mine = made[h].buckets(b), &theirs = wanted[h].buckets(b);
      total += mine.sample_count();
      if (made[h].type() == tfmd::Histogram::STANDARD) {
        expect_near_relative(mine.low_value() + 1e6, theirs.low_value() + 1e6, 1e-12, what);
        EXPECT_NEAR(mine.sample_count(), theirs.sample_count(), (0.01 * n + 1) * mass / n) << what << " cell " << b;
      } else {
        EXPECT_LE(rank_distance(sorted, mine.low_value(), theirs.low_value()), 0.01 * n) << what;
        EXPECT_LE(rank_distance(sorted, mine.high_value(), theirs.high_value()), 0.01 * n) << what;
      }
    }
    EXPECT_NEAR(total, mass, 1e-9 * mass) << what;
  }
}

// Moments, median and histograms within their tolerance, and taken out of both; what is left must be equal.
void compare_numbers(Feature& made, Feature& wanted, const std::vector<double>& sorted, double weight, bool cells) {
  const auto what = path_text(wanted);
  auto &mine = *made.mutable_num_stats(), &theirs = *wanted.mutable_num_stats();
  expect_near_relative(mine.mean(), theirs.mean(), 1e-9, what + " mean");
  expect_near_relative(mine.std_dev(), theirs.std_dev(), 1e-9, what + " deviation");
  if (cells) {
    const auto n = static_cast<double>(sorted.size());
    EXPECT_LE(rank_distance(sorted, mine.median(), theirs.median()), 0.01 * n) << what;
    expect_histograms(mine.histograms(), theirs.histograms(), sorted, n, what);
  }
  if (theirs.has_weighted_numeric_stats()) {
    auto &heavy = *mine.mutable_weighted_numeric_stats(), &other = *theirs.mutable_weighted_numeric_stats();
    expect_near_relative(heavy.mean(), other.mean(), 1e-9, what + " weighted mean");
    expect_near_relative(heavy.std_dev(), other.std_dev(), 1e-9, what + " weighted deviation");
    if (cells) {
      EXPECT_LE(rank_distance(sorted, heavy.median(), other.median()), 0.01 * static_cast<double>(sorted.size()));
      EXPECT_EQ(heavy.histograms_size(), other.histograms_size());
    }
  }
  EXPECT_EQ(mine.has_weighted_numeric_stats(), theirs.has_weighted_numeric_stats());
  for (auto* each : {&mine, &theirs}) {
    each->clear_mean(), each->clear_std_dev(), each->clear_median(), each->clear_histograms();
    each->clear_weighted_numeric_stats();
  }
  static_cast<void>(weight);
}

tfmd::CommonStatistics& common(Feature& f) {
  return f.has_num_stats()      ? *f.mutable_num_stats()->mutable_common_stats()
         : f.has_string_stats() ? *f.mutable_string_stats()->mutable_common_stats()
                                : *f.mutable_struct_stats()->mutable_common_stats();
}

// Cells of interpolated histograms are compared by number only; the rest exactly.
void compare_common(Feature& made, Feature& wanted) {
  auto &mine = common(made), &theirs = common(wanted);
  EXPECT_EQ(mine.num_values_histogram().buckets_size(), theirs.num_values_histogram().buckets_size())
      << path_text(wanted);
  mine.clear_num_values_histogram(), theirs.clear_num_values_histogram();
  if (theirs.has_weighted_common_stats()) {
    auto &heavy = *mine.mutable_weighted_common_stats(), &other = *theirs.mutable_weighted_common_stats();
    for (const auto member :
         {&tfmd::WeightedCommonStatistics::num_non_missing, &tfmd::WeightedCommonStatistics::num_missing,
          &tfmd::WeightedCommonStatistics::avg_num_values, &tfmd::WeightedCommonStatistics::tot_num_values})
      expect_near_relative((heavy.*member)(), (other.*member)(), 1e-9, path_text(wanted) + " weighted counts");
    mine.clear_weighted_common_stats(), theirs.clear_weighted_common_stats();
  }
  ASSERT_EQ(made.custom_stats_size(), wanted.custom_stats_size()) << path_text(wanted);
  for (int i = 0; i < made.custom_stats_size(); ++i)
    EXPECT_EQ(made.custom_stats(i).name(), wanted.custom_stats(i).name());
  made.clear_custom_stats(), wanted.clear_custom_stats();
}

void compare(const tfmd::DatasetFeatureStatistics& made, const tfmd::DatasetFeatureStatistics& wanted,
             const data::Table* table) {
  EXPECT_EQ(made.name(), wanted.name());
  EXPECT_EQ(made.num_examples(), wanted.num_examples());
  expect_near_relative(made.weighted_num_examples(), wanted.weighted_num_examples(), 1e-12, "weighted_num_examples");
  std::map<std::string, Feature> features;
  for (const auto& each : made.features()) features[path_text(each)] = each;
  EXPECT_EQ(made.features_size(), wanted.features_size());
  for (Feature theirs : wanted.features()) {
    const auto name = path_text(theirs);
    ASSERT_TRUE(features.contains(name)) << name;
    Feature mine = features[name];
    ASSERT_EQ(mine.stats_case(), theirs.stats_case()) << name;
    compare_common(mine, theirs);
    if (theirs.has_num_stats()) {
      std::vector<double> sorted;
      if (table != nullptr) {
        const auto numbers = table->numbers(name).value();
        for (std::size_t i = 0; i < numbers.values.size(); ++i)
          if (numbers.valid[i]) sorted.push_back(numbers.values[i]);
        std::sort(sorted.begin(), sorted.end());
      }
      compare_numbers(mine, theirs, sorted, 0, table != nullptr);
    }
    MessageDifferencer differ;
    std::string told;
    differ.ReportDifferencesToString(&told);
    EXPECT_TRUE(differ.Compare(mine, theirs)) << name << ": " << told;
  }
}

TEST(Statistics, EqualTfdvOnRealData) {
  for (const auto& [file, name] : {std::pair{kFolder + "adult.parquet", "tfdv_stats_adult.pb"},
                                   std::pair{kMortgage, "tfdv_stats_boston_hmda.pb"}}) {
    const auto table = table_of(file);
    StatisticsOptions options;
    options.float32 = file == kMortgage;  // TFDV reads the fractions of a CSV file in single precision
    const auto made = described(table, options), wanted = recorded(name);
    ASSERT_EQ(made.datasets_size(), 1);
    compare(made.datasets(0), wanted.datasets(0), &table);
  }
}

TEST(Statistics, EqualTfdvWithWeights) {
  const auto table = table_of(kFolder + "adult.parquet");
  StatisticsOptions options;
  options.weight = "fnlwgt", options.top = 5, options.ranks = 8;
  compare(described(table, options).datasets(0), recorded("tfdv_stats_adult_weighted.pb").datasets(0), &table);
}

TEST(Statistics, EqualTfdvBySlice) {
  const std::vector<std::string> columns{"age", "sex", "race", "income", "hours_per_week"};
  const auto table = table_of(kFolder + "adult.parquet").select(columns).value();
  const auto wanted = recorded("tfdv_stats_adult_by_sex.pb");
  StatisticsOptions options;
  options.group = {"sex"};
  const auto made = described(table, options);
  ASSERT_EQ(made.datasets_size(), wanted.datasets_size());
  for (const auto& theirs : wanted.datasets()) {
    const auto mine = std::find_if(made.datasets().begin(), made.datasets().end(),
                                   [&](const auto& each) { return each.name() == theirs.name(); });
    ASSERT_NE(mine, made.datasets().end()) << theirs.name();
    data::Table part = table;
    if (theirs.name() != "All Examples") {
      const auto codes = table.codes("sex").value();
      std::vector<std::uint32_t> rows;
      for (std::size_t i = 0; i < codes.codes.size(); ++i)
        if ("sex_" + (*codes.values)[static_cast<std::size_t>(codes.codes[i])] == theirs.name())
          rows.push_back(static_cast<std::uint32_t>(i));
      part = table.take(rows).value();
    }
    compare(*mine, theirs, &part);
  }
}

TEST(Statistics, EqualTfdvOnTinyBatches) {
  const auto cases = oracle("tfdv_small_stats.json")["cases"];
  for (const auto& [name, each] : cases.items()) {
    SCOPED_TRACE(name);
    StatisticsOptions options;
    options.compat = true;
    const auto& told = each["options"];
    options.weight = told.value("weight_feature", "");
    options.bins = told.value("num_histogram_buckets", 10);
    options.quantile_bins = told.value("num_quantiles_histogram_buckets", 10);
    options.length_bins = told.value("num_values_histogram_buckets", 10);
    List wanted;
    ASSERT_TRUE(parse(each["statistics"].dump(), Format::kJson, wanted, name));
    const auto made = described(table_of(kFolder + "small/" + name + ".arrow"), options);
    compare(made.datasets(0), wanted.datasets(0), nullptr);
  }
}

TEST(Statistics, InfinitiesAreCountedApartByDefault) {
  const auto made = described(table_of(kFolder + "small/float_special.arrow"));
  const auto& feature = made.datasets(0).features(0);
  EXPECT_DOUBLE_EQ(feature.num_stats().mean(), 0.875);
  EXPECT_TRUE(std::isinf(feature.num_stats().min()));
  ASSERT_EQ(feature.custom_stats_size(), 2);
  EXPECT_EQ(feature.custom_stats(0).name(), "assay.positive_infinite");
  EXPECT_EQ(feature.num_stats().histograms(0).buckets_size(), 12);  // ten and one for each infinity
  EXPECT_EQ(feature.num_stats().histograms(0).num_nan(), 1);
}

TEST(Statistics, SurviveEveryFormat) {
  const auto made = described(table_of(kMortgage));
  for (const auto format : {Format::kBinary, Format::kText, Format::kJson, Format::kRecord}) {
    const auto bytes = print(made, format);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(looks_like(*bytes), format);
    List back;
    ASSERT_TRUE(parse(*bytes, format, back, "made"));
    EXPECT_TRUE(MessageDifferencer::Equals(made, back));
    for (const char* ending : {".pb", ""}) {  // named, and by its looks
      if (format != Format::kBinary && *ending != 0) continue;
      const File file(*bytes, ending);
      Task task;
      List again;
      bool table = true;
      ASSERT_TRUE(statistics_of(file.path, {}, {}, task, again, &table));
      EXPECT_FALSE(table);
      EXPECT_EQ(again.datasets_size(), 1);
    }
  }
}

TEST(Statistics, DoNotDependOnTheOrderOfRows) {
  const auto table = table_of(kMortgage);
  std::vector<std::uint32_t> backwards(table.rows());
  for (std::size_t i = 0; i < backwards.size(); ++i) backwards[i] = static_cast<std::uint32_t>(table.rows() - 1 - i);
  StatisticsOptions options;
  options.weight = "lvrat";
  const auto first = described(table, options), second = described(table.take(backwards).value(), options);
  EXPECT_TRUE(print(first, Format::kBinary).value() == print(second, Format::kBinary).value());
}

TEST(Statistics, RefuseWeightsThatAreNone) {
  for (const auto& [cell, why] :
       {std::pair{"", "missing"}, std::pair{"-1", "negative"}, std::pair{"nan", "NaN"}, std::pair{"inf", "infinite"}}) {
    const File file(std::string("a,w\n1,2.5\n2,") + cell + "\n");
    Task task;
    List out;
    StatisticsOptions options;
    options.weight = "w";
    const auto status = statistics_of(file.path, {}, options, task, out);
    ASSERT_FALSE(status) << cell;
    EXPECT_NE(status.error().what.find(why), std::string::npos) << status.error().text();
    EXPECT_NE(status.error().where.find("row 2"), std::string::npos);
  }
}

TEST(Statistics, HeaderOnlyGivesNoExamples) {
  const File file("a,b\n");
  Task task;
  List out;
  ASSERT_TRUE(statistics_of(file.path, {}, {}, task, out));
  EXPECT_EQ(out.datasets(0).num_examples(), 0);
  EXPECT_EQ(out.datasets(0).features_size(), 2);
}

TEST(Statistics, SingleRowAndConstant) {
  const File file("a,b,c\n3.5,x,\n");
  Task task;
  List out;
  ASSERT_TRUE(statistics_of(file.path, {}, {}, task, out));
  const auto& a = out.datasets(0).features(0).num_stats();
  EXPECT_EQ(a.std_dev(), 0);
  EXPECT_EQ(a.median(), 3.5);
  EXPECT_EQ(a.histograms(0).buckets_size(), 1);
  EXPECT_EQ(out.datasets(0).features(2).string_stats().common_stats().num_missing(), 1);
}

TEST(Statistics, UnknownGroupIsNamed) {
  Task task;
  List out;
  StatisticsOptions options;
  options.group = {"afamm"};
  const auto status = statistics(table_of(kMortgage), options, task, out);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace assay::validate
