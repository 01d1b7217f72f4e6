#include "assay/model/container.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace assay::model {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian and read in place");

constexpr std::string_view kMagic("ASSAY\0MD", 8);
constexpr std::size_t kPreamble = 16, kSectionHead = 32, kAlign = 64;
constexpr std::uint32_t kRequired = 1;  // flag

template <class T>
void put(std::string& out, T value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  out.append(raw, sizeof(T));
}
template <class T>
T get(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

// Where a section's bytes begin when its head begins at `at`.
std::size_t body_at(std::size_t at) { return (at + kSectionHead + kAlign - 1) / kAlign * kAlign; }

void put_section(std::string& out, const Section& section) {
  const std::size_t body = body_at(out.size());
  char tag[4] = {' ', ' ', ' ', ' '};
  std::copy_n(section.tag.begin(), std::min<std::size_t>(4, section.tag.size()), tag);
  out.append(tag, 4);
  put<std::uint32_t>(out, section.required ? kRequired : 0);
  put<std::uint64_t>(out, section.bytes.size());
  put<std::uint64_t>(out, section.bytes.size());
  put<std::uint64_t>(out, XXH3_64bits(section.bytes.data(), section.bytes.size()));
  out.resize(body, '\0');
  out += section.bytes;
}

tl::unexpected<Error> damaged(std::string what, std::string where = {}) {
  return fail(Code::kCorrupt, std::move(what), std::move(where), "restore the file from where it was stored");
}
std::string version_text(std::uint16_t major, std::uint16_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

struct Head {
  std::string tag;
  std::uint32_t flags;
  std::string_view bytes;
  std::size_t end;
};

Result<Head> section_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at || bytes.size() - at < kSectionHead) return damaged("ends within a section's head");
  Head head{std::string(bytes.substr(at, 4)), get<std::uint32_t>(bytes, at + 4), {}, 0};
  const auto raw = get<std::uint64_t>(bytes, at + 8), stored = get<std::uint64_t>(bytes, at + 16);
  for (char& c : head.tag)
    if (c < ' ' || c > '~') c = '?';
  const std::string where = "section " + head.tag;
  const std::size_t body = body_at(at);
  if ((head.flags & ~kRequired) != 0) return damaged("has flags that mean nothing", where);
  if (raw != stored) return damaged("claims to be compressed, which models never are", where);
  if (body > bytes.size() || stored > bytes.size() - body)
    return damaged("claims " + std::to_string(stored) + " bytes, more than the file holds", where);
  const auto filler = bytes.substr(at + kSectionHead, body - at - kSectionHead);
  if (filler.find_first_not_of('\0') != std::string_view::npos) return damaged("has bytes where none belong", where);
  head.bytes = bytes.substr(body, stored);
  head.end = body + stored;
  if (XXH3_64bits(head.bytes.data(), head.bytes.size()) != get<std::uint64_t>(bytes, at + 24))
    return damaged("does not match its checksum", where);
  return head;
}

Status read_sections(std::string_view bytes, std::size_t at, const std::vector<std::string_view>& known,
                     Container& out) {
  const std::size_t covered = at;
  ASSAY_TRY(const auto head, section_at(bytes, at));
  if (head.tag != "HEAD" || head.bytes.size() != 8 ||
      get<std::uint64_t>(head.bytes, 0) != XXH3_64bits(bytes.data(), covered))
    return damaged("does not match its checksum", "header");
  ASSAY_TRY(out.header, operation::parse_json(bytes.substr(kPreamble, covered - kPreamble), "header"));
  const auto listed = out.header.find("sections");
  if (listed == out.header.end() || !listed->is_array()) return damaged("lists no sections", "header");
  at = head.end;
  for (const auto& name : *listed) {
    ASSAY_TRY(const auto section, section_at(bytes, at));
    if (!name.is_string() || name.get<std::string>() != section.tag)
      return damaged("is not the one that the header lists", "section " + section.tag);
    if (std::find(known.begin(), known.end(), section.tag) == known.end() && (section.flags & kRequired) != 0)
      return fail(Code::kUnsupported,
                  "was written by format version " + version_text(out.major, out.minor) + ", this program reads " +
                      version_text(kModelMajor, kModelMinor) + " and does not know a section that it needs",
                  "section " + section.tag, "use a newer Assay");
    out.sections.push_back({section.tag, std::string(section.bytes), (section.flags & kRequired) != 0});
    at = section.end;
  }
  if (at != bytes.size()) return damaged("has bytes after its last section");
  return {};
}

}  // namespace

const std::string* Container::find(std::string_view tag) const {
  for (const Section& each : sections)
    if (each.tag == tag) return &each.bytes;
  return nullptr;
}

bool is_container(std::string_view bytes) { return bytes.starts_with(kMagic); }

std::string pack(operation::Json header, const std::vector<Section>& sections, std::uint16_t major,
                 std::uint16_t minor) {
  header["sections"] = operation::Json::array();
  for (const Section& each : sections) header["sections"].push_back(each.tag);
  const std::string text = operation::canonical(header);
  std::string out(kMagic);
  put<std::uint16_t>(out, major);
  put<std::uint16_t>(out, minor);
  put<std::uint32_t>(out, static_cast<std::uint32_t>(text.size()));
  out += text;
  Section head{"HEAD", {}};
  put<std::uint64_t>(head.bytes, XXH3_64bits(out.data(), out.size()));
  put_section(out, head);
  for (const Section& each : sections) put_section(out, each);
  return out;
}

Result<Container> unpack(std::string_view bytes, const std::vector<std::string_view>& known) {
  if (!is_container(bytes)) return fail(Code::kUnsupported, "is no .amodel file", {}, "give a model that Assay wrote");
  if (bytes.size() < kPreamble) return damaged("is cut off in its first bytes");
  Container made;
  made.major = get<std::uint16_t>(bytes, 8), made.minor = get<std::uint16_t>(bytes, 10);
  if (made.major > kModelMajor)
    return fail(Code::kUnsupported,
                "was written by format version " + version_text(made.major, made.minor) +
                    ", this program reads up to " + version_text(kModelMajor, kModelMinor),
                {}, "use a newer Assay");
  if (made.major == 0) return damaged("has format version 0");
  const std::size_t header = get<std::uint32_t>(bytes, 12);
  if (header > bytes.size() - kPreamble)
    return damaged("claims a header of " + std::to_string(header) + " bytes, more than the file holds", "header");
  ASSAY_CHECK(read_sections(bytes, kPreamble + header, known, made));
  return made;
}

std::string doubles_as_bytes(const std::vector<double>& values) {
  std::string out(values.size() * sizeof(double), '\0');
  if (!values.empty()) std::memcpy(out.data(), values.data(), out.size());
  return out;
}

Result<std::vector<double>> doubles_of(const Container& from, std::string_view tag, std::size_t count) {
  const std::string where = "section " + std::string(tag);
  const std::string* bytes = from.find(tag);
  if (!bytes) return damaged("is not there", where);
  if (bytes->size() % sizeof(double) != 0 || bytes->size() / sizeof(double) != count)
    return damaged("holds " + std::to_string(bytes->size()) + " bytes for " + std::to_string(count) + " numbers",
                   where);
  std::vector<double> out(count);
  if (count > 0) std::memcpy(out.data(), bytes->data(), bytes->size());
  for (const double v : out)
    if (!std::isfinite(v)) return damaged("holds a number that is not finite", where);
  return out;
}

}  // namespace assay::model
