// Which rows an anomaly is about: the evidence that a person looks at next.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/data/table.h"
#include "assay/validate/anomalies.h"

namespace assay::validate {

struct RowEvidence {
  std::string path, type;
  std::uint64_t count = 0;          // of all offending rows
  std::vector<std::uint64_t> rows;  // the first ones, from 1, without the header
  std::vector<std::string> values;  // of those rows; empty text where missing
};

// For anomalies about single cells of flat columns: missing ones, values outside their domain. `most`: rows listed for
// each. O(rows of the columns concerned).
std::vector<RowEvidence> offending_rows(const data::Table& table, const tfmd::Schema& schema,
                                        const tfmd::Anomalies& anomalies, std::size_t most);

}  // namespace assay::validate
