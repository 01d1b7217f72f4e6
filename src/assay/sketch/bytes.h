// Little-endian bytes of plain values: how sketches are saved. Reading never runs over the end.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace assay::sketch {

static_assert(std::endian::native == std::endian::little);

template <class T>
  requires std::is_trivially_copyable_v<T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

class Bytes {
 public:
  explicit Bytes(std::string_view rest) : rest_(rest) {}
  template <class T>
    requires std::is_trivially_copyable_v<T>
  bool get(T& out) {
    if (rest_.size() < sizeof out) return false;
    std::memcpy(&out, rest_.data(), sizeof out);
    rest_.remove_prefix(sizeof out);
    return true;
  }
  bool get(std::string& out, std::size_t size) {
    if (rest_.size() < size) return false;
    out.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return true;
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

}  // namespace assay::sketch
