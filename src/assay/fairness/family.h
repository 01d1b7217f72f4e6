// The groups of one split within one stratum: everything that is said of them together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/metrics/figures.h"
#include "assay/metrics/gaps.h"

namespace assay::fairness {

struct Group {
  operation::Slice slice;  // group values, without the stratum
  metrics::Confusion sums;
  std::vector<double> replicates;  // replicate sums by outcome
};

struct Family {
  std::vector<std::string> columns;  // of the split
  operation::Slice stratum;
  std::vector<Group> groups;
  std::size_t reference = 0;
  std::optional<metrics::RateMetric> favorable;
  metrics::FigureOptions options;
  int replicates = 2000;
  std::uint64_t seed = 0, use = 0;  // `use` keeps the null draws of families apart
};

// The metrics of a family: selection_rate first, favorable_rate last where declared.
std::vector<metrics::RateMetric> metrics_of(const Family& family);
std::vector<metrics::Rate> rates_of(const Family& family, const metrics::RateMetric& metric);
operation::Slice full_slice(const Family& family, std::size_t group);  // with the stratum

void add_rates(const Family& family, std::vector<operation::Figure>& out);
void add_aggregates(const Family& family, std::vector<operation::Figure>& out);
void add_gaps(const Family& family, std::vector<operation::Figure>& out);
// Each group's favorable rate over the highest one: `adverse_impact_ratio`, Katz log interval (fairness b12).
void add_impact(const Family& family, std::vector<operation::Figure>& out);

// {group, stratum, reference, groups: [...], ends, four_fifths, planning}; `figures` are the family's own.
operation::Json family_detail(const Family& family, const std::vector<operation::Figure>& figures);

}  // namespace assay::fairness
