#include "assay/metrics/predictions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "assay/base/parallel.h"
#include "assay/data/read.h"

namespace assay::metrics {
namespace {

constexpr std::size_t kMostGroups = 1'000'000;
constexpr double kListed = 10'000;        // combinations up to which those without rows are listed too
constexpr std::size_t kContinuous = 100;  // more distinct fractional numbers than this are no groups

tl::unexpected<Error> refuse(const std::string& what, const char* key, std::string where, std::string fix) {
  return fail(Code::kInvalidArgument, what + " (fairness." + key + ")", std::move(where), std::move(fix));
}

std::optional<double> as_number(const std::string& text) {
  double v = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), v);
  return bad == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(v) : std::nullopt;
}

// Numbers as numbers when all are, else bytewise.
std::vector<std::int32_t> ascending(const std::vector<std::string>& values) {
  std::vector<std::int32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> numbers;
  for (const auto& each : values)
    if (const auto v = as_number(each)) numbers.push_back(*v);
  const bool numeric = numbers.size() == values.size();
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    if (numeric && numbers[a] != numbers[b]) return numbers[a] < numbers[b];
    return values[a] < values[b];
  });
  return order;
}

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size() && i < 6; ++i) out += (i ? ", \"" : "\"") + values[i] + "\"";
  return out + (values.size() > 6 ? ", ..." : "");
}

std::string column(const std::string& name) { return "column " + name; }

// Rows that stay; each cause of leaving is counted or refused.
class Kept {
 public:
  explicit Kept(std::size_t rows) : keep_(rows, 1) {}
  template <class Bad>
  Status without(const std::string& name, const std::string& policy, const char* flag, std::int64_t& dropped, Bad bad) {
    std::size_t first = keep_.size();
    std::int64_t count = 0;
    for (std::size_t i = 0; i < keep_.size(); ++i)
      if (bad(i)) first = std::min(first, i), ++count;
    if (count == 0) return {};
    if (policy != "drop")
      return refuse("holds " + std::to_string(count) + (count == 1 ? " missing value" : " missing values") +
                        ", the first in row " + std::to_string(first + 1),
                    "nan", column(name), std::string("mend the data, or leave such rows out with ") + flag + " drop");
    for (std::size_t i = first; i < keep_.size(); ++i)
      if (keep_[i] && bad(i)) keep_[i] = 0, ++dropped;
    return {};
  }
  std::vector<std::size_t> rows() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < keep_.size(); ++i)
      if (keep_[i]) out.push_back(i);
    return out;
  }

 private:
  std::vector<std::uint8_t> keep_;
};

// The distinct values of kept rows, ascending.
std::vector<std::string> present(const data::Codes& codes, const std::vector<std::size_t>& rows) {
  std::vector<std::uint8_t> seen(codes.values->size());
  for (const std::size_t i : rows)
    if (codes.codes[i] >= 0) seen[static_cast<std::size_t>(codes.codes[i])] = 1;
  std::vector<std::string> out;
  for (const auto v : ascending(*codes.values))
    if (seen[static_cast<std::size_t>(v)]) out.push_back((*codes.values)[static_cast<std::size_t>(v)]);
  return out;
}

bool within(const std::vector<std::string>& values, std::initializer_list<const char*> allowed) {
  return std::all_of(values.begin(), values.end(), [&](const std::string& v) {
    return std::any_of(allowed.begin(), allowed.end(), [&](const char* a) { return v == a; });
  });
}

// Which label value is positive, by request or by the rule of the later of two.
Result<std::string> positive_value(const std::vector<std::string>& values, const PredictionsRequest& request) {
  const std::string where = column(request.label);
  if (!request.positive.empty()) {
    if (std::find(values.begin(), values.end(), request.positive) != values.end() || values.size() < 2)
      return request.positive;
    return refuse("does not hold the positive value \"" + request.positive + "\"; it holds " + listed(values), "label",
                  where, "give one of its values with --positive");
  }
  if (values.size() > 2)
    return refuse("holds " + std::to_string(values.size()) + " values (" + listed(values) + ") where two are needed",
                  "label", where, "say which one counts with --positive");
  if (values.size() == 2) return values[1];
  // One class only: still known for 0/1, -1/1 and booleans.
  if (within(values, {"true", "false"})) return "true";
  if (within(values, {"0", "1", "-1"})) return "1";
  return refuse("holds one value only (" + listed(values) + ")", "label", where,
                "say which label value is positive with --positive");
}

