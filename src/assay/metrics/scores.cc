#include "assay/metrics/scores.h"

#include <algorithm>
#include <cmath>

namespace assay::metrics {
namespace {

constexpr double kClip = 2.220446049250313e-16;  // scikit-learn's: the spacing of doubles at 1

// Calls visit(begin, end) for each run of equal scores, in rising order.
template <class Visit>
void for_each_tie(const ScoredRows& rows, const Visit& visit) {
  for (std::size_t i = 0, j; i < rows.score.size(); i = j) {
    for (j = i + 1; j < rows.score.size() && rows.score[j] == rows.score[i];) ++j;
    visit(i, j);
  }
}

struct Classes {
  double weight[2] = {0, 0};
  std::uint64_t rows[2] = {0, 0};
};

Classes classes_of(const ScoredRows& rows, std::size_t begin, std::size_t end) {
  Classes out;
  for (std::size_t i = begin; i < end; ++i) out.weight[rows.label[i]] += rows.w(i), ++out.rows[rows.label[i]];
  return out;
}

}  // namespace

double Auc::n_eff() const {
  return auc_effective_rows(value, variance, static_cast<double>(positives), static_cast<double>(negatives));
}
Interval Auc::interval(double level) const { return wilson(value, n_eff(), level); }

Auc auc(const ScoredRows& rows) {
  const Classes all = classes_of(rows, 0, rows.score.size());
  Auc out;
  out.positives = all.rows[1], out.negatives = all.rows[0];
  if (!(all.weight[0] > 0) || !(all.weight[1] > 0)) return out;
  const double w1 = all.weight[1], w0 = all.weight[0];
  double below[2] = {0, 0}, area = 0;
  for_each_tie(rows, [&](std::size_t i, std::size_t j) {
    const Classes tie = classes_of(rows, i, j);
    area += tie.weight[1] * (below[0] + tie.weight[0] / 2);
    below[0] += tie.weight[0];
  });
  out.value = std::min(1.0, area / w1 / w0);
  if (all.rows[0] < 2 || all.rows[1] < 2) return out;
  double spread[2] = {0, 0};
  below[0] = 0;
  for_each_tie(rows, [&](std::size_t i, std::size_t j) {
    const Classes tie = classes_of(rows, i, j);
    const double placed1 = (below[0] + tie.weight[0] / 2) / w0;       // of a positive among the negatives
    const double placed0 = (w1 - below[1] - tie.weight[1] / 2) / w1;  // of a negative among the positives
    const double off1 = (placed1 - out.value) * (placed1 - out.value),
                 off0 = (placed0 - out.value) * (placed0 - out.value);
    for (std::size_t r = i; r < j; ++r) spread[rows.label[r]] += rows.w(r) * rows.w(r) * (rows.label[r] ? off1 : off0);
    below[0] += tie.weight[0], below[1] += tie.weight[1];
  });
  const auto of = [&](int c, double w) {
    const double n = static_cast<double>(all.rows[c]);
    return spread[c] / (w * w) * n / (n - 1);
  };
  out.variance = of(1, w1) + of(0, w0);
  return out;
}

double average_precision(const ScoredRows& rows) {
  std::size_t at = rows.score.size();
  double hit = 0, alarm = 0, sum = 0;
  while (at > 0) {
    std::size_t from = at - 1;
    while (from > 0 && rows.score[from - 1] == rows.score[at - 1]) --from;
    const Classes tie = classes_of(rows, from, at);
    hit += tie.weight[1], alarm += tie.weight[0];
    if (tie.weight[1] > 0) sum += tie.weight[1] * (hit / (hit + alarm));
    at = from;
  }
  return hit > 0 ? sum / hit : kNan;
}

std::vector<RocPoint> roc_curve(const ScoredRows& rows, std::size_t most) {
  const Classes all = classes_of(rows, 0, rows.score.size());
  if (!(all.weight[0] > 0) || !(all.weight[1] > 0)) return {};
  std::vector<RocPoint> every{{std::numeric_limits<double>::infinity(), 0, 0}};
  double hit = 0, alarm = 0;
  for (std::size_t i = rows.score.size(); i-- > 0;) {
    (rows.label[i] ? hit : alarm) += rows.w(i);
    if (i > 0 && rows.score[i - 1] == rows.score[i]) continue;
    every.push_back({rows.score[i], std::min(1.0, alarm / all.weight[0]), std::min(1.0, hit / all.weight[1])});
  }
  if (every.size() <= most) return every;
  std::vector<RocPoint> out;
  for (std::size_t i = 0; i < most; ++i) out.push_back(every[i * (every.size() - 1) / (most - 1)]);
  return out;
}

std::vector<ReliabilityBin> reliability(const ScoredRows& rows, std::size_t bins) {
  if (bins == 0) return {};
  std::vector<ReliabilityBin> out(bins);
  std::vector<double> in(bins), in2(bins), all(bins), out2(bins), scores(bins);
  const double width = static_cast<double>(bins);
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    const double at = std::clamp(rows.score[i] * width, 0.0, width - 1);
    const auto b = static_cast<std::size_t>(at);
    const double w = rows.w(i);
    ++out[b].positive.n, all[b] += w, scores[b] += w * rows.score[i];
    if (rows.label[i])
      in[b] += w, in2[b] += w * w;
    else
      out2[b] += w * w;
  }
  for (std::size_t b = 0; b < bins; ++b) {
    out[b].low = static_cast<double>(b) / width, out[b].high = static_cast<double>(b + 1) / width;
    if (!(all[b] > 0)) continue;
    out[b].mean_score = scores[b] / all[b], out[b].positive.value = in[b] / all[b];
    out[b].positive.n_eff = effective_rows(out[b].positive.value, all[b], in2[b], out2[b]);
  }
  return out;
}

