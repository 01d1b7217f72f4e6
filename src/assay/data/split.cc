#include "assay/data/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include "assay/base/files.h"
#include "assay/base/philox.h"
#include "assay/base/streams.h"
#include "assay/data/columns.h"
#include "assay/data/read.h"
#include "assay/data/rows_digest.h"
#include "assay/operation/json.h"

namespace assay::data {
namespace {

using operation::Json;
constexpr std::array<std::string_view, 3> kParts{"train", "validation", "test"};
constexpr std::uint8_t kTrain = 0, kValidation = 1, kTest = 2;
constexpr std::size_t kManyStrata = 1000;

// `total` shared out over cells of the given sizes by largest remainder, none above its room. Ties go to the first.
std::vector<std::size_t> shared_out(const std::vector<std::size_t>& sizes, const std::vector<std::size_t>& room,
                                    double share, std::size_t total) {
  std::vector<std::size_t> out(sizes.size()), order(sizes.size());
  std::vector<double> rest(sizes.size());
  std::size_t given = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const double quota = static_cast<double>(sizes[i]) * share;
    out[i] = std::min(room[i], static_cast<std::size_t>(quota));
    rest[i] = quota - static_cast<double>(out[i]);
    given += out[i];
  }
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rest[a] > rest[b]; });
  for (std::size_t i = 0; given < total && i < order.size(); ++i)
    if (out[order[i]] < room[order[i]]) ++out[order[i]], ++given;
  return out;
}

std::size_t nearest_count(std::size_t rows, double share) {
  return static_cast<std::size_t>(std::llround(static_cast<double>(rows) * share));
}

// Rows, or groups by their first rows, in the order of their draws.
void rank(std::vector<std::uint32_t>& rows, std::int64_t seed) {
  const Philox random = Philox(static_cast<std::uint64_t>(seed)).fork(streams::kSplit);
  std::vector<std::pair<double, std::uint32_t>> drawn;
  drawn.reserve(rows.size());
  for (const auto row : rows) drawn.emplace_back(random.uniform(row), row);
  std::sort(drawn.begin(), drawn.end());
  std::transform(drawn.begin(), drawn.end(), rows.begin(), [](const auto& each) { return each.second; });
}

// One number per distinct combination of the columns' values, in first-seen order; missing is a value of its own.
Result<std::vector<std::uint32_t>> combined(const Table& table, const std::vector<std::string>& columns) {
  std::vector<std::uint32_t> out(table.rows(), 0);
  for (const auto& name : columns) {
    ASSAY_TRY(const auto codes, table.codes(name));
    std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> seen;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = seen.emplace(std::pair{out[i], codes.codes[i]}, static_cast<std::uint32_t>(seen.size())).first->second;
  }
  return out;
}

Status check(const SplitRequest& request, const Table& table) {
  const double kept = 1 - request.test - request.validation;
  if (!(kept > 0))
    return fail(Code::kInvalidArgument, "test and validation leave no share for training", "validation",
                "make test + validation less than 1");
  if (request.seed < 0)
    return fail(Code::kInvalidArgument, std::to_string(request.seed) + " is negative", "seed",
                "give a seed from 0 to 2^53 - 1");
  if (!request.group.empty() && !request.stratify.empty())
    return fail(Code::kUnsupported, "rows cannot be kept together and stratified at once", "stratify",
                "give group or stratify, not both");
  std::vector<std::string> named = request.stratify;
  if (!request.label.empty()) named.push_back(request.label);
  if (!request.group.empty()) named.push_back(request.group);
  for (const auto& name : named)
    if (!table.has(name)) return tl::unexpected<Error>(unknown_column(name, table.names()));
  if (table.rows() < 2)
    return fail(Code::kInvalidArgument, "a table of " + std::to_string(table.rows()) + " rows cannot be split",
                request.data, "give at least two rows");
  return {};
}

// The columns to stratify by: those named, else the label unless it is a continuous number.
std::vector<std::string> strata_columns(const SplitRequest& request, const Table& table, std::size_t label_values) {
  if (!request.stratify.empty() || !request.group.empty() || request.label.empty()) return request.stratify;
  const bool many = label_values > kManyStrata || *table.type(request.label) == Type::kFloat;
  return many ? std::vector<std::string>{} : std::vector<std::string>{request.label};
}

