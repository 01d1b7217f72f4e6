#include "assay/stats/balance.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>

#include "assay/base/files.h"
#include "assay/base/threads.h"
#include "assay/data/read.h"
#include "assay/stats/operations.h"
#include "assay/stats/repair.h"
#include "assay/stats/test_support.h"

namespace assay::stats {
namespace {

using operation::Json;
const std::string kMortgage = "examples/mortgage/boston_hmda.csv";

Json oracle(const std::string& name) {
  return operation::parse_json(files::read("tests/data/stats/" + name).value()).value();
}

void near(double ours, const Json& peer, const std::string& what) {
  const double x = operation::number_of(peer);
  EXPECT_NEAR(ours, x, 1e-9 * std::abs(x)) << what;
}

const operation::Operation& named(const std::string& id) {
  static const auto all = operations();
  return *std::find_if(all.begin(), all.end(), [&](const auto& o) { return o.id() == id; });
}

double value(const Json& evidence, const std::string& name, const char* when = nullptr, const Json& slice = nullptr) {
  for (const auto& f : evidence["figures"])
    if (f["name"] == name && (!when || f["parameters"]["when"] == when) && (slice.is_null() || f["slice"] == slice))
      return f["value"].get<double>();
  return std::nan("");
}

TEST(Balance, WeightsAgainstThePeers) {
  const Json want = oracle("balance.json");
  for (const auto& [key, peer] : want["reweighing"].items()) {
    std::vector<std::string> rows, columns;
    std::vector<double> counts;
    const auto put = [](std::vector<std::string>& to, const std::string& name) {
      if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(name);
    };
    for (const auto& [cell, count] : peer["counts"].items()) {
      put(rows, cell.substr(0, cell.find('|'))), put(columns, cell.substr(cell.find('|') + 1));
      counts.push_back(count.get<double>());
    }
    const auto weights = reweighing(cross_table(rows, columns, counts));
    std::size_t i = 0;
    for (const auto& [cell, weight] : peer["weights"].items()) near(weights[i++], weight, key + cell);
    if (!peer.contains("aif360")) continue;
    i = 0;
    for (const auto& [cell, weight] : peer["aif360"]["weights"].items()) near(weights[i++], weight, key + cell);
  }
  const std::vector<double> classes{24720, 7841};
  const auto weights = class_weights(classes);
  near(weights[0], want["class_weight"]["adult:income"]["weights"]["<=50K"], "class");
  near(weights[1], want["class_weight"]["adult:income"]["weights"][">50K"], "class");
}

TEST(Balance, RakingAgainstTheFormula) {
  const Json want = oracle("balance.json")["raking"];
  std::vector<Margin> margins(2);
  margins[0].name = "sex", margins[1].name = "race";
  const double n = 32561;
  for (const auto& t : want["target_rows"]) margins[0].share.push_back(t.get<double>() / n);
  for (const auto& t : want["target_cols"]) margins[1].share.push_back(t.get<double>() / n);
  const std::vector<std::vector<int>> cells{{119, 346, 1555, 109, 8642}, {192, 693, 1569, 162, 19174}};
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t c = 0; c < 5; ++c)
      for (int i = 0; i < cells[r][c]; ++i)
        margins[0].code.push_back(static_cast<std::int32_t>(r)),
            margins[1].code.push_back(static_cast<std::int32_t>(c));
  ASSERT_EQ(margins[0].code.size(), 32561u);
  const auto made = rake(margins, 32561, 0);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(made->rounds, want["iterations"].get<int>());
  near(kish_effective_rows(made->weight), want["kish_effective_n"], "kish");
  std::size_t at = 0;
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t c = 0; c < 5; ++c) {
      near(made->weight[at], want["cell_weight"][r][c], "cell");
      at += static_cast<std::size_t>(cells[r][c]);
    }
  const auto capped = rake(margins, 32561, 3).value();
  EXPECT_GT(capped.capped, 0u);
  EXPECT_GT(kish_effective_rows(capped.weight), kish_effective_rows(made->weight));
  margins[0].share = {0.4, 0.5, 0.1};
  EXPECT_EQ(rake(margins, 32561, 0).error().code, Code::kInvalidArgument) << "a value that no row has";
}

