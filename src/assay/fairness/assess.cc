#include "assay/fairness/assess.h"

#include <algorithm>
#include <map>

#include "assay/base/parallel.h"
#include "assay/fairness/family.h"

namespace assay::fairness {
namespace {

using metrics::Predictions;
using operation::Evidence;
using operation::Figure;
using operation::Json;

tl::unexpected<Error> refuse(const std::string& what, const char* key, std::string where, std::string fix) {
  return fail(Code::kInvalidArgument, what + " (fairness." + key + ")", std::move(where), std::move(fix));
}

// The favorable rate as requested; none when nothing is declared.
Result<std::optional<metrics::RateMetric>> favorable_of(const Predictions& rows, const AssessRequest& request) {
  if (request.favorable.empty()) return std::optional<metrics::RateMetric>{};
  if (request.favorable == rows.positive) return std::optional(metrics::favorable_rate(true));
  const bool other = std::find(rows.negative.begin(), rows.negative.end(), request.favorable) != rows.negative.end();
  if (other && rows.negative.size() > 1)
    return refuse("\"" + request.favorable +
                      "\" is one of several values that are not positive, and decisions do not tell them apart",
                  "label", "favorable", "declare the positive value favorable, or give two label values");
  if (other || rows.negative.empty()) return std::optional(metrics::favorable_rate(false));
  return refuse("\"" + request.favorable + "\" is not a value of column " + request.label, "label", "favorable",
                "give \"" + rows.positive + "\" or \"" + rows.negative.front() + "\"");
}

// "sex=Male,race=White" as a slice.
Result<operation::Slice> reference_slice(const std::string& text) {
  operation::Slice out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size()), equal = text.find('=', at);
    if (equal >= end || equal == at)
      return refuse("\"" + text + "\" is not of the form column=value", "option", "reference",
                    "write --reference sex=Male");
    const std::string value = text.substr(equal + 1, end - equal - 1);
    out[text.substr(at, equal - at)] = value == "(missing)" ? std::nullopt : std::optional(value);
    at = end + 1;
  }
  return out;
}

// The group of a split that gaps are measured from: the one asked for, else the largest over all strata.
Result<std::size_t> reference_of(const std::vector<Group>& groups, const std::vector<std::uint64_t>& rows,
                                 const operation::Slice& asked, const std::vector<std::string>& columns) {
  const bool meant = asked.size() == columns.size() &&
                     std::all_of(columns.begin(), columns.end(), [&](const auto& c) { return asked.contains(c); });
  if (!meant) return static_cast<std::size_t>(std::max_element(rows.begin(), rows.end()) - rows.begin());
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].slice == asked) return g;
  std::string values;
  for (std::size_t g = 0; g < groups.size() && g < 8; ++g)
    for (const auto& [column, value] : groups[g].slice)
      values += (values.empty() ? "" : ", ") + value.value_or("(missing)");
  return refuse("no group has the reference value", "option", "reference", "the groups are " + values);
}

// The families of a split: one for each stratum of the controls.
Result<std::vector<Family>> families_of(const Predictions& rows, const metrics::Cells& cells,
                                        const std::vector<std::size_t>& split, const std::vector<std::uint32_t>& order,
                                        const operation::Slice& asked, const Family& like, Task& task) {
  auto columns = rows.controls;
  columns.insert(columns.end(), split.begin(), split.end());
  const auto slices = metrics::listed_slices(rows, cells, columns);
  auto replicates = metrics::replicates_of(rows, cells, slices, columns, order,
                                           {like.replicates, like.options.level, like.seed, task.stop_token()});
  ASSAY_CHECK(task.check());
  std::map<std::vector<std::uint32_t>, std::size_t> strata;
  std::vector<Family> out;
  std::vector<std::uint64_t> totals;
  std::vector<std::size_t> within(slices.size());
  for (std::size_t s = 0; s < slices.size(); ++s) {
    const auto& levels = slices.levels[s];
    const std::size_t controls = rows.controls.size();
    const auto [at, fresh] =
        strata.try_emplace({levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(controls)}, out.size());
    if (fresh) {
      out.push_back(like);
      out.back().stratum = rows.slice(rows.controls, at->first);
      for (const std::size_t c : split) out.back().columns.push_back(rows.columns[c].name);
    }
    auto& groups = out[at->second].groups;
    groups.push_back({rows.slice(split, std::span(levels).subspan(controls)), metrics::sum_of(cells, slices.of(s)),
                      std::move(replicates[s])});
    if (totals.size() < groups.size()) totals.resize(groups.size());
    totals[groups.size() - 1] += groups.back().sums.count();
  }
  for (auto& family : out) {
    std::vector<std::uint64_t> own;  // too many combinations are listed only where they occur: then strata differ
    for (const auto& g : family.groups) own.push_back(g.sums.count());
    const bool same = totals.size() == own.size();
    ASSAY_TRY(family.reference, reference_of(family.groups, same ? totals : own, asked, family.columns));
    const auto present = std::count_if(own.begin(), own.end(), [](std::uint64_t n) { return n > 0; });
    family.options.family = static_cast<double>(std::max<std::ptrdiff_t>(1, present));
  }
  return out;
}