// Decision values to 0/1: 0/1 and booleans as they are, the label's own values by comparison with the positive one.
Status decide(const data::Codes& codes, const std::vector<std::size_t>& rows, const std::vector<std::string>& labels,
              const PredictionsRequest& request, Predictions& out) {
  const auto values = present(codes, rows);
  const bool own = std::all_of(values.begin(), values.end(), [&](const std::string& v) {
    return v == out.positive || std::find(labels.begin(), labels.end(), v) != labels.end();
  });
  const bool flags = within(values, {"0", "1", "true", "false"});
  if (!own && !flags)
    return refuse(
        "holds " + listed(values) + " where 0 and 1 or the label's values " + listed(labels) + " are expected", "label",
        column(request.decision), "give decisions as 0 and 1, or as values of the label");
  if (own && flags && (out.positive == "0" || out.positive == "false"))
    return refuse("is ambiguous: 1 may mean the positive value \"" + out.positive + "\" or the label value 1", "label",
                  column(request.decision), "give the label and the decisions as words");
  std::vector<std::uint8_t> yes;
  for (const auto& v : *codes.values) yes.push_back(flags ? v == "1" || v == "true" : v == out.positive);
  for (const std::size_t i : rows) out.decision.push_back(yes[static_cast<std::size_t>(codes.codes[i])]);
  return {};
}

Status read_weights(const data::Numbers& weight, const std::vector<std::size_t>& rows,
                    const PredictionsRequest& request, Predictions& out) {
  double most = 0;
  bool ones = true;
  for (const std::size_t i : rows) {
    const double w = weight.values[i];
    if (!(w >= 0) || std::isinf(w))
      return refuse("holds the weight " + std::to_string(w) + " in row " + std::to_string(i + 1), "weight",
                    column(request.weight), "weights are finite and at least 0");
    most = std::max(most, w), ones = ones && w == 1;
    out.weight.push_back(w);
  }
  if (!(most > 0))
    return refuse("holds only weights of 0", "weight", column(request.weight),
                  "give at least one row a weight above 0");
  if (ones) out.weight.clear();
  return {};
}

Result<GroupColumn> read_group(const data::Table& table, const std::string& name, const data::Codes& codes,
                               const std::vector<std::size_t>& rows) {
  GroupColumn out;
  out.name = name;
  const auto values = present(codes, rows);
  ASSAY_TRY(const auto type, table.type(name));
  if (values.size() > kMostGroups)
    return refuse("has " + std::to_string(values.size()) + " distinct values; at most a million groups are compared",
                  "group", column(name), "group by a coarser column");
  if (type == data::Type::kFloat && values.size() > kContinuous)
    return refuse("holds " + std::to_string(values.size()) + " different numbers and is no grouping", "group",
                  column(name), "cut it into bins first and group by those");
  std::unordered_map<std::string, std::int32_t> place;
  for (const auto& v : values) place[v] = static_cast<std::int32_t>(out.values.size()), out.values.emplace_back(v);
  std::vector<std::int32_t> code(codes.values->size(), -1);
  for (std::size_t v = 0; v < code.size(); ++v)
    if (const auto found = place.find((*codes.values)[v]); found != place.end()) code[v] = found->second;
  const auto missing = static_cast<std::int32_t>(values.size());
  bool any = false;
  for (const std::size_t i : rows) {
    const auto raw = codes.codes[i];
    out.codes.push_back(raw < 0 ? missing : code[static_cast<std::size_t>(raw)]), any = any || raw < 0;
  }
  if (any) out.values.emplace_back(std::nullopt);
  return out;
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> out{""};
  for (const char c : text)
    if (c == ',')
      out.emplace_back();
    else if (c != ' ' || !out.back().empty())
      out.back() += c;
  for (auto& each : out)
    while (!each.empty() && each.back() == ' ') each.pop_back();
  return out;
}

