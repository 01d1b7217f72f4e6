// One-line expressions: policies, a pipeline's `when`, a checklist's `applies_if`, counterfactual rules and row
// filters written as text all read this language (spec/README 16). This file knows its grammar only; what a name or a
// call means is the caller's.
//
//   or_expression   = and_expression {"or" and_expression}
//   and_expression  = not_expression {"and" not_expression}
//   not_expression  = "not" not_expression | sum [("<=" | ">=" | "<" | ">" | "==" | "!=" | "in") sum]
//   sum             = product {("+" | "-") product}
//   product         = sign {("*" | "/") sign}
//   sign            = "-" sign | primary {"." word}
//   primary         = number[% s m h d] | "text" | date | true | false | [list] | (or_expression) | name |
//   name(arguments) arguments       = [word "="] or_expression {"," ...};  name = word {"." word}
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/error.h"

namespace assay::operation {

struct Expression {
  enum class Kind {
    kNumber,    // number, unit
    kText,      // text
    kDate,      // text: 2026-12-31 or 2026-12-31T10:00:00Z
    kTruth,     // number: 1 true, 0 false
    kList,      // children
    kName,      // text: dotted
    kCall,      // text: dotted; children, keys
    kMember,    // text: the word after the dot; one child, which is a call or stands in parentheses
    kNegative,  // one child
    kSum,       // text: + or -; two children
    kProduct,   // text: * or /; two children
    kCompare,   // text: <= >= < > == !=; two children
    kIn,        // two children
    kNot,       // one child
    kAnd,       // two or more children
    kOr         // two or more children
  };
  Kind kind = Kind::kTruth;
  std::string text;
  double number = 0;  // as written: 30 of 30d, 10 of 10%
  char unit = 0;      // 0, or one of % s m h d
  std::vector<Expression> children;
  std::vector<std::string> keys;  // of a call, one for each child; empty for a positional argument
  std::size_t column = 1;         // where it starts, in bytes from 1
  std::size_t depth = 1;          // of the tree below and with it

  // A number in its base: durations in seconds, percent as a share.
  double value() const;
};

inline constexpr std::size_t kMaxExpression = 4096;  // bytes
inline constexpr std::size_t kMaxExpressionDepth = 64;

// The tree of a text. Errors are invalid-argument with `where` = "column N". O(length).
Result<Expression> parse_expression(std::string_view text);

// The canonical text: shortest numbers, one blank around operators, only the parentheses that are needed. Parsing it
// gives the same tree again.
std::string text_of(const Expression& expression);

// The same tree; columns do not count.
bool same(const Expression& a, const Expression& b);

// Calls `visit` on the expression and on everything in it, parents first.
template <class Visit>
void for_each_part(const Expression& expression, const Visit& visit) {
  visit(expression);
  for (const auto& child : expression.children) for_each_part(child, visit);
}

}  // namespace assay::operation
