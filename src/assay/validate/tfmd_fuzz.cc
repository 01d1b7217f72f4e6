// Bytes from outside as statistics, schema or anomalies, in every form; what parses goes through inference, validation
// and every writer. The first byte chooses message and form.
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "assay/validate/anomalies.h"
#include "assay/validate/infer.h"
#include "assay/validate/messages.h"
#include "tfmd/anomalies.pb.h"
#include "tfmd/schema.pb.h"
#include "tfmd/statistics.pb.h"

namespace {

using namespace assay;
using namespace assay::validate;

void round_trip(const google::protobuf::Message& message) {
  const auto bytes = print(message, Format::kBinary);
  if (!bytes) std::abort();
  (void)print(message, Format::kText);
  (void)print(message, Format::kJson);
  const auto record = as_record(*bytes);
  if (first_record(record, "fuzz").value() != *bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto format = static_cast<Format>(data[0] % 4);
  if (data[0] / 4 % 3 == 0) {
    tfmd::DatasetFeatureStatisticsList list;
    if (!parse(bytes, format, list, "fuzz")) return 0;
    round_trip(list);
    tfmd::Schema schema;
    if (!infer_schema(list, {}, schema)) return 0;
    add_ranges(list, schema);
    for (const auto& dataset : list.datasets()) {
      tfmd::Anomalies found;
      (void)validate_statistics(dataset, schema, {.previous = &list.datasets(0)}, {}, found);
      (void)update_schema(dataset, schema);
    }
  } else if (data[0] / 4 % 3 == 1) {
    tfmd::Schema schema;
    if (!parse(bytes, format, schema, "fuzz")) return 0;
    round_trip(schema);
    (void)lint_schema(schema);
    tfmd::DatasetFeatureStatistics none;
    none.set_num_examples(1);
    tfmd::Anomalies found;
    (void)validate_statistics(none, schema, {}, {}, found);
    (void)update_schema(none, schema);
  } else {
    tfmd::Anomalies anomalies;
    if (parse(bytes, format, anomalies, "fuzz")) round_trip(anomalies);
  }
  return 0;
}