std::size_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  names.push_back(name);
  return names.size() - 1;
}

// The columns as they stand in the table.
struct Raw {
  data::Codes label, decision;
  data::Numbers score, weight;
  std::vector<data::Codes> group;
};

Result<Raw> read_raw(const data::Table& table, const PredictionsRequest& request, const std::vector<std::string>& names,
                     Kept& kept, Predictions& out) {
  Raw raw;
  const auto undefined = [](const data::Numbers& c) {
    return [&c](std::size_t i) { return !c.valid[i] || std::isnan(c.values[i]); };
  };
  const auto blank = [](const data::Codes& c) {
    return [&c](std::size_t i) { return c.codes[i] < 0 || (*c.values)[static_cast<std::size_t>(c.codes[i])] == "NaN"; };
  };
  const auto gone = [](const data::Codes& c) { return [&c](std::size_t i) { return c.codes[i] < 0; }; };
  ASSAY_TRY(raw.label, table.codes(request.label));
  ASSAY_CHECK(kept.without(request.label, request.missing, "--missing", out.dropped, blank(raw.label)));
  if (!request.decision.empty()) {
    ASSAY_TRY(raw.decision, table.codes(request.decision));
    ASSAY_CHECK(kept.without(request.decision, request.missing, "--missing", out.dropped, blank(raw.decision)));
  }
  if (!request.score.empty()) {
    ASSAY_TRY(raw.score, table.numbers(request.score));
    ASSAY_CHECK(kept.without(request.score, request.missing, "--missing", out.dropped, undefined(raw.score)));
  }
  if (!request.weight.empty()) {
    ASSAY_TRY(raw.weight, table.numbers(request.weight));
    ASSAY_CHECK(kept.without(request.weight, request.missing, "--missing", out.dropped, undefined(raw.weight)));
  }
  for (const auto& name : names) {
    ASSAY_TRY(auto codes, table.codes(name));
    if (request.missing_group != "slice")
      ASSAY_CHECK(kept.without(name, request.missing_group, "--missing-group", out.dropped_group, gone(codes)));
    raw.group.push_back(std::move(codes));
  }
  return raw;
}

// Every group and control column once; notes which of them make each split.
std::vector<std::string> group_names(const PredictionsRequest& request, const std::vector<std::string>& control,
                                     Predictions& out) {
  std::vector<std::string> names;
  for (const auto& each : request.group) {
    auto& split = out.splits.emplace_back();
    for (const auto& name : split_names(each)) {
      const std::size_t at = index_of(names, name);
      if (std::find(split.begin(), split.end(), at) == split.end()) split.push_back(at);
    }
  }
  for (const auto& name : control) out.controls.push_back(index_of(names, name));
  return names;
}

Status read_labels(const data::Codes& codes, const std::vector<std::size_t>& rows,
                   const std::vector<std::string>& values, const PredictionsRequest& request, Predictions& out) {
  ASSAY_TRY(out.positive, positive_value(values, request));
  std::vector<std::uint8_t> yes;
  for (const auto& v : *codes.values) yes.push_back(v == out.positive);
  for (const auto& v : values)
    if (v != out.positive) out.negative.push_back(v);
  for (const std::size_t i : rows) out.label.push_back(yes[static_cast<std::size_t>(codes.codes[i])]);
  return {};
}

Status decide_by_threshold(const PredictionsRequest& request, Predictions& out) {
  for (std::size_t i = 0; i < out.score.size(); ++i) {
    const double s = out.score[i];
    if (s < 0 || s > 1)
      return refuse("holds the score " + std::to_string(s) + " in row " + std::to_string(out.row[i] + 1) +
                        ", which is no probability",
                    "range", column(request.score), "give scores in [0, 1], or name a --decision column");
    out.decision.push_back(s >= request.threshold);
  }
  return {};
}

}  // namespace

