#include "assay/stats/drift.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "assay/base/files.h"
#include "assay/base/philox.h"
#include "assay/base/threads.h"
#include "assay/data/read.h"
#include "assay/metrics/kolmogorov.h"
#include "assay/stats/drift_measures.h"
#include "assay/stats/drift_streams.h"
#include "assay/stats/operations.h"
#include "assay/stats/profile.h"
#include "assay/stats/test_support.h"

namespace assay::stats {
namespace {

using operation::Json;
const std::string kMortgage = "examples/mortgage/boston_hmda.csv";

Json oracle(const std::string& name) {
  return operation::parse_json(files::read("tests/data/stats/" + name).value()).value();
}

void near(double ours, const Json& peer, double tolerance, const std::string& what) {
  const double x = operation::number_of(peer);
  EXPECT_NEAR(ours, x, tolerance * std::max(1e-300, std::abs(x))) << what;
}

// SciPy takes 1 minus a series that it cuts at terms below 1e-7: for T = 90, where the tail is below 1e-100, it answers
// 3e-7. Where its p is below that noise only the order of magnitude is compared.
void check_cvm_p(double ours, const Json& peer, const std::string& what) {
  const double x = operation::number_of(peer);
  if (x > 1e-6)
    near(ours, peer, 1e-6, what + " CvM p");
  else
    EXPECT_LT(ours, 1e-6) << what;
}

// Both halves of the mortgage table, by `single`.
std::pair<data::Table, data::Table> halves() {
  Task task;
  const auto table = data::read(kMortgage, task).value();
  const auto codes = table.codes("single").value();
  std::vector<std::uint32_t> rows[2];
  for (std::size_t i = 0; i < codes.codes.size(); ++i)
    rows[(*codes.values)[static_cast<std::size_t>(codes.codes[i])] == "yes"].push_back(static_cast<std::uint32_t>(i));
  return {table.take(rows[0]).value(), table.take(rows[1]).value()};
}

NumberSide side_of(const std::vector<double>& x) {
  data::Numbers column;
  column.values = x;
  return number_side(column);
}

void check_numbers(const NumberSide& a, const NumberSide& b, const Json& want, const std::string& what) {
  const auto values = merged(a, b);
  near(metrics::wasserstein_distance(values), want["wasserstein"], 1e-9, what + " W1");
  near(metrics::wasserstein_distance(values) / std::max(a.standard_deviation, 0.001), want["wasserstein_normed"], 1e-9,
       what + " normed");
  near(metrics::energy_distance(values), want["energy"], 1e-9, what + " energy");
  const auto ks = metrics::kolmogorov_smirnov(values);
  near(ks.statistic, want["ks"]["statistic"], 1e-9, what + " KS");
  near(ks.p, want["ks"]["pvalue"], 1e-6, what + " KS p");
  near(ks.location, want["ks"]["location"], 1e-9, what + " KS at");
  EXPECT_EQ(ks.sign, want["ks"]["sign"].get<int>()) << what;
  const auto cvm = metrics::cramer_von_mises(values);
  near(cvm.statistic, want["cvm"]["statistic"], 1e-9, what + " CvM");
  check_cvm_p(cvm.p, want["cvm"]["pvalue"], what);
  near(metrics::anderson_darling(values), want["anderson_ksamp"]["statistic"], 1e-9, what + " AD");
  const auto mw = metrics::mann_whitney(values);
  near(mw.statistic, want["mannwhitney"]["statistic"], 1e-9, what + " U");
  near(mw.p, want["mannwhitney"]["pvalue"], 1e-6, what + " U p");
  const auto t = metrics::welch_t(values);
  near(t.statistic, want["t_welch"]["statistic"], 1e-9, what + " t");
  near(t.p, want["t_welch"]["pvalue"], 1e-6, what + " t p");
  near(t.dof, want["t_welch"]["df"], 1e-9, what + " t dof");
  near(stability_index(a, b), want["psi_q10"]["value"], 1e-9, what + " PSI");
  near(jensen_shannon_sturges(values), want["js_sturges"]["value"], 1e-9, what + " JS");
  for (std::size_t s = 0; s < 2; ++s) {
    near((s ? b : a).mean, want["mean"][s], 1e-9, what + " mean");
    near((s ? b : a).min, want["min"][s], 1e-9, what + " min");
    near((s ? b : a).max, want["max"][s], 1e-9, what + " max");
  }
}

void check_categories(metrics::Counts a, metrics::Counts b, const Json& want, const std::string& what) {
  near(euclidean(a, b), want["l2"], 1e-9, what + " l2");
  near(infinity_norm(a, b), want["linf"], 1e-9, what + " linf");
  near(total_variation(a, b), want["tvd"], 1e-9, what + " tvd");
  near(hellinger(a, b), want["hellinger"], 1e-9, what + " hellinger");
  near(jensen_shannon(a, b), want["js"], 1e-9, what + " js");
  near(stability_index(a, b), want["psi"], 1e-9, what + " psi");
  if (!want.contains("chi2")) return;
  const auto chi = metrics::chi_square(a, b), g = metrics::likelihood_ratio_g(a, b);
  near(chi.statistic, want["chi2"]["statistic"], 1e-9, what + " chi2");
  near(chi.p, want["chi2"]["pvalue"], 1e-6, what + " chi2 p");
  near(chi.dof, want["chi2"]["dof"], 1e-9, what + " dof");
  near(g.statistic, want["g"]["statistic"], 1e-9, what + " G");
  near(g.p, want["g"]["pvalue"], 1e-6, what + " G p");
}

TEST(Drift, MeasuresAgainstScipy) {
  const Json want = oracle("drift.json")["pairs"];
  Task task;
  const auto table = data::read("tests/data/stats/drift_values.csv", task).value();
  const auto pair = table.codes("pair").value(), column = table.codes("column").value();
  const auto value = table.numbers("value").value(), first = table.numbers("first").value();
  const auto second = table.numbers("second").value();
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> samples;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const bool whole = (*pair.values)[static_cast<std::size_t>(pair.codes[i])] == "t";
    auto& [a, b] = samples[std::string(whole ? "adult_train_vs_test" : "adult_male_vs_female") + "|" +
                           (*column.values)[static_cast<std::size_t>(column.codes[i])]];
    a.insert(a.end(), static_cast<std::size_t>(first.values[i]), value.values[i]);
    b.insert(b.end(), static_cast<std::size_t>(second.values[i]), value.values[i]);
  }
  std::size_t checked = 0;
  const auto mortgage = halves();
  for (const auto& each : want)
    for (const auto& [name, peer] : each["columns"].items()) {
      const std::string key = each["name"].get<std::string>() + "|" + name;
      if (const auto at = samples.find(key); at != samples.end()) {
        check_numbers(side_of(at->second.first), side_of(at->second.second), peer, key);
      } else if (each["name"] == "hmda_single_no_vs_yes" && peer["kind"] == "numeric") {
        check_numbers(number_side(mortgage.first.numbers(name).value()),
                      number_side(mortgage.second.numbers(name).value()), peer, key);
      } else if (peer["kind"] == "categorical") {
        std::vector<double> a, b;
        for (const auto& [category, counts] : peer["counts"].items())
          a.push_back(counts[0].get<double>()), b.push_back(counts[1].get<double>());
        check_categories(a, b, peer, key);
      } else {
        continue;
      }
      ++checked;
    }
  EXPECT_GE(checked, 43u);
}

TEST(Drift, PeersOwnNumbersWhereTheDefinitionIsTheSame) {
  const Json evidently = oracle("evidently_drift.json")["pairs"][2]["columns"];
  const Json nannyml = oracle("nannyml_drift.json")["pairs"][2]["columns"];
  const auto [a, b] = halves();
  for (const auto& [name, peer] : evidently.items()) {
    if (peer.contains("ed")) {
      const auto first = number_side(a.numbers(name).value()), second = number_side(b.numbers(name).value());
      const auto values = merged(first, second);
      const auto ks = metrics::kolmogorov_smirnov(values);
      near(metrics::wasserstein_distance(values) / std::max(first.standard_deviation, 0.001),
           peer["wasserstein"]["value"], 1e-6, name);
      near(metrics::energy_distance(values), peer["ed"]["value"], 1e-6, name);
      check_cvm_p(metrics::cramer_von_mises(values).p, peer["cramer_von_mises"]["value"], name);
      near(ks.p_exact, peer["ks"]["value"], 1e-6, name + " exact KS");
    } else {
      const auto c = categories(a.codes(name).value(), b.codes(name).value());
      near(jensen_shannon(c.first, c.second) * std::sqrt(std::log(2.0)), peer["jensenshannon"]["value"], 1e-6, name);
      near(hellinger(c.first, c.second), peer["hellinger"]["value"], 1e-6, name);
      near(hellinger(c.first, c.second), nannyml[name]["hellinger"], 1e-6, name);
      near(jensen_shannon(c.first, c.second), nannyml[name]["jensen_shannon"], 1e-6, name);
      near(infinity_norm(c.first, c.second), nannyml[name]["l_infinity"], 1e-6, name);
      if (name != "single") near(stability_index(c.first, c.second), peer["psi"]["value"], 1e-6, name);
    }
  }
}

TEST(Drift, MaximumMeanDiscrepancy) {
  const Json want = oracle("drift.json")["mmd"][2];
  const auto [a, b] = halves();
  const auto rows = [&](const data::Table& table) {
    std::vector<std::vector<double>> out(200);
    for (const auto& name : want["columns"]) {
      const auto column = table.numbers(name.get<std::string>()).value();
      for (std::size_t i = 0; i < 200; ++i) out[i].push_back(column.values[i]);
    }
    return out;
  };
  const auto made = maximum_mean_discrepancy(rows(a), rows(b), 199, 1);
  near(made.squared, want["mmd2_unbiased"], 1e-9, "mmd");
  near(made.gamma, want["gamma"], 1e-9, "gamma");
  EXPECT_LT(made.p, 0.05);
  EXPECT_NEAR(maximum_mean_discrepancy(rows(a), rows(a), 99, 1).squared, 0, 0.02);
}

TEST(Drift, StreamDetectorsAgainstRiver) {
  const Json want = oracle("drift.json")["stream"];
  const std::string stream = want["stream"];
  const auto run = [&](auto detector, const char* name) {
    std::vector<std::size_t> drifts, warnings;
    for (std::size_t i = 0; i < stream.size(); ++i) {
      const auto state = detector.add(stream[i] == '1');
      if (state == StreamState::kDrift) drifts.push_back(i);
      if (state == StreamState::kWarning && warnings.empty()) warnings.push_back(i);
    }
    EXPECT_EQ(Json(drifts), want[name]["drift_at"]) << name;
    EXPECT_EQ(Json(warnings), want[name]["first_warning"]) << name;
    return detector;
  };
  for (const auto& [name, delta] : {std::pair{"adwin_delta0.002", 0.002}, std::pair{"adwin_delta0.2", 0.2}}) {
    const auto adwin = run(Adwin(delta), name);
    EXPECT_EQ(adwin.width(), want[name]["width"].get<double>());
    near(adwin.mean(), want[name]["estimation"], 1e-9, name);
  }
  run(PageHinkley(10), "page_hinkley");
  run(Ddm(), "ddm");
  run(Eddm(), "eddm");
  run(HddmA(), "hddm_a");
}

TEST(Drift, ExactKolmogorovLaws) {
  // Brute force over all orders of 4 and 3 values.
  std::vector<int> order{0, 0, 0, 0, 1, 1, 1};
  std::map<int, double> seen;
  double all = 0;
  do {
    int a = 0, b = 0, most = 0;
    for (const int each : order) (each ? b : a) += 1, most = std::max(most, std::abs(3 * a - 4 * b));
    ++seen[most], ++all;
  } while (std::next_permutation(order.begin(), order.end()));
  for (const auto& [d, unused] : seen) {
    double tail = 0;
    for (const auto& [other, count] : seen) tail += other >= d ? count : 0;
    EXPECT_NEAR(metrics::two_sample_tail(4, 3, d), tail / all, 1e-12) << d;
  }
  EXPECT_EQ(metrics::two_sample_tail(5, 8, 0), 1);
  // One draw: P(D >= x) = 2(1 - x) above one half.
  EXPECT_NEAR(metrics::kolmogorov_tail(1, 0.8), 0.4, 1e-12);
  double before = 1;
  for (double x = 0.001; x < 1; x += 0.001) {
    const double here = metrics::kolmogorov_tail(200, x);
    EXPECT_LE(here, before + 1e-7) << x;
    before = here;
  }
}

Json column(const operation::Evidence& evidence, const std::string& name) {
  for (const auto& each : evidence.detail["columns"])
    if (each["name"] == name) return each;
  return nullptr;
}

const operation::Figure* figure(const operation::Evidence& evidence, const std::string& name, const std::string& of) {
  for (const auto& each : evidence.figures)
    if (each.name == name && each.parameters.contains("column") && each.parameters.at("column") == of) return &each;
  return nullptr;
}

std::string csv(std::uint64_t seed, std::size_t rows, double shift, double share) {
  std::string out = "x,colour,same\n";
  const Philox random(seed);
  for (std::size_t i = 0; i < rows; ++i)
    out += std::to_string(random.uniform(2 * i) + shift) + "," + (random.uniform(2 * i + 1) < share ? "red" : "blue") +
           ",7\n";
  return out;
}

TEST(Drift, ReportTellsWhatMoved) {
  const File reference(csv(1, 4000, 0, 0.5)), still(csv(2, 3000, 0, 0.5)), moved(csv(3, 3000, 0.3, 0.8));
  Task task;
  DriftRequest request;
  request.reference = reference.path, request.current = still.path, request.sample = 100;
  const auto quiet = drift(request, task);
  ASSERT_TRUE(quiet) << quiet.error().text();
  EXPECT_TRUE(quiet->flags.empty());
  for (const auto& c : quiet->detail["columns"]) EXPECT_EQ(c["state"], "stable") << c.dump();
  EXPECT_EQ(column(*quiet, "same")["effect"]["value"], 0.0) << "constant on both sides";
  EXPECT_EQ(column(*quiet, "same")["test"]["p"], 1.0);
  request.current = moved.path;
  const auto loud = drift(request, task);
  ASSERT_TRUE(loud);
  EXPECT_EQ(loud->flags, std::vector<std::string>{"drift"});
  for (const auto* name : {"x", "colour"}) {
    const Json c = column(*loud, name);
    EXPECT_EQ(c["state"], "drifted") << c.dump();
    EXPECT_GT(c["effect"]["low"].get<double>(), c["effect"]["threshold"].get<double>());
    EXPECT_GE(c["effect"]["high"].get<double>(), c["effect"]["value"].get<double>());
    EXPECT_LT(c["test"]["p_adjusted"].get<double>(), 1e-6);
  }
  const auto* w = figure(*loud, "wasserstein_distance_normed", "x");
  ASSERT_TRUE(w && figure(*loud, "missing_share_gap", "x"));
  EXPECT_NEAR(*w->value, 0.3 / 0.2887, 0.03);
  double shares = 0;
  for (const auto& c : loud->detail["columns"]) shares += c["contribution"].get<double>();
  EXPECT_NEAR(shares, 1, 1e-9);
  const auto text = render_drift(operation::to_json(*loud));
  EXPECT_NE(text.find("2 of 3 columns drifted"), std::string::npos) << text;
  EXPECT_NE(text.find("drifted\n"), std::string::npos) << text;
  if (std::getenv("ASSAY_SHOW")) std::fputs(text.c_str(), stdout);
}

TEST(Drift, ALargeTableAloneDoesNotAlarm) {
  const File reference(csv(1, 60'000, 0, 0.5)), current(csv(2, 60'000, 0.01, 0.51));
  Task task;
  DriftRequest request;
  request.reference = reference.path, request.current = current.path, request.sample = 0;
  const auto made = drift(request, task);
  ASSERT_TRUE(made);
  EXPECT_LT(column(*made, "x")["test"]["p_adjusted"].get<double>(), 0.01);
  EXPECT_EQ(column(*made, "x")["state"], "stable");
}

TEST(Drift, FewExpectedUsePermutationAndCategoriesAreListed) {
  const File reference("c\na\na\na\na\na\nb\nb\nb\nold\n"), current("c\na\nb\nb\nb\nb\nnew\n");
  Task task;
  DriftRequest request;
  request.reference = reference.path, request.current = current.path;
  const auto made = drift(request, task);
  ASSERT_TRUE(made);
  const Json c = column(*made, "c");
  EXPECT_EQ(c["test"]["name"], "likelihood_ratio_g");
  EXPECT_EQ(c["new_categories"][0]["value"], "new");
  EXPECT_EQ(c["vanished_categories"][0]["value"], "old");
  EXPECT_EQ(c["state"], "not_decided") << "a large effect that fifteen rows cannot prove";
  EXPECT_EQ(figure(*made, "chi_square", "c")->flags, std::vector<std::string>{"expected_below_5"});
}

TEST(Drift, PermutationOfGAgreesWithFisherOnTwoByTwo) {
  const std::vector<double> a{12, 5}, b{6, 14};
  double all = 0, hit = 0;
  const auto choose = [](double n, double k) {
    return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1));
  };
  const double seen = metrics::likelihood_ratio_g(a, b).statistic;
  for (int k = 0; k <= 17; ++k) {
    if (18 - k > 20 || 18 - k < 0) continue;
    const double p = choose(18, k) * choose(19, 17 - k);
    const std::vector<double> x{double(k), 17.0 - k}, y{18.0 - k, 19.0 - (17 - k)};
    all += p, hit += metrics::likelihood_ratio_g(x, y).statistic >= seen - 1e-9 ? p : 0;
  }
  EXPECT_NEAR(metrics::permutation_g(a, b, 20'000, 3), hit / all, 4 * std::sqrt(hit / all / 20'000));
}

