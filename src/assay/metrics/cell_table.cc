#include "assay/metrics/cell_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <limits>
#include <map>

#include "assay/base/accumulator.h"

namespace assay::metrics {
namespace {

constexpr std::size_t kBlock = 2048;      // rows whose codes stand in the first-level cache
constexpr std::uint64_t kDense = 65'536;  // largest table of cells that is addressed directly
constexpr std::size_t kLanes = 4;         // histograms beside each other, so that equal neighbours do not wait
constexpr std::size_t kLanedCodes =
    2048;  // more codes than this hardly ever meet, and four tables would leave the cache

// A constant count lets the compiler use vector code.
template <class Out, class Code>
void add_codes(Out* out, const Code* codes, std::size_t count, Out stride) {
  if (count == kBlock) {
    for (std::size_t i = 0; i < kBlock; ++i) out[i] += static_cast<Out>(codes[i]) * stride;
  } else {
    for (std::size_t i = 0; i < count; ++i) out[i] += static_cast<Out>(codes[i]) * stride;
  }
}

template <class Out>
void start_codes(Out* out, const std::uint8_t* label, const std::uint8_t* decision, std::size_t count) {
  if (count == kBlock) {
    for (std::size_t i = 0; i < kBlock; ++i) out[i] = static_cast<Out>(2 * label[i] + decision[i]);
  } else {
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<Out>(2 * label[i] + decision[i]);
  }
}

std::uint64_t product(std::span<const std::uint32_t> levels) {
  std::uint64_t out = 1;
  for (const std::uint64_t each : levels) {
    if (each != 0 && out > std::numeric_limits<std::uint64_t>::max() / 8 / each) return std::uint64_t{1} << 61;
    out *= each;
  }
  return out;
}

template <class Out>
void fuse(std::span<const CodeColumn> columns, const std::uint8_t* label, const std::uint8_t* decision,
          std::size_t begin, std::size_t count, Out* out) {
  start_codes(out, label + begin, decision + begin, count);
  Out stride = 4;
  for (std::size_t c = columns.size(); c-- > 0; stride = static_cast<Out>(stride * columns[c].levels()))
    columns[c].add_to(out, begin, count, stride);
}

// out[code] += 1 for every row of [begin, end).
void histogram(std::span<const CodeColumn> columns, std::span<const std::uint8_t> label,
               std::span<const std::uint8_t> decision, std::size_t begin, std::size_t end,
               std::span<std::uint64_t> out) {
  std::array<std::uint32_t, kBlock> code;
  const bool laned = out.size() <= kLanedCodes;
  std::vector<std::uint32_t> lanes(laned ? out.size() * kLanes : 0);
  std::uint32_t* const lane[kLanes] = {lanes.data(), lanes.data() + (laned ? out.size() : 0),
                                       lanes.data() + (laned ? 2 * out.size() : 0),
                                       lanes.data() + (laned ? 3 * out.size() : 0)};
  const auto flush = [&] {
    for (std::size_t i = 0; i < lanes.size(); ++i) out[i % out.size()] += lanes[i];
    std::fill(lanes.begin(), lanes.end(), 0u);
  };
  std::size_t since = 0;
  for (std::size_t at = begin; at < end; at += kBlock) {
    const std::size_t count = std::min(kBlock, end - at);
    fuse(columns, label.data(), decision.data(), at, count, code.data());
    if (!laned) {
      for (std::size_t i = 0; i < count; ++i) ++out[code[i]];
      continue;
    }
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
      ++lane[0][code[i]], ++lane[1][code[i + 1]], ++lane[2][code[i + 2]], ++lane[3][code[i + 3]];
    for (; i < count; ++i) ++lane[0][code[i]];
    if ((since += count) >= (std::size_t{1} << 30)) flush(), since = 0;  // before a 32-bit count can run over
  }
  if (laned) flush();
}

}  // namespace

void CodeColumn::add_to(std::uint32_t* out, std::size_t begin, std::size_t count, std::uint32_t stride) const {
  if (width_ == 1) return add_codes(out, static_cast<const std::uint8_t*>(data_) + begin, count, stride);
  if (width_ == 2) return add_codes(out, static_cast<const std::uint16_t*>(data_) + begin, count, stride);
  add_codes(out, static_cast<const std::int32_t*>(data_) + begin, count, stride);
}

void CodeColumn::add_to(std::uint64_t* out, std::size_t begin, std::size_t count, std::uint64_t stride) const {
  if (width_ == 1) return add_codes(out, static_cast<const std::uint8_t*>(data_) + begin, count, stride);
  if (width_ == 2) return add_codes(out, static_cast<const std::uint16_t*>(data_) + begin, count, stride);
  add_codes(out, static_cast<const std::int32_t*>(data_) + begin, count, stride);
}

IntegerCodes encode_integers(std::span<const std::int64_t> values) {
  IntegerCodes out;
  if (values.empty()) return out;
  std::int64_t low = values[0], high = values[0];
  for (const std::int64_t v : values) low = std::min(low, v), high = std::max(high, v);
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (range >= 65'536) return out;
  std::vector<std::uint8_t> seen(range + 1);
  out.codes.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto offset = static_cast<std::uint16_t>(values[i] - low);
    out.codes[i] = offset, seen[offset] = 1;
  }
  std::vector<std::uint16_t> code(seen.size());
  for (std::size_t v = 0; v < seen.size(); ++v)
    if (seen[v])
      code[v] = static_cast<std::uint16_t>(out.values.size()), out.values.push_back(low + static_cast<std::int64_t>(v));
  if (out.values.size() != seen.size())
    for (auto& c : out.codes) c = code[c];
  return out;
}

void count_outcomes(std::span<const CodeColumn> columns, std::span<const std::uint8_t> label,
                    std::span<const std::uint8_t> decision, std::span<std::uint64_t> out) {
  assert(label.size() == decision.size());
  histogram(columns, label, decision, 0, label.size(), out);
}

std::uint32_t Cells::level(std::size_t cell, std::size_t column) const {
  std::uint64_t stride = 1;
  for (std::size_t c = column + 1; c < levels.size(); ++c) stride *= levels[c];
  return static_cast<std::uint32_t>(codes[cell] / stride % levels[column]);
}

CellTable::CellTable(std::vector<std::uint32_t> levels, bool weighted)
    : levels_(std::move(levels)), weighted_(weighted), dense_(product(levels_) <= kDense) {
  if (dense_) counts_.resize(4 * product(levels_));
}

std::uint32_t CellTable::slot(std::uint64_t code) {
  const auto [at, fresh] = slots_.try_emplace(code, static_cast<std::uint32_t>(slots_.size()));
  if (fresh) counts_.resize(counts_.size() + 4);
  return at->second;
}

void CellTable::add(const Batch& batch, std::size_t begin, std::size_t end) {
  if (dense_) histogram(batch.columns, batch.label, batch.decision, begin, end, counts_);
  if (dense_ && !weighted_) return;
  std::array<std::uint64_t, kBlock> code;
  for (std::size_t at = begin; at < end; at += kBlock) {
    const std::size_t count = std::min(kBlock, end - at);
    fuse(batch.columns, batch.label.data(), batch.decision.data(), at, count, code.data());
    for (std::size_t i = 0; i < count; ++i) {
      if (!dense_) ++counts_[std::size_t{slot(code[i] / 4)} * 4 + code[i] % 4];
      if (!weighted_) continue;
      const double w = batch.weight[at + i];
      auto& sums = sums_[code[i]];
      sums.weight.add(w), sums.square.add_product(w, w);
    }
  }
}

void CellTable::merge(const CellTable& other) {
  assert(levels_ == other.levels_ && weighted_ == other.weighted_);
  if (dense_) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  } else {
    for (const auto& [code, from] : other.slots_) {
      const std::size_t to = slot(code);
      for (std::size_t o = 0; o < 4; ++o) counts_[to * 4 + o] += other.counts_[std::size_t{from} * 4 + o];
    }
  }
  for (const auto& [code, sums] : other.sums_) {
    auto& mine = sums_[code];
    mine.weight.merge(sums.weight), mine.square.merge(sums.square);
  }
}

