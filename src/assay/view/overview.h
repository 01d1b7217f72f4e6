// view/overview: where the project stands, what to do next, what is wrong.
#pragma once

#include "assay/view/provenance.h"

namespace assay::view {

struct PlanItem {
  std::string path, name;
};
struct Fact {
  Message label;
  std::string value, href;
};
struct Stage {
  std::string key, state;
  Message why;
  std::vector<Fact> facts;
};
struct Next {
  Message title;
  std::string command, href;
  double weight = 0;
};
struct Alert {
  Message title;
  std::string state, href;
};
struct ModelBrief {
  std::string name;
  std::int64_t version = 0;
  std::string state = "not_started";
  std::vector<Mark> marks;
  bool is_signed = false;
};
struct DataBrief {
  std::string name;
  std::int64_t version = 0, rows = 0, columns = 0;
};
struct Overview {
  std::string workspace;
  std::vector<PlanItem> plans;
  std::vector<Stage> stages;
  std::vector<Next> next;
  std::vector<Alert> alerts;
  std::vector<RunItem> recent;
  std::vector<ModelBrief> models;
  std::vector<DataBrief> data;
  Provenance provenance;
};
Result<Overview> overview(const Request& request);
std::vector<View> overview_views();

}  // namespace assay::view

namespace assay::operation {
template <>
inline constexpr auto fields<v::PlanItem> =
    std::tuple{required("path", &v::PlanItem::path, "of the plan, from the workspace's folder"),
               required("name", &v::PlanItem::name, "of the model that it makes; empty when it cannot be read")};
template <>
inline constexpr auto fields<v::Fact> =
    std::tuple{required("label", &v::Fact::label, "what it is"), required("value", &v::Fact::value, "as it is shown"),
               required("href", &v::Fact::href, "the page about it; empty when there is none")};
template <>
inline constexpr auto fields<v::Stage> = std::tuple{
    required("key", &v::Stage::key, "of the life cycle").one_of({"define", "data", "train", "evaluate", "deploy"}),
    required("state", &v::Stage::state, "how far it is").one_of({"done", "now", "todo", "blocked"}),
    required("why", &v::Stage::why, "why"), required("facts", &v::Stage::facts, "what it holds")};
template <>
inline constexpr auto fields<v::Next> =
    std::tuple{required("title", &v::Next::title, "what to do"),
               required("command", &v::Next::command, "the command that does it; empty when there is none"),
               required("href", &v::Next::href, "the page about it; empty when there is none"),
               required("weight", &v::Next::weight, "0 to 1: how much it matters now")};
template <>
inline constexpr auto fields<v::Alert> =
    std::tuple{required("title", &v::Alert::title, "what is wrong"),
               required("state", &v::Alert::state, "how it stands").one_of({"held", "not_decided", "failed", "waived"}),
               required("href", &v::Alert::href, "the page about it; empty when there is none")};
template <>
inline constexpr auto fields<v::ModelBrief> =
    std::tuple{required("name", &v::ModelBrief::name, "name of the model"),
               required("version", &v::ModelBrief::version, "its version"),
               required("state", &v::ModelBrief::state, "of its newest verdict")
                   .one_of({"held", "not_decided", "failed", "waived", "not_started"}),
               required("marks", &v::ModelBrief::marks, "the seven properties"),
               required("signed", &v::ModelBrief::is_signed, "a hallmark covers that verdict")};
template <>
inline constexpr auto fields<v::DataBrief> = std::tuple{
    required("name", &v::DataBrief::name, "name of the data set"),
    required("version", &v::DataBrief::version, "its version"), required("rows", &v::DataBrief::rows, "number of rows"),
    required("columns", &v::DataBrief::columns, "number of columns")};
template <>
inline constexpr auto fields<v::Overview> =
    std::tuple{required("workspace", &v::Overview::workspace, "its name"),
               required("plans", &v::Overview::plans, "plans beside the workspace"),
               required("stages", &v::Overview::stages, "the life cycle, in order"),
               required("next", &v::Overview::next, "what to do next, the weightiest first"),
               required("alerts", &v::Overview::alerts, "what is wrong, the worst first"),
               required("recent", &v::Overview::recent, "newest runs that are no step of another"),
               required("models", &v::Overview::models, "newest models"),
               required("data", &v::Overview::data, "newest data sets"),
               required("provenance", &v::Overview::provenance, "of the newest model's figures")};
}  // namespace assay::operation
