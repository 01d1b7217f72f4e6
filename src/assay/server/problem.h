// Errors as problem+json (RFC 9457), JSON answers, and the headers that every answer carries (studio h6).
#pragma once

#include "assay/operation/json.h"
#include "assay/server/message.h"

namespace assay::server {

operation::Json problem_json(const Error& error, int status = 0);  // status 0: the code's own
Response problem(const Error& error, int status = 0);
Response json_response(const operation::Json& value, int status = 200);
// An HTML page of one sentence for people who opened a link.
Response page(int status, const std::string& title, const std::string& text);

// A strong ETag from the bytes; 304 without a body when the request already has them.
void tag(Response& response, const Request& request);
void tag_as(Response& response, const Request& request, const std::string& digest);

void secure(Response& response);  // adds the headers that are not there yet

std::string escape_html(std::string_view text);

}  // namespace assay::server
