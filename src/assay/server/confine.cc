#include "assay/server/confine.h"

#include <algorithm>
#include <filesystem>

#include "assay/base/files.h"

namespace assay::server {
namespace {

namespace fs = std::filesystem;
using operation::Argument;
using operation::Json;
using operation::Operation;

bool within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

tl::unexpected<Error> outside(const std::string& value, const std::string& where) {
  return fail(Code::kPermissionDenied, "\"" + value + "\" lies outside the workspace's folder", where,
              "copy it into the folder, or upload it and name its digest");
}

// Arguments that open a file without being an input of the evidence.
bool names_file(const Operation& op, const Argument& a) {
  if (a.type != "string") return false;
  const auto id = op.id();
  return a.meta.input || a.name == op.workspace_beside || (op.noun == "plan" && a.name == "plan") ||
         (id == "hallmark.verify" && a.name == "trust") || (id == "evidence.show" && a.name == "digest") ||
         (id == "lineage.show" && a.name == "of");
}

// A request never says where the server writes, nor which folder holds a key.
Status refuse_output(const Operation& op, const Argument& a, const std::string& folder, Json& request) {
  const bool writes = a.meta.output || a.name == "output", key = op.id() == "hallmark.build" && a.name == "key";
  if (!writes && !key) return {};
  const auto given = request.find(a.name);
  if (given != request.end() && *given != a.default_value)
    return fail(Code::kPermissionDenied, "a request may not choose " + std::string(key ? "a key" : "a file to write"),
                a.name, "leave it out");
  if (writes && a.default_value.is_string() && !a.default_value.get<std::string>().empty())
    request[a.name] = folder + "/" + a.default_value.get<std::string>();
  return {};
}

}  // namespace

Result<std::string> confined(const std::string& folder, const std::string& value, const std::string& where) {
  if (value.empty() || value.starts_with("preset:")) return value;
  if (value.size() > 4096 || value.find('\0') != std::string::npos)
    return fail(Code::kInvalidArgument, "is not the name of a file or an asset", where, "check the spelling");
  std::error_code code;
  const fs::path root = fs::weakly_canonical(folder, code);
  const fs::path given(value), joined = given.is_absolute() ? given : root / given;
  const fs::path real = fs::weakly_canonical(joined, code);
  if (code) return fail(Code::kInvalidArgument, "is not a path: " + code.message(), where, "check the spelling");
  const bool path = given.is_absolute() || value.starts_with("./") || value.starts_with("../") ||
                    std::find(given.begin(), given.end(), "..") != given.end();
  const bool here = fs::exists(real, code);
  if (path || here) {
    if (!within(real, root)) return outside(value, where);
    if (std::find(real.begin(), real.end(), ".assay") != real.end())
      return fail(Code::kPermissionDenied, "\"" + value + "\" belongs to the workspace itself", where,
                  "name the asset or its digest");
    if (!here) return fail(Code::kNotFound, "no such file", where + ": " + value, "check the path");
    return real.string();
  }
  // A reference is looked up as a file first; one beside the server's working folder is not the workspace's.
  if (files::exists(value)) return outside(value, where);
  return value;
}

Result<Json> confined_request(const Operation& op, const Json& request, const std::string& folder) {
  Json out = request;
  if (!out.is_object())
    return fail(Code::kInvalidArgument, "an object was expected", "body", "send {} for no arguments");
  for (const auto& a : op.arguments) {
    ASSAY_CHECK(refuse_output(op, a, folder, out));
    if (!names_file(op, a)) continue;
    auto given = out.find(a.name);
    if (given == out.end()) {
      // A default that names a file means the workspace's own.
      if (!a.default_value.is_string() || a.default_value.get<std::string>().empty()) continue;
      out[a.name] = a.default_value;
      given = out.find(a.name);
    }
    if (given->is_string()) {
      ASSAY_TRY(*given, confined(folder, given->get<std::string>(), a.name));
    } else if (given->is_array()) {
      for (std::size_t i = 0; i < given->size(); ++i)
        if ((*given)[i].is_string()) {
          ASSAY_TRY((*given)[i],
                    confined(folder, (*given)[i].get<std::string>(), a.name + "[" + std::to_string(i) + "]"));
        }
    }
  }
  return out;
}

}  // namespace assay::server
