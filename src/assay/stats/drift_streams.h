// Detectors that watch a stream one value at a time and say when it changed (data b5). With the usual settings they
// stop where river's do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

namespace assay::stats {

enum class StreamState { kStable, kWarning, kDrift };

// Bifet and Gavaldà (2007): a window that is cut where the means of its two parts differ. O(log window) memory.
class Adwin {
 public:
  explicit Adwin(double delta = 0.002) : delta_(delta), rows_(1) {}
  StreamState add(double x);
  double width() const { return width_; }
  double mean() const { return width_ > 0 ? total_ / width_ : 0; }

 private:
  struct Bucket {
    double total = 0, variance = 0;
  };
  void compress();
  void drop_oldest();
  bool cut();
  bool differs(double n0, double n1, double gap) const;
  double delta_, width_ = 0, total_ = 0, variance_ = 0;
  std::vector<std::deque<Bucket>> rows_;  // row i holds buckets of 2^i values, oldest first
  std::uint64_t ticks_ = 0;
  bool drift_ = false;
};

// Page (1954): the sum of deviations from the mean, both ways.
class PageHinkley {
 public:
  explicit PageHinkley(double threshold = 50, double delta = 0.005, double alpha = 0.9999, std::size_t least = 30)
      : threshold_(threshold), delta_(delta), alpha_(alpha), least_(least) {}
  StreamState add(double x);

 private:
  double threshold_, delta_, alpha_;
  std::size_t least_, n_ = 0;
  double mean_ = 0, up_ = 0, down_ = 0, low_ = std::numeric_limits<double>::infinity(), high_ = -1;
  bool drift_ = false;
};

// Gama and others (2004): the error rate against its lowest so far. `error` is what a model got wrong.
class Ddm {
 public:
  StreamState add(bool error);

 private:
  double n_ = 0, rate_ = 0, best_ = std::numeric_limits<double>::infinity(), best_rate_ = 0, best_spread_ = 0;
  bool drift_ = false;
};

// Baena-García and others (2006): distances between errors.
class Eddm {
 public:
  StreamState add(bool error);

 private:
  std::uint64_t n_ = 0, last_ = 0, errors_ = 0;
  double mean_ = 0, squares_ = 0, most_ = -1;
  bool drift_ = false, warning_ = false;
};

// Frías-Blanco and others (2015): Hoeffding's bound on the mean, for increases.
class HddmA {
 public:
  StreamState add(bool error);

 private:
  struct Part {
    double n = 0, mean = 0;
  };
  bool increased(double confidence) const;
  Part all_, lowest_;
  bool drift_ = false;
};

}  // namespace assay::stats
