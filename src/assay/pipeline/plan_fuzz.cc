// Any bytes as a plan: an error or a plan that expands, never a crash.
#include <cstdint>
#include <string_view>

#include "assay/pipeline/expand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto plan = assay::pipeline::parse_plan({reinterpret_cast<const char*>(bytes), size}, "assay.yaml");
  if (plan && plan->gate.policy.empty()) static_cast<void>(assay::pipeline::expand(*plan, "."));
  return 0;
}
