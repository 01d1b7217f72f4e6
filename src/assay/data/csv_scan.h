// What must be known of a CSV file's bytes besides its cells: whether they are sound, where its rows stand, how a cell
// is spelled. Internal to data/; the cells themselves are read by Arrow (spec/README 43).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

inline constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

// Length of the longest valid UTF-8 prefix; bytes.size() when all of it is valid. A zero byte is valid UTF-8.
std::size_t valid_utf8(std::string_view bytes);

// One pass over all bytes, in parallel blocks: O(bytes), near memory bandwidth for ASCII.
struct ByteFacts {
  std::size_t zero_byte = kNowhere;  // offset of the first
  std::size_t not_utf8 = kNowhere;   // offset of the first byte that is no UTF-8
  bool has_hex = false;              // "0x" somewhere: Arrow takes 0x1F for an integer, the type lattice does not
  bool has_plus = false;  // a plus sign somewhere: Arrow takes +5 for a float, the type lattice for an integer
};
ByteFacts scan_bytes(std::string_view bytes);

// Where quoted cells lie. Quotes open only at the start of a cell, as in Arrow's tokeniser.
struct QuoteFacts {
  bool line_breaks = false;         // a quoted cell spans lines
  std::size_t unclosed = kNowhere;  // offset of a quote that never closes
};
QuoteFacts scan_quotes(std::string_view bytes, char delimiter);

// Walks the records serially; for headers, samples and finding the line of an error.
class Records {
 public:
  Records(std::string_view bytes, char delimiter) : bytes_(bytes), delimiter_(delimiter) {}
  bool next();                                                           // to the next record that is not blank
  std::int64_t line() const { return line_; }                            // of the record's first byte, from 1
  const std::vector<std::string_view>& cells() const { return cells_; }  // as spelled, with their quotes
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return at_; }  // offset behind the record's line end

 private:
  std::string_view cell();
  std::string_view bytes_;
  char delimiter_;
  std::size_t begin_ = 0, at_ = 0;
  std::int64_t line_ = 1, next_line_ = 1;
  std::vector<std::string_view> cells_;
};
std::string unquoted(std::string_view cell);

// The most likely of , ; tab | by the first 64 KiB: the one that cuts most lines into the same number of cells.
char likely_delimiter(std::string_view bytes);

// The type lattice of data b1 on one non-missing cell: int < float < text.
enum class Spelling { kInt, kFloat, kText };
struct Spelled {
  Spelling kind = Spelling::kText;
  std::int64_t integer = 0;
  double number = 0;  // also of an integer
};
Spelled spelling(std::string_view cell);

}  // namespace assay::data
