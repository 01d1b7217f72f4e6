#include "assay/catalog/catalog.h"

#include "assay/data/operations.h"
#include "assay/document/operations.h"
#include "assay/evaluate/operations.h"
#include "assay/fairness/operations.h"
#include "assay/gate/operations.h"
#include "assay/learn/operations.h"
#include "assay/model/operations.h"
#include "assay/pipeline/operations.h"
#include "assay/stats/operations.h"
#include "assay/validate/operations.h"
#include "assay/workspace/operations.h"

namespace assay::catalog {

using operation::Json;
using operation::Operation;

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = [] {
    std::vector<Operation> joined;
    const auto join = [&](std::vector<Operation> room) {
      for (auto& each : room) joined.push_back(std::move(each));
    };
    join(pipeline::operations([](std::string_view id) { return find(id); }));
    join(data::operations());
    join(validate::operations(stats::operations()));
    join(learn::operations());
    join(model::operations());
    join(evaluate::operations());
    join(fairness::operations());
    join(document::operations());
    join(gate::operations());
    join(workspace::operations());
    return joined;
  }();
  return all;
}

const Operation* find(std::string_view noun, std::string_view verb) {
  for (const auto& each : operations())
    if (each.noun == noun && each.verb == verb) return &each;
  return nullptr;
}

const Operation* find(std::string_view id) {
  const auto dot = id.find('.');
  return dot == std::string_view::npos ? nullptr : find(id.substr(0, dot), id.substr(dot + 1));
}

namespace {

Json content(const Json& schema, const char* type = "application/json") { return Json{{type, {{"schema", schema}}}}; }

Json problem_schema() {
  const Json text{{"type", "string"}};
  return Json{{"type", "object"},
              {"properties",
               {{"type", text},
                {"title", text},
                {"status", {{"type", "integer"}}},
                {"detail", text},
                {"where", text},
                {"fix", text},
                {"code", text}}},
              {"required", {"type", "title", "status", "detail"}}};
}

Json path_item(const Operation& op) {
  const Json problem{{"description", "what went wrong, where, and how to mend it"},
                     {"content", content(Json{{"$ref", "#/components/schemas/Problem"}}, "application/problem+json")}};
  Json responses{{"200", {{"description", "done"}, {"content", content(op.response_schema)}}}};
  if (op.long_running)
    responses["202"] = Json{{"description", "accepted: follow the run"},
                            {"headers", {{"Location", {{"schema", {{"type", "string"}}}}}}}};
  responses["default"] = problem;
  return Json{
      {"post",
       {{"operationId", op.noun + "_" + op.verb},
        {"summary", op.summary},
        {"tags", {op.noun}},
        {"x-access", std::string(operation::access_name(op.access))},
        {"parameters",
         Json::array({{{"name", "workspace"}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}}})},
        {"requestBody", {{"required", true}, {"content", content(op.request_schema)}}},
        {"responses", responses}}}};
}

}  // namespace

Json openapi() {
  Json paths = Json::object();
  for (const auto& each : operations()) paths["/api/v1/w/{workspace}/" + each.noun + ":" + each.verb] = path_item(each);
  return Json{{"openapi", "3.1.0"},
              {"info",
               {{"title", "Assay"},
                {"version", ASSAY_VERSION},
                {"description", "Every operation of Assay, from the one definition that the command line uses too."}}},
              {"paths", paths},
              {"components", {{"schemas", {{"Problem", problem_schema()}}}}}};
}

}  // namespace assay::catalog
