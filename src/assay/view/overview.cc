#include "assay/view/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/pipeline/advice.h"
#include "assay/view/data.h"
#include "assay/view/fairness.h"
#include "assay/view/make.h"
#include "assay/view/model.h"
#include "assay/view/plans.h"
#include "assay/view/run.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::AssetVersion;

constexpr std::size_t kModels = 20, kData = 20, kRecent = 10, kAlerts = 50, kGroups = 5;

std::string plural(std::int64_t n, const std::string& one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

Fact fact(const std::string& key, const std::string& label, std::string value, std::string href = {}) {
  return {message("fact." + key, {}, label), std::move(value), std::move(href)};
}

// All that the page is made of, read once.
class Gathered {
 public:
  explicit Gathered(const Request& request) : request_(request), reader(request) {}

  Status read() {
    plans = plans_in(reader.workspace().folder());
    ASSAY_CHECK(read_data());
    ASSAY_CHECK(read_models());
    ASSAY_TRY(recent, recent_runs(reader, kRecent));
    return {};
  }

  const Request& request_;
  Reader reader;
  std::vector<PlanFile> plans;
  std::vector<DataBrief> data_sets;
  std::optional<DataView> data;  // the newest
  std::vector<ModelBrief> models;
  std::optional<Chain> chain;      // of the newest model
  std::optional<Verdict> verdict;  // of it
  std::vector<FairnessView> fairness;
  std::vector<RunItem> recent;
  std::vector<Error> damaged;

 private:
  // A damaged object must not hide the rest of the page: it is one of the things that the page is there to tell.
  bool noted(const Error& error) {
    if (error.code != Code::kCorrupt && error.code != Code::kNotFound) return false;
    damaged.push_back(error);
    return true;
  }

  Request about(const AssetVersion& a, std::map<std::string, std::string> query = {}) const {
    return {request_.workspace,
            {{"workspace", reader.name()}, {"name", a.name}, {"version", std::to_string(a.version)}},
            std::move(query)};
  }

  Result<std::vector<AssetVersion>> newest(const char* kind, std::size_t most) {
    ASSAY_TRY(auto assets, reader.store().assets(kind));
    std::sort(assets.begin(), assets.end(), [](const AssetVersion& a, const AssetVersion& b) {
      return std::tuple(b.created_us, a.name, b.version) < std::tuple(a.created_us, b.name, a.version);
    });
    if (assets.size() > most) assets.resize(most);
    return assets;
  }

  Status read_data() {
    ASSAY_TRY(const auto assets, newest("dataset", kData));
    for (const auto& a : assets) {
      DataBrief brief{a.name, a.version, 0, 0};
      const auto added = reader.maker_of(a.content);
      if (!added && !noted(added.error())) return tl::unexpected<Error>(added.error());
      if (added && *added) {
        brief.rows = integer_at((*added)->json, "/detail/rows");
        brief.columns = static_cast<std::int64_t>(at_pointer((*added)->json, "/detail/columns").size());
      }
      data_sets.push_back(std::move(brief));
    }
    if (assets.empty()) return {};
    auto view = data_stats(about(assets.front()));
    if (!view && !noted(view.error())) return tl::unexpected<Error>(view.error());
    if (view) data = std::move(*view);
    return {};
  }

  Status read_models() {
    ASSAY_TRY(const auto assets, newest("model", kModels));
    for (const auto& a : assets) {
      ModelBrief brief{a.name, a.version, "not_started", {}, false};
      auto made = chain_of(reader, a);
      if (!made && !noted(made.error())) return tl::unexpected<Error>(made.error());
      const auto judged = made ? verdict_of(made->verdict) : std::nullopt;
      auto marks = marks_of(reader, judged);
      if (!marks && !noted(marks.error())) return tl::unexpected<Error>(marks.error());
      if (marks) brief.marks = std::move(*marks);
      if (judged) brief.state = judged->state;
      brief.is_signed = made && made->signed_now();
      models.push_back(std::move(brief));
      if (&a == &assets.front() && made) chain = std::move(*made), verdict = judged;
    }
    return chain ? read_fairness(assets.front()) : Status{};
  }

  Status read_fairness(const AssetVersion& model) {
    if (chain->fairness.empty()) return {};
    auto first = fairness_view(about(model));
    if (!first && !noted(first.error())) return tl::unexpected<Error>(first.error());
    if (!first) return {};
    const auto groups = first->groups;
    fairness.push_back(std::move(*first));
    for (std::size_t i = 1; i < groups.size() && i < kGroups; ++i) {
      std::string group;
      for (const auto& column : groups[i]) group += (group.empty() ? "" : ",") + column;
      if (auto more = fairness_view(about(model, {{"group", group}}))) fairness.push_back(std::move(*more));
    }
    return {};
  }
};

std::string model_page(const Gathered& in, const std::string& below = {}) {
  const auto& m = in.chain->model;
  return in.reader.page("models/" + m.name + "/" + std::to_string(m.version) + below);
}

std::string data_page(const Gathered& in) {
  return in.reader.page("data/" + in.data->name + "/" + std::to_string(in.data->version));
}

Stage define_stage(const Gathered& in) {
  Stage out{"define", "todo", message("stage.define.none", {}, "there is no plan yet"), {}};
  if (in.plans.empty()) return out;
  const auto& first = in.plans.front();
  out.facts.push_back(fact("plan", "plan", first.item.path));
  if (!first.plan) {
    out.state = "blocked";
    out.why = message("stage.define.unsound", {{"path", first.item.path}, {"error", first.error}},
                      first.item.path + " cannot be run: " + first.error);
    return out;
  }
  const auto& plan = *first.plan;
  out.state = "done";
  out.why =
      message("stage.define.done", {{"name", plan.name}}, "the plan " + plan.name + " says what the model is for");
  out.facts.push_back(fact("use", "use", plan.purpose.use));
  out.facts.push_back(fact("harms", "harms named", std::to_string(plan.purpose.harms.size())));
  out.facts.push_back(fact("checks", "checks", std::to_string(plan.checks.size())));
  return out;
}

Stage data_stage(const Gathered& in) {
  Stage out{"data", "todo", message("stage.data.none", {}, "there is no data set yet"), {}};
  if (!in.data) return out;
  const auto& data = *in.data;
  out.state = "done";
  out.why = message("stage.data.done", {{"name", data.name}, {"version", data.version}, {"rows", data.rows}},
                    data.name + "@" + std::to_string(data.version) + " has " + plural(data.rows, "row"));
  std::int64_t odd = 0;
  for (const auto& column : data.columns)
    odd += std::any_of(column.anomalies.begin(), column.anomalies.end(),
                       [](const Anomaly& a) { return a.severity != "info"; });
  const auto page = data_page(in);
  out.facts = {fact("rows", "rows", std::to_string(data.rows), page),
               fact("columns", "columns", std::to_string(data.columns.size()), page),
               fact("odd_columns", "columns with anomalies", std::to_string(odd), page)};
  return out;
}

Stage train_stage(const Gathered& in) {
  Stage out{"train", "todo", message("stage.train.none", {}, "there is no model yet"), {}};
  if (!in.chain) return out;
  const auto learner = learner_of(*in.chain);
  out.state = "done";
  out.why = message("stage.train.done", {{"ref", ref_of(in.chain->model)}, {"learner", learner}},
                    ref_of(in.chain->model) + " is there");
  out.facts.push_back(
      fact("model", "model", in.chain->model.name + "@" + std::to_string(in.chain->model.version), model_page(in)));
  out.facts.push_back(fact("learner", "learner", learner, model_page(in)));
  return out;
}

std::string shown(const operation::Figure& figure) {
  if (!figure.value) return "–";
  if (!figure.low || !figure.high) return fmt::format("{:.3f}", *figure.value);
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", *figure.value, *figure.low, *figure.high);
}

Stage evaluate_stage(const Gathered& in) {
  Stage out{"evaluate", "todo", message("stage.evaluate.none", {}, "no model was judged yet"), {}};
  if (!in.verdict) return out;
  std::int64_t held = 0;
  for (const auto& rule : in.verdict->rules) held += rule.state == "held" || rule.state == "waived";
  const auto rules = static_cast<std::int64_t>(in.verdict->rules.size());
  const auto& state = in.verdict->state;
  out.state = state == "failed" ? "blocked" : state == "not_decided" ? "now" : "done";
  const std::string words = state == "failed"        ? "a blocking check failed"
                            : state == "not_decided" ? "a blocking check is not decided"
                                                     : "nothing blocks a release";
  out.why = message("stage.evaluate." + state, {{"held", held}, {"rules", rules}},
                    words + ": " + std::to_string(held) + " of " + plural(rules, "check") + " hold");
  out.facts.push_back(
      fact("checks_held", "checks that hold", std::to_string(held) + "/" + std::to_string(rules), model_page(in)));
  if (in.chain->evaluation)
    for (const auto& each : at_pointer(in.chain->evaluation->json, "/figures")) {
      operation::Figure figure;
      if (operation::from_json(each, figure) && figure.slice.empty() && figure.group.empty() && figure.name == "auc")
        out.facts.push_back(fact("auc", "AUC", shown(figure), model_page(in)));
    }
  for (const auto& view : in.fairness) {
    std::string group;
    for (const auto& column : view.group) group += (group.empty() ? "" : ",") + column;
    out.facts.push_back(fact("group", "compared by", group, model_page(in, "/evaluate/fairness?group=" + group)));
  }
  return out;
}

Stage deploy_stage(const Gathered& in) {
  Stage out{"deploy", "todo", message("stage.deploy.none", {}, "there is no signed model yet"), {}};
  if (!in.chain || !in.chain->hallmark) return out;
  out.why = message("stage.deploy.signed", {{"ref", ref_of(in.chain->model)}},
                    ref_of(in.chain->model) + " is signed; serving it is not part of this version");
  out.facts.push_back(fact("hallmark", "signed", text_at(in.chain->hallmark->json, "/detail/created"), model_page(in)));
  return out;
}

std::vector<Stage> stages_of(const Gathered& in) {
  std::vector<Stage> out{define_stage(in), data_stage(in), train_stage(in), evaluate_stage(in), deploy_stage(in)};
  for (auto& stage : out) {
    if (stage.state == "done") continue;
    if (stage.state == "todo" && stage.key != "deploy") stage.state = "now";
    break;  // what comes after waits for this one
  }
  return out;
}

std::vector<Alert> alerts_of(const Gathered& in) {
  std::vector<Alert> out;
  for (const auto& error : in.damaged)
    out.push_back(
        {message("alert.damaged", {{"where", error.where}, {"error", error.what}}, error.text()), "failed", {}});
  for (const auto& rule : in.verdict ? in.verdict->rules : std::vector<Rule>{})
    if (rule.state == "failed" || rule.state == "not_decided")
      out.push_back(
          {message("alert.rule_" + rule.state, {{"rule", rule.id}, {"why", rule.why}}, rule.id + ": " + rule.why),
           rule.state, model_page(in)});
  if (in.data) {
    for (const auto& column : in.data->columns)
      for (const auto& each : column.anomalies)
        if (each.severity != "info")
          out.push_back({message("alert." + each.code, {{"column", column.name}, {"data", in.data->ref}},
                                 "column " + column.name + ": " + each.message.text),
                         each.severity == "error" ? "failed" : "not_decided", data_page(in)});
    if (in.data->overlap > 0)
      out.push_back({message("alert.overlap", {{"rows", in.data->overlap}},
                             plural(in.data->overlap, "row") + " stand both in the training and in the test part"),
                     "not_decided", data_page(in)});
  }
  for (const auto& run : in.recent)
    if (run.state == "failed" || run.state == "preempted")
      out.push_back({message("alert.run_" + run.state, {{"operation", run.operation}, {"run", run.run}},
                             run.operation + (run.state == "failed" ? " failed" : " was interrupted")),
                     run.state == "failed" ? "failed" : "not_decided", in.reader.page("runs/" + run.run)});
  std::stable_partition(out.begin(), out.end(), [](const Alert& a) { return a.state == "failed"; });
  if (out.size() > kAlerts) out.resize(kAlerts);
  return out;
}

// Path of the plan that a run ran; empty when the file has changed since.
std::string plan_of(Gathered& in, const std::string& run) {
  const auto record = in.reader.store().run(run);
  for (const auto& input : record && *record ? (*record)->inputs : std::vector<workspace::Edge>{})
    for (const auto& file : in.plans)
      if (input.digest == file.bytes) return file.item.path;
  return {};
}

// What the plan asks for now.
void add_plan_steps(Gathered& in, std::vector<Next>& out) {
  if (in.plans.empty()) {
    const auto data = first_table(in.reader.workspace().folder());
    out.push_back({message("next.init", {}, "write a plan by looking at the data"),
                   "assay init " + (data.empty() ? "DATA" : data),
                   {},
                   1.0});
    return;
  }
  for (const auto& file : in.plans) {
    const std::map<std::string, Json> args{{"path", file.item.path}};
    if (!file.plan) {
      out.push_back(
          {message("next.mend_plan", args, "mend " + file.item.path), "assay plan check " + file.item.path, {}, 0.95});
      continue;
    }
    const auto known = in.reader.store().assets("plan", file.plan->name);
    const bool ran = known && !known->empty();
    const bool same = ran && std::any_of(known->begin(), known->end(),
                                         [&](const AssetVersion& a) { return a.digest == file.digest; });
    if (!ran)
      out.push_back({message("next.run_plan", args, "run " + file.item.path), "assay run " + file.item.path, {}, 0.9});
    else if (!same)
      out.push_back({message("next.run_changed_plan", args, file.item.path + " has changed since it was run: run it"),
                     "assay run " + file.item.path,
                     {},
                     0.85});
  }
  for (const auto& run : in.recent) {
    if (run.operation != "plan.run") continue;
    if (run.state == "failed" || run.state == "preempted") {
      const auto path = plan_of(in, run.run);
      out.push_back({message("next.run_again", {{"run", run.run}}, "the last run did not end well: see why, run again"),
                     path.empty() ? "" : "assay run " + path, in.reader.page("runs/" + run.run), 0.8});
    }
    break;
  }
}

// Rules that block or are open, with the rows that would decide them.
void add_rules(const Gathered& in, std::vector<Next>& out) {
  if (!in.verdict) return;
  const auto fairness_page = model_page(in, "/evaluate/fairness");
  std::vector<std::string> sentences;
  for (const auto& each : in.chain->fairness)
    for (auto& line : pipeline::advice(in.chain->verdict->json, each.json)) sentences.push_back(std::move(line));
  for (const auto& rule : in.verdict->rules) {
    if (rule.state == "failed")
      out.push_back(
          {message("next.mend_rule", {{"rule", rule.id}, {"why", rule.why}}, rule.id + " failed: " + rule.why),
           "assay evidence show " + in.verdict->digest, model_page(in), rule.effect == "block" ? 0.75 : 0.45});
    if (rule.state != "not_decided") continue;
    std::int64_t rows = 0;
    for (const auto& view : in.fairness)
      for (const auto& gap : view.gaps)
        if (rows == 0 && gap.settled == false &&
            std::any_of(gap.rules.begin(), gap.rules.end(), [&](const Rule& r) { return r.id == rule.id; }))
          for (const auto& need : gap.rows_needed) rows += need.extra_rows;
    std::string text = rule.id + " is not decided: " + rule.why;
    for (const auto& line : sentences)
      if (line.starts_with(rule.id + ": ")) text = line;
    out.push_back({message(rows ? "next.more_rows" : "next.decide_rule",
                           {{"rule", rule.id}, {"rows", rows}, {"why", rule.why}}, text),
                   {},
                   rows ? fairness_page : model_page(in),
                   rule.effect == "block" ? 0.7 : 0.5});
  }
}

void add_release_steps(Gathered& in, bool stale, std::vector<Next>& out) {
  if (!in.chain) return;
  const std::string plan = in.plans.empty() ? "" : in.plans.front().item.path;
  const auto run = plan.empty() ? "" : "assay run " + plan;
  const auto& name = in.chain->model.name;
  const bool passes = in.verdict && (in.verdict->state == "held" || in.verdict->state == "waived");
  if (stale)
    out.push_back(
        {message("next.recompute", {}, "data or code have changed since: conclude anew"), run, model_page(in), 0.65});
  if (passes && !in.chain->hallmark)
    out.push_back({message("next.sign", {{"name", name}}, "nothing blocks " + name + ": run the plan to sign it"), run,
                   model_page(in), 0.55});
  const auto file = "out/" + name + "/" + name + ".hallmark.jsonl";
  if (in.chain->hallmark && files::exists(in.reader.workspace().folder() + "/" + file))
    out.push_back({message("next.verify", {{"name", name}}, "verify the hallmark of " + name + " on another machine"),
                   "assay hallmark verify " + file, model_page(in), 0.4});
  if (in.chain->card)
    if (const auto missing = texts_at(in.chain->card->json, "/detail/missing").size(); missing > 0)
      out.push_back({message("next.complete_card", {{"fields", missing}},
                             "the model card lacks " + plural(static_cast<std::int64_t>(missing), "field")),
                     "assay card check out/" + name + "/model-card.json", model_page(in, "/card"), 0.3});
  if (in.chain->hallmark)
    out.push_back({message("next.deploy_later", {{"name", name}},
                           name + " is ready to be released; serving and monitoring are not part of this version"),
                   {},
                   model_page(in),
                   0.1});
}

}  // namespace

Result<Overview> overview(const Request& request) {
  Gathered in(request);
  ASSAY_CHECK(in.read());
  Overview out;
  out.workspace = in.reader.name();
  for (const auto& each : in.plans) out.plans.push_back(each.item);
  out.stages = stages_of(in), out.alerts = alerts_of(in);
  if (in.chain) {
    ASSAY_TRY(
        out.provenance,
        provenance_of(in.reader, {found(in.chain->evaluation), found(in.chain->verdict), found(in.chain->training)},
                      refs_of(*in.chain), in.chain->signed_now() ? "signed" : "none"));
  }
  add_plan_steps(in, out.next);
  add_rules(in, out.next);
  add_release_steps(in, out.provenance.stale, out.next);
  std::stable_sort(out.next.begin(), out.next.end(), [](const Next& a, const Next& b) { return a.weight > b.weight; });
  out.recent = std::move(in.recent), out.models = std::move(in.models), out.data = std::move(in.data_sets);
  return out;
}

std::vector<View> overview_views() {
  return {view_of("view/overview", "Where the project stands, and what to do next", {}, &overview)};
}

}  // namespace assay::view
