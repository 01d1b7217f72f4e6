// Any bytes: no crash, no hang, and what is read can be written as JSON.
#include <cstdint>
#include <string_view>

#include "assay/operation/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::operation;
  const auto made = parse_yaml({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (made) static_cast<void>(canonical(made->value));
  return 0;
}
