// A command line as a request: the flags come from the operation's field table.
#pragma once

#include <string>
#include <vector>

#include "assay/operation/operation.h"

namespace assay::cli {

// The flags that every command has (spec/README 5).
struct Common {
  std::string workspace, output, format, policy;
  std::string server, token_file;  // run it there; workspace is then a name of that server's
  int threads = 0;
  bool json = false, quiet = false, help = false;
};

struct Parsed {
  operation::Json request = operation::Json::object();
  Common common;
};

// `words` are what follows "assay NOUN VERB". Errors: invalid-argument, where = the flag, with the nearest name.
Result<Parsed> parse(const operation::Operation& op, std::vector<std::string> words);

std::string flag_of(const std::string& field);  // "bad_rows" -> "--bad-rows"

}  // namespace assay::cli
