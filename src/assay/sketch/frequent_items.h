// The most frequent texts of a stream too varied to count in full (Misra and Gries 1982, batch decrements).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/base/error.h"

namespace assay::sketch {

// At most `capacity` counters. True count of any item lies in [count, count + error()], certainly. When the counters
// are full, the median counter is subtracted from all; so what is kept depends on the data alone, never on memory
// layout.
class FrequentItems {
 public:
  struct Item {
    std::string value;
    std::uint64_t count = 0;  // lower bound
  };
  explicit FrequentItems(std::size_t capacity = std::size_t{1} << 14) : capacity_(capacity) {}
  void add(std::string_view value, std::uint64_t count = 1);
  void merge(const FrequentItems& other);
  std::uint64_t error() const { return offset_; }
  std::uint64_t n() const { return n_; }
  // The `count` largest: count descending, then value descending by bytes (data b2).
  std::vector<Item> top(std::size_t count) const;
  std::string save() const;
  static Result<FrequentItems> load(std::string_view bytes);

 private:
  void purge();
  std::size_t capacity_;
  std::uint64_t n_ = 0, offset_ = 0;
  std::unordered_map<std::string, std::uint64_t> counts_;
};

}  // namespace assay::sketch