TEST(Drift, FromProfilesOnlyWithCertainBounds) {
  const File reference(csv(1, 4000, 0, 0.5)), moved(csv(3, 3000, 0.3, 0.8));
  Task task;
  const auto saved = [&](const std::string& path, int bins) {
    ProfileRequest request;
    request.data = path, request.bins = bins;
    return operation::canonical(operation::to_json(profile(request, task).value()));
  };
  DriftRequest request;
  request.reference = reference.path, request.current = moved.path, request.sample = 0;
  const auto exact = drift(request, task).value();
  for (const int bins : {10, 100}) {
    const File first(saved(reference.path, bins)), second(saved(moved.path, bins));
    request.reference = first.path, request.current = second.path;
    const auto made = drift(request, task);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(made->detail["from"], "profiles");
    for (const auto* name : {"wasserstein_distance_normed", "kolmogorov_smirnov"}) {
      const auto *about = figure(*made, name, "x"), *truth = figure(exact, name, "x");
      ASSERT_TRUE(about && truth);
      EXPECT_LE(*about->low, *truth->value + 1e-12) << name;
      EXPECT_GE(*about->high, *truth->value - 1e-12) << name;
      EXPECT_EQ(about->parameters.at("exact"), false);
      EXPECT_NEAR(*about->value, *truth->value, about->parameters.at("error_bound").get<double>());
    }
    EXPECT_EQ(column(*made, "x")["state"], "drifted");
    EXPECT_EQ(column(*made, "colour")["effect"]["value"], column(exact, "colour")["effect"]["value"]);
    EXPECT_EQ(column(*made, "same")["effect"]["value"], 0.0);
    request.current = first.path;
    const auto coarse = drift(request, task).value();
    EXPECT_EQ(column(coarse, "x")["state"], bins == 10 ? "not_decided" : "stable") << "wide cells leave it open";
    EXPECT_EQ(column(coarse, "same")["state"], "stable");
    request.current = moved.path;
    EXPECT_EQ(drift(request, task).error().code, Code::kInvalidArgument) << "a profile and a table";
    request.reference = reference.path;
  }
}

