// More information never undoes a verdict: what an interval decides, every interval inside it decides the same way.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "assay/gate/verdict.h"

namespace assay::gate {
namespace {

const std::array<std::string, 3> kNames{"a", "b", "c"};
constexpr double kEnds[] = {-0.5, 0, 0.1, 0.25, 0.5};

int draw(int n) { return *rc::gen::inRange(0, n); }
double uniform(double low, double high) { return low + (high - low) * draw(1'000'001) / 1e6; }

std::string number(int depth) {
  if (depth == 0 || draw(10) < 3) {
    if (draw(4)) return kNames[static_cast<std::size_t>(draw(3))];
    return std::array<std::string, 5>{"0.1", "0.25", "0.5", "1", "2"}[static_cast<std::size_t>(draw(5))];
  }
  const int kind = draw(5);
  if (kind == 4) return "abs(" + number(depth - 1) + ")";
  const std::string left = number(depth - 1), right = number(depth - 1);
  return "(" + left + " " + "+-*/"[kind] + " " + right + ")";
}

std::string condition(int depth) {
  const int kind = depth ? draw(5) : 0;
  if (kind <= 1) {
    const std::string left = number(2);
    if (draw(10) == 0) return left + " in [0.1, 0.5, a]";
    const std::array<std::string, 6> signs{"<=", ">=", "<", ">", "==", "!="};
    return left + " " + signs[static_cast<std::size_t>(draw(6))] + " " + number(1);
  }
  if (kind == 2) return "not (" + condition(depth - 1) + ")";
  const std::string left = condition(depth - 1), right = condition(depth - 1);
  return "(" + left + (kind == 3 ? ") and (" : ") or (") + right + ")";
}

struct Ends {
  double low, high;
};
Ends ordered(double x, double y) { return {std::min(x, y), std::max(x, y)}; }
Ends inside(const Ends& e, bool point) {
  if (!point) return ordered(uniform(e.low, e.high), uniform(e.low, e.high));
  const int kind = draw(3);
  const double x = kind == 0 ? e.low : kind == 1 ? e.high : uniform(e.low, e.high);
  return {x, x};
}

operation::Figure figure(const std::string& name, const Ends& ends) {
  operation::Figure f;
  f.name = name, f.value = ends.low == ends.high ? ends.low : (ends.low + ends.high) / 2, f.low = ends.low,
  f.high = ends.high, f.n = 100;
  return f;
}

std::string state_of(const Policy& policy, std::vector<operation::Figure> figures, std::vector<SliceRows> slices = {}) {
  Document document;
  document.evidence.emplace_back();
  document.evidence[0].evidence.kind = "assay.evaluation/1", document.evidence[0].evidence.figures = std::move(figures);
  document.slices = std::move(slices);
  const auto verdict = judge(policy, document);
  RC_ASSERT(verdict.has_value());
  return verdict->rules[0].state;
}

Policy policy_of(const std::string& require, const std::string& over = "") {
  Rule rule;
  rule.id = "R", rule.require = require, rule.over = over;
  Policy policy;
  policy.rules.push_back(rule);
  return policy;
}

// Each case of RapidCheck stands for this many, as most random conditions stay undecided.
constexpr int kRounds = 30;

TEST(PolicyLaws, NestedIntervalsKeepWhatIsDecided) {
  const auto one = [] {
    const auto policy = policy_of(condition(2));
    RC_LOG() << policy.rules[0].require;
    std::array<Ends, 3> box{};
    for (auto& e : box) {
      const auto end = [] { return draw(2) ? uniform(-1, 1) : kEnds[draw(5)]; };
      e = ordered(end(), end());
    }
    const int absent = draw(9);  // a figure that arrives later is more information too
    std::vector<operation::Figure> figures;
    for (std::size_t i = 0; i < 3; ++i)
      if (static_cast<int>(i) != absent) figures.push_back(figure(kNames[i], box[i]));
    const std::string wide = state_of(policy, figures);
    if (wide == "not_decided") return;
    for (int step = 0; step < 6; ++step) {
      figures.clear();
      for (std::size_t i = 0; i < 3; ++i) figures.push_back(figure(kNames[i], inside(box[i], step > 2)));
      RC_ASSERT(state_of(policy, figures) == wide);
    }
  };
  EXPECT_TRUE(rc::check([&] {
    for (int round = 0; round < kRounds; ++round) one();
  }));
}

// Ends of one figure of a slice: simultaneous outside, ordinary inside.
struct Nested {
  double family_low, low, high, family_high;
};

operation::Figure figure(const std::string& name, int slice, const Nested& e) {
  auto f = figure(name, Ends{e.low, e.high});
  f.slice = {{"g", std::to_string(slice)}}, f.low_family = e.family_low, f.high_family = e.family_high;
  return f;
}

Nested inside(const Nested& e) {
  const Ends inner = inside(Ends{e.low, e.high}, false);
  return {uniform(e.family_low, inner.low), inner.low, inner.high, uniform(inner.high, e.family_high)};
}

TEST(PolicyLaws, NestedIntervalsKeepWhatIsDecidedOverSlices) {
  const std::array<std::string, 3> over{"g in slices", "g in slices where n >= 50",
                                        "g in slices where q(slice=g) >= 0.3"};
  const std::array<std::string, 4> require{"p(slice=g) <= 0.5", "not (p(slice=g) > 0.5)",
                                           "p(slice=g) <= 0.5 or q(slice=g) < 0.2",
                                           "p(slice=g) <= 0.5 and q(slice=g) <= 0.9"};
  const auto one = [&] {
    const auto policy = policy_of(require[static_cast<std::size_t>(draw(4))], over[static_cast<std::size_t>(draw(3))]);
    const int count = 1 + draw(4);
    std::vector<SliceRows> slices;
    std::vector<Nested> p, q;
    for (int i = 0; i < count; ++i) {
      slices.push_back({{{"g", std::to_string(i)}}, draw(2) ? 100.0 : 10.0});
      for (auto* to : {&p, &q}) {
        std::array<double, 4> x{};
        for (auto& each : x) each = uniform(0, 1);
        std::sort(x.begin(), x.end());
        to->push_back({x[0], x[1], x[2], x[3]});
      }
    }
    const auto judged = [&](bool nested) {
      std::vector<operation::Figure> figures;
      for (int i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        figures.push_back(figure("p", i, nested ? inside(p[at]) : p[at]));
        figures.push_back(figure("q", i, nested ? inside(q[at]) : q[at]));
      }
      return state_of(policy, std::move(figures), slices);
    };
    const std::string wide = judged(false);
    if (wide == "not_decided") return;
    for (int step = 0; step < 5; ++step) RC_ASSERT(judged(true) == wide);
  };
  EXPECT_TRUE(rc::check([&] {
    for (int round = 0; round < kRounds; ++round) one();
  }));
}

}  // namespace
}  // namespace assay::gate
