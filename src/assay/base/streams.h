// One name per use of randomness, so that adding a use never shifts another: Philox(seed).fork(kSplit).uniform(row).
#pragma once

#include <cstdint>

namespace assay::streams {

inline constexpr std::uint64_t kSplit = 1;        // train / test assignment of rows
inline constexpr std::uint64_t kBootstrap = 2;    // Poisson replicates: fork(replicate / 8).block(row), or by cell
inline constexpr std::uint64_t kNullGap = 3;      // parametric null of a gap
inline constexpr std::uint64_t kReservoir = 4;    // row examples kept by a sketch
inline constexpr std::uint64_t kFold = 5;         // cross-validation folds
inline constexpr std::uint64_t kPermutation = 6;  // permutation tests and importance

}  // namespace assay::streams
