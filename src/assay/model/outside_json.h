// Reads JSON and UBJSON that other programs wrote, into one RapidJSON tree. Internal to model/.
#pragma once

#include <rapidjson/document.h>

#include <string_view>

#include "assay/base/error.h"

namespace assay::model {

inline constexpr std::size_t kMaxDepth = 64;            // of objects and arrays inside each other
inline constexpr std::size_t kMaxValues = 200'000'000;  // 16 bytes each

// Both parse without recursion, never allocate more than a small multiple of the bytes given, and name the byte where
// they stop: `corrupt` (syntax, truncation, a count that the bytes left cannot hold, depth), `exhausted` (kMaxValues).
Status parse_json(std::string_view bytes,
                  rapidjson::Document& out);  // NaN and Infinity allowed, as XGBoost writes them
Status parse_ubjson(std::string_view bytes, rapidjson::Document& out);

}  // namespace assay::model
