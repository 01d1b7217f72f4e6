// Which files a request may name: those of its workspace's folder, and nothing else.
#pragma once

#include <string>

#include "assay/operation/operation.h"

namespace assay::server {

// A value that may be a file or a reference, made safe: an absolute path inside `folder` when it is a file there, else
// the reference as it was. permission-denied: a path outside (links are followed first), one in .assay/, or a name that
// only exists beside the server's own working folder; not-found: a path to nothing.
Result<std::string> confined(const std::string& folder, const std::string& value, const std::string& where);

// Every argument of the operation that names a file: inputs, plans, references, keys and outputs.
Result<operation::Json> confined_request(const operation::Operation& op, const operation::Json& request,
                                         const std::string& folder);

}  // namespace assay::server
