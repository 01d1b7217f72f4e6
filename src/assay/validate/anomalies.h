// Statistics against a schema (data b4): what is wrong, column by column, and the schema that would let it pass.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "assay/validate/messages.h"

namespace assay::validate {

struct ValidateOptions {
  std::string environment;  // one of the schema's default_environment; empty: every column is expected
  bool compat = false;      // TFDV's own rules, with its known faults; else those are mended and told as assay.*
  bool new_features_are_warnings = false;
  std::map<std::string, std::string> severities;  // anomaly type -> ERROR | WARNING
};

struct Controls {                                                    // null: not given
  const tfmd::DatasetFeatureStatistics* previous = nullptr;          // span before: drift
  const tfmd::DatasetFeatureStatistics* serving = nullptr;           // skew
  const tfmd::DatasetFeatureStatistics* previous_version = nullptr;  // of the same span
};

// One finding that TFMD's enumeration has no name for: assay.*, beside its entry in the message.
struct Mended {
  std::string path, type, what;
};

// `out.baseline` is the schema. Without examples only data_missing is set. Errors: invalid-argument (an environment
// that the schema does not name, with those it does; a severity or anomaly type that is none). O(columns + values
// listed).
Status validate_statistics(const tfmd::DatasetFeatureStatistics& statistics, const tfmd::Schema& schema,
                           const Controls& controls, const ValidateOptions& options, tfmd::Anomalies& out,
                           std::vector<Mended>* mended = nullptr);

// The schema with every constraint that the statistics break relaxed to what was seen; a column of the wrong type or
// without values becomes DEPRECATED, a new one is inferred (TFDV's update_schema).
Status update_schema(const tfmd::DatasetFeatureStatistics& statistics, tfmd::Schema& schema);

// What is wrong with the schema itself, whatever the data; path and sentence.
std::vector<Mended> lint_schema(const tfmd::Schema& schema);

}  // namespace assay::validate
