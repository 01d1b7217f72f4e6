// Any bytes as an .amodel file: an error, or a model that writes and reads itself again. Checksums would stop nearly
// every mutation at the door, so the bytes are also taken as a header and one section of a file that is sound.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "assay/model/container.h"
#include "assay/model/linear.h"

namespace {

void read(std::string_view bytes) {
  const auto model = assay::model::LinearModel::read(bytes);
  if (model && !assay::model::LinearModel::read((*model)->write())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  const std::size_t cut = bytes.find('\0');
  const auto header = assay::operation::parse_json(bytes.substr(0, cut));
  if (!header || !header->is_object()) return 0;
  const std::string body(cut == std::string_view::npos ? std::string_view() : bytes.substr(cut + 1));
  read(assay::model::pack(*header, {{"COEF", body}, {"MEAN", body}, {"SCAL", body}}));
  return 0;
}
