#pragma once

#include <string_view>

namespace assay::workspace {

// "0.1.0+3f2a91c07be4": the release and the digest of the sources that made this binary (spec/README 4, provenance).
std::string_view code_version();

}  // namespace assay::workspace
