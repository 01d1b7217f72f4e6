#include "assay/model/xgboost.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "assay/base/parallel.h"
#include "assay/model/inputs.h"
#include "assay/model/xgboost_file.h"

namespace assay::model {
namespace {

constexpr std::size_t kChunk = 4096;  // rows per task

double sigmoid(double z) { return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z)); }

void softmax(const double* margin, std::size_t count, double* out) {
  const double top = *std::max_element(margin, margin + count);
  double sum = 0;
  for (std::size_t k = 0; k < count; ++k) sum += out[k] = std::exp(margin[k] - top);
  for (std::size_t k = 0; k < count; ++k) out[k] /= sum;
}

std::string input_type(const std::string& theirs) {
  if (theirs == "c") return "category";
  if (theirs == "int") return "int";
  return theirs == "i" ? "bool" : "float";
}

}  // namespace

const XgboostModel::Objective* XgboostModel::objective_named(std::string_view name) {
  static constexpr std::array<Objective, 21> kObjectives{{{"reg:squarederror", Link::kIdentity, "value"},
                                                          {"reg:linear", Link::kIdentity, "value"},
                                                          {"reg:squaredlogerror", Link::kIdentity, "value"},
                                                          {"reg:pseudohubererror", Link::kIdentity, "value"},
                                                          {"reg:absoluteerror", Link::kIdentity, "value"},
                                                          {"reg:quantileerror", Link::kIdentity, "value"},
                                                          {"reg:expectileerror", Link::kIdentity, "value"},
                                                          {"reg:logistic", Link::kLogistic, "probability"},
                                                          {"binary:logistic", Link::kLogistic, "probability"},
                                                          {"binary:logitraw", Link::kLogisticRaw, "margin"},
                                                          {"binary:hinge", Link::kHinge, "decision"},
                                                          {"count:poisson", Link::kExp, "value"},
                                                          {"reg:gamma", Link::kExp, "value"},
                                                          {"reg:tweedie", Link::kExp, "value"},
                                                          {"survival:cox", Link::kExp, "value"},
                                                          {"survival:aft", Link::kExp, "value"},
                                                          {"multi:softprob", Link::kSoftmax, "probability"},
                                                          {"multi:softmax", Link::kArgmax, "decision"},
                                                          {"rank:pairwise", Link::kIdentity, "rank"},
                                                          {"rank:ndcg", Link::kIdentity, "rank"},
                                                          {"rank:map", Link::kIdentity, "rank"}}};
  for (const Objective& each : kObjectives)
    if (each.name == name) return &each;
  return nullptr;
}

namespace {

// base_score is in prediction space; float32 arithmetic as XGBoost's.
Status to_margin(std::vector<float>& base, bool logistic, bool log) {
  for (float& b : base) {
    if (logistic && !(b > 0 && b < 1))
      return fail(Code::kCorrupt, "a probability between 0 and 1 was expected, not " + std::to_string(b),
                  "learner_model_param: base_score", "save the model again");
    if (log && !(b > 0))
      return fail(Code::kCorrupt, "a number above 0 was expected, not " + std::to_string(b),
                  "learner_model_param: base_score", "save the model again");
    if (logistic) b = -std::log(1.0f / b - 1.0f);
    if (log) b = std::log(b);
  }
  return {};
}

}  // namespace

void XgboostModel::describe_outputs(std::string_view meaning, std::size_t classes) {
  Output out{meaning == "probability" ? "probability"
             : meaning == "decision"  ? "decision"
                                      : std::string(meaning),
             std::string(meaning),
             {}};
  if (classes > 1)
    for (std::size_t k = 0; k < classes; ++k) out.classes.push_back(std::to_string(k));
  if (outputs_ == 1 && (link_ == Link::kLogistic || link_ == Link::kLogisticRaw || link_ == Link::kHinge)) {
    out.classes = {"0", "1"};
    signature_.positive = "1";
  }
  signature_.outputs = {std::move(out)};
}

