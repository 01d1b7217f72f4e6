#include "assay/learn/train.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "assay/learn/encode.h"
#include "assay/model/labels.h"

namespace assay::learn {
namespace {

struct Rows {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> positive;
  std::vector<double> weights;  // empty, or one per row, above 0
  std::string positive_value, negative_value;
  std::int64_t no_label = 0, no_weight = 0;
};

Status check_columns(const data::Table& table, const TrainRequest& request) {
  const auto known = [&](const std::string& name, std::string_view field) -> Status {
    if (name.empty() || table.has(name)) return {};
    return tl::unexpected<Error>(table.type(name).error().at(field));  // knows the nearest name
  };
  ASSAY_CHECK(known(request.label, "label"));
  ASSAY_CHECK(known(request.weight, "weight"));
  ASSAY_CHECK(known(request.id, "id"));
  ASSAY_CHECK(known(request.time, "time"));
  for (const auto& [list, field] : {std::pair{&request.include, "include"},
                                    {&request.exclude, "exclude"},
                                    {&request.protected_columns, "protected"}})
    for (const std::string& name : *list) ASSAY_CHECK(known(name, field));
  for (const std::string& name : request.include) {
    if (name == request.label || name == request.weight)
      return fail(
          Code::kInvalidArgument,
          "\"" + name + "\" is the " + (name == request.label ? "label" : "weight") + " and cannot be a feature",
          "include", "take it out of the list");
    if (std::find(request.exclude.begin(), request.exclude.end(), name) != request.exclude.end())
      return fail(Code::kInvalidArgument, "\"" + name + "\" is both included and excluded", "include",
                  "name it in one of the two lists");
  }
  return {};
}

Status weigh(const data::Table& table, const TrainRequest& request, Rows& out) {
  if (request.weight.empty()) return {};
  ASSAY_TRY(const auto weights, table.numbers(request.weight));
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t row : out.rows) {
    const double w = weights.valid[row] ? weights.values[row] : NAN;
    if (!(w >= 0) || std::isinf(w))
      return fail(Code::kInvalidArgument,
                  weights.valid[row] ? "the weight is negative or not a finite number" : "the weight is missing",
                  "row " + std::to_string(row) + " column " + request.weight, "give every row a weight of 0 or more");
    if (w == 0) {
      ++out.no_weight;
      continue;
    }
    kept.push_back(row), out.weights.push_back(w);
  }
  out.rows = std::move(kept);
  return {};
}

Status read_label(const data::Table& table, const TrainRequest& request, Rows& out) {
  ASSAY_TRY(const auto codes, table.codes(request.label));
  std::vector<bool> seen(codes.values->size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.rows.size(); ++i) {
    const auto code = codes.codes[out.rows[i]];
    if (code < 0) {
      ++out.no_label;
      continue;
    }
    seen[static_cast<std::size_t>(code)] = true;
    out.rows[kept] = out.rows[i];
    if (!out.weights.empty()) out.weights[kept] = out.weights[i];
    ++kept;
  }
  out.rows.resize(kept);
  if (!out.weights.empty()) out.weights.resize(kept);
  if (out.rows.empty())
    return fail(Code::kFailedPrecondition, "no row has a label and a weight above 0", "column " + request.label,
                "choose other rows or another part of the split");
  std::vector<std::string> values;
  for (std::size_t v = 0; v < seen.size(); ++v)
    if (seen[v]) values.push_back((*codes.values)[v]);
  if (values.size() == 1)
    return fail(Code::kInvalidArgument,
                "the label has the single value \"" + values[0] + "\" in the rows to learn from",
                "column " + request.label, "choose rows that hold both outcomes");
  ASSAY_TRY(out.positive_value, model::positive_of(request.label, values, request.positive));
  out.negative_value = values.size() > 2 ? "(other)" : values[values[0] == out.positive_value ? 1 : 0];
  for (const std::uint32_t row : out.rows)
    out.positive.push_back((*codes.values)[static_cast<std::size_t>(codes.codes[row])] == out.positive_value ? 1 : 0);
  return {};
}

// Why a column is no feature; empty when it is one.
std::string left_out(const std::string& name, const TrainRequest& request) {
  const auto in = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (name == request.label) return "label";
  if (name == request.weight) return "weight";
  if (in(request.exclude)) return "excluded by name";
  if (in(request.include)) return {};
  if (in(request.protected_columns)) return "protected";
  if (name == request.id) return "id";
  return name == request.time ? "time" : "";
}

Result<Encoding> features_of(const data::Table& table, const TrainRequest& request, const Rows& rows, Trained& out,
                             Task& task) {
  std::vector<std::string> columns;
  std::map<std::string, std::string> why;
  for (const std::string& name : table.names()) {
    why[name] = left_out(name, request);
    if (why[name].empty()) columns.push_back(name);
  }
  ASSAY_TRY(auto encoding, fit_encoding(table, rows.rows, columns, rows.weights, task));
  for (const auto& [name, reason] : encoding.excluded) why[name] = reason;
  for (const std::string& name : table.names())
    if (!why[name].empty()) out.excluded.emplace_back(name, why[name]);
  if (encoding.means.empty())
    return fail(Code::kFailedPrecondition, "no column is left to learn from", {},
                "exclude fewer columns, or include a protected one knowingly");
  return encoding;
}

}  // namespace

