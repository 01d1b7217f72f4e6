#include "assay/metrics/bootstrap.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "assay/base/parallel.h"
#include "assay/base/streams.h"
#include "assay/metrics/draws.h"

namespace assay::metrics {
namespace {

constexpr std::uint64_t kCells = std::uint64_t{1} << 40;  // apart from the row bootstrap's forks, which are small
constexpr std::uint64_t kScoreBins = std::uint64_t{2} << 40;
constexpr std::size_t kRowByRow = 20'000;  // more rows than this are resampled by score bin
constexpr std::size_t kBins = 1024;
constexpr std::size_t kLane = 8;  // replicates that one Philox block serves

// Type 7 between order statistics a <= b at fraction t, without inf - inf.
double between(double a, double b, double t) {
  if (t == 0 || a == b) return a;
  if (std::isinf(a) || std::isinf(b)) return t < 0.5 ? a : b;
  return a + t * (b - a);
}

// The quantile at p of `values`, of which everything before `from` is known to be smaller.
double quantile(std::span<double> values, double p, std::size_t from) {
  const double at = p * static_cast<double>(values.size() - 1);
  const auto k = static_cast<std::size_t>(at);
  std::nth_element(values.begin() + static_cast<std::ptrdiff_t>(from), values.begin() + static_cast<std::ptrdiff_t>(k),
                   values.end());
  if (k + 1 >= values.size()) return values[k];
  const double next = *std::min_element(values.begin() + static_cast<std::ptrdiff_t>(k) + 1, values.end());
  return between(values[k], next, at - static_cast<double>(k));
}

std::size_t lanes_of(int replicates) { return (static_cast<std::size_t>(replicates) + kLane - 1) / kLane; }

// Positives and negatives by rising score bin; a run of equal scores is never cut.
std::vector<std::array<double, 2>> score_bins(const ScoredRows& rows) {
  std::vector<std::array<double, 2>> out;
  const std::size_t n = rows.score.size(), each = (n + kBins - 1) / kBins;
  for (std::size_t i = 0, filled = each; i < n; ++i, ++filled) {
    if (filled >= each && (i == 0 || rows.score[i] != rows.score[i - 1])) out.push_back({0, 0}), filled = 0;
    ++out.back()[rows.label[i]];
  }
  return out;
}

double binned_precision(const std::vector<std::array<double, 2>>& bins) {
  double hit = 0, all = 0, sum = 0;
  for (std::size_t b = bins.size(); b-- > 0;) {
    hit += bins[b][1], all += bins[b][0] + bins[b][1];
    if (bins[b][1] > 0) sum += bins[b][1] * (hit / all);
  }
  return hit > 0 ? sum / hit : kNan;
}

// Average precision from binned replicates, moved by exact minus binned point (fairness b4.2).
std::vector<double> binned_replicates(const ScoredRows& rows, const Philox& base, std::size_t replicates,
                                      const std::stop_token& stop) {
  const auto bins = score_bins(rows);
  const double shift = average_precision(rows) - binned_precision(bins);
  std::vector<double> out(replicates);
  std::vector<std::array<Poisson, 2>> draw;
  for (const auto& b : bins) draw.push_back({Poisson(b[0]), Poisson(b[1])});
  constexpr std::size_t kPart = 64;
  parallel_parts((replicates + kPart - 1) / kPart, [&](std::size_t part) {
    if (stop.stop_requested()) return;
    auto drawn = bins;
    for (std::size_t r = part * kPart; r < std::min(replicates, (part + 1) * kPart); ++r) {
      for (std::size_t b = 0; b < bins.size(); ++b)
        for (std::size_t y = 0; y < 2; ++y) drawn[b][y] = draw[b][y](base.fork(2 * b + y), r);
      out[r] = std::clamp(binned_precision(drawn) + shift, 0.0, 1.0);
    }
  });
  return out;
}

}  // namespace

BootstrapInterval percentile_interval(std::span<double> values, double level) {
  BootstrapInterval out;
  const auto end = std::partition(values.begin(), values.end(), [](double v) { return !std::isnan(v); });
  const std::span<double> kept = values.first(static_cast<std::size_t>(end - values.begin()));
  out.undefined = values.size() - kept.size();
  out.unstable = 20 * out.undefined > values.size();
  if (kept.size() < 2) return out.unstable = true, out;
  double sum = 0, square = 0;
  for (const double v : kept) sum += v;
  out.mean = sum / static_cast<double>(kept.size());
  for (const double v : kept) square += (v - out.mean) * (v - out.mean);
  out.se = std::sqrt(square / static_cast<double>(kept.size() - 1));
  const double tail = (1 - level) / 2;
  out.ci.low = quantile(kept, tail, 0);
  out.ci.high = quantile(kept, 1 - tail, static_cast<std::size_t>(tail * static_cast<double>(kept.size() - 1)));
  return out;
}

void slice_replicates(const Cells& cells, std::span<const std::uint32_t> of, const BootstrapOptions& options,
                      std::span<double> out) {
  const auto replicates = static_cast<std::size_t>(options.replicates);
  assert(out.size() == 4 * replicates);
  std::fill(out.begin(), out.end(), 0.0);
  const Philox base = Philox(options.seed).fork(streams::kBootstrap).fork(kCells);
  for (const std::uint32_t c : of)
    for (std::size_t o = 0; o < 4; ++o) {
      const std::uint64_t n = cells.sums[c].rows[o];
      if (n == 0) continue;
      const Philox stream = base.fork(cells.codes[c] * 4 + o);
      const Poisson draw(static_cast<double>(n));
      double* const sums = out.data() + o * replicates;
      for (std::size_t r = 0; r < replicates; ++r) sums[r] += draw(stream, r);
    }
}

std::vector<double> weighted_replicates(std::span<const std::uint32_t> slice, std::size_t slices,
                                        std::span<const std::uint8_t> outcome, std::span<const double> weight,
                                        const BootstrapOptions& options) {
  const auto replicates = static_cast<std::size_t>(options.replicates);
  std::vector<double> out(slices * 4 * replicates);
  const Philox base = Philox(options.seed).fork(streams::kBootstrap);
  parallel_parts(lanes_of(options.replicates), [&](std::size_t part) {
    if (options.stop.stop_requested()) return;
    const Philox block = base.fork(part);
    const std::size_t from = part * kLane, count = std::min(kLane, replicates - from);
    std::vector<std::array<double, kLane>> sums(slices * 4);
    for (std::size_t i = 0; i < slice.size(); ++i) {
      const auto k = row_weights(block, i);
      auto& sum = sums[std::size_t{slice[i]} * 4 + outcome[i]];
      for (std::size_t l = 0; l < kLane; ++l) sum[l] += weight[i] * static_cast<double>(k[l]);
    }
    for (std::size_t s = 0; s < sums.size(); ++s)
      std::copy_n(sums[s].begin(), count, out.begin() + static_cast<std::ptrdiff_t>(s * replicates + from));
  });
  return out;
}

std::vector<double> replicate_values(std::span<const double> sums, std::size_t replicates, std::string_view metric) {
  std::vector<double> out(replicates, kNan);
  const auto of = [&](std::size_t o, std::size_t r) { return sums[o * replicates + r]; };
  if (const auto rate = find_rate(metric)) {
    std::vector<double> wide(replicates);
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t o = 0; o < 4; ++o) {
      if ((rate->in >> o) & 1u)
        for (std::size_t r = 0; r < replicates; ++r) out[r] += of(o, r);
      if ((rate->of >> o) & 1u)
        for (std::size_t r = 0; r < replicates; ++r) wide[r] += of(o, r);
    }
    for (std::size_t r = 0; r < replicates; ++r) out[r] = wide[r] > 0 ? out[r] / wide[r] : kNan;
  } else if (const auto composite = find_composite(metric)) {
    for (std::size_t r = 0; r < replicates; ++r) out[r] = composite->value({of(0, r), of(1, r), of(2, r), of(3, r)});
  }
  return out;
}

