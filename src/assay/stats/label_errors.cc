#include "assay/stats/label_errors.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace assay::stats {
namespace {

constexpr double kSlack = 1e-6, kTiny = 1e-100;  // cleanlab's, so that ties fall alike

std::size_t argmax(const LabelledRows& rows, std::size_t i) {
  const double* from = &rows.probability[i * rows.classes];
  return static_cast<std::size_t>(std::max_element(from, from + rows.classes) - from);
}

std::vector<double> label_counts(const LabelledRows& rows) {
  std::vector<double> out(rows.classes, 0);
  for (const auto label : rows.label) ++out[static_cast<std::size_t>(label)];
  return out;
}

// The class that a row confidently is, or `classes` when it is above no threshold.
std::vector<std::size_t> confident_class(const LabelledRows& rows, const std::vector<double>& thresholds) {
  std::vector<std::size_t> out(rows.label.size(), rows.classes);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t above = 0;
    for (std::size_t c = 0; c < rows.classes; ++c) {
      if (rows.p(i, c) < thresholds[c] - kSlack) continue;
      if (above++ == 0) out[i] = c;
    }
    if (above > 1) out[i] = argmax(rows, i);
  }
  return out;
}

// Whole numbers with the row's total: half to even, then the largest remainders move.
void round_row(double* row, std::size_t n) {
  std::vector<double> exact(row, row + n), whole(n);
  for (std::size_t i = 0; i < n; ++i) whole[i] = std::nearbyint(exact[i]);
  const double wanted = std::nearbyint(std::accumulate(exact.begin(), exact.end(), 0.0));
  for (;;) {
    const double gap = wanted - std::accumulate(whole.begin(), whole.end(), 0.0);
    if (std::abs(gap) < 0.5) break;
    const double step = gap < 0 ? -1 : 1;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return step * (exact[a] - whole[a]) > step * (exact[b] - whole[b]);
    });
    const auto changes = std::min(n, static_cast<std::size_t>(std::abs(gap)));
    for (std::size_t i = 0; i < changes; ++i) whole[order[i]] += step;
  }
  std::copy(whole.begin(), whole.end(), row);
}

// Rows whose given label is the most likely one anyway.
bool agrees(const LabelledRows& rows, std::size_t i) {
  const auto given = static_cast<std::size_t>(rows.label[i]);
  for (std::size_t c = 0; c < rows.classes; ++c) {
    const double other = rows.p(i, c), own = rows.p(i, given) + kSlack;
    if (c < given ? other >= own : c > given && other > own) return false;
  }
  return true;
}

// [true * classes + given] rows to prune: at least one row of each class stays.
std::vector<double> prune_counts(const LabelledRows& rows) {
  const std::size_t k = rows.classes;
  const auto joint = confident_joint(rows);
  std::vector<double> out(k * k);
  for (std::size_t t = 0; t < k; ++t)
    for (std::size_t g = 0; g < k; ++g) out[t * k + g] = joint[g * k + t];
  for (std::size_t g = 0; g < k; ++g) {
    const double lacks = std::max(1.0, out[g * k + g]) - out[g * k + g];
    double filled = 0;
    for (std::size_t t = 0; t < k; ++t) filled += out[t * k + g] != 0;
    const double each = lacks / std::max(1.0, filled - 1);
    for (std::size_t t = 0; t < k; ++t)
      if (t != g) out[t * k + g] = std::max(0.0, out[t * k + g] - each);
    out[g * k + g] += lacks;
  }
  for (std::size_t t = 0; t < k; ++t) round_row(&out[t * k], k);
  return out;
}

std::vector<bool> pruned(const LabelledRows& rows, bool by_class) {
  const std::size_t k = rows.classes;
  const auto counts = prune_counts(rows);
  std::vector<std::vector<std::uint32_t>> members(k);
  for (std::size_t i = 0; i < rows.label.size(); ++i)
    members[static_cast<std::size_t>(rows.label[i])].push_back(static_cast<std::uint32_t>(i));
  std::vector<bool> out(rows.label.size(), false);
  const auto mark = [&](std::vector<std::uint32_t> order, double most, const auto& score) {
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return score(a) < score(b); });
    for (std::size_t i = 0; i < order.size() && static_cast<double>(i) < most; ++i) out[order[i]] = true;
  };
  for (std::size_t g = 0; g < k; ++g) {
    if (members[g].size() <= 1) continue;
    if (by_class) {
      mark(members[g], static_cast<double>(members[g].size()) - counts[g * k + g],
           [&](std::size_t i) { return rows.p(i, g); });
      continue;
    }
    for (std::size_t t = 0; t < k; ++t)
      if (t != g) mark(members[g], counts[t * k + g], [&](std::size_t i) { return rows.p(i, g) - rows.p(i, t); });
  }
  return out;
}

std::vector<bool> off_diagonal(const LabelledRows& rows) {
  const auto sure = confident_class(rows, class_thresholds(rows));
  std::vector<bool> out(sure.size(), false);
  for (std::size_t i = 0; i < sure.size(); ++i)
    out[i] = sure[i] < rows.classes && sure[i] != static_cast<std::size_t>(rows.label[i]) && !agrees(rows, i);
  return out;
}

}  // namespace

