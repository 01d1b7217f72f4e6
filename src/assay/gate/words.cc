// Rules put into words.
#include <algorithm>

#include "assay/gate/lint.h"
#include "assay/gate/lookup.h"
#include "assay/gate/wording.h"

namespace assay::gate {
namespace {

using operation::Expression;
using Kind = Expression::Kind;

std::string words_of(const Expression& e);

std::string spaced(std::string name) {
  if (name.find('.') == std::string::npos) std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string joined(const std::vector<std::string>& parts, const std::string& word) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? word : "") + parts[i];
  return out;
}

std::string pick_words(const std::string& pick, const std::string& of) {
  if (pick == "low") return "the lower end of " + of;
  if (pick == "high") return "the upper end of " + of;
  return pick == "absmax" ? "the largest size of " + of : "the estimate of " + of;
}

std::string figure_words(const Expression& e) {
  if (e.text.find('.') != std::string::npos || std::count(e.keys.begin(), e.keys.end(), "") > 0) return text_of(e);
  std::string out = spaced(full_name(e.text)), parameters;
  for (std::size_t i = 0; i < e.children.size(); ++i) {
    if (e.keys[i] == "slice")
      out += " of the slice";
    else if (e.keys[i] == "group")
      out += " by " + joined(group_of(e.children[i]), " and ");
    else
      parameters += (parameters.empty() ? "" : ", ") + spaced(e.keys[i]) + " " + text_of(e.children[i]);
  }
  return parameters.empty() ? out : out + " (" + parameters + ")";
}

std::string call_words(const Expression& e) {
  const std::string first = e.children.empty() ? "" : text_of(e.children[0]);
  if (e.text == "abs") return "the size of " + words_of(e.children[0]);
  if (e.text == "age")
    return "the age of the oldest " + (first.empty() || first == "evidence" ? "evidence" : first + " evidence");
  if (e.text == "approvals") return "the number of approvals" + (first.empty() ? "" : " by the role " + first);
  if (e.text == "four_fifths")
    return "by " + joined(group_of(e.children[0]), " and ") +
           ", the lowest group's favourable rate is at least four fifths of the highest group's";
  return figure_words(e);
}

std::string literal_words(const Expression& e) {
  return e.kind == Kind::kNumber && e.unit && e.unit != '%' ? duration_text(e.value()) : text_of(e);
}

// A part of a condition: a fact alone is a statement too.
std::string statement(const Expression& e) {
  const bool fact = (e.kind == Kind::kName || e.kind == Kind::kCall) && e.text != "four_fifths";
  return words_of(e) + (fact ? " is true" : "");
}

std::string words_of(const Expression& e) {
  switch (e.kind) {
    case Kind::kName: {
      const auto [base, pick] = split_pick(e.text);
      if (!pick.empty()) return pick_words(pick, spaced(base));
      return base == "n" ? "the number of rows" : spaced(full_name(base));
    }
    case Kind::kCall:
      return call_words(e);
    case Kind::kMember:
      return pick_words(e.text, words_of(e.children[0]));
    case Kind::kNegative:
      return "minus " + words_of(e.children[0]);
    case Kind::kSum:
    case Kind::kProduct: {
      const std::string sign = e.text == "+"   ? " plus "
                               : e.text == "-" ? " minus "
                               : e.text == "*" ? " times "
                                               : " divided by ";
      return words_of(e.children[0]) + sign + words_of(e.children[1]);
    }
    case Kind::kCompare:
      return words_of(e.children[0]) + std::string(relation(e.text, true)) + words_of(e.children[1]);
    case Kind::kIn:
      return words_of(e.children[0]) + " is one of " + words_of(e.children[1]);
    case Kind::kNot:
      return "it is not so that " + statement(e.children[0]);
    case Kind::kAnd:
    case Kind::kOr: {
      std::vector<std::string> parts;
      for (const auto& child : e.children)
        parts.push_back(child.kind == Kind::kOr ? "either " + statement(child) : statement(child));
      return joined(parts, e.kind == Kind::kAnd ? ", and " : " or ");
    }
    default:
      return literal_words(e);
  }
}

}  // namespace

std::string in_words(const Condition& condition) {
  const std::string what = statement(condition.require);
  if (!condition.over_slices) return what;
  return "for every slice" + (condition.where.empty() ? "" : " where " + statement(condition.where[0])) + ": " + what;
}

}  // namespace assay::gate
