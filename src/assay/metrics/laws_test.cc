// Laws of the accumulators: any split, any order and any number of threads give the same bits.
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <rapidcheck.h>

#include <algorithm>

#include "assay/base/philox.h"
#include "assay/metrics/bootstrap.h"
#include "assay/metrics/hypothesis.h"

namespace assay::metrics {
namespace {

struct Rows {
  std::vector<std::uint8_t> a, label, decision;
  std::vector<std::int32_t> b;
  std::vector<double> weight, score;
  Batch batch() const { return Batch{{CodeColumn(a, 3), CodeColumn(b, 40'000)}, label, decision, weight}; }
  Batch small() const { return Batch{{CodeColumn(a, 3)}, label, decision, weight}; }
};

Rows some_rows(std::uint64_t seed, std::size_t n) {
  const Philox random(seed);
  Rows out;
  for (std::size_t i = 0; i < n; ++i) {
    out.a.push_back(std::uint8_t(random.fork(1).below(i, 3))),
        out.b.push_back(std::int32_t(random.fork(2).below(i, 40'000)));
    out.label.push_back(std::uint8_t(random.fork(3).below(i, 2))),
        out.decision.push_back(std::uint8_t(random.fork(4).below(i, 2)));
    out.weight.push_back(std::exp(20 * random.fork(5).uniform(i) - 10)), out.score.push_back(random.fork(6).uniform(i));
  }
  return out;
}

Rows shuffled(const Rows& in, std::uint64_t seed) {
  std::vector<std::size_t> order(in.a.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](auto x, auto y) { return Philox(seed).bits(x) < Philox(seed).bits(y); });
  Rows out;
  for (const auto i : order)
    out.a.push_back(in.a[i]), out.b.push_back(in.b[i]), out.label.push_back(in.label[i]),
        out.decision.push_back(in.decision[i]), out.weight.push_back(in.weight[i]), out.score.push_back(in.score[i]);
  return out;
}

bool same(const Cells& x, const Cells& y) {
  if (x.codes != y.codes) return false;
  for (std::size_t i = 0; i < x.sums.size(); ++i)
    if (x.sums[i].rows != y.sums[i].rows || x.sums[i].weight != y.sums[i].weight ||
        x.sums[i].square != y.sums[i].square)
      return false;
  return true;
}

TEST(Laws, CellTableMergesAndDoesNotCareForOrder) {
  rc::check("split and order", [] {
    const auto n = *rc::gen::inRange<std::size_t>(0, 300);
    const auto cut = *rc::gen::inRange<std::size_t>(0, n + 1);
    const Rows rows = some_rows(*rc::gen::arbitrary<std::uint32_t>(), n), other = shuffled(rows, 5);
    for (const bool dense : {true, false}) {
      const auto levels = dense ? std::vector<std::uint32_t>{3} : std::vector<std::uint32_t>{3, 40'000};
      const auto of = [&](const Rows& r) { return dense ? r.small() : r.batch(); };
      CellTable whole(levels, true), left(levels, true), right(levels, true), mixed(levels, true);
      whole.add(of(rows)), left.add(of(rows), 0, cut), right.add(of(rows), cut, n), mixed.add(of(other));
      right.merge(left);
      RC_ASSERT(same(whole.finish(), right.finish()));
      RC_ASSERT(same(whole.finish(), mixed.finish()));
    }
  });
}

TEST(Laws, ScoreSumsMerge) {
  rc::check("split and order", [] {
    const auto n = *rc::gen::inRange<std::size_t>(2, 200);
    const auto cut = *rc::gen::inRange<std::size_t>(0, n);
    const Rows rows = some_rows(*rc::gen::arbitrary<std::uint32_t>(), n), other = shuffled(rows, 9);
    ScoreSums whole, left, right, mixed;
    for (std::size_t i = 0; i < n; ++i) {
      whole.add(rows.score[i], rows.label[i], rows.weight[i]),
          mixed.add(other.score[i], other.label[i], other.weight[i]);
      (i < cut ? left : right).add(rows.score[i], rows.label[i], rows.weight[i]);
    }
    left.merge(right);
    for (const auto* each : {&left, &mixed}) {
      RC_ASSERT(whole.log_loss().value == each->log_loss().value && whole.log_loss().se == each->log_loss().se);
      RC_ASSERT(whole.brier_score().value == each->brier_score().value);
    }
  });
}

TEST(Laws, AdjustedPValuesAreMonotoneAndAtLeastTheRawOnes) {
  rc::check("corrections", [] {
    const auto raw = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001));
    std::vector<double> p;
    for (const int each : raw) p.push_back(each / 1000.0);
    for (const auto how : {Correction::kBonferroni, Correction::kHolm, Correction::kHochberg, Correction::kHommel,
                           Correction::kBenjaminiHochberg, Correction::kBenjaminiYekutieli}) {
      const auto q = adjust(p, how);
      for (std::size_t i = 0; i < p.size(); ++i) {
        RC_ASSERT(q[i] >= p[i] - 1e-15 && q[i] <= 1);
        for (std::size_t j = 0; j < p.size(); ++j) RC_ASSERT(p[i] >= p[j] || q[i] <= q[j]);
      }
    }
  });
}

TEST(Laws, ThreadsChangeNothing) {
  const Rows rows = some_rows(2, 600'000);
  const std::vector<std::size_t> first{0};
  const std::vector<std::string_view> names{"true_positive_rate", "f1"};
  std::vector<double> seen;
  for (const int threads : {1, 4}) {
    oneapi::tbb::task_arena arena(threads);
    arena.execute([&] {
      Task task;
      const auto cells = *tabulate(Batch{{CodeColumn(rows.a, 3)}, rows.label, rows.decision, {}}, task);
      const auto slices = slices_of(cells, first, false);
      const auto got = *bootstrap_intervals(cells, slices, names, {200, 0.95, 1}, task);
      std::vector<double> flat;
      for (const auto& each : got) flat.push_back(each.ci.low), flat.push_back(each.ci.high);
      if (seen.empty()) seen = flat;
      EXPECT_EQ(seen, flat);
    });
  }
}

}  // namespace
}  // namespace assay::metrics
