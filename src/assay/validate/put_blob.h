// A message kept beside evidence. Internal to this room.
#pragma once

#include <string>

#include "assay/operation/evidence.h"
#include "assay/validate/messages.h"

namespace assay::validate {

// Nothing happens where the task keeps no outputs.
Status put_blob(const google::protobuf::Message& message, const std::string& role, Task& task,
                operation::Evidence& out);

}  // namespace assay::validate
