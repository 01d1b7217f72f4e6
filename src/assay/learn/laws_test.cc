// Laws that hold for any data: weights count rows, the order of rows and the unit of a column say nothing.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/learn/train.h"

namespace assay::learn {
namespace {

struct Data {
  std::vector<double> x, y, weight;
  std::vector<std::int32_t> group, label;
};
const std::vector<std::string> kGroups{"a", "b", "c"}, kLabels{"no", "yes"};

Data draw() {
  Data d;
  const int n = *rc::gen::inRange(6, 60);
  for (int i = 0; i < n; ++i) {
    d.x.push_back(*rc::gen::inRange(-50, 50) / 4.0), d.y.push_back(*rc::gen::inRange(0, 4));
    d.weight.push_back(*rc::gen::inRange(1, 5));
    d.group.push_back(*rc::gen::inRange(-1, 3)), d.label.push_back(i < 2 ? i : *rc::gen::inRange(0, 2));
  }
  return d;
}

data::Table table_of(const Data& d) {
  data::TableBuilder builder;
  builder.numbers("x", d.x).numbers("y", d.y).codes("group", d.group, kGroups);
  builder.numbers("w", d.weight).codes("label", d.label, kLabels);
  return builder.finish().value();
}

std::vector<double> scores(const Data& d, bool weighted, const Data& of) {
  TrainRequest request;
  request.label = "label";
  weighted ? void(request.weight = "w") : request.exclude.push_back("w");
  Task task;
  const auto trained = train_linear(table_of(d), model::all_rows(d.x.size()), request, task).value();
  return trained.model->predict(table_of(of), model::all_rows(of.x.size()), task).value().margin;
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b) {
  RC_ASSERT(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) RC_ASSERT(std::abs(a[i] - b[i]) <= 1e-9 * std::max(1.0, std::abs(a[i])));
}

Data taken(const Data& d, const std::vector<std::size_t>& rows) {
  Data out;
  for (const std::size_t r : rows) {
    out.x.push_back(d.x[r]), out.y.push_back(d.y[r]), out.weight.push_back(d.weight[r]);
    out.group.push_back(d.group[r]), out.label.push_back(d.label[r]);
  }
  return out;
}

TEST(Laws, AWholeWeightRepeatsTheRow) {
  EXPECT_TRUE(rc::check("weight", [] {
    const Data d = draw();
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < d.x.size(); ++i) rows.insert(rows.end(), static_cast<std::size_t>(d.weight[i]), i);
    expect_near(scores(d, true, d), scores(taken(d, rows), false, d));
  }));
}

TEST(Laws, TheOrderOfRowsSaysNothing) {
  EXPECT_TRUE(rc::check("order", [] {
    const Data d = draw();
    std::vector<std::size_t> rows(d.x.size());
    std::iota(rows.rbegin(), rows.rend(), std::size_t{0});
    std::rotate(rows.begin(), rows.begin() + *rc::gen::inRange<std::size_t>(0, rows.size()), rows.end());
    expect_near(scores(d, true, d), scores(taken(d, rows), true, d));
  }));
}

TEST(Laws, TheUnitOfAColumnSaysNothing) {
  EXPECT_TRUE(rc::check("unit", [] {
    const Data d = draw();
    Data other = d;
    const double factor = *rc::gen::element(1e-6, 0.3, 7.0, 1e9), shift = *rc::gen::element(0.0, -3.0, 100.0);
    for (double& x : other.x) x = (x + shift) * factor;
    expect_near(scores(d, true, d), scores(other, true, other));
  }));
}

}  // namespace
}  // namespace assay::learn