Result<std::vector<BootstrapInterval>> bootstrap_intervals(const Cells& cells, const Slices& slices,
                                                           std::span<const std::string_view> metrics,
                                                           const BootstrapOptions& options, Task& task) {
  const auto replicates = static_cast<std::size_t>(options.replicates);
  std::vector<BootstrapInterval> out(slices.size() * metrics.size());
  task.begin(slices.size());
  parallel_parts(slices.size(), [&](std::size_t s) {
    if (task.stopped()) return;
    std::vector<double> sums(4 * replicates);
    slice_replicates(cells, slices.of(s), options, sums);
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      auto values = replicate_values(sums, replicates, metrics[m]);
      out[s * metrics.size() + m] = percentile_interval(values, options.level);
    }
    task.step();
  });
  ASSAY_CHECK(task.check());
  return out;
}

std::vector<double> average_precision_replicates(const ScoredRows& rows, std::span<const std::uint32_t> row,
                                                 const BootstrapOptions& options) {
  const auto replicates = static_cast<std::size_t>(options.replicates);
  std::vector<double> out(replicates, kNan);
  const Philox base = Philox(options.seed).fork(streams::kBootstrap);
  // The first row's name gives each slice draws of its own.
  if (rows.weight.empty() && rows.score.size() > kRowByRow)
    return binned_replicates(rows, base.fork(kScoreBins).fork(row[0]), replicates, options.stop);
  parallel_parts(lanes_of(options.replicates), [&](std::size_t part) {
    if (options.stop.stop_requested()) return;
    const Philox block = base.fork(part);
    std::array<double, kLane> hit{}, all{}, fresh{}, sum{};
    for (std::size_t i = rows.score.size(); i-- > 0;) {
      const auto k = row_weights(block, row[i]);
      const double w = rows.w(i);
      for (std::size_t l = 0; l < kLane; ++l) {
        const double add = w * static_cast<double>(k[l]);
        all[l] += add;
        if (rows.label[i]) fresh[l] += add;
      }
      if (i > 0 && rows.score[i - 1] == rows.score[i]) continue;
      for (std::size_t l = 0; l < kLane; ++l) {
        hit[l] += fresh[l];
        if (fresh[l] > 0) sum[l] += fresh[l] * (hit[l] / all[l]);
        fresh[l] = 0;
      }
    }
    for (std::size_t l = 0; l < kLane && part * kLane + l < replicates; ++l)
      if (hit[l] > 0) out[part * kLane + l] = sum[l] / hit[l];
  });
  return out;
}

}  // namespace assay::metrics
