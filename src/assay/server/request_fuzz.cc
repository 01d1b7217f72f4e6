// JSON to a request, for every operation: the first byte chooses one, the rest is the body. It is refused with a place,
// or what it means once resolved means the same when it is sent again; and no file outside the folder is ever named.
#include <cstdlib>

#include "assay/catalog/catalog.h"
#include "assay/server/confine.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const auto& all = catalog::operations();
  const auto& op = all[data[0] % all.size()];
  const auto json = operation::parse_json({reinterpret_cast<const char*>(data) + 1, size - 1}, "body");
  if (!json) return 0;
  const auto confined = server::confined_request(op, *json, "/nowhere/at/all");
  if (confined)
    for (const auto& a : op.arguments)
      if (a.meta.input && confined->contains(a.name) && (*confined)[a.name].is_string())
        if (const auto value = (*confined)[a.name].get<std::string>();
            value.starts_with("/") || value.starts_with("../"))
          std::abort();
  const auto resolved = op.resolve(*json);
  if (!resolved) {
    if (resolved.error().code != Code::kInvalidArgument) std::abort();
    return 0;
  }
  const auto again = op.resolve(*resolved);
  if (!again || *again != *resolved) std::abort();
  return 0;
}
