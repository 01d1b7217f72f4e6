#include "assay/data/csv_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

#include "assay/base/parallel.h"

namespace assay::data {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101ull, kHighs = 0x8080808080808080ull;

std::uint64_t word_at(const char* p) {
  std::uint64_t w;
  std::memcpy(&w, p, sizeof w);
  return w;
}
// Non-zero when some byte of w is zero; exact as a yes or no.
constexpr std::uint64_t zero_in(std::uint64_t w) { return (w - kOnes) & ~w & kHighs; }
constexpr bool has(std::uint64_t w, char c) { return zero_in(w ^ (kOnes * static_cast<unsigned char>(c))) != 0; }

// Whether 64 bytes hold anything that scan_block must look at: a zero, a byte beyond ASCII, an x or a plus sign.
typedef unsigned char Lanes __attribute__((vector_size(16)));
bool speaks(const char* p) {
  Lanes found{};
  for (int i = 0; i < 4; ++i) {
    Lanes v;
    std::memcpy(&v, p + 16 * i, sizeof v);
    const Lanes x = (v | 0x20) == 'x', plus = v == '+', zero = v == 0;
    found |= (v & 0x80) | x | plus | zero;
  }
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// Bytes of the sequence that starts at p, 0 when it is none.
std::size_t sequence(const unsigned char* p, std::size_t left) {
  const auto follows = [&](std::size_t i) { return i < left && (p[i] & 0xC0) == 0x80; };
  if (p[0] < 0x80) return 1;
  if (p[0] >= 0xC2 && p[0] <= 0xDF) return follows(1) ? 2 : 0;
  if ((p[0] & 0xF0) == 0xE0) {
    if (!follows(1) || !follows(2)) return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F)) return 0;  // overlong, surrogate
    return 3;
  }
  if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

void scan_block(std::string_view bytes, std::size_t begin, std::size_t end, ByteFacts& out) {
  std::size_t i = begin;
  // A character that began in the block before is that block's.
  for (std::size_t back = 1; back <= 3 && back <= begin; ++back) {
    const auto lead = reinterpret_cast<const unsigned char*>(bytes.data()) + (begin - back);
    if ((*lead & 0xC0) == 0x80) continue;
    const std::size_t length = sequence(lead, bytes.size() - (begin - back));
    if (length > back) i = begin - back + length;
    break;
  }
  const char* data = bytes.data();
  std::size_t looked = i;  // bytes before here are to be looked at one word after the other
  while (i < end) {
    if (i >= looked && i + 64 <= end) {
      if (!speaks(data + i)) {
        i += 64;
        continue;
      }
      looked = i + 64;
    }
    if (i + 8 <= end) {
      const std::uint64_t w = word_at(data + i);
      if (((w & kHighs) | zero_in(w)) == 0) {
        if (has(w | (kOnes * 0x20), 'x'))
          for (std::size_t j = i; j < i + 8; ++j)
            out.has_hex = out.has_hex || ((data[j] == 'x' || data[j] == 'X') && j > 0 && data[j - 1] == '0');
        if (has(w, '+')) out.has_plus = true;
        i += 8;
        continue;
      }
    }
    const auto c = static_cast<unsigned char>(data[i]);
    if (c == 0 && out.zero_byte == kNowhere) out.zero_byte = i;
    if ((c == 'x' || c == 'X') && i > 0 && data[i - 1] == '0') out.has_hex = true;
    if (c == '+') out.has_plus = true;
    const std::size_t length = sequence(reinterpret_cast<const unsigned char*>(data) + i, bytes.size() - i);
    if (length == 0 && out.not_utf8 == kNowhere) out.not_utf8 = i;
    i += length == 0 ? 1 : length;
  }
}

std::string_view trimmed(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equal_folded(std::string_view s, std::string_view lower) {
  return s.size() == lower.size() &&
         std::equal(s.begin(), s.end(), lower.begin(), [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

std::size_t valid_utf8(std::string_view bytes) {
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
  for (std::size_t i = 0; i < bytes.size();) {
    if (i + 8 <= bytes.size() && (word_at(bytes.data() + i) & kHighs) == 0) {
      i += 8;
      continue;
    }
    const std::size_t length = sequence(p + i, bytes.size() - i);
    if (length == 0) return i;
    i += length;
  }
  return bytes.size();
}

ByteFacts scan_bytes(std::string_view bytes) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  std::vector<ByteFacts> part((bytes.size() + kBlock - 1) / kBlock);
  parallel_parts(part.size(), [&](std::size_t i) {
    scan_block(bytes, i * kBlock, std::min(bytes.size(), (i + 1) * kBlock), part[i]);
  });
  ByteFacts out;
  for (const auto& each : part) {
    out.zero_byte = std::min(out.zero_byte, each.zero_byte);
    out.not_utf8 = std::min(out.not_utf8, each.not_utf8);
    out.has_hex = out.has_hex || each.has_hex;
    out.has_plus = out.has_plus || each.has_plus;
  }
  return out;
}

QuoteFacts scan_quotes(std::string_view bytes, char delimiter) {
  QuoteFacts out;
  const auto quote_from = [&](std::size_t from) { return from < bytes.size() ? bytes.find('"', from) : kNowhere; };
  for (std::size_t open = quote_from(0); open != kNowhere;) {
    const char before = open == 0 ? '\n' : bytes[open - 1];
    if (before != delimiter && before != '\n' && before != '\r') {
      open = quote_from(open + 1);
      continue;
    }
    std::size_t close = quote_from(open + 1);
    while (close != kNowhere && close + 1 < bytes.size() && bytes[close + 1] == '"') close = quote_from(close + 2);
    if (close == kNowhere) return out.unclosed = open, out;
    if (!out.line_breaks)
      out.line_breaks = bytes.substr(open, close - open).find_first_of("\r\n") != std::string_view::npos;
    // What follows the closing quote, up to the delimiter, is the rest of the same cell.
    open = quote_from(close + 1);
  }
  return out;
}

std::string_view Records::cell() {
  const std::size_t from = at_;
  if (at_ < bytes_.size() && bytes_[at_] == '"') {
    for (++at_; at_ < bytes_.size(); ++at_) {
      if (bytes_[at_] == '"') {
        if (at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '"') {
          ++at_;
          continue;
        }
        ++at_;
        break;
      }
      if (bytes_[at_] == '\n' || (bytes_[at_] == '\r' && !(at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '\n')))
        ++next_line_;
    }
  }
  while (at_ < bytes_.size() && bytes_[at_] != delimiter_ && bytes_[at_] != '\n' && bytes_[at_] != '\r') ++at_;
  return bytes_.substr(from, at_ - from);
}

bool Records::next() {
  const auto end_line = [&] {
    if (at_ >= bytes_.size()) return;
    if (bytes_[at_] == '\r' && at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '\n') ++at_;
    ++at_, ++next_line_;
  };
  while (at_ < bytes_.size() && (bytes_[at_] == '\n' || bytes_[at_] == '\r')) end_line();
  if (at_ >= bytes_.size()) return false;
  begin_ = at_, line_ = next_line_;
  cells_.clear();
  cells_.push_back(cell());
  while (at_ < bytes_.size() && bytes_[at_] == delimiter_) {
    ++at_;
    cells_.push_back(cell());
  }
  end_line();
  return true;
}

std::string unquoted(std::string_view cell) {
  if (cell.empty() || cell.front() != '"') return std::string(cell);
  std::string out;
  std::size_t i = 1;
  for (; i < cell.size(); ++i) {
    if (cell[i] == '"') {
      if (i + 1 < cell.size() && cell[i + 1] == '"')
        ++i;
      else
        break;
    }
    out += cell[i];
  }
  if (i < cell.size()) out += cell.substr(i + 1);
  return out;
}

char likely_delimiter(std::string_view bytes) {
  bytes = bytes.substr(0, std::size_t{64} << 10);
  char best = ',';
  double best_score = 0;
  for (const char candidate : {',', ';', '\t', '|'}) {
    Records records(bytes, candidate);
    std::size_t width = 0, rows = 0, same = 0;
    while (records.next()) {
      if (rows > 0 && records.end() == bytes.size()) break;  // perhaps cut by the limit
      if (rows == 0) width = records.cells().size();
      same += records.cells().size() == width;
      ++rows;
    }
    if (width < 2) continue;
    const double share = static_cast<double>(same) / static_cast<double>(rows);
    const double score = share * share * static_cast<double>(width);
    if (score > best_score) best = candidate, best_score = score;
  }
  return best;
}

Spelled spelling(std::string_view cell) {
  std::string_view s = trimmed(cell);
  const bool negative = !s.empty() && s.front() == '-';
  if (!s.empty() && (s.front() == '-' || s.front() == '+')) s.remove_prefix(1);
  if (s.empty()) return {};
  Spelled out;
  if (std::all_of(s.begin(), s.end(), is_digit)) {
    std::string text = negative ? "-" : "";
    text += s;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.integer);
    if (error != std::errc()) return {};  // an integer that int64 does not hold stays text
    return {Spelling::kInt, out.integer, static_cast<double>(out.integer)};
  }
  const double sign = negative ? -1 : 1;
  if (equal_folded(s, "nan")) return {Spelling::kFloat, 0, std::numeric_limits<double>::quiet_NaN()};
  if (equal_folded(s, "inf") || equal_folded(s, "infinity"))
    return {Spelling::kFloat, 0, sign * std::numeric_limits<double>::infinity()};
  if (!is_digit(s.front()) && s.front() != '.') return {};
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out.number);
  if (end != s.data() + s.size() || error == std::errc::invalid_argument) return {};
  if (error == std::errc::result_out_of_range) {
    // Too large or too small; the sign of the decimal exponent tells which, as the digits alone reach 1e308 only
    // rarely.
    const auto e = s.find_first_of("eE");
    const bool small = e != std::string_view::npos ? s[e + 1] == '-' : s.front() == '.' || s.front() == '0';
    out.number = small ? 0 : std::numeric_limits<double>::infinity();
  }
  return {Spelling::kFloat, 0, sign * out.number};
}

}  // namespace assay::data