TEST(Drift, BadInput) {
  const File table("a,b\n1,x\n2,y\n"), header("a,b\n"), other("c\n1\n"), card(R"({"kind": "assay.card/1"})");
  const File void_column("a,b\n,x\n,y\n"), text("a,b\nu,x\nv,y\n");
  Task task;
  const auto op = operations();
  const auto& run = *std::find_if(op.begin(), op.end(), [](const auto& o) { return o.id() == "data.drift"; });
  const auto call = [&](const std::string& a, const std::string& b, Json more = Json::object()) {
    Json request{{"reference", a}, {"current", b}};
    request.update(more);
    return run.call(request, task);
  };
  EXPECT_EQ(call("none.csv", table.path).error().code, Code::kNotFound);
  EXPECT_EQ(call(table.path, other.path).error().code, Code::kInvalidArgument);
  EXPECT_EQ(call(table.path, card.path).error().code, Code::kInvalidArgument);
  const auto unknown = call(table.path, table.path, {{"measures", {"psii"}}});
  EXPECT_EQ(unknown.error().code, Code::kInvalidArgument);
  EXPECT_NE(unknown.error().text().find("hellinger"), std::string::npos) << unknown.error().text();
  EXPECT_EQ(call(table.path, table.path, {{"columns", {"aa"}}}).error().code, Code::kNotFound);
  EXPECT_EQ(call(table.path, table.path, {{"alpha", 0}}).error().where, "alpha");
  for (const auto* path : {&header.path, &void_column.path}) {
    const auto empty = call(table.path, *path).value();
    for (const auto& c : empty["detail"]["columns"])
      EXPECT_TRUE(c["name"] != "a" || c["why"] == "the current side has no value") << c.dump();
    for (const auto& f : empty["figures"])
      EXPECT_TRUE(!f["value"].is_null() || !f["why"].get<std::string>().empty()) << f.dump();
  }
  const auto changed = call(table.path, text.path).value();
  EXPECT_EQ(changed["detail"]["columns"][0]["types"]["current"], "text");
  EXPECT_EQ(call(table.path, table.path, {{"categorical", {"a"}}}).value()["detail"]["columns"][0]["kind"],
            "categorical");
}