TEST(Balance, ReweighWritesATableWhoseRatesAreEqual) {
  Outputs outputs;
  Task task({}, {}, &outputs);
  const Json want = oracle("balance.json")["reweighing"]["boston_hmda:afam|deny"];
  const auto made = named("balance.reweigh").call({{"data", kMortgage}, {"group", {"afam"}}, {"label", "deny"}}, task);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_NEAR(value(*made, "label_rate_difference", "before"), 0.1905841748578911, 1e-12);
  EXPECT_NEAR(value(*made, "label_rate_difference", "after"), 0, 1e-12);
  const auto table = outputs.table("table");
  EXPECT_EQ(table.rows(), 2380u);
  const auto afam = table.codes("afam").value(), deny = table.codes("deny").value();
  const auto weight = table.numbers("weight").value();
  for (std::size_t i = 0; i < 100; ++i)
    near(weight.values[i],
         want["weights"][(*afam.values)[static_cast<std::size_t>(afam.codes[i])] + "|" +
                         (*deny.values)[static_cast<std::size_t>(deny.codes[i])]],
         "row");
  const auto text = render_balance(*made);
  EXPECT_NE(text.find("label_rate of afam=yes"), std::string::npos) << text;
  if (std::getenv("ASSAY_SHOW")) std::fputs(text.c_str(), stdout);
  const Json classes = named("balance.reweigh").call({{"data", kMortgage}, {"label", "deny"}}, task).value();
  near(classes["detail"]["cells"][1]["weight"].get<double>(),
       oracle("balance.json")["class_weight"]["boston_hmda:deny"]["weights"]["yes"], "class weight");
  EXPECT_EQ(
      named("balance.reweigh").call({{"data", kMortgage}, {"label", "deny"}, {"weight", "afam"}}, task).error().code,
      Code::kAlreadyExists);
}

TEST(Balance, ResampleMeetsItsTargets) {
  Outputs outputs;
  Task task({}, {}, &outputs);
  for (const char* target : {"independent", "equal"})
    for (const char* method : {"exact", "over", "under", "smote_nc"}) {
      const auto made =
          named("balance.resample")
              .call(
                  {{"data", kMortgage}, {"group", {"afam"}}, {"label", "deny"}, {"target", target}, {"method", method}},
                  task);
      ASSERT_TRUE(made) << made.error().text();
      const auto table = outputs.table("table");
      EXPECT_LT(value(*made, "label_rate_difference", "after"), 0.01) << target << method;
      EXPECT_EQ(Json(table.rows()), (*made)["detail"]["rows"]["after"]);
      EXPECT_EQ(outputs.table("source").rows(), table.rows());
      for (const auto& cell : (*made)["detail"]["cells"]) {
        const auto have = cell["rows"].get<int>(), wanted = cell["wanted"].get<int>();
        EXPECT_TRUE(std::string(method) != "under" || wanted <= have);
        EXPECT_TRUE(std::string(method) != "over" || wanted >= have);
      }
      EXPECT_TRUE(std::string(method) != "exact" || table.rows() == 2380u);
      if (std::string(method) != "smote_nc") continue;
      const auto marks = table.integers("synthetic").value();
      const auto lvrat = table.numbers("lvrat").value();
      EXPECT_EQ(std::count(marks.values.begin(), marks.values.end(), 0), 2380);
      EXPECT_GT(std::count(marks.values.begin(), marks.values.end(), 1), 100);
      EXPECT_TRUE(std::all_of(lvrat.values.begin(), lvrat.values.end(), [](double x) { return x >= 0 && x <= 2; }));
      // Groups and labels of made rows are those of their cell.
      const auto again = cross_table(table.codes("afam").value(), table.codes("deny").value());
      std::size_t at = 0;
      for (const auto& cell : (*made)["detail"]["cells"]) EXPECT_EQ(again.counts[at++], cell["wanted"].get<double>());
    }
}

TEST(Balance, SameBytesForASeedOnAnyNumberOfThreads) {
  std::string bytes[3];
  for (int run = 0; run < 3; ++run) {
    const ThreadLimit limit(run % 2 + 1);
    Outputs outputs;
    Task task({}, {}, &outputs);
    const Json request{
        {"data", kMortgage}, {"group", {"afam"}}, {"label", "deny"}, {"method", "smote_nc"}, {"seed", run / 2}};
    ASSERT_TRUE(named("balance.resample").call(request, task));
    bytes[run] = files::read(outputs.open(outputs.create("table", "").value()).value()).value();
  }
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_NE(bytes[0], bytes[2]) << "another seed";
}

