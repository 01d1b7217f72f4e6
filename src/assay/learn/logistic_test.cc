#include "assay/learn/logistic.h"

#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include <cmath>
#include <filesystem>
#include <functional>

#include "assay/base/files.h"
#include "assay/base/philox.h"
#include "assay/data/read.h"
#include "assay/learn/encode.h"
#include "assay/learn/operations.h"
#include "assay/learn/train.h"
#include "assay/model/labels.h"
#include "assay/operation/json.h"

namespace assay::learn {
namespace {

using operation::Json;
const std::string kFolder = "tests/data/learn/";

// Gives operations a folder of their own to write to.
class Folder final : public Assets {
 public:
  explicit Folder(const std::string& name) : path_(std::filesystem::temp_directory_path() / ("assay_learn_" + name)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() override { std::filesystem::remove_all(path_); }
  Result<std::string> open(const std::string& ref) override {
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref);
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string&) override { return (path_ / role).string(); }

 private:
  std::filesystem::path path_;
};

std::vector<double> numbers(const Json& in) {
  std::vector<double> out;
  for (const Json& each : in) out.push_back(each.is_null() ? 0 : each.get<double>());
  return out;
}

void expect_all_near(const std::vector<double>& got, const std::vector<double>& want, double tolerance,
                     const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], tolerance) << what << " " << i;
}

void check_case(const Json& set, const Json& c, const data::Table& table) {
  const std::string kind = c["weights"], what = set["dataset"].get<std::string>() + " " + kind + " C=" + c["C"].dump();
  const auto rows = model::all_rows(table.rows());
  std::vector<double> weights;
  if (kind != "none")
    for (const auto row : rows) weights.push_back(0.5 + (row % 5) / 2.0);
  std::vector<std::string> columns;
  const auto exclude = set["exclude"].get<std::vector<std::string>>();
  for (const auto& name : table.names())
    if (name != set["label"] && std::find(exclude.begin(), exclude.end(), name) == exclude.end())
      columns.push_back(name);
  Task task;
  const bool scaled = kind == "loss_and_scale";
  const auto encoding = fit_encoding(table, rows, columns, scaled ? weights : std::vector<double>{}, task).value();
  ASSERT_EQ(model::column_names(encoding.inputs), set["columns"].get<std::vector<std::string>>()) << what;
  const Json& scale = set[scaled ? "scale_weighted" : "scale"];
  for (std::size_t j = 0; j < scale["means"].size(); ++j) {
    if (scale["means"][j].is_null()) continue;
    const double mean = scale["means"][j], sd = scale["sds"][j];
    ASSERT_NEAR(encoding.means[j], mean, 1e-12 * std::abs(mean)) << what;
    ASSERT_NEAR(encoding.scales[j], sd, 1e-12 * sd) << what;
  }
  model::LinearParts parts;
  parts.inputs = encoding.inputs, parts.signature.inputs = encoding.signature;
  const auto design =
      model::encode(parts.inputs, parts.signature, encoding.means, encoding.scales, table, rows).value();
  std::vector<std::uint8_t> positive;
  const auto label = table.codes(set["label"].get<std::string>()).value();
  for (const auto row : rows) positive.push_back((*label.values)[label.codes[row]] == set["positive"]);
  LogisticOptions options;
  options.c = c["C"];
  const auto fit = fit_logistic(design, encoding.means.size(), positive, weights, options, task).value();
  EXPECT_TRUE(fit.converged) << what << " gradient " << fit.gradient_max;
  EXPECT_LE(fit.iterations, 20) << what;
  expect_all_near(fit.coefficients, numbers(c["coefficients"]), 1e-7, what);
  EXPECT_NEAR(fit.intercept, c["intercept"].get<double>(), 1e-7) << what;
  EXPECT_NEAR(fit.objective, c["objective"].get<double>(), 1e-10 * fit.objective) << what;
  EXPECT_NEAR(fit.log_loss, c["log_loss"].get<double>(), 1e-10 * fit.log_loss) << what;
  parts.coefficients = fit.coefficients, parts.intercept = fit.intercept, parts.means = encoding.means;
  auto margins = model::margins(design, parts);
  margins.resize(20);
  expect_all_near(margins, numbers(c["margins"]), 1e-7, what);
}