Batch Predictions::batch() const {
  Batch out{{}, label, decision, weight};
  for (const auto& c : columns) out.columns.emplace_back(c.codes, static_cast<std::uint32_t>(c.values.size()));
  return out;
}

operation::Slice Predictions::slice(std::span<const std::size_t> chosen, std::span<const std::uint32_t> levels) const {
  operation::Slice out;
  for (std::size_t i = 0; i < chosen.size(); ++i) out[columns[chosen[i]].name] = columns[chosen[i]].values[levels[i]];
  return out;
}

Result<Predictions> predictions_of(const data::Table& table, const PredictionsRequest& request,
                                   const std::vector<std::string>& control) {
  if (request.score.empty() && request.decision.empty())
    return refuse("neither a score nor a decision column is named", "option", "score",
                  "name the score with --score or the decisions with --decision");
  if (table.rows() == 0) return refuse("there are no rows", "shape", request.data, "give predictions with rows");
  Predictions out;
  out.rows_read = static_cast<std::int64_t>(table.rows());
  const auto names = group_names(request, control, out);
  Kept kept(table.rows());
  ASSAY_TRY(const auto raw, read_raw(table, request, names, kept, out));
  const auto rows = kept.rows();
  if (rows.empty())
    return refuse("no row is left after " + std::to_string(out.dropped + out.dropped_group) + " were dropped", "shape",
                  request.data, "mend the missing values");
  for (const std::size_t i : rows) out.row.push_back(static_cast<std::int64_t>(i));
  const auto values = present(raw.label, rows);
  ASSAY_CHECK(read_labels(raw.label, rows, values, request, out));
  for (const std::size_t i : rows)
    if (!request.score.empty()) out.score.push_back(raw.score.values[i]);
  if (!request.weight.empty()) ASSAY_CHECK(read_weights(raw.weight, rows, request, out));
  if (request.decision.empty()) {
    ASSAY_CHECK(decide_by_threshold(request, out));
  } else {
    ASSAY_CHECK(decide(raw.decision, rows, values, request, out));
  }
  double combinations = 1;
  for (std::size_t g = 0; g < names.size(); ++g) {
    ASSAY_TRY(auto each, read_group(table, names[g], raw.group[g], rows));
    combinations *= static_cast<double>(each.values.size());
    out.columns.push_back(std::move(each));
  }
  if (combinations > 1e17)
    return refuse("the group columns have too many combinations", "group", "group", "group by fewer columns");
  return out;
}

Result<Predictions> load_predictions(const PredictionsRequest& request, Task& task,
                                     const std::vector<std::string>& control) {
  ASSAY_TRY(const auto table, data::read(request.data, task));
  return predictions_of(table, request, control);
}

Status keep_predictions(const Predictions& rows, const PredictionsRequest& request, Task& task,
                        operation::Evidence& evidence) {
  constexpr const char* kMedia = "application/vnd.apache.arrow.file";
  data::TableBuilder table;
  const auto integers = [](const auto& from) { return std::vector<std::int64_t>(from.begin(), from.end()); };
  table.integers("row", rows.row).integers("label", integers(rows.label)).integers("decision", integers(rows.decision));
  if (!rows.score.empty()) table.numbers("score", rows.score);
  if (!rows.weight.empty()) table.numbers("weight", rows.weight);
  for (const auto& c : rows.columns) {
    const bool own =
        c.name == "row" || c.name == "label" || c.name == "decision" || c.name == "score" || c.name == "weight";
    std::vector<std::string> values;
    for (const auto& v : c.values)
      if (v) values.push_back(*v);
    auto codes = c.codes;
    for (auto& code : codes)
      if (static_cast<std::size_t>(code) >= values.size()) code = -1;
    table.codes(own ? "group " + c.name : c.name, codes, values);
  }
  ASSAY_TRY(const auto made, table.finish());
  ASSAY_TRY(const auto path, task.create("predictions", kMedia));
  ASSAY_CHECK(data::write_arrow(made, path));
  evidence.blobs["predictions"] = {"", kMedia, static_cast<std::int64_t>(rows.rows())};
  evidence.detail["predictions"] = operation::Json{{"label", request.label}, {"positive", rows.positive}};
  return {};
}

