// The schema that statistics suggest (data b3): TFDV's infer_schema.
#pragma once

#include "assay/validate/messages.h"

namespace assay::validate {

struct InferOptions {
  bool shape = true;             // fixed shapes where every example has the same number of values; else value counts
  std::size_t max_domain = 100;  // longest list of allowed texts
};

// Of the data set that speaks for all rows. Errors: failed-precondition (no data set).
Status infer_schema(const tfmd::DatasetFeatureStatisticsList& statistics, const InferOptions& options,
                    tfmd::Schema& out);

// Adds limits that TFDV never infers (schema infer --ranges): int and float domains from robust fences around the
// quantiles, q(0.1) - 3 (q(0.9) - q(0.1)) … and never beyond a sign that no value has, and a drift comparator
// (Jensen-Shannon) on each column with values.
void add_ranges(const tfmd::DatasetFeatureStatisticsList& statistics, tfmd::Schema& schema);

}  // namespace assay::validate
