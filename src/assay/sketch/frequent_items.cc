#include "assay/sketch/frequent_items.h"

#include <algorithm>

#include "assay/sketch/bytes.h"

namespace assay::sketch {

void FrequentItems::purge() {
  while (counts_.size() > capacity_) {
    std::vector<std::uint64_t> sizes;
    sizes.reserve(counts_.size());
    for (const auto& [value, count] : counts_) sizes.push_back(count);
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    const std::uint64_t median = *middle;
    offset_ += median;
    std::erase_if(counts_, [&](const auto& each) { return each.second <= median; });
    for (auto& [value, count] : counts_) count -= median;
  }
}

void FrequentItems::add(std::string_view value, std::uint64_t count) {
  n_ += count;
  counts_[std::string(value)] += count;
  purge();
}

void FrequentItems::merge(const FrequentItems& other) {
  n_ += other.n_, offset_ += other.offset_;
  for (const auto& [value, count] : other.counts_) counts_[value] += count;
  purge();
}

std::vector<FrequentItems::Item> FrequentItems::top(std::size_t count) const {
  std::vector<Item> out;
  for (const auto& [value, each] : counts_) out.push_back({value, each});
  std::sort(out.begin(), out.end(),
            [](const Item& a, const Item& b) { return a.count != b.count ? a.count > b.count : a.value > b.value; });
  if (out.size() > count) out.resize(count);
  return out;
}

std::string FrequentItems::save() const {
  std::string out;
  put(out, static_cast<std::uint64_t>(capacity_)), put(out, n_), put(out, offset_);
  put(out, static_cast<std::uint64_t>(counts_.size()));
  for (const auto& [value, count] : top(counts_.size()))
    put(out, count), put(out, static_cast<std::uint32_t>(value.size())), out += value;
  return out;
}

Result<FrequentItems> FrequentItems::load(std::string_view bytes) {
  Bytes in(bytes);
  const auto bad = [] {
    return fail(Code::kCorrupt, "not a saved frequent-items sketch", {}, "make the statistics again");
  };
  std::uint64_t capacity = 0, size = 0;
  FrequentItems out;
  if (!in.get(capacity) || !in.get(out.n_) || !in.get(out.offset_) || !in.get(size) || size > capacity) return bad();
  out.capacity_ = static_cast<std::size_t>(capacity);
  for (std::uint64_t i = 0; i < size; ++i) {
    std::uint64_t count = 0;
    std::uint32_t length = 0;
    std::string value;
    if (!in.get(count) || !in.get(length) || !in.get(value, length) || count == 0) return bad();
    if (!out.counts_.emplace(std::move(value), count).second) return bad();
  }
  if (in.left() != 0) return bad();
  return out;
}

}  // namespace assay::sketch
