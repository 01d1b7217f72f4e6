#include "assay/operation/operation.h"

namespace assay::operation {

std::string_view access_name(Access access) {
  constexpr std::string_view kNames[] = {"read", "rows", "write", "sign", "approve", "deploy", "admin"};
  return kNames[static_cast<std::size_t>(access)];
}

}  // namespace assay::operation