TEST(Logistic, CoefficientsOfThePeer) {
  const Json oracle = operation::parse_json(files::read(kFolder + "logistic.json").value()).value();
  for (const Json& set : oracle["data"]) {
    Task task;
    const auto table = data::read(kFolder + set["dataset"].get<std::string>() + ".csv", task).value();
    for (const Json& c : set["cases"]) check_case(set, c, table);
  }
}

TrainRequest hmda() {
  TrainRequest request;
  request.data = kFolder + "boston_hmda.csv", request.label = "deny", request.protected_columns = {"afam"};
  return request;
}

TEST(Train, FitsKeepsAndTells) {
  Folder folder("tells");
  Task task({}, {}, &folder);
  const auto evidence = train(hmda(), task);
  ASSERT_TRUE(evidence) << evidence.error().text();
  EXPECT_EQ(evidence->kind, "assay.training/1");
  EXPECT_EQ(evidence->detail["positive"], "yes");
  EXPECT_EQ(evidence->detail["rows"], 2380);
  EXPECT_EQ(evidence->detail["positives"], 285);
  EXPECT_TRUE(evidence->detail["convergence"]["converged"].get<bool>());
  EXPECT_TRUE(evidence->flags.empty());
  EXPECT_EQ(evidence->detail["excluded"],
            Json::parse(R"([{"column":"deny","why":"label"},{"column":"afam","why":"protected"}])"));
  ASSERT_EQ(evidence->figures.size(), 2u);
  EXPECT_EQ(evidence->figures[0].name, "log_loss");
  EXPECT_FALSE(evidence->figures[0].low);
  EXPECT_EQ(evidence->figures[0].why, "fitted on the same rows");
  EXPECT_GT(*evidence->figures[1].value, 0.8);
  const auto made = model::open(folder.create("model", "").value()).value();
  EXPECT_EQ(made->signature().positive, "yes");
  EXPECT_EQ(made->signature().outputs[0].classes, (std::vector<std::string>{"no", "yes"}));
  const std::string text = operations()[0].render(operation::to_json(*evidence));
  EXPECT_NE(text.find("insurance=yes"), std::string::npos);
  EXPECT_NE(text.find("not used: afam (protected)"), std::string::npos);
}

TEST(Train, SameBytesAgainAndWithAProtectedColumnIncluded) {
  Folder folder("again");
  Task task({}, {}, &folder);
  const auto bytes = [&](const TrainRequest& request) {
    const auto evidence = train(request, task);
    EXPECT_TRUE(evidence) << evidence.error().text();
    return files::read(folder.create("model", "").value()).value() + operation::to_json(*evidence).dump();
  };
  EXPECT_EQ(bytes(hmda()), bytes(hmda()));
  auto knowing = hmda();
  knowing.include = {"afam"};
  EXPECT_NE(bytes(knowing).find("afam=yes"), std::string::npos);
}

TEST(Train, StandardErrorsOfTheInverseInformation) {
  Task task;
  const auto table = data::read(kFolder + "boston_hmda.csv", task).value();
  auto request = hmda();
  request.c = 1e8;  // as good as no penalty
  const auto trained = train_linear(table, model::all_rows(table.rows()), request, task).value();
  EXPECT_TRUE(trained.fit.converged);
  for (const double se : trained.fit.standard_errors) {
    EXPECT_GT(se, 0.03);
    EXPECT_LT(se, 1.0);
  }
  // One 0/1 column alone has the closed form 1/a + 1/b + 1/c + 1/d.
  request.exclude = {"pirat", "hirat",   "lvrat",    "chist",  "mhist",  "phist",
                     "unemp", "selfemp", "condomin", "single", "hschool"};
  const auto one = train_linear(table, model::all_rows(table.rows()), request, task).value();
  const auto deny = table.codes("deny").value(), insurance = table.codes("insurance").value();
  double cells[2][2]{};
  for (std::size_t i = 0; i < table.rows(); ++i)
    cells[(*deny.values)[deny.codes[i]] == "yes"][(*insurance.values)[insurance.codes[i]] == "yes"] += 1;
  const double odds = std::log(cells[1][1] * cells[0][0] / (cells[1][0] * cells[0][1]));
  const double se = std::sqrt(1 / cells[0][0] + 1 / cells[0][1] + 1 / cells[1][0] + 1 / cells[1][1]);
  EXPECT_NEAR(one.fit.coefficients[0], odds, 1e-5);
  EXPECT_NEAR(one.fit.standard_errors[0], se, 1e-5);
}