Result<std::unique_ptr<XgboostModel>> XgboostModel::read(std::string_view bytes) {
  ASSAY_TRY(auto file, read_xgboost(bytes));
  const Objective* objective = objective_named(file.objective);
  if (!objective)
    return fail(Code::kUnsupported, "the objective \"" + file.objective.substr(0, 60) + "\" is not known", "objective",
                "train with one of XGBoost's own objectives");
  const bool softmax_kind = objective->link == Link::kSoftmax || objective->link == Link::kArgmax;
  if (softmax_kind && file.classes < 2)
    return fail(Code::kCorrupt, "has fewer than two classes", "learner_model_param: num_class", "save the model again");
  ASSAY_CHECK(to_margin(file.base, objective->link == Link::kLogistic, objective->link == Link::kExp));
  auto model = std::make_unique<XgboostModel>();
  model->features_ = file.features, model->outputs_ = file.outputs, model->link_ = objective->link;
  model->nameless_ = file.names.empty();
  for (std::size_t f = 0; f < file.features; ++f) {
    Input input;
    input.name = model->nameless_ ? "f" + std::to_string(f) : file.names[f];
    input.type = file.types.empty() ? "float" : input_type(file.types[f]);
    if (!file.categories.empty() && !file.categories[f].empty())
      input.type = "category", input.categories = std::move(file.categories[f]);
    model->signature_.inputs.push_back(std::move(input));
  }
  model->describe_outputs(objective->meaning, softmax_kind ? file.classes : 0);
  if (!file.best_iteration.empty())
    model->notes_.push_back("early stopping found iteration " + file.best_iteration + " best; all trees are used");
  model->summary_ = {file.ubjson ? "xgboost-ubj" : "xgboost-json",
                     file.weights.empty() ? "tree_ensemble" : "linear",
                     file.objective,
                     file.version.empty() ? "xgboost" : "xgboost " + file.version,
                     static_cast<std::int64_t>(file.trees.trees.size()),
                     static_cast<std::int64_t>(file.trees.left.size()),
                     static_cast<std::int64_t>(file.features),
                     static_cast<std::int64_t>(file.outputs)};
  model->base_ = file.base, model->weights_ = std::move(file.weights), model->trees_ = std::move(file.trees);
  model->trees_.features = file.features, model->trees_.outputs = file.outputs,
  model->trees_.base = std::move(file.base);
  if (!model->linear()) model->kernel_ = TreeKernel(model->trees_);
  return model;
}

void XgboostModel::linear_margins(const float* matrix, std::size_t rows, float* out) const {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < outputs_; ++k) {
      float sum = weights_[features_ * outputs_ + k] + base_[k];
      for (std::size_t f = 0; f < features_; ++f)
        if (const float x = matrix[r * features_ + f]; !std::isnan(x)) sum += x * weights_[f * outputs_ + k];
      out[r * outputs_ + k] = sum;
    }
}

void XgboostModel::margins(const float* matrix, std::size_t rows, float* out) const {
  if (linear())
    linear_margins(matrix, rows, out);
  else
    kernel_.margins(matrix, rows, out);
}

void XgboostModel::apply_link(std::size_t begin, std::size_t end, Scores& scores) const {
  const std::size_t k = outputs_;
  for (std::size_t r = begin; r < end; ++r) {
    const double* const margin = &scores.margin[r * k];
    if (link_ == Link::kSoftmax || link_ == Link::kArgmax) {
      softmax(margin, k, &scores.probability[r * k]);
      if (link_ == Link::kArgmax)
        scores.value[r] = static_cast<double>(std::max_element(margin, margin + k) - margin);
      else
        std::copy_n(&scores.probability[r * k], k, &scores.value[r * k]);
      continue;
    }
    for (std::size_t i = 0; i < k; ++i) {
      const double m = margin[i];
      double& value = scores.value[r * k + i];
      if (link_ == Link::kLogistic || link_ == Link::kLogisticRaw) scores.probability[r * k + i] = sigmoid(m);
      switch (link_) {
        case Link::kLogistic:
          value = scores.probability[r * k + i];
          break;
        case Link::kHinge:
          value = m > 0 ? 1 : 0;
          break;
        case Link::kExp:
          value = std::exp(m);
          break;
        default:
          value = m;
      }
    }
  }
}

Result<Scores> XgboostModel::predict(const data::Table& table, std::span<const std::uint32_t> rows, Task& task) const {
  ASSAY_TRY(const auto inputs, FloatInputs::bind(signature_, table, rows, nameless_));
  Scores scores;
  scores.outputs = outputs_;
  scores.value_width = link_ == Link::kArgmax ? 1 : outputs_;
  scores.margin.resize(rows.size() * outputs_);
  scores.value.resize(rows.size() * scores.value_width);
  const bool gives_probability = link_ != Link::kIdentity && link_ != Link::kExp && link_ != Link::kHinge;
  if (gives_probability) scores.probability.resize(rows.size() * outputs_);
  scores.unseen = inputs.unseen();
  scores.notes = notes_;
  note_extra_columns(table, features_, scores);
  const std::size_t parts = (rows.size() + kChunk - 1) / kChunk;
  task.begin(parts);
  parallel_parts(parts, [&](std::size_t part) {
    if (task.stopped()) return;
    const std::size_t begin = part * kChunk, count = std::min(kChunk, rows.size() - begin);
    const std::size_t block = linear() ? std::size_t{64} : kernel_.block_rows();
    std::vector<float> matrix(block * features_), out(block * outputs_);
    for (std::size_t at = begin; at < begin + count; at += block) {
      const std::size_t n = std::min(block, begin + count - at);
      inputs.fill(rows.subspan(at, n), matrix.data());
      margins(matrix.data(), n, out.data());
      std::copy_n(out.data(), n * outputs_, &scores.margin[at * outputs_]);
    }
    apply_link(begin, begin + count, scores);
    task.step();
  });
  ASSAY_CHECK(task.check());
  return scores;
}

}  // namespace assay::model