Interval Mean::interval(double level) const {
  if (!(se >= 0) || n < 2) return {};
  const double half = t_quantile(1 - (1 - level) / 2, static_cast<double>(n) - 1) * se;
  return {value - half, value + half};
}

void ScoreSums::Moments::add(double x_value, double w) {
  x.add_product(w, x_value), square_x.add_product(w * w, x_value), square_xx.add_product(w * x_value, w * x_value);
}

void ScoreSums::Moments::merge(const Moments& other) {
  x.merge(other.x), square_x.merge(other.square_x), square_xx.merge(other.square_xx);
}

void ScoreSums::add(double score, bool label, double weight) {
  ++n_;
  weight_.add(weight), square_.add_product(weight, weight);
  if (label) {
    positive_.add(weight), square_positive_.add_product(weight, weight);
    square_positive_score_.add_product(weight * weight, score);
  }
  const double p = std::clamp(score, kClip, 1 - kClip), off = (label ? 1 : 0) - score;
  loss_.add(label ? -std::log(p) : -std::log1p(-p), weight);
  brier_.add(off * off, weight);
  score_.add(score, weight);
}

void ScoreSums::merge(const ScoreSums& other) {
  n_ += other.n_;
  weight_.merge(other.weight_), square_.merge(other.square_), positive_.merge(other.positive_);
  square_positive_.merge(other.square_positive_), square_positive_score_.merge(other.square_positive_score_);
  loss_.merge(other.loss_), brier_.merge(other.brier_), score_.merge(other.score_);
}

Mean ScoreSums::mean_of(const Moments& m) const {
  Mean out;
  out.n = n_;
  const double weight = weight_.finish(), square = square_.finish();
  if (!(weight > 0)) return out;
  out.value = m.x.finish() / weight;
  out.n_eff = weight * weight / square;
  const double n = static_cast<double>(n_);
  const double spread = m.square_xx.finish() - 2 * out.value * m.square_x.finish() + out.value * out.value * square;
  if (n_ >= 2) out.se = std::sqrt(std::max(0.0, spread) * n / (n - 1)) / weight;
  return out;
}

Mean ScoreSums::log_loss() const { return mean_of(loss_); }
Mean ScoreSums::brier_score() const { return mean_of(brier_); }
double ScoreSums::mean_score() const { return mean_of(score_).value; }

ScoreSums::Ratio ScoreSums::calibration_ratio() const {
  Ratio out;
  const double positive = positive_.finish(), scores = score_.x.finish();
  if (!(positive > 0)) return out;
  out.value = scores / positive;
  const double r = out.value, n = static_cast<double>(n_);
  const double spread =
      score_.square_xx.finish() - 2 * r * square_positive_score_.finish() + r * r * square_positive_.finish();
  if (scores > 0 && n_ >= 2) out.se_log = std::sqrt(std::max(0.0, spread) * n / (n - 1)) / scores;
  return out;
}

Interval ScoreSums::Ratio::interval(double level) const {
  if (!(se_log >= 0) || !(value > 0)) return {};
  const double half = critical_z(level) * se_log;
  return {value * std::exp(-half), value * std::exp(half)};
}

double ScoreSums::base_rate_log_loss() const {
  const double weight = weight_.finish();
  if (!(weight > 0)) return kNan;
  const double p = positive_.finish() / weight;
  const auto part = [](double q) { return q > 0 ? -q * std::log(q) : 0; };
  return part(p) + part(1 - p);
}

}  // namespace assay::metrics
