// A view from a described response and a function. Included by the view's own .cc only: it is dear to compile.
#pragma once

#include <utility>

#include "assay/operation/json.h"
#include "assay/view/view.h"

namespace assay::view {

template <class Response>
View view_of(std::string pattern, std::string summary, std::map<std::string, std::string> query,
             Result<Response> (*answer)(const Request&)) {
  View made;
  made.pattern = std::move(pattern), made.summary = std::move(summary), made.query = std::move(query);
  made.response_schema = operation::schema<Response>();
  made.answer = [answer](const Request& request) -> Result<operation::Json> {
    ASSAY_TRY(const auto response, answer(request));
    return operation::to_json(response);
  };
  return made;
}

}  // namespace assay::view
