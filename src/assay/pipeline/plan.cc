#include "assay/pipeline/plan.h"

#include <algorithm>

#include "assay/base/files.h"
#include "assay/gate/policy.h"

namespace assay::pipeline {
namespace {

using operation::Json;

bool good_name(const std::string& name) {
  return !name.empty() && name.size() <= 63 && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
}

// Fields that the format knows and this version does not run: said plainly, rather than called unknown or passed over.
Status refuse_later_fields(const Json& plan) {
  const auto later = [](const char* path) {
    return fail(Code::kUnsupported, "this version does not run it", path, "take it out of the plan");
  };
  if (!plan.is_object()) return {};
  for (const char* name : {"deploy", "monitor"})
    if (plan.contains(name)) return later(name);
  const auto inside = [&](const char* outer, const char* inner) {
    const auto found = plan.find(outer);
    return found != plan.end() && found->is_object() && found->contains(inner);
  };
  if (inside("model", "dp")) return later("model: dp");
  if (inside("model", "rule")) return later("model: rule");
  if (inside("data", "schema")) return later("data: schema");
  if (inside("data", "time")) return later("data: time");
  if (inside("gate", "approvals")) return later("gate: approvals");
  return {};
}

Status check(const Plan& plan) {
  const auto bad = [](std::string what, std::string where, std::string fix) {
    return fail(Code::kInvalidArgument, std::move(what), std::move(where), std::move(fix));
  };
  if (!good_name(plan.name))
    return bad("\"" + plan.name + "\" is no name", "name", "use 1 to 63 of a-z, 0-9, _ and -, beginning with a letter");
  if (plan.data.split.test + plan.data.split.validation >= 1)
    return bad("test and validation leave no rows to train on", "data: split", "make them add up to less than 1");
  const auto& label = plan.data.label;
  const auto& names = plan.data.protected_columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto where = "data: protected: [" + std::to_string(i) + "]";
    if (names[i] == label.column) return bad("the label cannot be protected", where, "name another column");
    if (std::count(names.begin(), names.end(), names[i]) > 1)
      return bad("\"" + names[i] + "\" is named twice", where, "name it once");
    if (names[i] == plan.data.id || names[i] == plan.data.weight)
      return bad("\"" + names[i] + "\" is the id or the weight", where, "name another column");
    for (const char* taken : {"row", "label", "score", "decision"})  // of the table of predictions
      if (names[i] == taken)
        return bad("\"" + names[i] + "\" is a name that predictions use", where, "rename the column in the data");
    if (names[i].find(',') != std::string::npos)
      return bad("a comma stands for an intersection of columns", where, "rename the column in the data");
  }
  for (std::size_t i = 0; i < plan.model.include.size(); ++i)
    if (plan.model.include[i] == label.column)
      return bad("the label cannot be a feature", "model: include: [" + std::to_string(i) + "]", "name another column");
  return {};
}

}  // namespace

Result<Plan> parse_plan(std::string_view text, const std::string& file) {
  ASSAY_TRY(const auto yaml, operation::parse_yaml(text, file));
  const auto placed = [&](Error e) { return tl::unexpected<Error>(operation::located(yaml, std::move(e))); };
  if (auto s = refuse_later_fields(yaml.value); !s) return placed(std::move(s).error());
  Plan plan;
  if (auto s = operation::from_json(yaml.value, plan); !s) return placed(std::move(s).error());
  if (auto s = check(plan); !s) return placed(std::move(s).error());
  if (plan.checks.empty()) return plan;
  auto policy = gate::parse_policy(Json{{"policy", plan.name}, {"rules", plan.checks}});
  if (!policy) {  // the same list stands under `checks` here
    Error e = std::move(policy).error();
    if (e.where.starts_with("rules")) e.where.replace(0, 5, "checks");
    return placed(std::move(e));
  }
  return plan;
}

Result<Plan> read_plan(const std::string& path) {
  ASSAY_TRY(const auto text, files::read(path, operation::kMaxYaml));
  return parse_plan(text, path);
}

Json plan_schema() {
  Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "assay.yaml"}};
  out.update(operation::schema<Plan>());
  return out;
}

}  // namespace assay::pipeline