// 200,000 rows over several chunks: the same bits on one thread and on all.
TEST(Logistic, SameBitsForAnyNumberOfThreads) {
  const std::size_t n = 200'000;
  const Philox random(7);
  std::vector<double> x(n), weights(n);
  std::vector<std::int32_t> group(n), label(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = random.uniform(4 * i) * 10, group[i] = static_cast<std::int32_t>(random.below(4 * i + 1, 5));
    label[i] = random.uniform(4 * i + 2) < 1 / (1 + std::exp(3 - 0.4 * x[i] - 0.3 * group[i])) ? 1 : 0;
    weights[i] = 0.5 + random.uniform(4 * i + 3);
  }
  const std::vector<std::string> groups{"a", "b", "c", "d", "e"}, labels{"no", "yes"};
  data::TableBuilder builder;
  builder.numbers("x", x).codes("group", group, groups).codes("label", label, labels).numbers("w", weights);
  const auto table = builder.finish().value();
  TrainRequest request;
  request.label = "label", request.weight = "w";
  std::string first;
  for (const int threads : {1, 2, 5}) {
    oneapi::tbb::task_arena arena(threads);
    arena.execute([&] {
      Task task;
      const auto trained = train_linear(table, model::all_rows(n), request, task).value();
      const std::string bytes = trained.model->write();
      if (first.empty()) first = bytes;
      EXPECT_EQ(bytes, first);
      EXPECT_TRUE(trained.fit.converged);
      EXPECT_NEAR(trained.fit.coefficients[0] / trained.model->parts().scales[0], 0.4, 0.02);
    });
  }
}

data::Table small(const std::vector<std::string>& label) {
  std::vector<double> x, w;
  std::vector<std::string> city;
  for (std::size_t i = 0; i < label.size(); ++i)
    x.push_back(static_cast<double>(i)), w.push_back(1), city.push_back(i % 2 ? "a" : "b");
  data::TableBuilder builder;
  builder.numbers("income", x).text("city", city).numbers("w", w).text("label", label);
  return builder.finish().value();
}

TEST(Train, BadInputSaysWhere) {
  const std::vector<std::string> both{"no", "yes", "no", "yes"};
  const auto error = [](const data::Table& table, const std::function<void(TrainRequest&)>& change) {
    TrainRequest request;
    request.label = "label";
    change(request);
    Task task;
    const auto made = train_linear(table, model::all_rows(table.rows()), request, task);
    EXPECT_FALSE(made);
    return made ? Error{} : made.error();
  };
  const auto expect = [](const Error& e, Code code, const std::string& where) {
    EXPECT_EQ(e.code, code) << e.text();
    EXPECT_NE(e.where.find(where), std::string::npos) << e.text();
  };
  const auto table = small(both);
  expect(error(table, [](auto& r) { r.label = "labl"; }), Code::kNotFound, "label");
  expect(error(table, [](auto& r) { r.exclude = {"incme"}; }), Code::kNotFound, "exclude");
  expect(error(table, [](auto& r) { r.include = {"incme"}; }), Code::kNotFound, "include");
  expect(error(table, [](auto& r) { r.include = {"label"}; }), Code::kInvalidArgument, "include");
  expect(error(table, [](auto& r) { r.include = r.exclude = {"city"}; }), Code::kInvalidArgument, "include");
  expect(error(table, [](auto& r) { r.positive = "maybe"; }), Code::kInvalidArgument, "positive");
  expect(error(table, [](auto& r) { r.exclude = {"income", "city", "w"}; }), Code::kFailedPrecondition, "");
  expect(error(small({"no", "no", "no"}), [](auto&) {}), Code::kInvalidArgument, "column label");
  expect(error(small({"a", "b", "c"}), [](auto&) {}), Code::kInvalidArgument, "column label");
  data::TableBuilder negative;
  negative.numbers("x", std::vector<double>{1, 2})
      .numbers("w", std::vector<double>{1, -1})
      .text("label", {{"no", "yes"}});
  expect(error(negative.finish().value(), [](auto& r) { r.weight = "w"; }), Code::kInvalidArgument, "row 1 column w");
  data::TableBuilder nan;
  nan.numbers("x", std::vector<double>{1, NAN}).text("label", {{"no", "yes"}});
  expect(error(nan.finish().value(), [](auto&) {}), Code::kInvalidArgument, "row 1 column x");
  EXPECT_NE(error(table, [](auto& r) { r.exclude = {"incme"}; }).text().find("income"), std::string::npos);
}

