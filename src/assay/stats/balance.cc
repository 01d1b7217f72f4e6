#include "assay/stats/balance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/base/philox.h"
#include "assay/base/streams.h"

namespace assay::stats {

std::vector<double> reweighing(const CrossTable& table) {
  std::vector<double> out;
  for (std::size_t r = 0; r < table.rows.size(); ++r)
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const double seen = table.at(r, c);
      out.push_back(seen > 0 ? table.row_totals[r] * table.column_totals[c] / (table.n * seen) : metrics::kNan);
    }
  return out;
}

std::vector<double> class_weights(std::span<const double> counts) {
  const double n = std::accumulate(counts.begin(), counts.end(), 0.0), k = static_cast<double>(counts.size());
  std::vector<double> out;
  for (const double c : counts) out.push_back(n / (k * c));
  return out;
}

std::vector<std::int64_t> apportioned(std::span<const double> shares, std::int64_t total) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  std::vector<std::int64_t> out(shares.size(), 0);
  if (!(sum > 0)) return out;
  std::vector<double> rest;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double exact = shares[i] / sum * static_cast<double>(total);
    out[i] = static_cast<std::int64_t>(std::floor(exact));
    rest.push_back(exact - std::floor(exact)), given += out[i];
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rest[a] > rest[b]; });
  for (std::size_t i = 0; given < total; i = (i + 1) % order.size())
    if (shares[order[i]] > 0) ++out[order[i]], ++given;
  return out;
}

double kish_effective_rows(std::span<const double> weights) {
  double sum = 0, squares = 0;
  for (const double w : weights) sum += w, squares += w * w;
  return squares > 0 ? sum * sum / squares : 0;
}

Result<Raked> rake(const std::vector<Margin>& margins, std::size_t rows, double cap, int rounds) {
  Raked out;
  out.weight.assign(rows, 1);
  const double n = static_cast<double>(rows);
  const auto sums_of = [&](const Margin& margin) {
    std::vector<double> sums(margin.share.size(), 0);
    for (std::size_t i = 0; i < rows; ++i)
      if (margin.code[i] >= 0) sums[static_cast<std::size_t>(margin.code[i])] += out.weight[i];
    return sums;
  };
  const auto known = [&](const std::vector<double>& sums) { return std::accumulate(sums.begin(), sums.end(), 0.0); };
  for (const auto& margin : margins) {
    const auto sums = sums_of(margin);
    for (std::size_t v = 0; v < sums.size(); ++v)
      if (sums[v] == 0 && margin.share[v] > 0)
        return fail(Code::kInvalidArgument,
                    "no row has value " + std::to_string(v + 1) + " of the population of \"" + margin.name + "\"",
                    "column " + margin.name, "join that value with another one");
  }
  for (out.rounds = 1; out.rounds <= rounds && rows > 0; ++out.rounds) {
    for (const auto& margin : margins) {
      const auto sums = sums_of(margin);
      const double all = known(sums);
      for (std::size_t i = 0; i < rows; ++i)
        if (margin.code[i] >= 0)
          if (const auto v = static_cast<std::size_t>(margin.code[i]); sums[v] > 0)
            out.weight[i] *= margin.share[v] * all / sums[v];
    }
    if (cap > 0) {
      const double mean = std::accumulate(out.weight.begin(), out.weight.end(), 0.0) / n;
      out.capped = 0;
      for (double& w : out.weight)
        if (w > cap * mean) w = cap * mean, ++out.capped;
    }
    out.gap = 0;
    for (const auto& margin : margins) {
      const auto sums = sums_of(margin);
      const double all = known(sums);
      for (std::size_t v = 0; v < sums.size() && all > 0; ++v)
        out.gap = std::max(out.gap, std::abs(sums[v] / all - margin.share[v]));
    }
    if (out.gap < 1e-10) {
      out.converged = true;
      break;
    }
  }
  out.rounds = std::min(out.rounds, rounds);
  const double sum = std::accumulate(out.weight.begin(), out.weight.end(), 0.0);
  for (double& w : out.weight) w *= sum > 0 ? n / sum : 1;
  return out;
}

std::vector<std::uint32_t> redrawn(std::span<const std::uint32_t> members, std::int64_t wanted, std::uint64_t cell,
                                   std::uint64_t seed) {
  std::vector<std::uint32_t> out;
  if (members.empty() || wanted <= 0) return out;
  const auto n = static_cast<std::int64_t>(members.size());
  for (std::int64_t whole = 0; whole < wanted / n; ++whole) out.insert(out.end(), members.begin(), members.end());
  const Philox stream = Philox(seed).fork(streams::kReservoir).fork(cell);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  for (const auto row : members) order.emplace_back(stream.bits(row), row);
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < wanted % n; ++i) out.push_back(order[static_cast<std::size_t>(i)].second);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace assay::stats