Json label_counts(const Codes& labels, const std::vector<std::uint8_t>& parts, std::uint8_t part) {
  std::map<std::string, std::int64_t> counts;
  std::int64_t missing = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] != part) continue;
    if (labels.codes[i] < 0)
      ++missing;
    else
      ++counts[(*labels.values)[static_cast<std::size_t>(labels.codes[i])]];
  }
  Json out = Json::array();
  for (const auto& [value, rows] : counts) out.push_back({{"value", value}, {"rows", rows}});
  if (missing > 0) out.push_back({{"value", nullptr}, {"rows", missing}});
  return out;
}

Status describe_parts(const Table& table, const std::vector<std::uint8_t>& parts, const Codes* labels, Task& task,
                      operation::Evidence& out) {
  ASSAY_TRY(const auto digests, row_digests(table, task));
  std::array<std::vector<crypto::Digest>, 3> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) rows[parts[i]].push_back(digests[i]);
  Json described = Json::object(), overlap = Json::object();
  for (std::uint8_t part = 0; part < kParts.size(); ++part) {
    if (rows[part].empty()) continue;
    Json one{{"rows", rows[part].size()}, {"rows_digest", rows_digest(table.names(), rows[part]).unordered}};
    if (labels != nullptr) one["labels"] = label_counts(*labels, parts, part);
    described[std::string(kParts[part])] = std::move(one);
    operation::Figure figure;
    figure.name = "row_count";
    figure.value = static_cast<double>(rows[part].size());
    figure.n = static_cast<std::int64_t>(rows[part].size());
    figure.why = "a count of all rows, not a sample estimate";
    figure.parameters["part"] = std::string(kParts[part]);
    out.figures.push_back(std::move(figure));
    // From here on the distinct ones, for the overlap.
    std::sort(rows[part].begin(), rows[part].end());
    rows[part].erase(std::unique(rows[part].begin(), rows[part].end()), rows[part].end());
  }
  for (std::size_t a = 0; a < kParts.size(); ++a)
    for (std::size_t b = a + 1; b < kParts.size(); ++b) {
      if (rows[a].empty() || rows[b].empty()) continue;
      std::vector<crypto::Digest> both;
      std::set_intersection(rows[a].begin(), rows[a].end(), rows[b].begin(), rows[b].end(), std::back_inserter(both));
      overlap[std::string(kParts[a]) + "," + std::string(kParts[b])] = both.size();
      if (!both.empty() && std::find(out.flags.begin(), out.flags.end(), "overlap") == out.flags.end())
        out.flags.push_back("overlap");
    }
  out.detail["parts"] = std::move(described);
  out.detail["overlap"] = std::move(overlap);
  return {};
}

// A stratum of one row cannot stand on both sides; it goes where its draw falls, and the evidence says so.
void describe_strata(const std::vector<std::uint32_t>& strata, const std::vector<std::string>& columns,
                     operation::Evidence& out) {
  std::map<std::uint32_t, std::size_t> sizes;
  for (const auto each : strata) ++sizes[each];
  const auto small = std::count_if(sizes.begin(), sizes.end(), [](const auto& each) { return each.second < 2; });
  out.detail["stratify"] = columns;
  out.detail["strata"] = sizes.size();
  out.detail["small_strata"] = small;
  if (small > 0) out.flags.push_back("small_strata");
}

Status write_split(const std::vector<std::uint8_t>& parts, Task& task, operation::Evidence& out) {
  const std::vector<std::string> names(kParts.begin(), kParts.end());
  const std::vector<std::int32_t> codes(parts.begin(), parts.end());
  ASSAY_TRY(const Table table, TableBuilder().codes("part", codes, names).finish());
  const std::string media = "application/vnd.apache.arrow.file";
  ASSAY_TRY(const std::string path, task.create("split", media));
  ASSAY_CHECK(write_arrow(table, path));
  out.blobs["split"] = {"", media, static_cast<std::int64_t>(parts.size())};
  return {};
}

}  // namespace

std::vector<std::uint8_t> stratified_parts(const std::vector<std::uint32_t>& strata, double test, double validation,
                                           std::int64_t seed) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> members;
  for (std::size_t i = 0; i < strata.size(); ++i) members[strata[i]].push_back(static_cast<std::uint32_t>(i));
  std::vector<std::size_t> sizes, room;
  for (const auto& [stratum, rows] : members) sizes.push_back(rows.size());
  const auto for_test = shared_out(sizes, sizes, test, nearest_count(strata.size(), test));
  for (std::size_t i = 0; i < sizes.size(); ++i) room.push_back(sizes[i] - for_test[i]);
  const auto for_validation = shared_out(sizes, room, validation, nearest_count(strata.size(), validation));
  std::vector<std::uint8_t> out(strata.size(), kTrain);
  std::size_t at = 0;
  for (auto& [stratum, rows] : members) {
    rank(rows, seed);
    for (std::size_t i = 0; i < for_test[at]; ++i) out[rows[i]] = kTest;
    for (std::size_t i = 0; i < for_validation[at]; ++i) out[rows[for_test[at] + i]] = kValidation;
    ++at;
  }
  return out;
}