TEST(Train, ManyValuesOfTheLabelNeedAPositiveOne) {
  TrainRequest request;
  request.label = "label", request.positive = "b";
  Task task;
  const auto table = small({"a", "b", "c", "b", "a", "c"});
  const auto trained = train_linear(table, model::all_rows(6), request, task).value();
  EXPECT_EQ(trained.positives, 2);
  EXPECT_EQ(trained.model->signature().outputs[0].classes, (std::vector<std::string>{"(other)", "b"}));
}

TEST(Train, NotConvergingIsSaid) {
  Folder folder("not_converging");
  Task task({}, {}, &folder);
  auto request = hmda();
  request.max_iterations = 1;
  const auto evidence = train(request, task).value();
  EXPECT_EQ(evidence.flags, (std::vector<std::string>{"not_converged"}));
  EXPECT_FALSE(evidence.detail["convergence"]["converged"].get<bool>());
}

TEST(Train, SeparatedClassesAreHeldByThePenalty) {
  std::vector<std::string> label;
  for (int i = 0; i < 200; ++i) label.push_back(i < 100 ? "no" : "yes");
  Task task;
  TrainRequest request;
  request.label = "label", request.exclude = {"w"};
  for (const double c : {1.0, 1e6}) {
    request.c = c;
    const auto trained = train_linear(small(label), model::all_rows(200), request, task).value();
    EXPECT_TRUE(trained.fit.converged) << c << " " << trained.fit.gradient_max;
    EXPECT_TRUE(std::isfinite(trained.fit.coefficients[0]));
    EXPECT_EQ(*trained.auc, 1.0);
  }
}

TEST(Train, MissingCellsConstantColumnsAndZeroWeights) {
  data::TableBuilder builder;
  const std::vector<double> x{1, 2, 0, 4, 5, 6}, same(6, 0.1), w{1, 1, 1, 1, 1, 0};
  const std::vector<std::int32_t> city{0, 1, -1, 0, 1, 0}, none(6, -1);
  const std::vector<std::string> cities{"b", "a"}, label{"0", "1", "1", "0", "1", "1"};
  builder.numbers("x", x, {false, false, true, false, false, false}).numbers("same", same).codes("city", city, cities);
  builder.codes("empty", none, std::vector<std::string>{}).numbers("w", w).text("label", label);
  TrainRequest request;
  request.label = "label", request.weight = "w";
  Task task;
  const auto table = builder.finish().value();
  const auto trained = train_linear(table, model::all_rows(6), request, task).value();
  EXPECT_EQ(trained.dropped_no_weight, 1);
  EXPECT_EQ(trained.rows, 5);
  const auto& parts = trained.model->parts();
  EXPECT_EQ(model::column_names(parts.inputs),
            (std::vector<std::string>{"x", "x=(missing)", "same", "city=b", "city=(missing)"}));
  EXPECT_EQ(parts.means, (std::vector<double>{3, 0.2, 0.1, 0.4, 0.2}));
  EXPECT_EQ(parts.scales[2], 1.0);
  EXPECT_EQ(trained.fit.coefficients[2], 0.0) << "a constant column says nothing";
  ASSERT_EQ(trained.excluded.size(), 3u);
  EXPECT_EQ(trained.excluded[0], std::pair(std::string("empty"), std::string("no row has a value")));
  EXPECT_EQ(trained.positive, "1");
}

TEST(Train, AucCountsTiesHalf) {
  const std::vector<double> score{0.1, 0.5, 0.5, 0.9}, weights{1, 1, 3, 1};
  const std::vector<std::uint8_t> label{0, 0, 1, 1};
  EXPECT_EQ(*auc_of(score, label, {}), 0.875);
  EXPECT_EQ(*auc_of(score, label, weights), (3 * 1.5 + 2) / 8);
  EXPECT_FALSE(auc_of(score, std::vector<std::uint8_t>{0, 0, 0, 0}, {}));
}

}  // namespace
}  // namespace assay::learn