// What stands beside a figure without being part of what it measures: parameters tell figures of one name apart, so
// these may not stay among them.
Json take_notes(std::vector<Figure>& figures) {
  Json out = Json::array();
  for (auto& f : figures) {
    if (f.parameters.empty()) continue;
    Json note{{"name", f.name}, {"slice", operation::to_json(f)["slice"]}};
    for (auto& [name, value] : f.parameters) note[name] = std::move(value);
    f.parameters.clear();
    out.push_back(std::move(note));
  }
  return out;
}

}  // namespace

Result<Evidence> assess(const Predictions& rows, const AssessRequest& request, Task& task) {
  if (request.group.empty())
    return refuse("no group is named", "option", "group", "name the column to compare with --group");
  Family like;
  ASSAY_TRY(like.favorable, favorable_of(rows, request));
  ASSAY_TRY(const auto asked, reference_slice(request.reference));
  like.options = {request.level, request.min_n, 1};
  like.replicates = request.replicates, like.seed = static_cast<std::uint64_t>(request.seed);
  ASSAY_TRY(const auto cells, metrics::tabulate(rows.batch(), task));
  const auto order = rows.weight.empty() ? std::vector<std::uint32_t>{} : metrics::canonical_order(rows);
  Evidence out;
  out.kind = "assay.fairness/1";
  bool matched = request.reference.empty();
  Json details = Json::array();
  std::uint64_t use = 0;
  for (const auto& split : rows.splits) {
    ASSAY_TRY(auto families, families_of(rows, cells, split, order, asked, like, task));
    for (auto& family : families) family.use = use++;
    const auto& columns = families.front().columns;
    matched =
        matched || (asked.size() == columns.size() &&
                    std::all_of(columns.begin(), columns.end(), [&](const auto& c) { return asked.contains(c); }));
    std::vector<std::vector<Figure>> figures(families.size());
    task.begin(families.size());
    parallel_parts(families.size(), [&](std::size_t f) {
      if (task.stopped()) return;
      add_rates(families[f], figures[f]), add_aggregates(families[f], figures[f]);
      add_gaps(families[f], figures[f]), add_impact(families[f], figures[f]);
      task.step();
    });
    ASSAY_CHECK(task.check());
    for (std::size_t f = 0; f < families.size(); ++f) {
      details.push_back(family_detail(families[f], figures[f]));
      details.back()["notes"] = take_notes(figures[f]);
      out.figures.insert(out.figures.end(), figures[f].begin(), figures[f].end());
    }
  }
  if (!matched)
    return refuse("the reference \"" + request.reference + "\" names no group of a split", "option", "reference",
                  "use the columns of one --group");
  out.detail = Json{{"rows", rows.rows()},
                    {"dropped", rows.dropped},
                    {"dropped_group", rows.dropped_group},
                    {"positive", rows.positive},
                    {"negative", rows.negative},
                    {"favorable", request.favorable.empty() ? Json(nullptr) : Json(request.favorable)},
                    {"correction", "holm"},
                    {"splits", details}};
  if (!like.favorable) out.flags.emplace_back("favorable not declared");
  if (rows.dropped + rows.dropped_group > 0)
    out.flags.push_back(std::to_string(rows.dropped + rows.dropped_group) + " rows dropped");
  operation::sort_figures(out.figures);
  return out;
}

Result<Evidence> run(const AssessRequest& request, Task& task) {
  if (request.group.empty())
    return refuse("no group is named", "option", "group", "name the column to compare with --group");
  ASSAY_TRY(const auto rows, metrics::load_predictions(request, task, request.control));
  ASSAY_TRY(auto out, assess(rows, request, task));
  if (task.assets() != nullptr) {
    ASSAY_CHECK(metrics::keep_predictions(rows, request, task, out));
  }
  return out;
}

}  // namespace assay::fairness
