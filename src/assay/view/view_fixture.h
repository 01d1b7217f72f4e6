// For this room's tests: workspaces in which the mortgage plan was really run.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "assay/base/files.h"
#include "assay/catalog/catalog.h"
#include "assay/operation/json.h"
#include "assay/view/view.h"
#include "assay/workspace/execute.h"

namespace assay::view {

using operation::Json;
namespace fs = std::filesystem;

using Names = std::map<std::string, std::string>;

// A folder that goes afterwards, with a workspace in it.
class Place {
 public:
  Place() {
    std::string made = testing::TempDir() + "viewXXXXXX";
    root_ = ::mkdtemp(made.data());
    folder_ = root_ + "/mortgage";
    fs::create_directories(folder_);
    ::setenv("XDG_CONFIG_HOME", (root_ + "/config").c_str(), 1);
  }
  // A copy of another place: what is done to it stays here.
  explicit Place(const Place& other) : Place() {
    fs::copy(other.root_, root_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  Place& operator=(const Place&) = delete;
  ~Place() {
    space_.reset();
    std::error_code code;
    fs::remove_all(root_, code);
  }

  const std::string& folder() const { return folder_; }
  workspace::Workspace& space() {
    if (!space_) {
      auto opened = workspace::Workspace::open(folder_);
      EXPECT_TRUE(opened) << (opened ? "" : opened.error().text());
      space_.emplace(std::move(*opened));
    }
    return *space_;
  }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ + "/" + name) << text; }
  // The example's data, and its plan with one text put in place of another.
  void write_example(const std::string& from = {}, const std::string& to = {}) const {
    std::string plan = *files::read("examples/mortgage/assay.yaml");
    if (!from.empty()) {
      EXPECT_NE(plan.find(from), std::string::npos) << from;
      plan.replace(plan.find(from), from.size(), to);
    }
    write("assay.yaml", plan);
    fs::copy_file("examples/mortgage/boston_hmda.csv", folder_ + "/boston_hmda.csv",
                  fs::copy_options::overwrite_existing);
  }
  Result<workspace::Outcome> execute(const std::string& id, const Json& with) {
    workspace::Context context;
    context.workspace = &space();
    return workspace::execute(*catalog::find(id), with, context);
  }
  Result<workspace::Outcome> run_plan(const std::string& name = "assay.yaml") {
    return execute("plan.run", Json{{"plan", folder_ + "/" + name}});
  }

  Result<Json> ask(const std::string& pattern, const Names& path = {}, const Names& query = {}) {
    for (const auto& view : views())
      if (view.pattern == pattern) return view.answer(Request{space(), path, query});
    return fail(Code::kInternal, "no such view", pattern);
  }
  Json answer(const std::string& pattern, const Names& path = {}, const Names& query = {}) {
    const auto got = ask(pattern, path, query);
    EXPECT_TRUE(got) << pattern << ": " << (got ? "" : got.error().text());
    return got ? *got : Json();
  }
  Error refused(const std::string& pattern, const Names& path = {}, const Names& query = {}) {
    const auto got = ask(pattern, path, query);
    EXPECT_FALSE(got) << pattern << ": " << (got ? got->dump().substr(0, 200) : "");
    return got ? Error{} : got.error();
  }
  Json document(const std::string& digest) {
    const auto bytes = space().objects().get(digest);
    EXPECT_TRUE(bytes) << digest;
    return bytes ? Json::parse(*bytes) : Json();
  }
  // The evidence of the newest run of an operation.
  std::string newest(const std::string& operation) {
    const auto runs = space().store().runs(workspace::RunFilter{.state = "done", .operation = operation, .limit = 1});
    EXPECT_TRUE(runs && !runs->empty()) << operation;
    return runs && !runs->empty() ? runs->front().output : std::string();
  }

 private:
  std::string root_, folder_;
  std::optional<workspace::Workspace> space_;
};

// One run of the example for all tests that only look.
inline Place& example() {
  static Place place;
  static const bool ran = [] {
    place.write_example();
    const auto done = place.run_plan();
    EXPECT_TRUE(done) << (done ? "" : done.error().text());
    return done.has_value();
  }();
  EXPECT_TRUE(ran);
  return place;
}

inline const Names kModel{{"name", "mortgage"}, {"version", "1"}};
inline const Names kData{{"name", "boston_hmda"}, {"version", "1"}};

// What does not fit a JSON Schema (as our tables write it: type, properties, required, items, enum); empty when all
// fits.
inline std::string misfit(const Json& schema, const Json& value, const std::string& at = "") {
  if (const auto type = schema.find("type"); type != schema.end()) {
    const auto is = [&](const std::string& name) {
      if (name == "integer") return value.is_number_integer();
      if (name == "number") return value.is_number() || value == "Infinity" || value == "-Infinity";
      return name == (value.is_object()    ? "object"
                      : value.is_array()   ? "array"
                      : value.is_string()  ? "string"
                      : value.is_boolean() ? "boolean"
                      : value.is_null()    ? "null"
                                           : "number");
    };
    bool fits = false;
    for (const auto& each : type->is_array() ? *type : Json::array({*type})) fits = fits || is(each);
    if (!fits) return at + " is not " + type->dump() + ": " + value.dump().substr(0, 100);
  }
  if (const auto allowed = schema.find("enum"); allowed != schema.end() && !value.is_null())
    if (std::find(allowed->begin(), allowed->end(), value) == allowed->end())
      return at + " is none of " + allowed->dump() + ": " + value.dump();
  if (value.is_object() && schema.contains("properties")) {
    for (const auto& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) return at + "/" + name.get<std::string>() + " is not there";
    for (const auto& [name, each] : value.items()) {
      if (schema["properties"].contains(name)) {
        if (auto wrong = misfit(schema["properties"][name], each, at + "/" + name); !wrong.empty()) return wrong;
      } else if (schema.value("additionalProperties", Json(true)) == false) {
        return at + "/" + name + " is not in the schema";
      }
    }
  }
  if (value.is_array() && schema.contains("items"))
    for (std::size_t i = 0; i < value.size(); ++i)
      if (auto wrong = misfit(schema["items"], value[i], at + "/" + std::to_string(i)); !wrong.empty()) return wrong;
  return {};
}

}  // namespace assay::view
