#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assay/base/philox.h"
#include "assay/sketch/bins.h"
#include "assay/sketch/exact_sum.h"
#include "assay/sketch/frequent_items.h"
#include "assay/sketch/hll.h"
#include "assay/sketch/kll.h"

namespace assay::sketch {
namespace {

TEST(ExactSum, Extremes) {
  ExactSum sum;
  EXPECT_EQ(sum.finish(), 0);
  for (const double x : {1e308, 1e308, 1.0, -1e308, -1e308}) sum.add(x);
  EXPECT_EQ(sum.finish(), 1.0) << "no overflow on the way, nothing lost";
  ExactSum big;
  big.add(std::numeric_limits<double>::max(), 2);
  EXPECT_EQ(big.finish(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(exact_mean(big, 2), std::numeric_limits<double>::max());
  ExactSum tiny;
  tiny.add(5e-324);
  EXPECT_EQ(tiny.finish(), 5e-324);
  EXPECT_EQ(exact_mean(tiny, 2), 0) << "half of the smallest, tie to even";
  EXPECT_EQ(exact_mean(tiny, 3), 0);
  ExactSum half;  // 2^53 + 1 lies between two doubles
  half.add(0x1p53), half.add(1.0);
  EXPECT_EQ(half.finish(), 0x1p53);
  half.add(5e-324);
  EXPECT_EQ(half.finish(), 0x1p53 + 2);
  ExactSum minus;
  minus.add(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(minus.finish(), -0x1p63);
  EXPECT_EQ(ExactSum::load(minus.save())->finish(), -0x1p63);
}

TEST(ExactSum, DeviationWhereSquaresOverflow) {
  for (const double scale : {1e200, 1e-170}) {  // squares are infinite, or nothing
    ExactSum sum, squares;
    for (const double x : {scale, 3 * scale}) sum.add(x), squares.add_product(x, x);
    EXPECT_DOUBLE_EQ(exact_standard_deviation(sum, squares, 2), scale);
  }
  ExactSum sum, squares;
  for (int i = 0; i < 1000; ++i) sum.add(0.1), squares.add_product(0.1, 0.1);
  EXPECT_EQ(exact_standard_deviation(sum, squares, 1000), 0) << "a constant has no spread at all";
  EXPECT_EQ(exact_mean(sum, 1000), 0.1);
}

TEST(ExactSum, LoadsOnlyWhatItSaved) {
  ExactSum sum;
  sum.add(1.5);
  const auto bytes = sum.save();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    EXPECT_EQ(ExactSum::load(bytes.substr(0, i)).error().code, Code::kCorrupt);
}

TEST(Bins, ClosedSides) {
  const auto right = equal_width(0, 10, 5), left = equal_width(0, 10, 5, Closed::kLeft);
  EXPECT_EQ(right.edges, (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(right(0), 0u);
  EXPECT_EQ(right(2), 0u);
  EXPECT_EQ(right(2.1), 1u);
  EXPECT_EQ(right(10), 4u);
  EXPECT_EQ(left(0), 0u);
  EXPECT_EQ(left(2), 1u);
  EXPECT_EQ(left(10), 4u);
  EXPECT_EQ(left(-1), Bins::kOutside);
  EXPECT_EQ(right(std::nan("")), Bins::kOutside);
  EXPECT_EQ(equal_width(3, 3, 10).size(), 1u);
  EXPECT_EQ(equal_width(3, 3, 10)(3), 0u);
  const auto wide = equal_width(-1.5e308, 1.5e308, 3);
  EXPECT_TRUE(std::is_sorted(wide.edges.begin(), wide.edges.end()) && std::isfinite(wide.edges[1]));
}

TEST(Kll, WithinItsBoundAndRepeatable) {
  const Philox random(5);
  constexpr std::uint64_t kRows = 200'000;
  Kll whole, again, parts[4];
  for (std::uint64_t i = 0; i < kRows; ++i) {
    const double x = random.uniform(i);
    whole.add(x), again.add(x), parts[i % 4].add(x);
  }
  EXPECT_EQ(whole.save(), again.save());
  for (int i = 1; i < 4; ++i) parts[0].merge(parts[i]);
  for (const Kll* sketch : {&whole, &parts[0]}) {
    EXPECT_EQ(sketch->n(), kRows);
    EXPECT_LT(sketch->kept(), 1600u);
    for (const double q : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99})  // of uniform values, quantile = rank
      EXPECT_NEAR(sketch->quantiles({q})[0], q, 2 * sketch->rank_error()) << q;
    EXPECT_NEAR(sketch->rank(0.3), 0.3, 2 * sketch->rank_error());
  }
  EXPECT_NEAR(Kll(200).rank_error(), 0.0133, 5e-5);
  const auto ends = whole.quantiles({0, 1});
  EXPECT_EQ(ends[0], whole.min());
  EXPECT_EQ(ends[1], whole.max());
  const auto loaded = Kll::load(whole.save()).value();
  EXPECT_EQ(loaded.quantiles({0.5}), whole.quantiles({0.5}));
  EXPECT_EQ(Kll::load(whole.save().substr(1)).error().code, Code::kCorrupt);
  EXPECT_EQ(Kll::load("").error().code, Code::kCorrupt);
}

TEST(Kll, CountsAreWeights) {
  Kll sketch;
  sketch.add(1, 1'000'000), sketch.add(2, 3'000'000);
  EXPECT_EQ(sketch.n(), 4'000'000u);
  EXPECT_EQ(sketch.quantiles({0.25, 0.26}), (std::vector<double>{1, 2}));
  EXPECT_DOUBLE_EQ(sketch.rank(1), 0.25);
}

TEST(Hll, Estimates) {
  Hll sketch;
  EXPECT_EQ(sketch.estimate(), 0);
  std::uint64_t next = 0;
  for (const std::uint64_t n : {10u, 1000u, 30'000u, 300'000u}) {
    while (next < n) sketch.add_hash(hash(next++));
    EXPECT_NEAR(sketch.estimate() / static_cast<double>(n), 1, 4 * Hll::relative_standard_error()) << n;
  }
  EXPECT_EQ(Hll::load(sketch.save()).value(), sketch);
  EXPECT_EQ(Hll::load("short").error().code, Code::kCorrupt);
}

TEST(FrequentItems, BoundsAreCertain) {
  FrequentItems left(64), right(64);
  std::vector<std::uint64_t> truth(1000, 0);
  const Philox random(3);
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const double u = random.uniform(i);
    const auto item = static_cast<std::size_t>(1000 * u * u * u * u);  // a few are frequent
    ++truth[item];
    (i % 3 != 0 ? left : right).add("item" + std::to_string(item));
  }
  left.merge(right);
  EXPECT_EQ(left.n(), 50'000u);
  const auto top = left.top(5);
  ASSERT_EQ(top.size(), 5u);
  EXPECT_EQ(top[0].value, "item0");
  for (const auto& each : left.top(64)) {
    const auto exact = truth[std::stoul(each.value.substr(4))];
    EXPECT_LE(each.count, exact);
    EXPECT_GE(each.count + left.error(), exact);
  }
  EXPECT_EQ(FrequentItems::load(left.save())->save(), left.save());
  EXPECT_EQ(FrequentItems::load("junk").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace assay::sketch
