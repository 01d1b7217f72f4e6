// Expressions printed back.
#include <array>
#include <charconv>

#include "assay/operation/expression.h"

namespace assay::operation {
namespace {

using Kind = Expression::Kind;

// How tightly a kind binds, as in the grammar.
int strength(Kind kind) {
  switch (kind) {
    case Kind::kOr:
      return 0;
    case Kind::kAnd:
      return 1;
    case Kind::kNot:
      return 2;
    case Kind::kCompare:
    case Kind::kIn:
      return 3;
    case Kind::kSum:
      return 4;
    case Kind::kProduct:
      return 5;
    case Kind::kNegative:
      return 6;
    default:
      return 7;
  }
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string shortest(double v) {
  std::array<char, 40> raw{};
  return {raw.data(), std::to_chars(raw.data(), raw.data() + raw.size(), v).ptr};
}

void write(std::string& out, const Expression& e, int at_least) {
  const bool bracket = strength(e.kind) < at_least;
  const auto between = [&](std::string_view word, int first, int others) {
    for (std::size_t i = 0; i < e.children.size(); ++i) {
      if (i) out.append(word);
      write(out, e.children[i], i ? others : first);
    }
  };
  if (bracket) out += '(';
  const int own = strength(e.kind);
  switch (e.kind) {
    case Kind::kNumber:
      out += shortest(e.number);
      if (e.unit) out += e.unit;
      break;
    case Kind::kText:
      out += quoted(e.text);
      break;
    case Kind::kDate:
    case Kind::kName:
      out += e.text;
      break;
    case Kind::kTruth:
      out += e.number != 0 ? "true" : "false";
      break;
    case Kind::kList:
      out += '[', between(", ", 0, 0), out += ']';
      break;
    case Kind::kCall:
      out += e.text + "(";
      for (std::size_t i = 0; i < e.children.size(); ++i) {
        if (i) out += ", ";
        if (!e.keys[i].empty()) out += e.keys[i] + "=";
        write(out, e.children[i], 0);
      }
      out += ')';
      break;
    case Kind::kMember:
      // a.low would be one name; (a).low is a name and its member.
      write(out, e.children[0], e.children[0].kind == Kind::kName ? 8 : 7);
      out += "." + e.text;
      break;
    case Kind::kNegative:
      out += '-', write(out, e.children[0], own);
      break;
    case Kind::kNot:
      out += "not ", write(out, e.children[0], own);
      break;
    case Kind::kCompare:
    case Kind::kIn:
      between(" " + e.text + " ", own + 1, own + 1);
      break;
    case Kind::kSum:
    case Kind::kProduct:
    case Kind::kAnd:
    case Kind::kOr:
      between(" " + e.text + " ", own, own + 1);
      break;
  }
  if (bracket) out += ')';
}

}  // namespace

std::string text_of(const Expression& expression) {
  std::string out;
  write(out, expression, 0);
  return out;
}

bool same(const Expression& a, const Expression& b) {
  if (a.kind != b.kind || a.text != b.text || a.number != b.number || a.unit != b.unit || a.keys != b.keys ||
      a.children.size() != b.children.size())
    return false;
  for (std::size_t i = 0; i < a.children.size(); ++i)
    if (!same(a.children[i], b.children[i])) return false;
  return true;
}

}  // namespace assay::operation