std::vector<double> class_thresholds(const LabelledRows& rows) {
  std::vector<double> sum(rows.classes, 0);
  const auto counts = label_counts(rows);
  for (std::size_t i = 0; i < rows.label.size(); ++i) {
    const auto c = static_cast<std::size_t>(rows.label[i]);
    sum[c] += rows.p(i, c);
  }
  for (std::size_t c = 0; c < rows.classes; ++c) sum[c] = counts[c] > 0 ? std::max(2 * kSlack, sum[c] / counts[c]) : 2;
  return sum;
}

std::vector<double> confident_joint(const LabelledRows& rows, bool calibrated) {
  const std::size_t k = rows.classes;
  const auto sure = confident_class(rows, class_thresholds(rows));
  std::vector<double> out(k * k, 0);
  for (std::size_t i = 0; i < sure.size(); ++i)
    if (sure[i] < k) ++out[static_cast<std::size_t>(rows.label[i]) * k + sure[i]];
  for (std::size_t c = 0; c < k; ++c) out[c * k + c] = std::max(1.0, out[c * k + c]);
  if (!calibrated) return out;
  const auto counts = label_counts(rows);
  for (std::size_t g = 0; g < k; ++g) {
    double* row = &out[g * k];
    const double sum = std::max(kTiny, std::accumulate(row, row + k, 0.0));
    for (std::size_t c = 0; c < k; ++c) row[c] = row[c] / sum * counts[g];
    round_row(row, k);
  }
  return out;
}

std::vector<double> label_quality(const LabelledRows& rows, std::string_view score, bool adjusted) {
  const std::size_t k = rows.classes;
  std::vector<double> out;
  const auto thresholds = adjusted ? class_thresholds(rows) : std::vector<double>(k, 0);
  const double most = *std::max_element(thresholds.begin(), thresholds.end());
  std::vector<double> p(k);
  for (std::size_t i = 0; i < rows.label.size(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < k; ++c) sum += p[c] = rows.p(i, c) - thresholds[c] + most;
    for (std::size_t c = 0; adjusted && c < k; ++c) p[c] /= sum;
    const auto given = static_cast<std::size_t>(rows.label[i]);
    if (score == "self_confidence") {
      out.push_back(p[given]);
    } else if (score == "normalized_margin") {
      double other = -1;
      for (std::size_t c = 0; c < k; ++c) other = c == given ? other : std::max(other, p[c]);
      out.push_back((p[given] - other + 1) / 2);
    } else {
      double entropy = 0;
      for (const double each : p) entropy -= each > 0 ? each * std::log(each) : 0;
      const double ratio = entropy / std::log(static_cast<double>(k)) / std::max(kSlack, p[given]);
      out.push_back(std::log(ratio + 1) / std::max(kSlack, ratio));
    }
  }
  return out;
}

std::vector<std::uint32_t> label_issues(const LabelledRows& rows, std::string_view filter) {
  std::vector<bool> wrong(rows.label.size(), false);
  if (filter == "confident_learning") {
    wrong = off_diagonal(rows);
  } else if (filter == "predicted_neq_given") {
    for (std::size_t i = 0; i < wrong.size(); ++i)
      wrong[i] = argmax(rows, i) != static_cast<std::size_t>(rows.label[i]) && !agrees(rows, i);
  } else if (filter.starts_with("low_")) {
    const auto sure = off_diagonal(rows);
    const auto quality = label_quality(rows, filter.substr(4), false);
    std::vector<std::uint32_t> order(wrong.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return quality[a] < quality[b]; });
    const auto most = std::count(sure.begin(), sure.end(), true);
    for (std::ptrdiff_t i = 0; i < most; ++i) wrong[order[static_cast<std::size_t>(i)]] = true;
  } else {
    wrong = pruned(rows, filter == "prune_by_class");
    if (filter == "both") {
      const auto other = pruned(rows, true);
      for (std::size_t i = 0; i < wrong.size(); ++i) wrong[i] = wrong[i] && other[i];
    }
    for (std::size_t i = 0; i < wrong.size(); ++i) wrong[i] = wrong[i] && !agrees(rows, i);
  }
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < wrong.size(); ++i)
    if (wrong[i]) out.push_back(static_cast<std::uint32_t>(i));
  return out;
}

LatentLabels latent_labels(const LabelledRows& rows) {
  const std::size_t k = rows.classes;
  const auto joint = confident_joint(rows);
  const double n = std::accumulate(joint.begin(), joint.end(), 0.0);
  LatentLabels out;
  out.prior.assign(k, 0), out.noise.assign(k * k, 0), out.inverse.assign(k * k, 0);
  std::vector<double> given(k, 0);
  for (std::size_t g = 0; g < k; ++g)
    for (std::size_t t = 0; t < k; ++t) out.prior[t] += joint[g * k + t], given[g] += joint[g * k + t];
  for (std::size_t g = 0; g < k; ++g)
    for (std::size_t t = 0; t < k; ++t) {
      out.noise[g * k + t] = joint[g * k + t] / std::max(kTiny, out.prior[t]);
      out.inverse[t * k + g] = joint[g * k + t] / std::max(kTiny, given[g]);
    }
  for (double& each : out.prior) each /= std::max(kTiny, n);
  return out;
}

}  // namespace assay::stats