std::vector<std::uint32_t> canonical_order(const Predictions& rows) {
  std::vector<std::uint32_t> order(rows.rows());
  std::iota(order.begin(), order.end(), 0u);
  const auto less = [&](std::uint32_t a, std::uint32_t b) {
    if (!rows.score.empty() && rows.score[a] != rows.score[b]) return rows.score[a] < rows.score[b];
    if (rows.label[a] != rows.label[b]) return rows.label[a] < rows.label[b];
    if (rows.decision[a] != rows.decision[b]) return rows.decision[a] < rows.decision[b];
    if (!rows.weight.empty() && rows.weight[a] != rows.weight[b]) return rows.weight[a] < rows.weight[b];
    for (const auto& c : rows.columns)
      if (c.codes[a] != c.codes[b]) return c.codes[a] < c.codes[b];
    return false;
  };
  std::stable_sort(order.begin(), order.end(), less);
  return order;
}

std::vector<std::uint32_t> slice_of_rows(const Predictions& rows, const Slices& slices,
                                         std::span<const std::size_t> columns) {
  std::vector<std::uint64_t> stride(columns.size(), 1);
  for (std::size_t c = columns.size(); c-- > 1;) stride[c - 1] = stride[c] * rows.columns[columns[c]].values.size();
  std::unordered_map<std::uint64_t, std::uint32_t> place;
  for (std::size_t s = 0; s < slices.size(); ++s) {
    std::uint64_t key = 0;
    for (std::size_t c = 0; c < columns.size(); ++c) key += stride[c] * slices.levels[s][c];
    place[key] = static_cast<std::uint32_t>(s);
  }
  std::vector<std::uint32_t> out(rows.rows());
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t key = 0;
    for (std::size_t c = 0; c < columns.size(); ++c)
      key += stride[c] * static_cast<std::uint64_t>(rows.columns[columns[c]].codes[i]);
    out[i] = place.find(key)->second;
  }
  return out;
}

Slices listed_slices(const Predictions& rows, const Cells& cells, std::span<const std::size_t> columns) {
  double combinations = 1;
  for (const std::size_t c : columns) combinations *= static_cast<double>(rows.columns[c].values.size());
  return slices_of(cells, columns, combinations <= kListed);
}

std::vector<std::vector<double>> replicates_of(const Predictions& rows, const Cells& cells, const Slices& slices,
                                               std::span<const std::size_t> columns,
                                               std::span<const std::uint32_t> order, const BootstrapOptions& options) {
  const auto each = 4 * static_cast<std::size_t>(options.replicates);
  std::vector<std::vector<double>> out(slices.size());
  if (rows.weight.empty()) {
    parallel_parts(out.size(), [&](std::size_t s) {
      out[s].resize(each);
      if (options.stop.stop_requested()) return;
      slice_replicates(cells, slices.of(s), options, out[s]);
    });
    return out;
  }
  const auto place = slice_of_rows(rows, slices, columns);
  std::vector<std::uint32_t> slice;
  std::vector<std::uint8_t> outcome;
  std::vector<double> weight;
  for (const std::uint32_t i : order) {
    slice.push_back(place[i]), weight.push_back(rows.weight[i]);
    outcome.push_back(static_cast<std::uint8_t>(2 * rows.label[i] + rows.decision[i]));
  }
  const auto all = weighted_replicates(slice, out.size(), outcome, weight, options);
  for (std::size_t s = 0; s < out.size(); ++s)
    out[s].assign(all.begin() + static_cast<std::ptrdiff_t>(s * each),
                  all.begin() + static_cast<std::ptrdiff_t>((s + 1) * each));
  return out;
}

}  // namespace assay::metrics
