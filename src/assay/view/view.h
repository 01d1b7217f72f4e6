// Thin reads for the studio and other clients: each is a path, a description and a function from a workspace to JSON.
// They compose what evidence and records already say and compute nothing that a room below could be asked (studio c2).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "assay/operation/json.h"
#include "assay/workspace/workspace.h"

namespace assay::view {

struct Request {
  workspace::Workspace& workspace;
  std::map<std::string, std::string> path, query;  // {"name": "mortgage", "version": "1"}; decoded
};

struct View {
  std::string pattern;  // below /api/v1/w/{workspace}/: "view/models/{name}/{version}"
  std::string summary;
  std::map<std::string, std::string> query;  // parameter -> help
  operation::Json response_schema;           // JSON Schema, read off the response's field table
  std::function<Result<operation::Json>(const Request&)> answer;
};

// Every read, in the order in which the reference lists them.
const std::vector<View>& views();

}  // namespace assay::view