std::vector<std::uint8_t> grouped_parts(const std::vector<std::uint32_t>& groups, double test, double validation,
                                        std::int64_t seed) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> members;
  for (std::size_t i = 0; i < groups.size(); ++i) members[groups[i]].push_back(static_cast<std::uint32_t>(i));
  std::vector<std::uint32_t> order;
  for (const auto& [group, rows] : members) order.push_back(rows.front());
  rank(order, seed);
  std::vector<std::uint8_t> out(groups.size(), kTrain);
  std::size_t next = 0;
  for (const auto& [part, share] : {std::pair{kTest, test}, std::pair{kValidation, validation}}) {
    const double wanted = static_cast<double>(groups.size()) * share;
    double have = 0;
    for (; next < order.size() && have < wanted; ++next) {
      const auto& rows = members[groups[order[next]]];
      const double with = have + static_cast<double>(rows.size());
      if (with - wanted > wanted - have) break;
      for (const auto row : rows) out[row] = part;
      have = with;
    }
  }
  return out;
}

Result<operation::Evidence> split(const SplitRequest& request, Task& task) {
  ASSAY_TRY(const Table table, read(request.data, task));
  ASSAY_CHECK(check(request, table));
  Codes labels;
  if (!request.label.empty()) {
    ASSAY_TRY(labels, table.codes(request.label));
    if (labels.values->size() < 2)
      return fail(Code::kInvalidArgument,
                  labels.values->empty() ? "the label has no value at all"
                                         : "the label has one value only, \"" + labels.values->front() + "\"",
                  "column " + request.label, "choose a label with at least two values");
  }
  operation::Evidence out;
  out.kind = "assay.split/1";
  std::vector<std::uint8_t> parts;
  if (!request.group.empty()) {
    ASSAY_TRY(const auto groups, combined(table, {request.group}));
    parts = grouped_parts(groups, request.test, request.validation, request.seed);
    out.detail["group"] = request.group;
  } else {
    const auto columns = strata_columns(request, table, labels.values ? labels.values->size() : 0);
    ASSAY_TRY(const auto strata, combined(table, columns));
    parts = stratified_parts(strata, request.test, request.validation, request.seed);
    describe_strata(strata, columns, out);
  }
  for (const auto& [part, share] : {std::pair{kTrain, 1.0}, std::pair{kTest, request.test}})
    if (share > 0 && std::find(parts.begin(), parts.end(), part) == parts.end())
      return fail(Code::kInvalidArgument, "no row is left for " + std::string(kParts[part]),
                  request.group.empty() ? "test" : "column " + request.group, "change the shares or give more rows");
  ASSAY_CHECK(describe_parts(table, parts, request.label.empty() ? nullptr : &labels, task, out));
  ASSAY_CHECK(write_split(parts, task, out));
  return out;
}

Result<std::vector<std::uint32_t>> rows_of_part(const std::string& split_ref, std::string_view part, Task& task) {
  if (!part.empty() && std::find(kParts.begin(), kParts.end(), part) == kParts.end())
    return tl::unexpected<Error>(operation::unknown_name("part", part, {kParts.begin(), kParts.end()}));
  std::string ref = split_ref;
  ASSAY_TRY(const std::string path, task.open(ref));
  if (auto text = files::read(path); text && text->starts_with("{")) {
    ASSAY_TRY(const Json evidence, operation::parse_json(*text, split_ref));
    const auto blob = evidence.find("blobs");
    const operation::Json::json_pointer digest("/split/digest");
    if (blob == evidence.end() || !blob->is_object() || !blob->contains(digest) || !(*blob)[digest].is_string())
      return fail(Code::kInvalidArgument, "is no split", split_ref, "make one with data split");
    ref = (*blob)[digest].get<std::string>();
  }
  ASSAY_TRY(const Table table, read(ref, task));
  if (!table.has("part"))
    return fail(Code::kInvalidArgument, "has no column part", split_ref, "make one with data split");
  ASSAY_TRY(const auto codes, table.codes("part"));
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < codes.codes.size(); ++i)
    if (part.empty() || (codes.codes[i] >= 0 && (*codes.values)[static_cast<std::size_t>(codes.codes[i])] == part))
      out.push_back(static_cast<std::uint32_t>(i));
  return out;
}

}  // namespace assay::data
