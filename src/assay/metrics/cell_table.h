// Counts and weighted sums of every combination of group values and outcome, in one pass (fairness b1, g).
//
// Group columns are dense codes 0..levels-1. A cell is one combination, coded in mixed radix with the first column
// slowest; only combinations that occur are kept. Every coarser slice is a sum of cells, so a thousand group
// specifications cost one pass over the rows. All sums are exact: the result does not depend on the order of rows, on
// threads or on how the rows were split.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "assay/base/task.h"
#include "assay/metrics/rates.h"
#include "assay/sketch/exact_sum.h"

namespace assay::metrics {

// A group column of n codes, each below `levels`; a view.
class CodeColumn {
 public:
  CodeColumn(std::span<const std::uint8_t> codes, std::uint32_t levels)
      : data_(codes.data()), rows_(codes.size()), levels_(levels), width_(1) {}
  CodeColumn(std::span<const std::uint16_t> codes, std::uint32_t levels)
      : data_(codes.data()), rows_(codes.size()), levels_(levels), width_(2) {}
  CodeColumn(std::span<const std::int32_t> codes, std::uint32_t levels)
      : data_(codes.data()), rows_(codes.size()), levels_(levels), width_(4) {}
  std::size_t rows() const { return rows_; }
  std::uint32_t levels() const { return levels_; }
  std::uint32_t at(std::size_t i) const {
    if (width_ == 1) return static_cast<const std::uint8_t*>(data_)[i];
    if (width_ == 2) return static_cast<const std::uint16_t*>(data_)[i];
    return static_cast<std::uint32_t>(static_cast<const std::int32_t*>(data_)[i]);
  }
  // out[i] += code[begin + i] * stride for i < count.
  void add_to(std::uint32_t* out, std::size_t begin, std::size_t count, std::uint32_t stride) const;
  void add_to(std::uint64_t* out, std::size_t begin, std::size_t count, std::uint64_t stride) const;

 private:
  const void* data_;
  std::size_t rows_;
  std::uint32_t levels_;
  int width_;
};

// Integers as codes in ascending order of value; `levels` 0 when they span more than 65,536. O(n).
struct IntegerCodes {
  std::vector<std::uint16_t> codes;
  std::vector<std::int64_t> values;
  std::uint32_t levels() const { return static_cast<std::uint32_t>(values.size()); }
};
IntegerCodes encode_integers(std::span<const std::int64_t> values);

// The kernel: adds each row to out[cell·4 + 2·label + decision]. label and decision are 0 or 1; the product of levels
// is at most 65,536 and out holds 4 times that. One thread, about 1 ns a row.
void count_outcomes(std::span<const CodeColumn> columns, std::span<const std::uint8_t> label,
                    std::span<const std::uint8_t> decision, std::span<std::uint64_t> out);

struct Batch {
  std::vector<CodeColumn> columns;
  std::span<const std::uint8_t> label, decision;
  std::span<const double> weight;  // empty: every row counts once
};

// Finished cells, ascending by code; only those with rows.
struct Cells {
  std::vector<std::uint32_t> levels;  // of each column
  std::vector<std::uint64_t> codes;
  std::vector<Confusion> sums;
  std::uint32_t level(std::size_t cell, std::size_t column) const;
};

// Mergeable accumulator (fairness b1): add, merge in any order, finish.
class CellTable {
 public:
  CellTable(std::vector<std::uint32_t> levels, bool weighted);
  void add(const Batch& batch, std::size_t begin, std::size_t end);
  void add(const Batch& batch) { add(batch, 0, batch.label.size()); }
  void merge(const CellTable& other);  // same levels
  Cells finish() const;

 private:
  struct Sums {
    sketch::ExactSum weight, square;
  };
  std::uint32_t slot(std::uint64_t code);
  std::vector<std::uint32_t> levels_;
  bool weighted_, dense_;
  std::vector<std::uint64_t> counts_;                       // dense: by code·4 + outcome; else by slot·4 + outcome
  std::unordered_map<std::uint64_t, std::uint32_t> slots_;  // sparse
  std::unordered_map<std::uint64_t, Sums> sums_;            // weighted, by code·4 + outcome
};

// Whole pass on the caller's threads.
Result<Cells> tabulate(const Batch& batch, Task& task);

// The slices of a choice of columns, in order of their levels: which cells each one sums. With `all` every combination
// of the levels is a slice, else only those that occur. No columns: one slice of all rows.
struct Slices {
  std::vector<std::vector<std::uint32_t>> levels;  // by slice: level of each chosen column
  std::vector<std::uint32_t> offsets{0}, cells;    // slice s sums cells[offsets[s] .. offsets[s+1])
  std::size_t size() const { return levels.size(); }
  std::span<const std::uint32_t> of(std::size_t slice) const {
    return {cells.data() + offsets[slice], cells.data() + offsets[slice + 1]};
  }
};
Slices slices_of(const Cells& cells, std::span<const std::size_t> columns, bool all);
Confusion sum_of(const Cells& cells, std::span<const std::uint32_t> of);

}  // namespace assay::metrics
