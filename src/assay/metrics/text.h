// Plain text for people: aligned tables, figures as "46.9% (37.4-56.7)", intervals as a small plot.
#pragma once

#include <string>
#include <vector>

#include "assay/operation/json.h"

namespace assay::metrics {

// Columns aligned, the first to the left, the others to the right; two blanks between. Rows may be short.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

std::string slice_text(const operation::Json& slice);  // "sex=Male, race=(missing)"; "all rows" for {}
// Value with interval; rates and gaps in percent. "-" with no value; a mark "*" for low support.
std::string percent_text(const operation::Json& figure, bool is_signed = false);
std::string number_text(const operation::Json& figure);
// "  |----o--|    " of `low`, `value`, `high` on an axis from..to; `mark` is drawn as "|" where the axis shows it.
std::string interval_plot(const operation::Json& figure, double from, double to, double mark, std::size_t width = 33);

}  // namespace assay::metrics
