#include "assay/pipeline/expand.h"

#include <algorithm>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/gate/policy.h"

namespace assay::pipeline {
namespace {

using operation::Json;

std::string beside(const std::string& folder, const std::string& path) {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

// "Boston HMDA.csv" -> "boston_hmda": a name that a reference can carry.
std::string asset_name(const std::string& source) {
  std::string out = std::filesystem::path(source).stem().string();
  for (char& c : out) {
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') c = '_';
  }
  return out.empty() || !(out[0] >= 'a' && out[0] <= 'z') ? "data_" + out : out;
}

Json refer(const std::string& to) { return Json{{"$ref", to}}; }

Json out(const std::string& step, const std::string& role = "evidence") {
  return refer("steps." + step + ".outputs." + role);
}

Json time_of(const std::string& step) { return refer("steps." + step + ".time"); }

Result<Json> policy_of(const Plan& plan, const std::string& folder) {
  Json policy{{"policy", plan.name}, {"rules", plan.checks}};
  const auto& more = plan.gate.policy;
  if (more.empty()) return policy;
  if (more == "preset:eeoc-four-fifths") {
    for (const auto& group : plan.data.protected_columns)
      policy["rules"].push_back(Json{{"id", "four-fifths-" + group}, {"require", "four_fifths(group=" + group + ")"}});
    return policy;
  }
  if (more.starts_with("preset:"))
    return fail(Code::kNotFound, "no such preset: " + more, "gate: policy", "known is preset:eeoc-four-fifths");
  const auto path = beside(folder, more);
  ASSAY_TRY(const auto text, files::read(path, operation::kMaxYaml));
  ASSAY_TRY(const auto sound, gate::parse_policy(text, path));  // errors with the place in that file
  static_cast<void>(sound);
  ASSAY_TRY(const auto given, operation::parse_yaml(text, path));
  if (!given.value.is_object() || !given.value.contains("rules") || !given.value["rules"].is_array())
    return fail(Code::kInvalidArgument, "a policy has a list of rules", path,
                "write rules: [{id: R1, require: auc >= 0.7}]");
  for (const auto& rule : given.value["rules"]) policy["rules"].push_back(rule);
  if (given.value.contains("waivers")) policy["waivers"] = given.value["waivers"];
  return policy;
}

Json label_options(const Plan& plan) {
  Json with{{"label", plan.data.label.column}};
  if (plan.data.label.positive) with["positive"] = plan.data.label.positive->text;
  return with;
}

Step model_step(const Plan& plan, const std::string& folder) {
  if (!plan.model.file.empty())
    return {"model", "model.import", Json{{"file", beside(folder, plan.model.file)}}, "model", plan.name, "model"};
  Json with{{"data", out("data", "table")}, {"split", out("split", "split")}, {"part", "train"}};
  with.update(label_options(plan));
  with["include"] = plan.model.include, with["exclude"] = plan.model.exclude;
  with["protected"] = plan.data.protected_columns, with["weight"] = plan.data.weight, with["id"] = plan.data.id;
  with["c"] = plan.model.options.C, with["max_iterations"] = plan.model.options.max_iterations,
  with["seed"] = plan.seed;
  return {"model", "train.linear", std::move(with), "model", plan.name, "model"};
}

// evaluate.run and fairness.assess read the same table of predictions.
Json judged(const Plan& plan) {
  Json with{
      {"data", out("predict", "predictions")}, {"label", "label"},         {"score", "score"}, {"missing", "drop"},
      {"threshold", plan.model.threshold},     {"group", groups_of(plan)}, {"seed", plan.seed}};
  if (plan.data.label.positive) with["positive"] = plan.data.label.positive->text;
  if (!plan.data.weight.empty()) with["weight"] = plan.data.weight;
  return with;
}

void add_documents(std::vector<Step>& steps, const Plan& plan, const std::vector<std::string>& concluded) {
  Json evidence = Json::array(), times = Json::array();
  for (const auto& id : concluded) evidence.push_back(out(id)), times.push_back(time_of(id));
  const Json purpose = operation::to_json(plan.purpose);
  const Json model = out("model", "model");
  steps.push_back({"card", "card.build",
                   Json{{"name", plan.name},
                        {"purpose", purpose},
                        {"evidence", evidence},
                        {"model_ref", refer("steps.model.ref")},
                        {"model_digest", model}},
                   "card", plan.name, "card"});
  // The gate judges what the test rows showed; figures on the rows that trained the model are no evidence of quality.
  Json judged = Json::array(), judged_times = Json::array();
  for (const auto& id : concluded)
    if (id != "model") judged.push_back(out(id)), judged_times.push_back(time_of(id));
  steps.push_back(
      {"verdict", "gate.check", Json{{"evidence", judged}, {"times", judged_times}, {"policy", refer("policy")}}});
  Json shown = evidence;
  shown.push_back(out("verdict"));
  steps.push_back({"report", "view.export",
                   Json{{"title", plan.name},
                        {"purpose", purpose},
                        {"evidence", shown},
                        {"card", out("card", "card")},
                        {"model_ref", refer("steps.model.ref")},
                        {"model_digest", model}}});
  Json with{{"model", model},
            {"name", plan.name},
            {"evidence", evidence},
            {"times", times},
            {"split", out("split")},
            {"verdict", out("verdict")},
            {"card", out("card", "card")},
            {"policy", refer("policy")},
            {"plan", refer("plan")},
            {"created", refer("steps.verdict.time")},
            {"version", refer("steps.model.version")},
            {"dataset", Json::array({refer("steps.data.ref")})},
            {"seed", plan.seed}};
  steps.push_back({"hallmark", "hallmark.build", std::move(with), "hallmark", plan.name, "hallmark", true});
}

}  // namespace

std::string dataset_name(const Plan& plan) { return asset_name(plan.data.source); }

std::vector<std::string> groups_of(const Plan& plan) {
  auto groups = plan.data.protected_columns;
  std::string all;
  for (const auto& each : plan.data.protected_columns) all += (all.empty() ? "" : ",") + each;
  if (groups.size() == 2 || groups.size() == 3) groups.push_back(all);
  return groups;
}

Result<Expanded> expand(const Plan& plan, const std::string& folder) {
  Expanded made;
  ASSAY_TRY(made.policy, policy_of(plan, folder));
  if (auto policy = gate::parse_policy(made.policy); !policy) {
    Error e = std::move(policy).error();
    if (plan.checks.empty() && plan.gate.policy.empty())
      e.fix = "write under checks what must hold, such as auc >= 0.70";
    return tl::unexpected<Error>(std::move(e).at("checks and gate.policy together"));
  }
  auto& steps = made.steps;
  const Json table = out("data", "table");
  Json source{{"source", beside(folder, plan.data.source)}, {"null", plan.data.null}, {"bad_rows", plan.data.bad_rows}};
  steps.push_back({"data", "data.add", std::move(source), "dataset", asset_name(plan.data.source), "table"});
  steps.push_back({"profile", "stats.profile", Json{{"data", table}}});
  steps.push_back({"schema", "schema.infer", Json{{"data", table}}});
  Json split{{"data", table},
             {"label", plan.data.label.column},
             {"test", plan.data.split.test},
             {"validation", plan.data.split.validation},
             {"seed", plan.seed}};
  if (plan.data.split.stratify) split["stratify"] = *plan.data.split.stratify;
  if (!plan.data.split.group.empty()) split["group"] = plan.data.split.group;
  steps.push_back({"split", "data.split", std::move(split)});
  steps.push_back(model_step(plan, folder));
  Json predict{{"model", out("model", "model")}, {"data", table}, {"split", out("split", "split")}, {"part", "test"}};
  predict.update(label_options(plan));
  predict["threshold"] = plan.model.threshold, predict["protected"] = plan.data.protected_columns;
  predict["weight"] = plan.data.weight, predict["id"] = plan.data.id;
  steps.push_back({"predict", "model.predict", std::move(predict)});
  steps.push_back({"evaluate", "evaluate.run", judged(plan)});
  std::vector<std::string> concluded{"profile", "schema", "split", "model", "evaluate"};
  if (!plan.data.protected_columns.empty()) {
    Json with = judged(plan);
    if (plan.data.label.favorable) with["favorable"] = plan.data.label.favorable->text;
    steps.push_back({"fairness", "fairness.assess", std::move(with)});
    concluded.emplace_back("fairness");
  }
  add_documents(steps, plan, concluded);
  return made;
}

}  // namespace assay::pipeline