TEST(Drift, SameBitsOnAnyNumberOfThreadsAndRowOrder) {
  const File reference(csv(1, 3000, 0, 0.5)), current(csv(2, 2500, 0.1, 0.6));
  std::string lines = files::read(current.path).value(), head = lines.substr(0, lines.find('\n') + 1);
  std::vector<std::string> rows;
  for (std::size_t at = head.size(); at < lines.size();) {
    const auto end = lines.find('\n', at) + 1;
    rows.push_back(lines.substr(at, end - at)), at = end;
  }
  std::reverse(rows.begin(), rows.end());
  for (const auto& row : rows) head += row;
  const File turned(head);
  std::set<std::string> bytes;
  for (const auto& path : {current.path, current.path, turned.path}) {
    const ThreadLimit limit(bytes.empty() ? 1 : 2);
    Task task;
    DriftRequest request;
    request.reference = reference.path, request.current = path, request.replicates = 200;
    request.sample = path == turned.path ? 0 : 100;
    auto made = drift(request, task).value();
    std::erase_if(made.figures, [](const auto& f) { return f.name == "maximum_mean_discrepancy"; });
    bytes.insert(operation::canonical(operation::to_json(made)));
  }
  EXPECT_EQ(bytes.size(), 1u);
}

std::vector<double> some_numbers() {
  const auto whole = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-50, 50)));
  return {whole.begin(), whole.end()};
}

