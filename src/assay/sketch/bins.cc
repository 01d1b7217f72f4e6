#include "assay/sketch/bins.h"

#include <algorithm>
#include <cmath>

namespace assay::sketch {

std::size_t Bins::operator()(double x) const {
  if (!(x >= edges.front() && x <= edges.back())) return kOutside;
  if (closed == Closed::kLeft) {
    const auto above = std::upper_bound(edges.begin(), edges.end(), x) - edges.begin();
    return std::min(static_cast<std::size_t>(above), size()) - 1;
  }
  const auto at = std::lower_bound(edges.begin(), edges.end(), x) - edges.begin();
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(at, 1) - 1);
}

Bins equal_width(double low, double high, std::size_t count, Closed closed) {
  if (low == high || count < 2) return {{low, high}, closed};
  Bins out{{}, closed};
  const double width = high - low;
  const auto cells = static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto step = static_cast<double>(i);
    // The plain form overflows between ends that are further apart than the largest double.
    out.edges.push_back(std::isfinite(width) ? step * (width / cells) + low
                                             : low * (1 - step / cells) + high * (step / cells));
  }
  out.edges.push_back(high);
  return out;
}

}  // namespace assay::sketch