std::optional<double> auc_of(std::span<const double> scores, std::span<const std::uint8_t> positive,
                             std::span<const double> weights) {
  std::vector<std::uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return scores[a] != scores[b] ? scores[a] < scores[b] : a < b; });
  double below = 0, ranked = 0, ones = 0;
  for (std::size_t i = 0; i < order.size();) {
    double negative = 0, equal = 0;
    std::size_t j = i;
    for (; j < order.size() && scores[order[j]] == scores[order[i]]; ++j)
      (positive[order[j]] ? equal : negative) += weights.empty() ? 1.0 : weights[order[j]];
    ranked += equal * (below + negative / 2);
    below += negative, ones += equal, i = j;
  }
  if (ones == 0 || below == 0) return std::nullopt;
  return ranked / (ones * below);
}

Result<Trained> train_linear(const data::Table& table, std::vector<std::uint32_t> rows, const TrainRequest& request,
                             Task& task) {
  ASSAY_CHECK(check_columns(table, request));
  Rows used;
  used.rows = std::move(rows);
  ASSAY_CHECK(weigh(table, request, used));
  ASSAY_CHECK(read_label(table, request, used));
  Trained out;
  ASSAY_TRY(auto encoding, features_of(table, request, used, out, task));
  model::LinearParts parts;
  parts.inputs = std::move(encoding.inputs), parts.means = std::move(encoding.means),
  parts.scales = std::move(encoding.scales);
  parts.signature.inputs = std::move(encoding.signature);
  parts.signature.outputs = {{"probability", "probability", {used.negative_value, used.positive_value}}};
  parts.signature.positive = used.positive_value;
  ASSAY_TRY(const auto design,
            model::encode(parts.inputs, parts.signature, parts.means, parts.scales, table, used.rows));
  const LogisticOptions options{request.c, request.tolerance, request.max_iterations};
  ASSAY_TRY(out.fit, fit_logistic(design, parts.means.size(), used.positive, used.weights, options, task));
  parts.coefficients = out.fit.coefficients, parts.standard_errors = out.fit.standard_errors;
  parts.intercept = out.fit.intercept, parts.intercept_error = out.fit.intercept_error;
  out.auc = auc_of(model::margins(design, parts), used.positive, used.weights);
  const double total = used.weights.empty() ? static_cast<double>(used.rows.size())
                                            : std::accumulate(used.weights.begin(), used.weights.end(), 0.0);
  parts.training = {request.label, request.c, static_cast<std::int64_t>(used.rows.size()), total, out.fit.log_loss};
  out.rows = static_cast<std::int64_t>(used.rows.size());
  out.positives = std::count(used.positive.begin(), used.positive.end(), 1);
  out.dropped_no_label = used.no_label, out.dropped_no_weight = used.no_weight;
  out.positive = used.positive_value;
  out.model = std::make_unique<model::LinearModel>(std::move(parts));
  return out;
}

}  // namespace assay::learn
