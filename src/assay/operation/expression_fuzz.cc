// Any bytes: no crash, and what is read is printed so that it reads the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "assay/operation/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::operation;
  const auto made = parse_expression({reinterpret_cast<const char*>(data), size});
  if (!made) return 0;
  const std::string text = text_of(*made);
  const auto again = parse_expression(text);
  // The canonical text may be longer than the limit; else it must read back.
  if (text.size() <= kMaxExpression && (!again || !same(*made, *again))) std::abort();
  return 0;
}
