// Help and shell completion, written from the catalogue.
#pragma once

#include <string>

#include "assay/operation/operation.h"

namespace assay::cli {

std::string overview();                          // every noun and verb, by stage
std::string noun_help(const std::string& noun);  // empty when there is no such noun
std::string verb_help(const operation::Operation& op);
Result<std::string> completion(const std::string& shell);  // bash, zsh or fish

}  // namespace assay::cli
