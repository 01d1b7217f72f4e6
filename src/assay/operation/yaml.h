// The YAML that people write - plans, policies, checklists, pipelines - as the same Json that everything else reads,
// with the place of every value kept, so that an error names file, line and column (spec/README 11).
//
// YAML 1.2 core schema: of plain words only true/false are booleans and ~/null are null, so `no` and 2026-12-31 are
// text. Refused: duplicate keys, keys that are not text, several documents, foreign tags, aliases that contain
// themselves, more than 100 000 values after aliases are followed, depth over 64, more than 1 MB, invalid UTF-8.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "assay/base/error.h"
#include "assay/operation/json.h"

namespace assay::operation {

inline constexpr std::size_t kMaxYaml = 1'000'000;      // bytes
inline constexpr std::size_t kMaxYamlValues = 100'000;  // after aliases are followed
inline constexpr std::size_t kMaxYamlDepth = 64;

struct Place {
  std::size_t line = 0, column = 0;  // from 1
};

struct Yaml {
  Json value;
  std::string file;
  std::map<std::string, Place> keys;    // by JSON pointer: where an object's key stands
  std::map<std::string, Place> values;  // by JSON pointer: where the value begins; "" is the whole

  // The key's place, or the value's for list items and the whole. Unknown pointers give their nearest known parent's.
  Place where(std::string_view pointer) const;
};

// Errors are invalid-argument with `where` = "file:line:column".
Result<Yaml> parse_yaml(std::string_view text, std::string file);

// Rewrites an error of from_json or of a check, whose `where` is a path as "rules: [3]: threshold", to
// "file:line:column rules[3].threshold".
Error located(const Yaml& yaml, Error error);

// A described struct out of YAML text.
template <class T>
Result<T> read_yaml(std::string_view text, std::string file) {
  ASSAY_TRY(const auto yaml, parse_yaml(text, std::move(file)));
  T out{};
  if (auto s = from_json(yaml.value, out); !s) return tl::unexpected<Error>(located(yaml, std::move(s).error()));
  return out;
}

}  // namespace assay::operation
