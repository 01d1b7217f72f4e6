// The cells of a histogram: one type for all of them, whichever side their cells are closed on (spec/README 25).
#pragma once

#include <cstddef>
#include <vector>

namespace assay::sketch {

enum class Closed { kLeft, kRight };

// Cells between ascending edges. kRight: (lo, hi], the first one [lo, hi]; kLeft: [lo, hi), the last one [lo, hi].
struct Bins {
  static constexpr std::size_t kOutside = static_cast<std::size_t>(-1);
  std::vector<double> edges;  // one more than cells
  Closed closed = Closed::kRight;

  std::size_t size() const { return edges.size() - 1; }
  std::size_t operator()(double x) const;  // the cell of x, or kOutside (also for NaN). O(log cells), mostly O(1)
};

// `count` cells of equal width over [low, high], both finite; one cell when they are equal. The edges are those of
// numpy.linspace.
Bins equal_width(double low, double high, std::size_t count, Closed closed = Closed::kRight);

}  // namespace assay::sketch
