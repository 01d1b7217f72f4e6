#include "assay/operation/expression.h"

#include <gtest/gtest.h>

namespace assay::operation {
namespace {

std::string canonical_of(std::string_view text) {
  const auto made = parse_expression(text);
  if (!made) return made.error().text();
  const std::string out = text_of(*made);
  const auto again = parse_expression(out);
  EXPECT_TRUE(again) << out << ": " << (again ? "" : again.error().text());
  if (again) {
    EXPECT_TRUE(same(*made, *again)) << text << " -> " << out;
  }
  return out;
}

TEST(Expression, PrintsWhatItReads) {
  const std::pair<const char*, const char*> cases[] = {
      {"auc>=0.80", "auc >= 0.8"},
      {"abs(gap(group = afam))<=10%", "abs(gap(group=afam)) <= 10%"},
      {"(p+q)*2 <= 1.21", "(p + q) * 2 <= 1.21"},
      {"p+(q*2)", "p + q * 2"},
      {"p-(q-r)", "p - (q - r)"},
      {"(p-q)-r", "p - q - r"},
      {"2 * -p", "2 * -p"},
      {"-(p+q)", "-(p + q)"},
      {"--p", "--p"},
      {"a - -b", "a - -b"},
      {"not (a or b) and c", "not (a or b) and c"},
      {"a or b and c", "a or b and c"},
      {"(a or b) and c", "(a or b) and c"},
      {"a and (b and (c and d))", "a and b and c and d"},
      {"not p >= 9 and p >= 0", "not p >= 9 and p >= 0"},
      {"(a <= b) == true", "(a <= b) == true"},
      {"x in [\"a\",'b' , 3]", "x in [\"a\", \"b\", 3]"},
      {"f(x).low >= 1", "f(x).low >= 1"},
      {"(a + b).value >= 1", "(a + b).value >= 1"},
      {"(a).low", "(a).low"},
      {"a.low", "a.low"},
      {"age(evidence) <= 30d", "age(evidence) <= 30d"},
      {"t < 1e-7 or t > 2.5E+20h", "t < 1e-07 or t > 2.5e+20h"},
      {"until <= 2026-12-31", "until <= 2026-12-31"},
      {"at == 2026-12-31T10:00:00.5Z", "at == 2026-12-31T10:00:00.5Z"},
      {"\"say \\\"x\\\\y\\\"\"", "\"say \\\"x\\\\y\\\"\""},
      {"[]", "[]"},
      {"f()", "f()"},
      {"data.overlap(train, test) == 0", "data.overlap(train, test) == 0"},
      {"a\tand\n b", "a and b"},
  };
  for (const auto& [in, out] : cases) EXPECT_EQ(canonical_of(in), out) << in;
}

TEST(Expression, NumbersHaveUnits) {
  const std::pair<const char*, double> cases[] = {{"30d", 2592000}, {"12h", 43200}, {"15m", 900}, {"7s", 7},
                                                  {"10%", 0.1},     {"0.25", 0.25}, {"1e3", 1000}};
  for (const auto& [in, value] : cases) EXPECT_EQ(parse_expression(in)->value(), value) << in;
}

constexpr const char* kForm = "write names, calls, numbers, + - * /, a comparison, and, or, not: auc >= 0.80";

TEST(Expression, SaysWhatIsWrongAndWhere) {
  struct Case {
    std::string in, where, what, fix;
  };
  const Case cases[] = {
      {"", "column 1", "the expression is empty", "write one such as auc >= 0.8"},
      {"auc >= >= 0.8", "column 8", "a value was expected, not \">=\"", kForm},
      {"0 <= auc <= 1", "column 10", "comparisons do not chain", "write a <= b and b <= c"},
      {"auc = 0.8", "column 5", "one = compares nothing", "write =="},
      {"a && b", "column 3", "\"&\" is no word of the language", "write and"},
      {"!a", "column 1", "\"!\" is no word of the language", "write not"},
      {"a >= .5", "column 6", "a value was expected, not \".\"", "write 0.5"},
      {"(a >= 1", "column 8", "\")\" was expected, not the end", "the bracket of column 1 must be closed"},
      {"f(a b)", "column 5", "\",\" or \")\" was expected, not \"b\"", "the bracket of column 2 must be closed"},
      {"[1 2]", "column 4", "\",\" or \"]\" was expected, not \"2\"", "the bracket of column 1 must be closed"},
      {"\"abc", "column 1", "the text has no end", "close it with \""},
      {"\"a\\n\"", "column 3", "in a text a backslash stands before a quote or another backslash only", "write \\\\"},
      {"30days", "column 4", "\"a\" cannot follow the number 30", "durations are written 30s, 15m, 12h or 30d"},
      {"1e999", "column 1", "the number 1e999 is out of range", kForm},
      {"a b", "column 3", "\"b\" follows a whole expression", "join two conditions by and, or"},
      {"a not in b", "column 3", "\"not\" stands before what it denies", "write not (a in b)"},
      {"f(x=1, x=2)", "column 8", "the argument \"x\" is given twice", kForm},
      {"a.", "column 2", "a name cannot end in a dot", kForm},
      {"f(a).3", "column 6", "a word was expected behind the dot, not \"3\"", kForm},
      {"größe", "column 3", "a name has letters a-z, digits and _ only", "put other text into quotes"},
      {std::string("a\0b", 3), "column 2", "a control character (byte 0)", kForm},
      {"a @ b", "column 3", "\"@\" is no sign of the language", kForm},
      {"and", "column 1", "a value was expected, not \"and\"", kForm},
      {"f(and=1)", "column 3", "\"and\" cannot name an argument", kForm},
  };
  for (const auto& c : cases) {
    const auto made = parse_expression(c.in);
    ASSERT_FALSE(made) << c.in;
    EXPECT_EQ(made.error().code, Code::kInvalidArgument) << c.in;
    EXPECT_EQ(made.error().where, c.where) << c.in;
    EXPECT_EQ(made.error().what, c.what) << c.in;
    EXPECT_EQ(made.error().fix, c.fix) << c.in;
  }
}

TEST(Expression, IsBounded) {
  const auto many = [](std::size_t n, const std::string& part) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += part;
    return out;
  };
  EXPECT_FALSE(parse_expression(std::string(4097, 'a')));
  EXPECT_TRUE(parse_expression(std::string(4096, 'a')));
  EXPECT_FALSE(parse_expression(std::string(2000, '(') + "a" + std::string(2000, ')')));
  EXPECT_TRUE(parse_expression(std::string(60, '(') + "a" + std::string(60, ')')));
  EXPECT_FALSE(parse_expression(std::string(4000, '-') + "a"));
  EXPECT_FALSE(parse_expression(many(1000, "not ") + "a"));
  EXPECT_FALSE(parse_expression("a" + many(1000, " + a")));
  EXPECT_FALSE(parse_expression("a(b)" + many(1000, ".c")));
  EXPECT_FALSE(parse_expression(std::string(4000, '[')));
  EXPECT_FALSE(parse_expression(many(1300, "f(")));
  // Conditions lie side by side, however many.
  EXPECT_TRUE(parse_expression("a" + many(500, " and a")));
}

}  // namespace
}  // namespace assay::operation
