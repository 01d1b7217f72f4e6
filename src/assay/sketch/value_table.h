// Distinct 64-bit keys with their counts, up to a limit: while it holds, everything that follows from it is exact.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::sketch {

// Open addressing, linear probing, at most half full. What it holds does not depend on the order of additions.
class ValueTable {
 public:
  explicit ValueTable(std::size_t limit = std::size_t{1} << 16) : limit_(limit) {}

  // False, and nothing changes, when the key would be one more than the limit. count > 0.
  bool add(std::uint64_t key, std::uint64_t count = 1) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    for (std::size_t at = start(key);; at = (at + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[at];
      if (slot.count != 0 && slot.key == key) return slot.count += count, true;
      if (slot.count != 0) continue;
      if (size_ == limit_) return false;
      slot = {key, count};
      return ++size_, true;
    }
  }
  std::uint64_t count(std::uint64_t key) const {
    if (slots_.empty()) return 0;
    for (std::size_t at = start(key); slots_[at].count != 0; at = (at + 1) & (slots_.size() - 1))
      if (slots_[at].key == key) return slots_[at].count;
    return 0;
  }
  std::size_t size() const { return size_; }
  std::size_t limit() const { return limit_; }
  template <class Visit>
  void each(Visit visit) const {  // in no order that means anything
    for (const Slot& slot : slots_)
      if (slot.count != 0) visit(slot.key, slot.count);
  }
  void clear() { slots_ = {}, size_ = 0; }

 private:
  struct Slot {
    std::uint64_t key = 0, count = 0;
  };
  std::size_t start(std::uint64_t key) const {  // SplitMix64's finaliser
    key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9ull;
    key = (key ^ (key >> 27)) * 0x94D049BB133111EBull;
    return static_cast<std::size_t>(key ^ (key >> 31)) & (slots_.size() - 1);
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.count == 0) continue;
      std::size_t at = start(slot.key);
      while (slots_[at].count != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }
  std::size_t limit_, size_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace assay::sketch
