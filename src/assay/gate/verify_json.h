// The strict JSON reader of the verifier: small, and of another make than the one that writes hallmarks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"

namespace assay::gate {

// One JSON value. Numbers stay the text they were written as, so nothing is rounded on the way to the reader's eye.
struct Node {
  enum class Kind : unsigned char { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool truth = false;
  std::string text;                // a string's value, a number as written
  std::vector<std::string> names;  // an object's keys, beside `items`
  std::vector<Node> items;
  std::size_t begin = 0, end = 0;  // of an array or object: its bytes in the text read

  const Node* find(std::string_view name) const;         // null when this is no object or has no such key
  std::string_view string(std::string_view name) const;  // empty when there is no such string
};

inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxValues = 4'000'000;  // in one file: bounds the memory that a hostile file can claim

// Refuses what RFC 8259 does not allow, and also duplicate keys, depth over 64, invalid UTF-8, lone surrogates, bytes
// before or after the value and more values than `budget`, which is lowered by those read. Error corrupt, with the
// byte.
Result<Node> read_json(std::string_view text, std::size_t& budget);

}  // namespace assay::gate
