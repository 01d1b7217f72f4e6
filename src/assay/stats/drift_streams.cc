#include "assay/stats/drift_streams.h"

#include <cmath>

namespace assay::stats {
namespace {
constexpr std::size_t kMostBuckets = 5;
constexpr std::uint64_t kClock = 32;
constexpr double kLeastWindow = 5, kGrace = 10, kWarmUp = 30;
}  // namespace

StreamState Adwin::add(double x) {
  if (drift_) *this = Adwin(delta_);  // as river: a new window after each drift
  rows_[0].push_back({x, 0});
  ++width_;
  if (width_ > 1) {
    const double gap = x - total_ / (width_ - 1);
    variance_ += (width_ - 1) * gap * gap / width_;
  }
  total_ += x;
  compress();
  ++ticks_;
  if (ticks_ % kClock == 0 && width_ > kGrace)
    while (cut()) drift_ = true;
  return drift_ ? StreamState::kDrift : StreamState::kStable;
}

void Adwin::compress() {
  for (std::size_t i = 0; i < rows_.size() && rows_[i].size() > kMostBuckets; ++i) {
    if (i + 1 == rows_.size()) rows_.emplace_back();
    auto& row = rows_[i];
    const Bucket a = row[0], b = row[1];
    const double n = std::ldexp(1.0, static_cast<int>(i)), gap = a.total / n - b.total / n;
    row.pop_front(), row.pop_front();
    rows_[i + 1].push_back({a.total + b.total, a.variance + b.variance + n * gap * gap / 2});
  }
}

void Adwin::drop_oldest() {
  auto& row = rows_.back();
  const Bucket gone = row.front();
  const double n = std::ldexp(1.0, static_cast<int>(rows_.size() - 1));
  width_ -= n, total_ -= gone.total;
  const double gap = gone.total / n - total_ / width_;
  variance_ -= gone.variance + n * width_ * gap * gap / (n + width_);
  row.pop_front();
  if (row.empty() && rows_.size() > 1) rows_.pop_back();
}

bool Adwin::differs(double n0, double n1, double gap) const {
  const double bound = std::log(2 * std::log(width_) / delta_);
  const double inverse = 1 / (n0 - kLeastWindow + 1) + 1 / (n1 - kLeastWindow + 1);
  return std::abs(gap) > std::sqrt(2 * inverse * (variance_ / width_) * bound) + 2.0 / 3 * bound * inverse;
}

// Looks for a border at which the two parts differ, oldest first; drops the oldest bucket there.
bool Adwin::cut() {
  double n0 = 0, u0 = 0, n1 = width_, u1 = total_;
  for (std::size_t i = rows_.size(); i-- > 0;) {
    const double n = std::ldexp(1.0, static_cast<int>(i));
    for (std::size_t k = 0; k < rows_[i].size(); ++k) {
      const double u = rows_[i][k].total;
      n0 += n, n1 -= n, u0 += u, u1 -= u;
      if (n1 >= kLeastWindow && n0 >= kLeastWindow && differs(n0, n1, u0 / n0 - u1 / n1)) {
        drop_oldest();
        return true;
      }
    }
  }
  return false;
}

StreamState PageHinkley::add(double x) {
  if (drift_) *this = PageHinkley(threshold_, delta_, alpha_, least_);
  mean_ += (x - mean_) / static_cast<double>(++n_);
  const double gap = x - mean_;
  up_ = alpha_ * up_ + gap - delta_;
  down_ = alpha_ * down_ + gap + delta_;
  low_ = std::min(low_, up_), high_ = std::max(high_, down_);
  drift_ = n_ >= least_ && (up_ - low_ > threshold_ || high_ - down_ > threshold_);
  return drift_ ? StreamState::kDrift : StreamState::kStable;
}

StreamState Ddm::add(bool error) {
  if (drift_) *this = Ddm();
  rate_ += (static_cast<double>(error) - rate_) / ++n_;
  const double spread = std::sqrt(rate_ * (1 - rate_) / n_), here = rate_ + spread;
  if (n_ <= kWarmUp) return StreamState::kStable;
  if (here <= best_) best_ = here, best_rate_ = rate_, best_spread_ = spread;
  drift_ = here > best_rate_ + 3 * best_spread_;
  return drift_                                 ? StreamState::kDrift
         : here > best_rate_ + 2 * best_spread_ ? StreamState::kWarning
                                                : StreamState::kStable;
}

StreamState Eddm::add(bool error) {
  if (drift_) *this = Eddm();
  ++n_;
  if (error) {
    ++errors_;
    const double distance = static_cast<double>(n_ - last_), before = mean_;
    mean_ += (distance - mean_) / static_cast<double>(errors_);
    squares_ += (distance - before) * (distance - mean_);
    if (static_cast<double>(n_) > kWarmUp) {
      const double variance = errors_ > 1 ? squares_ / static_cast<double>(errors_ - 1) : 0;
      const double here = mean_ + 2 * std::sqrt(variance);
      if (here > most_) {
        most_ = here;
      } else if (static_cast<double>(errors_) > kWarmUp) {
        drift_ = here / most_ < 0.9;
        warning_ = !drift_ && here / most_ < 0.95;
      }
    }
    last_ = n_;
  }
  return drift_ ? StreamState::kDrift : warning_ ? StreamState::kWarning : StreamState::kStable;
}

bool HddmA::increased(double confidence) const {
  if (lowest_.n == all_.n) return false;
  const double m = (all_.n - lowest_.n) / lowest_.n / all_.n;
  return all_.mean - lowest_.mean >= std::sqrt(m / 2 * std::log(2 / confidence));
}

StreamState HddmA::add(bool error) {
  constexpr double kDriftConfidence = 0.001, kWarningConfidence = 0.005;
  if (drift_) *this = HddmA();
  all_.mean += (static_cast<double>(error) - all_.mean) / ++all_.n;
  const auto bound = [](double n) { return std::sqrt(std::log(1 / kDriftConfidence) / (2 * n)); };
  if (lowest_.n == 0 || lowest_.mean + bound(lowest_.n) >= all_.mean + bound(all_.n)) lowest_ = all_;
  drift_ = increased(kDriftConfidence);
  return drift_ ? StreamState::kDrift : increased(kWarningConfidence) ? StreamState::kWarning : StreamState::kStable;
}

}  // namespace assay::stats
