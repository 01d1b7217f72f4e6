// The law of the Kolmogorov-Smirnov statistic in finite samples.
#pragma once

#include <cstdint>

namespace assay::metrics {

// P(D_n >= x) of the two-sided one-sample statistic: Simard and L'Ecuyer (2011), the same choice of methods as SciPy's
// kstwo. n >= 1. O(n) at most, O(1) above n = 1e6. Relative error about 1e-6 at worst, mostly below 1e-10.
double kolmogorov_tail(std::int64_t n, double x);
// P(D_n+ >= x) of the one-sided statistic (Smirnov, Birnbaum and Tingey).
double smirnov_tail(std::int64_t n, double x);
// P(D_{n,m} >= d) of the two-sided two-sample statistic without ties; every term is positive, so small p keep their
// digits. d is d_times_lcm / lcm(n, m). O(n·m·min(1, 2d)).
double two_sample_tail(std::int64_t n, std::int64_t m, std::int64_t d_times_lcm);

}  // namespace assay::metrics
