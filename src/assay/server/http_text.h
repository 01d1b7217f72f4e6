// The head of an answer and the lines of an event, as they go over the wire.
#pragma once

#include <string>

#include "assay/server/message.h"

namespace assay::server {

std::string head_text(const Response& response, bool keep_alive);
std::string event_text(const Event& event);  // an event of id 0 carries none: it is not one to go on from
std::string_view reason_of(int status);

}  // namespace assay::server