TEST(Balance, RakeAndBadInput) {
  const File data("sex,region,y\nf,n,1\nf,s,0\nm,n,1\nm,s,0\nm,s,1\n,n,0\n");
  const File population("sex,region,share\nf,n,25\nf,s,25\nm,n,25\nm,s,25\n"), lacks("sex,share\nf,1\n");
  const File more("sex,share\nf,1\nm,1\nx,1\n");
  Outputs outputs;
  Task task({}, {}, &outputs);
  const auto made =
      named("balance.rake")
          .call({{"data", data.path}, {"columns", {"sex", "region"}}, {"population", population.path}}, task);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_LT(value(*made, "margin_gap"), 1e-10);
  EXPECT_TRUE((*made)["detail"]["converged"]);
  const auto weight = outputs.table("table").numbers("weight").value();
  EXPECT_NEAR(std::accumulate(weight.values.begin(), weight.values.end(), 0.0), 6, 1e-9);
  EXPECT_NEAR(weight.values[0] + weight.values[1], weight.values[2] + weight.values[3] + weight.values[4], 1e-9);
  const auto failed = [&](const char* id, const Json& request) {
    const auto none = named(id).call(request, task);
    EXPECT_FALSE(none) << request.dump();
    return none ? Error{} : none.error();
  };
  EXPECT_EQ(failed("balance.rake", {{"data", data.path}, {"columns", {"sex"}}, {"population", lacks.path}}).where,
            "column sex");
  EXPECT_EQ(failed("balance.rake", {{"data", data.path}, {"columns", {"sex"}}, {"population", more.path}}).where,
            "column sex");
  EXPECT_EQ(failed("balance.rake", {{"data", data.path}, {"columns", {"age"}}, {"population", more.path}}).code,
            Code::kNotFound);
  EXPECT_EQ(failed("balance.rake", {{"data", data.path}, {"columns", Json::array()}, {"population", more.path}}).where,
            "columns");
  EXPECT_EQ(failed("balance.reweigh", {{"data", data.path}, {"group", {"sex"}}, {"label", "z"}}).code, Code::kNotFound);
  EXPECT_EQ(failed("balance.reweigh", {{"data", data.path}, {"label", "y"}, {"positive", "7"}}).where, "positive: 7");
  EXPECT_EQ(failed("balance.resample", {{"data", data.path}, {"label", "y"}, {"method", "both"}}).where, "method");
  const File one("g,y\na,1\nb,1\n"), hole("g,y\na,1\na,0\nb,1\n");
  EXPECT_EQ(failed("balance.reweigh", {{"data", one.path}, {"group", {"g"}}, {"label", "y"}}).where, "column y");
  const Json empty =
      named("balance.reweigh").call({{"data", hole.path}, {"group", {"g"}}, {"label", "y"}}, task).value();
  EXPECT_EQ(empty["flags"], Json({"empty_cells"}));
  EXPECT_TRUE(empty["detail"]["cells"][2]["weight"].is_null());
  Task alone;
  EXPECT_EQ(named("balance.reweigh").call({{"data", data.path}, {"label", "y"}}, alone).error().code,
            Code::kFailedPrecondition);
}

RC_GTEST_PROP(BalanceLaws, ApportionedAndRedrawn, ()) {
  const auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 100)));
  const auto total = *rc::gen::inRange(0, 500);
  std::vector<double> shares(whole.begin(), whole.end());
  const auto made = apportioned(shares, total);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  RC_ASSERT(std::accumulate(made.begin(), made.end(), std::int64_t{0}) == total);
  for (std::size_t i = 0; i < made.size(); ++i)
    RC_ASSERT(std::abs(static_cast<double>(made[i]) - shares[i] / sum * total) < 1);
  std::vector<std::uint32_t> members(whole.size());
  std::iota(members.begin(), members.end(), 7u);
  const auto rows = redrawn(members, total, 3, 1);
  RC_ASSERT(rows.size() == static_cast<std::size_t>(total));
  for (const auto row : members) {
    const auto times = std::count(rows.begin(), rows.end(), row), n = static_cast<std::ptrdiff_t>(members.size());
    RC_ASSERT(times == total / n || times == total / n + 1);
  }
}

RC_GTEST_PROP(BalanceLaws, ReweighingMakesGroupsAndLabelsIndependent, ()) {
  const auto whole = *rc::gen::container<std::vector<int>>(6, rc::gen::inRange(1, 50));
  const auto table = cross_table({"a", "b", "c"}, {"0", "1"}, {whole.begin(), whole.end()});
  const auto weights = reweighing(table);
  double sum = 0;
  for (std::size_t r = 0; r < 3; ++r) {
    const double rate = weights[2 * r + 1] * table.at(r, 1) / table.row_totals[r];
    RC_ASSERT(std::abs(rate - table.column_totals[1] / table.n) < 1e-12);
    sum += weights[2 * r] * table.at(r, 0) + weights[2 * r + 1] * table.at(r, 1);
  }
  RC_ASSERT(std::abs(sum - table.n) < 1e-9);
}

}  // namespace
}  // namespace assay::stats