Cells CellTable::finish() const {
  Cells out;
  out.levels = levels_;
  std::vector<std::pair<std::uint64_t, std::size_t>> present;
  if (dense_) {
    for (std::size_t c = 0; c < counts_.size() / 4; ++c)
      if (counts_[4 * c] | counts_[4 * c + 1] | counts_[4 * c + 2] | counts_[4 * c + 3]) present.emplace_back(c, c);
  } else {
    for (const auto& [code, at] : slots_) present.emplace_back(code, at);
    std::sort(present.begin(), present.end());
  }
  for (const auto& [code, at] : present) {
    auto sums = Confusion::of_counts(std::span<const std::uint64_t, 4>(counts_.data() + 4 * at, 4));
    for (std::size_t o = 0; weighted_ && o < 4; ++o)
      if (const auto found = sums_.find(code * 4 + o); found != sums_.end())
        sums.weight[o] = found->second.weight.finish(), sums.square[o] = found->second.square.finish();
    out.codes.push_back(code), out.sums.push_back(sums);
  }
  return out;
}

Result<Cells> tabulate(const Batch& batch, Task& task) {
  std::vector<std::uint32_t> levels;
  for (const auto& c : batch.columns) levels.push_back(c.levels());
  const std::size_t rows = batch.label.size();
  const auto slice = [&](CellTable& table, std::size_t begin, std::size_t end) { table.add(batch, begin, end); };
  // All sums are exact, so the cut into parts changes nothing but the number of tables held at once.
  const std::size_t chunk = std::max<std::size_t>(std::size_t{1} << 18, (rows + 31) / 32);
  ASSAY_TRY(const auto table, accumulate(rows, CellTable(levels, !batch.weight.empty()), slice, task, chunk));
  return table.finish();
}

Slices slices_of(const Cells& cells, std::span<const std::size_t> columns, bool all) {
  std::map<std::vector<std::uint32_t>, std::vector<std::uint32_t>> found;
  if (all || columns.empty()) {
    std::vector<std::uint32_t> key(columns.size());
    for (bool more = true; more;) {
      bool there = true;
      for (const std::size_t c : columns) there = there && cells.levels[c] > 0;
      if (there) found[key];
      std::size_t c = columns.size();
      while (c > 0 && ++key[c - 1] >= cells.levels[columns[c - 1]]) key[--c] = 0;
      more = c > 0;
    }
  }
  for (std::size_t i = 0; i < cells.codes.size(); ++i) {
    std::vector<std::uint32_t> key;
    for (const std::size_t c : columns) key.push_back(cells.level(i, c));
    found[key].push_back(static_cast<std::uint32_t>(i));
  }
  Slices out;
  for (auto& [key, of] : found) {
    out.levels.push_back(key);
    out.cells.insert(out.cells.end(), of.begin(), of.end());
    out.offsets.push_back(static_cast<std::uint32_t>(out.cells.size()));
  }
  return out;
}

Confusion sum_of(const Cells& cells, std::span<const std::uint32_t> of) {
  Confusion out;
  for (const std::uint32_t c : of) out.add(cells.sums[c]);
  return out;
}

}  // namespace assay::metrics
