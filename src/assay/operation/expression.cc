#include "assay/operation/expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace assay::operation {
namespace {

using Kind = Expression::Kind;

enum class Mark { kEnd, kNumber, kText, kDate, kWord, kSign };
struct Token {
  Mark mark = Mark::kEnd;
  std::string text;
  double number = 0;
  char unit = 0;
  std::size_t column = 1;
};

constexpr const char* kForm = "write names, calls, numbers, + - * /, a comparison, and, or, not: auc >= 0.80";

tl::unexpected<Error> wrong(std::size_t column, std::string what, std::string fix = {}) {
  if (fix.empty()) fix = kForm;
  return fail(Code::kInvalidArgument, std::move(what), "column " + std::to_string(column), std::move(fix));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> all() {
    std::vector<Token> out;
    for (;;) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ == text_.size()) break;
      ASSAY_TRY(auto token, next());
      out.push_back(std::move(token));
    }
    Token end;
    end.column = at_ + 1;
    out.push_back(std::move(end));
    return out;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Result<Token> next() {
    const std::size_t column = at_ + 1;
    const char c = peek();
    if (const std::size_t length = date_length()) {
      Token t{Mark::kDate, std::string(text_.substr(at_, length)), 0, 0, column};
      at_ += length;
      return t;
    }
    if (is_digit(c)) return number();
    if (is_letter(c)) {
      const std::size_t start = at_;
      while (is_letter(peek()) || is_digit(peek())) ++at_;
      return Token{Mark::kWord, std::string(text_.substr(start, at_ - start)), 0, 0, column};
    }
    if (c == '"' || c == '\'') return quoted();
    for (const std::string_view sign : {"<=", ">=", "==", "!="})
      if (text_.substr(at_, 2) == sign) return at_ += 2, Token{Mark::kSign, std::string(sign), 0, 0, column};
    if (std::string_view("+-*/()<>,.=[]").find(c) != std::string_view::npos)
      return ++at_, Token{Mark::kSign, std::string(1, c), 0, 0, column};
    return strange(c);
  }

  tl::unexpected<Error> strange(char c) const {
    const std::size_t column = at_ + 1;
    if (c == '&') return wrong(column, "\"&\" is no word of the language", "write and");
    if (c == '|') return wrong(column, "\"|\" is no word of the language", "write or");
    if (c == '!') return wrong(column, "\"!\" is no word of the language", "write not");
    if (c == '%') return wrong(column, "\"%\" stands right behind a number", "write 10%");
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return wrong(column, "a name has letters a-z, digits and _ only", "put other text into quotes");
    if (byte < 0x20 || byte == 0x7f) return wrong(column, "a control character (byte " + std::to_string(byte) + ")");
    return wrong(column, "\"" + std::string(1, c) + "\" is no sign of the language");
  }

  // 2026-12-31, perhaps with T10:00:00.5Z behind it.
  std::size_t date_length() const {
    constexpr std::string_view kDay = "0000-00-00";
    for (std::size_t i = 0; i < kDay.size(); ++i)
      if (kDay[i] == '0' ? !is_digit(peek(i)) : peek(i) != kDay[i]) return 0;
    if (is_digit(peek(kDay.size()))) return 0;
    if (peek(kDay.size()) != 'T') return kDay.size();
    std::size_t end = kDay.size() + 1;
    while (is_digit(peek(end)) || peek(end) == ':' || peek(end) == '.') ++end;
    return peek(end) == 'Z' ? end + 1 : kDay.size();
  }

  Result<Token> number() {
    const std::size_t start = at_, column = at_ + 1;
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (const std::size_t skip = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
        (peek() | 0x20) == 'e' && is_digit(peek(skip))) {
      at_ += skip;
      while (is_digit(peek())) ++at_;
    }
    const std::string_view written = text_.substr(start, at_ - start);
    Token t{Mark::kNumber, std::string(written), 0, 0, column};
    const auto read = std::from_chars(written.data(), written.data() + written.size(), t.number);
    if (read.ec != std::errc()) return wrong(column, "the number " + t.text.substr(0, 40) + " is out of range");
    if (std::string_view("%smhd").find(peek()) != std::string_view::npos && at_ < text_.size()) t.unit = text_[at_++];
    if (is_letter(peek()) || is_digit(peek()))
      return wrong(at_ + 1, "\"" + std::string(1, peek()) + "\" cannot follow the number " + t.text,
                   "durations are written 30s, 15m, 12h or 30d");
    return t;
  }

