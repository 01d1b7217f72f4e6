#include "assay/learn/operations.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "assay/base/files.h"
#include "assay/data/read.h"
#include "assay/data/split.h"
#include "assay/learn/train.h"

namespace assay::learn {
namespace {

using operation::Evidence;
using operation::Figure;
using operation::Json;

constexpr double kNormal975 = 1.959963984540054;  // 97.5 % point of the standard normal distribution

Json coefficient_json(const std::string& name, double value, double se, double scale) {
  return Json{{"name", name},
              {"value", operation::number(value)},
              {"se", operation::number(se)},
              {"low", operation::number(value - kNormal975 * se)},
              {"high", operation::number(value + kNormal975 * se)},
              {"per_unit", operation::number(value / scale)}};
}

Json coefficients_json(const model::LinearParts& parts) {
  Json out = Json::array();
  const auto names = model::column_names(parts.inputs);
  for (std::size_t i = 0; i < names.size(); ++i)
    out.push_back(coefficient_json(names[i], parts.coefficients[i], parts.standard_errors[i], parts.scales[i]));
  return out;
}

Figure figure(std::string name, std::optional<double> value, std::int64_t n, const char* better) {
  Figure f;
  f.name = std::move(name), f.value = value, f.n = n, f.better = better;
  f.why = value ? "fitted on the same rows" : "one class has no weight";
  return f;
}

Json detail_of(const TrainRequest& request, const Trained& t) {
  const model::LinearParts& parts = t.model->parts();
  Json excluded = Json::array();
  for (const auto& [column, why] : t.excluded) excluded.push_back(Json{{"column", column}, {"why", why}});
  return Json{{"learner", "logistic"},
              {"label", request.label},
              {"positive", t.positive},
              {"rows", t.rows},
              {"positives", t.positives},
              {"dropped", Json{{"no_label", t.dropped_no_label}, {"no_weight", t.dropped_no_weight}}},
              {"total_weight", operation::number(parts.training.total_weight)},
              {"c", request.c},
              {"objective", operation::number(t.fit.objective)},
              {"convergence", Json{{"iterations", t.fit.iterations},
                                   {"gradient_max", operation::number(t.fit.gradient_max)},
                                   {"converged", t.fit.converged}}},
              {"intercept", coefficient_json("(intercept)", t.fit.intercept, t.fit.intercept_error, 1)},
              {"coefficients", coefficients_json(parts)},
              {"features", operation::to_json(parts.signature.inputs)},
              {"excluded", excluded},
              {"signature", operation::to_json(parts.signature)}};
}

// Where a value between low and high falls on a line of `width` characters.
std::size_t place(double value, double low, double high, std::size_t width) {
  const double share = high > low ? (value - low) / (high - low) : 0.5;
  return static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width - 1) + 0.5);
}

std::string bar(double value, double low, double high, double span) {
  constexpr std::size_t kWidth = 41;
  std::string line(kWidth, ' ');
  const std::size_t zero = kWidth / 2, at = place(value, -span, span, kWidth);
  for (std::size_t i = place(low, -span, span, kWidth); i <= place(high, -span, span, kWidth); ++i) line[i] = '-';
  for (std::size_t i = std::min(zero, at); i <= std::max(zero, at); ++i) line[i] = '=';
  line[zero] = '|', line[at] = '#';
  return line;
}

std::string render(const Json& evidence) {
  const Json& d = evidence.at("detail");
  const auto number = [](const Json& in, const char* name) { return operation::number_of(in.at(name)); };
  char line[240];
  std::snprintf(line, sizeof line, "logistic regression of %s = %s on %lld rows (%lld positive)\n",
                d.at("label").get<std::string>().c_str(), d.at("positive").get<std::string>().c_str(),
                static_cast<long long>(number(d, "rows")), static_cast<long long>(number(d, "positives")));
  std::string out = line;
  for (const Json& f : evidence.at("figures"))
    if (!f.at("value").is_null()) {
      std::snprintf(line, sizeof line, "  %-10s %.4f  (on the rows it was fitted on)\n",
                    f.at("name").get<std::string>().c_str(), number(f, "value"));
      out += line;
    }
  if (!d.at("convergence").at("converged").get<bool>()) out += "  NOT CONVERGED: raise max_iterations or lower c\n";
  std::vector<Json> all(d.at("coefficients").begin(), d.at("coefficients").end());
  std::stable_sort(all.begin(), all.end(), [&](const Json& a, const Json& b) {
    return std::abs(number(a, "value")) > std::abs(number(b, "value"));
  });
  const std::size_t shown = std::min<std::size_t>(20, all.size());
  double span = 1e-300;
  for (std::size_t i = 0; i < shown; ++i) span = std::max(span, std::abs(number(all[i], "value")) * 1.25);
  out += "coefficients on the standardised scale, largest first (# estimate, - 95 % interval)\n";
  for (std::size_t i = 0; i < shown; ++i) {
    std::snprintf(line, sizeof line, "  %+8.3f [%+8.3f, %+8.3f] ", number(all[i], "value"), number(all[i], "low"),
                  number(all[i], "high"));
    out += line + bar(number(all[i], "value"), number(all[i], "low"), number(all[i], "high"), span) + "  " +
           all[i].at("name").get<std::string>() + "\n";
  }
  if (all.size() > shown) out += "  and " + std::to_string(all.size() - shown) + " smaller ones\n";
  for (const Json& each : d.at("excluded"))
    out += "  not used: " + each.at("column").get<std::string>() + " (" + each.at("why").get<std::string>() + ")\n";
  return out;
}

}  // namespace

Result<Evidence> train(const TrainRequest& request, Task& task) {
  data::ReadOptions read_options;
  read_options.null = request.null;
  ASSAY_TRY(const auto table, data::read(request.data, task, read_options));
  std::vector<std::uint32_t> rows = model::all_rows(table.rows());
  if (!request.split.empty()) {
    ASSAY_TRY(rows, data::rows_of_part(request.split, request.part, task));
    if (!rows.empty() && *std::max_element(rows.begin(), rows.end()) >= table.rows())
      return fail(Code::kFailedPrecondition, "the split names more rows than the data have", request.split,
                  "split these data anew");
  }
  ASSAY_TRY(const auto trained, train_linear(table, std::move(rows), request, task));
  const std::string media = "application/octet-stream";
  ASSAY_TRY(const auto path, task.create("model", media));
  ASSAY_CHECK(files::write(path, trained.model->write()));
  Evidence out;
  out.kind = "assay.training/1";
  out.figures.push_back(figure("log_loss", trained.fit.log_loss, trained.rows, "lower"));
  out.figures.push_back(figure("auc", trained.auc, trained.rows, "higher"));
  out.detail = detail_of(request, trained);
  out.blobs["model"] = {"", media, 0};
  if (!trained.fit.converged) out.flags.push_back("not_converged");
  return out;
}

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(operation::operation("train", "linear", "Train an exact L2 logistic regression", &train)
                    .with_access(operation::Access::kWrite)
                    .slow()
                    .like("assay train linear loans.csv --label deny --positive yes --protected afam")
                    .shown_by(&render));
  return out;
}

}  // namespace assay::learn
