// CSV to table. Cost: O(bytes), in parallel: every byte is read twice (once for zero bytes, UTF-8 and quotes, once by
// the parser), and text is encoded to 4-byte codes on the way.
#include <cmath>
#include <filesystem>

#include "assay/data/read.h"
#include "cases.h"

namespace assay::bench {
namespace {

// What both sides can say of a table without caring how it is held.
Result<Json> digest(const data::Table& table) {
  Json columns = Json::object();
  for (const auto& name : table.names()) {
    ASSAY_TRY(const auto type, table.type(name));
    if (type == data::Type::kText) {
      ASSAY_TRY(const auto codes, table.codes(name));
      std::vector<std::int64_t> counts(codes.values->size());
      std::int64_t missing = 0;
      for (const auto code : codes.codes) code < 0 ? ++missing : ++counts[static_cast<std::size_t>(code)];
      Json values = Json::object();
      for (std::size_t v = 0; v < counts.size(); ++v) values[(*codes.values)[v]] = counts[v];
      columns[name] = Json{{"missing", missing}, {"values", values}};
    } else {
      ASSAY_TRY(const auto numbers, table.numbers(name));
      double sum = 0, low = HUGE_VAL, high = -HUGE_VAL;
      for (std::size_t i = 0; i < numbers.values.size(); ++i)
        if (numbers.valid[i])
          sum += numbers.values[i], low = std::min(low, numbers.values[i]), high = std::max(high, numbers.values[i]);
      columns[name] = Json{{"missing", numbers.valid.missing()}, {"sum", sum}, {"low", low}, {"high", high}};
    }
  }
  return Json{{"rows", table.rows()}, {"columns", columns}};
}

}  // namespace

Result<Ready> table_load(const Arguments& arguments) {
  if (arguments.empty()) return fail(Code::kInvalidArgument, "no file is named", "arguments", "name a CSV file");
  const std::string path = arguments[0];
  Task task;
  ASSAY_TRY(const auto first, data::read(path, task));
  return Ready{first.rows(),
               [path](Task& each) -> Status {
                 ASSAY_TRY(const auto table, data::read(path, each));
                 return table.rows() == 0 ? fail(Code::kInternal, "no rows", path) : Status{};
               },
               [path](Task& each) -> Result<Json> {
                 ASSAY_TRY(const auto table, data::read(path, each));
                 return digest(table);
               }};
}

}  // namespace assay::bench