RC_GTEST_PROP(DriftLaws, ScaleShiftAndSides, ()) {
  auto x = some_numbers(), y = some_numbers();
  const auto values = merged(side_of(x), side_of(y)), swapped = merged(side_of(y), side_of(x));
  const double w = metrics::wasserstein_distance(values), d = metrics::kolmogorov_smirnov(values).statistic;
  RC_ASSERT(std::abs(w - metrics::wasserstein_distance(swapped)) <= 1e-12 * (1 + w));
  RC_ASSERT(std::abs(d - metrics::kolmogorov_smirnov(swapped).statistic) <= 1e-12);
  RC_ASSERT(metrics::wasserstein_distance(merged(side_of(x), side_of(x))) == 0);
  const double u = metrics::mann_whitney(values).statistic + metrics::mann_whitney(swapped).statistic;
  RC_ASSERT(u == static_cast<double>(x.size() * y.size()));
  for (auto* each : {&x, &y})
    for (double& v : *each) v = 4 * v - 3;
  const auto scaled = merged(side_of(x), side_of(y));
  RC_ASSERT(std::abs(metrics::wasserstein_distance(scaled) - 4 * w) <= 1e-9 * (1 + w));
  RC_ASSERT(metrics::kolmogorov_smirnov(scaled).statistic == d);
  RC_ASSERT(std::abs(metrics::cramer_von_mises(scaled).statistic - metrics::cramer_von_mises(values).statistic) <
            1e-12);
}