  Result<Token> quoted() {
    const char quote = peek();
    Token t{Mark::kText, {}, 0, 0, at_ + 1};
    for (++at_; at_ < text_.size() && peek() != quote; ++at_) {
      char c = peek();
      if (c == '\\') {
        c = peek(1);
        if (c != '"' && c != '\'' && c != '\\')
          return wrong(at_ + 1, "in a text a backslash stands before a quote or another backslash only", "write \\\\");
        ++at_;
      }
      t.text += c;
    }
    if (at_ == text_.size()) return wrong(t.column, "the text has no end", "close it with " + std::string(1, quote));
    ++at_;
    return t;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_keyword(std::string_view word) {
  return word == "and" || word == "or" || word == "not" || word == "in" || word == "true" || word == "false";
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<Expression> all() {
    if (now().mark == Mark::kEnd) return wrong(1, "the expression is empty", "write one such as auc >= 0.8");
    ASSAY_TRY(auto made, disjunction());
    if (now().mark == Mark::kEnd) return made;
    if (is_sign("=")) return wrong(now().column, "one = compares nothing", "write ==");
    if (is_word("not")) return wrong(now().column, "\"not\" stands before what it denies", "write not (a in b)");
    return wrong(now().column, shown() + " follows a whole expression", "join two conditions by and, or");
  }

 private:
  const Token& now() const { return tokens_[at_]; }
  const Token& after() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool is_sign(std::string_view s) const { return now().mark == Mark::kSign && now().text == s; }
  bool is_word(std::string_view s) const { return now().mark == Mark::kWord && now().text == s; }
  bool take(std::string_view s) { return (is_sign(s) || is_word(s)) && (++at_, true); }
  bool is_comparison() const {
    if (is_word("in")) return true;
    constexpr std::array<std::string_view, 6> kAll{"<=", ">=", "<", ">", "==", "!="};
    return now().mark == Mark::kSign && std::find(kAll.begin(), kAll.end(), now().text) != kAll.end();
  }
  std::string shown() const {
    if (now().mark == Mark::kEnd) return "the end";
    return now().mark == Mark::kText ? "a text" : "\"" + now().text + "\"";
  }

  // Every node is made here, so that no tree is deeper than evaluation can bear.
  Result<Expression> node(Kind kind, std::string text, std::size_t column, std::vector<Expression> children) const {
    Expression made;
    made.kind = kind, made.text = std::move(text), made.column = column, made.children = std::move(children);
    for (const auto& child : made.children) made.depth = std::max(made.depth, child.depth + 1);
    if (made.depth > kMaxExpressionDepth)
      return wrong(column, "the expression is nested deeper than " + std::to_string(kMaxExpressionDepth),
                   "split it into several rules");
    return made;
  }

  template <class Next>
  Result<Expression> series(Kind kind, std::string_view word, const Next& next) {
    ASSAY_TRY(auto first, next());
    if (!is_word(word)) return first;
    const std::size_t column = first.column;
    std::vector<Expression> all;
    const auto add = [&](Expression e) {  // (a and b) and c is a and b and c
      if (e.kind == kind)
        for (auto& child : e.children) all.push_back(std::move(child));
      else
        all.push_back(std::move(e));
    };
    add(std::move(first));
    while (take(word)) {
      ASSAY_TRY(auto more, next());
      add(std::move(more));
    }
    return node(kind, std::string(word), column, std::move(all));
  }

  Result<Expression> disjunction() {
    if (++open_ > kMaxExpressionDepth)
      return wrong(now().column, "brackets are nested deeper than " + std::to_string(kMaxExpressionDepth),
                   "split it into several rules");
    auto made = series(Kind::kOr, "or", [&] { return conjunction(); });
    --open_;
    return made;
  }
  Result<Expression> conjunction() {
    return series(Kind::kAnd, "and", [&] { return negation(); });
  }

  Result<Expression> negation() {
    std::vector<std::size_t> columns;
    while (is_word("not")) {
      columns.push_back(now().column), ++at_;
    }
    ASSAY_TRY(auto made, comparison());
    for (auto column = columns.rbegin(); column != columns.rend(); ++column) {
      std::vector<Expression> child;
      child.push_back(std::move(made));
      ASSAY_TRY(made, node(Kind::kNot, "not", *column, std::move(child)));
    }
    return made;
  }

  Result<Expression> comparison() {
    ASSAY_TRY(auto left, sum());
    if (!is_comparison()) return left;
    const Kind kind = is_word("in") ? Kind::kIn : Kind::kCompare;
    std::string sign = now().text;
    ++at_;
    ASSAY_TRY(auto right, sum());
    if (is_comparison()) return wrong(now().column, "comparisons do not chain", "write a <= b and b <= c");
    return pair(kind, std::move(sign), std::move(left), std::move(right));
  }

  Result<Expression> pair(Kind kind, std::string sign, Expression left, Expression right) const {
    const std::size_t column = left.column;
    std::vector<Expression> both;
    both.push_back(std::move(left)), both.push_back(std::move(right));
    return node(kind, std::move(sign), column, std::move(both));
  }

  Result<Expression> sum() {
    ASSAY_TRY(auto left, product());
    while (is_sign("+") || is_sign("-")) {
      std::string sign = now().text;
      ++at_;
      ASSAY_TRY(auto right, product());
      ASSAY_TRY(left, pair(Kind::kSum, std::move(sign), std::move(left), std::move(right)));
    }
    return left;
  }
  Result<Expression> product() {
    ASSAY_TRY(auto left, signed_value());
    while (is_sign("*") || is_sign("/")) {
      std::string sign = now().text;
      ++at_;
      ASSAY_TRY(auto right, signed_value());
      ASSAY_TRY(left, pair(Kind::kProduct, std::move(sign), std::move(left), std::move(right)));
    }
    return left;
  }

  Result<Expression> signed_value() {
    std::vector<std::size_t> columns;
    while (is_sign("-")) {
      columns.push_back(now().column), ++at_;
    }
    ASSAY_TRY(auto made, member());
    for (auto column = columns.rbegin(); column != columns.rend(); ++column) {
      std::vector<Expression> child;
      child.push_back(std::move(made));
      ASSAY_TRY(made, node(Kind::kNegative, "-", *column, std::move(child)));
    }
    return made;
  }

  Result<Expression> member() {
    ASSAY_TRY(auto made, primary());
    while (is_sign(".")) {
      ++at_;
      if (now().mark != Mark::kWord) return wrong(now().column, "a word was expected behind the dot, not " + shown());
      std::string word = now().text;
      ++at_;
      const std::size_t column = made.column;
      std::vector<Expression> child;
      child.push_back(std::move(made));
      ASSAY_TRY(made, node(Kind::kMember, std::move(word), column, std::move(child)));
    }
    return made;
  }

  Result<Expression> primary() {
    const Token token = now();
    switch (token.mark) {
      case Mark::kNumber: {
        ++at_;
        ASSAY_TRY(auto made, node(Kind::kNumber, {}, token.column, {}));
        made.number = token.number, made.unit = token.unit;
        return made;
      }
      case Mark::kText:
        return ++at_, node(Kind::kText, token.text, token.column, {});
      case Mark::kDate:
        return ++at_, node(Kind::kDate, token.text, token.column, {});
      case Mark::kWord:
        return word();
      default:
        break;
    }
    if (take("(")) {
      ASSAY_TRY(auto made, disjunction());
      if (!take(")")) return wrong(now().column, "\")\" was expected, not " + shown(), closing(token.column));
      return made;
    }
    if (take("[")) return list(token.column);
    const bool dot = is_sign(".") && after().mark == Mark::kNumber;
    return wrong(token.column, "a value was expected, not " + shown(),
                 dot            ? "write 0." + after().text
                 : is_sign("=") ? "write =="
                                : "");
  }
  static std::string closing(std::size_t column) {
    return "the bracket of column " + std::to_string(column) + " must be closed";
  }

  Result<Expression> word() {
    const std::size_t column = now().column;
    if (is_word("true") || is_word("false")) {
      ASSAY_TRY(auto made, node(Kind::kTruth, {}, column, {}));
      made.number = is_word("true") ? 1 : 0;
      return ++at_, made;
    }
    if (is_keyword(now().text)) return wrong(column, "a value was expected, not " + shown());
    std::string name = now().text;
    ++at_;
    while (is_sign(".") && after().mark == Mark::kWord) name += "." + after().text, at_ += 2;
    if (is_sign(".")) return wrong(now().column, "a name cannot end in a dot");
    if (!take("(")) return node(Kind::kName, std::move(name), column, {});
    std::vector<Expression> children;
    std::vector<std::string> keys;
    while (!take(")")) {
      const bool named = now().mark == Mark::kWord && after().mark == Mark::kSign && after().text == "=";
      std::string key = named ? now().text : std::string();
      if (named && is_keyword(key)) return wrong(now().column, "\"" + key + "\" cannot name an argument");
      if (named && std::find(keys.begin(), keys.end(), key) != keys.end())
        return wrong(now().column, "the argument \"" + key + "\" is given twice");
      if (named) at_ += 2;
      ASSAY_TRY(auto value, disjunction());
      keys.push_back(std::move(key)), children.push_back(std::move(value));
      if (!is_sign(")") && !take(","))
        return wrong(now().column, "\",\" or \")\" was expected, not " + shown(), closing(column + name.size()));
    }
    ASSAY_TRY(auto made, node(Kind::kCall, std::move(name), column, std::move(children)));
    made.keys = std::move(keys);
    return made;
  }

  Result<Expression> list(std::size_t column) {
    std::vector<Expression> items;
    while (!take("]")) {
      ASSAY_TRY(auto item, disjunction());
      items.push_back(std::move(item));
      if (!is_sign("]") && !take(","))
        return wrong(now().column, "\",\" or \"]\" was expected, not " + shown(), closing(column));
    }
    return node(Kind::kList, {}, column, std::move(items));
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0, open_ = 0;
};

}  // namespace

double Expression::value() const {
  switch (unit) {
    case '%':
      return number / 100;
    case 'm':
      return number * 60;
    case 'h':
      return number * 3600;
    case 'd':
      return number * 86400;
    default:
      return number;
  }
}

Result<Expression> parse_expression(std::string_view text) {
  if (text.size() > kMaxExpression)
    return fail(
        Code::kInvalidArgument,
        "the expression has " + std::to_string(text.size()) + " bytes, more than " + std::to_string(kMaxExpression),
        "column " + std::to_string(kMaxExpression + 1), "split it into several rules");
  ASSAY_TRY(auto tokens, Lexer(text).all());
  return Parser(std::move(tokens)).all();
}

}  // namespace assay::operation
