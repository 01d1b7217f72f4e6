// Any bytes as a hallmark and as a trust file: refused or read, never a crash.
#include <cstdint>
#include <string_view>

#include "assay/gate/trust.h"
#include "assay/gate/verify.h"
#include "assay/gate/verify_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t budget = 100'000;
  (void)assay::gate::read_json(bytes, budget);
  (void)assay::gate::parse_trust(bytes);
  (void)assay::gate::open_envelope(bytes);
  if (const auto report = assay::gate::describe(bytes)) (void)assay::gate::text_of(*report);
  (void)assay::gate::verify(bytes, assay::gate::trust_of_key(std::string(32, '\1')), {});
  return 0;
}