RC_GTEST_PROP(DriftLaws, RelabellingAndBounds, ()) {
  const auto counts = *rc::gen::nonEmpty<std::vector<std::pair<unsigned char, unsigned char>>>();
  std::vector<double> a, b;
  for (const auto& [x, y] : counts) a.push_back(x), b.push_back(y);
  a.push_back(1), b.push_back(2);
  auto c = a, e = b;
  std::reverse(c.begin(), c.end()), std::reverse(e.begin(), e.end());
  for (const auto measure : {&jensen_shannon, &total_variation, &hellinger, &euclidean, &infinity_norm}) {
    const double value = measure(a, b);
    RC_ASSERT(std::abs(value - measure(c, e)) < 1e-12);
    RC_ASSERT(std::abs(value - measure(b, a)) < 1e-12);
    RC_ASSERT(value >= 0 && value <= std::sqrt(2.0) + 1e-12);
    RC_ASSERT(measure(a, a) == 0);
  }
  const double tvd = total_variation(a, b), h = hellinger(a, b), js = jensen_shannon(a, b);
  RC_ASSERT(h * h <= tvd + 1e-12 && tvd <= std::sqrt(2.0) * h + 1e-12 && js * js <= tvd + 1e-12);
}

}  // namespace
}  // namespace assay::stats
