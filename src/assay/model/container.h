// The container of Assay's own files at rest (foundation 5): magic "ASSAY\0" + kind, u16 major, u16 minor, u32 header
// length, canonical JSON header, then sections {tag u32, flags u32, raw u64, stored u64, xxh3-64 u64} each followed by
// its bytes, which begin at a multiple of 64 and are stored as they are. All numbers little-endian. The header's
// "sections" lists the tags in order, and the first section, HEAD, holds the xxh3-64 of all bytes before it, so that no
// change of the header or loss of a section goes unseen. Same content, same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"
#include "assay/operation/json.h"

namespace assay::model {

inline constexpr std::uint16_t kModelMajor = 1, kModelMinor = 0;

struct Section {
  std::string tag;  // four characters
  std::string bytes;
  bool required = true;  // a reader that does not know it must refuse the file
};

struct Container {
  std::uint16_t major = 0, minor = 0;
  operation::Json header;
  std::vector<Section> sections;  // without HEAD
  const std::string* find(std::string_view tag) const;
};

bool is_container(std::string_view bytes);  // by its magic, kind MD

// `minor` and `major` are for tests of what a later version would write.
std::string pack(operation::Json header, const std::vector<Section>& sections, std::uint16_t major = kModelMajor,
                 std::uint16_t minor = kModelMinor);

// `known`: the tags that the caller reads. Errors: unsupported (a newer major version, or an unknown required section;
// both versions named), corrupt (truncated, checksum, claims beyond the file; where = the section).
Result<Container> unpack(std::string_view bytes, const std::vector<std::string_view>& known);

std::string doubles_as_bytes(const std::vector<double>& values);
Result<std::vector<double>> doubles_of(const Container& from, std::string_view tag, std::size_t count);  // all finite

}  // namespace assay::model
