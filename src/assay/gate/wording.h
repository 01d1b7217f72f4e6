// Numbers as people read them: as few digits as keep apart what differs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/gate/interval.h"
#include "assay/gate/policy.h"

namespace assay::gate {

// `x` with 2 to 6 decimals, none when all of `beside` are whole: enough that no two different values of `beside` look
// alike.
std::string number_text(double x, const std::vector<double>& beside);
// "0.80 to 0.86", "at least 1.20", "at most 3".
std::string range_text(const Interval& i, const std::vector<double>& beside);
// Seconds as "12 days", "36 hours", "5 minutes".
std::string duration_text(double seconds);
// A share as "10%".
std::string percent_text(double share, const std::vector<double>& beside);

// " is at least " and " is below " for >=, and so on.
std::string_view relation(std::string_view sign, bool holds);

// What a rule asks for: "auc is at least 0.8"; "for every slice where n is at least 200: ...".
std::string in_words(const Condition& condition);

}  // namespace assay::gate
