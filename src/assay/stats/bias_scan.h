// What `data bias` looks for across all columns of a table. Internal to it.
#pragma once

#include <string>

#include "assay/data/table.h"
#include "assay/operation/evidence.h"
#include "assay/stats/bias.h"

namespace assay::stats {

// Third columns within whose values the gap between two groups turns round in more than half of the strata that hold 10
// rows of either: [{column, group, reference, gap, strata, reversed}].
Result<operation::Json> simpson(const data::Table& table, const std::string& group, const std::string& label,
                                const std::string& positive);
// Of every column with missing cells, by every group column: [{column, group, p, p_adjusted, shares []}]; figures
// missing_share.
Result<operation::Json> missing_by_group(const data::Table& table, const BiasRequest& request,
                                         operation::Evidence& out);
// Which columns are missing together: [{columns, rows}], most rows first, at most 50 patterns; the whole rows first of
// all. Columns without a missing cell take no part.
Result<operation::Json> missing_patterns(const data::Table& table);
// Every pair among columns of numbers and of at most 200 values; figures `association` of the group columns. Ranks
// (Spearman, Kendall) are taken on at most 20 000 rows drawn by the seed.
Result<operation::Json> associations(const data::Table& table, const BiasRequest& request, Task& task,
                                     operation::Evidence& out);

}  // namespace assay::stats
