#include "assay/pipeline/init.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/data/read.h"
#include "assay/operation/json.h"
#include "assay/pipeline/plan.h"

namespace assay::pipeline {
namespace {

namespace fs = std::filesystem;
using operation::Json;

struct Outcome {
  std::vector<std::string> values;  // sorted: numbers as numbers, text bytewise
  std::vector<std::size_t> counts;
};

std::string quoted(const std::string& s) { return Json(s).dump(); }

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& each : names) out += (out.empty() ? "" : ", ") + quoted(each);
  return out;
}

Result<Outcome> outcome_of(const data::Table& table, const std::string& column) {
  ASSAY_TRY(const auto codes, table.codes(column));
  const auto& values = *codes.values;
  if (values.size() != 2)
    return fail(Code::kInvalidArgument,
                fmt::format("column {} has {} values; a label has two", quoted(column), values.size()), "label",
                "name a column with two values");
  Outcome out{values, {0, 0}};
  for (const auto code : codes.codes)
    if (code >= 0) ++out.counts[static_cast<std::size_t>(code)];
  char *end0 = nullptr, *end1 = nullptr;
  const double a = std::strtod(values[0].c_str(), &end0), b = std::strtod(values[1].c_str(), &end1);
  const bool numbers = *end0 == 0 && *end1 == 0;
  if (numbers ? a > b : values[0] > values[1])
    std::swap(out.values[0], out.values[1]), std::swap(out.counts[0], out.counts[1]);
  return out;
}

Result<std::string> two_valued_columns(const data::Table& table) {
  std::vector<std::string> found;
  for (const auto& name : table.names()) {
    const auto codes = table.codes(name);
    if (codes && codes->values->size() == 2) found.push_back(name);
  }
  return found.empty() ? "no column has two values" : "columns with two values: " + listed(found);
}

std::string plan_name(const std::string& given, const std::string& file) {
  std::string out = given.empty() ? fs::path(file).stem().string() : given;
  for (char& c : out) {
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') c = '_';
  }
  if (out.empty() || !(out[0] >= 'a' && out[0] <= 'z')) out = "m_" + out;
  return out.substr(0, 63);
}

// A column's name as it stands in an expression: bare where it is a word, else in quotes.
std::string argument(const std::string& name) {
  const bool word =
      !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
  return word ? name : quoted(name);
}

// The rest of the plan's text. Log loss must beat the base rate's entropy: a model that does not has learnt nothing.
std::string plan_text(const InitRequest& r, const Outcome& outcome, const std::string& source, std::size_t rows) {
  const double n = static_cast<double>(outcome.counts[0] + outcome.counts[1]),
               p = static_cast<double>(outcome.counts[1]) / n;
  const double base = -p * std::log(p) - (1 - p) * std::log1p(-p);
  const std::string positive = r.positive.empty() ? outcome.values[1] : r.positive;
  std::string out = fmt::format(
      "# What the model is for, what it learns from, and what must hold before it is used.\n"
      "assay: 1\nname: {}\n\npurpose:\n  use: {}\n  users: []          # who works with its answers\n"
      "  out_of_scope: []   # what it must not be used for\n\n"
      "data:\n  source: {}\n  label:\n    column: {}\n    positive: {}    # what the model predicts: {} of {} rows\n"
      "    favorable: {}   # what is good for the person\n",
      plan_name(r.name, r.data),
      quoted(r.use.empty() ? "Predict " + r.label + " (say for whom and what is decided with it)" : r.use),
      quoted(source), quoted(r.label), quoted(positive), outcome.counts[positive == outcome.values[1] ? 1 : 0],
      outcome.counts[0] + outcome.counts[1], quoted(r.favorable));
  out += fmt::format("  protected: [{}]   # kept for assessment, left out of training\n", listed(r.protected_columns));
  out += fmt::format(
      "  split:\n    test: {}   # share of rows that only judge\n\nseed: 0\n\nmodel:\n  learner: logistic\n\nchecks:\n",
      rows < 5000 ? 0.5 : 0.3);
  out += "  - {id: discrimination, require: auc >= 0.70}\n";
  out += fmt::format(
      "  - {{id: better-than-base-rate, require: log_loss <= {:.3f}}}   # the base rate alone gives {:.3f}\n",
      std::floor(base * 1000) / 1000, base);
  for (const auto& group : r.protected_columns) {
    const auto rule = [&](const std::string& id, const std::string& require) {
      out += fmt::format("  - id: {}\n    require: {}\n", quoted(id + "-" + group), quoted(require));
    };
    rule("four-fifths", "favorable_rate_ratio(group=" + argument(group) + ") >= 0.80");
    rule("equal-errors", "equalized_odds_difference(group=" + argument(group) + ") <= 0.10");
    out += "    failed: warn\n    not_decided: warn\n";
  }
  return out;
}

}  // namespace

Result<InitReport> init_plan(const InitRequest& request, Task& task) {
  if (files::exists(request.output))
    return fail(Code::kAlreadyExists, "is there already", request.output, "edit it, or name another with --output");
  ASSAY_TRY(const auto table, data::read(request.data, task));
  if (request.label.empty()) {
    ASSAY_TRY(const auto choices, two_valued_columns(table));
    return fail(Code::kInvalidArgument, "say which column is predicted; " + choices, "label", "--label COLUMN");
  }
  ASSAY_TRY(const auto outcome, outcome_of(table, request.label));
  const auto known = [&](const std::string& v) { return v == outcome.values[0] || v == outcome.values[1]; };
  if (!known(request.favorable))
    return fail(Code::kInvalidArgument,
                (request.favorable.empty() ? "say which value is good for the person"
                                           : quoted(request.favorable) + " is no value of " + quoted(request.label)) +
                    std::string(": ") + quoted(outcome.values[0]) + " or " + quoted(outcome.values[1]),
                "favorable", "--favorable " + outcome.values[0] + " or --favorable " + outcome.values[1]);
  if (!request.positive.empty() && !known(request.positive))
    return fail(Code::kInvalidArgument, quoted(request.positive) + " is no value of " + quoted(request.label),
                "positive", "choose " + quoted(outcome.values[0]) + " or " + quoted(outcome.values[1]));
  for (const auto& name : request.protected_columns) {
    ASSAY_TRY(const auto type, table.type(name));
    static_cast<void>(type);
  }
  const auto folder = fs::path(request.output).parent_path();
  std::error_code code;
  const auto source = fs::proximate(request.data, folder.empty() ? "." : folder, code).string();
  InitReport report{request.output, plan_text(request, outcome, source, table.rows())};
  ASSAY_TRY(const auto sound, parse_plan(report.plan, request.output));  // what is written must be readable
  static_cast<void>(sound);
  ASSAY_CHECK(files::write(request.output, report.plan));
  return report;
}

}  // namespace assay::pipeline
