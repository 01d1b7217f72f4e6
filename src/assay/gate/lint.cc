#include "assay/gate/lint.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "assay/gate/policy.h"

namespace assay::gate {
namespace {

using operation::Expression;
using Kind = Expression::Kind;

enum class Type { kAny, kNumber, kTruth, kText, kList };

constexpr std::array<std::string_view, 4> kPicks{"value", "low", "high", "absmax"};

std::string_view named(Type type) {
  switch (type) {
    case Type::kNumber:
      return "a number";
    case Type::kTruth:
      return "true or false";
    case Type::kText:
      return "a text";
    case Type::kList:
      return "a list";
    default:
      return "anything";
  }
}

tl::unexpected<Error> wrong(const Expression& at, std::string what, std::string fix = {}) {
  return fail(Code::kInvalidArgument, std::move(what), "column " + std::to_string(at.column), std::move(fix));
}

bool is_pick(std::string_view word) { return std::find(kPicks.begin(), kPicks.end(), word) != kPicks.end(); }

class Linter {
 public:
  explicit Linter(const std::string& variable) : variable_(variable) {}

  Status wants(const Expression& e, Type wanted) const {
    ASSAY_TRY(const Type type, type_of(e));
    if (type == Type::kAny || type == wanted) return {};
    const bool top = wanted == Type::kTruth;
    return wrong(e,
                 text_of(e) + " is " + std::string(named(type)) + " where " + std::string(named(wanted)) + " is needed",
                 top ? "compare it with something, such as " + text_of(e) + " >= 0.8" : "");
  }

 private:
  Result<Type> type_of(const Expression& e) const {
    switch (e.kind) {
      case Kind::kNumber:
        return Type::kNumber;
      case Kind::kText:
      case Kind::kDate:
        return Type::kText;
      case Kind::kTruth:
        return Type::kTruth;
      case Kind::kList:
        for (const auto& item : e.children) ASSAY_CHECK(type_of(item));
        return Type::kList;
      case Kind::kName:
        return name(e);
      case Kind::kCall:
        return call(e);
      case Kind::kMember:
        if (!is_pick(e.text))
          return wrong(e, "\"." + e.text + "\" is nothing that a figure has", "it has .value, .low, .high and .absmax");
        ASSAY_CHECK(wants(e.children[0], Type::kNumber));
        return Type::kNumber;
      case Kind::kNegative:
      case Kind::kSum:
      case Kind::kProduct:
        for (const auto& child : e.children) ASSAY_CHECK(wants(child, Type::kNumber));
        return Type::kNumber;
      case Kind::kCompare:
        return comparison(e);
      case Kind::kIn:
        ASSAY_CHECK(type_of(e.children[0]));
        ASSAY_CHECK(wants(e.children[1], Type::kList));
        return Type::kTruth;
      default:
        for (const auto& child : e.children) ASSAY_CHECK(wants(child, Type::kTruth));
        return Type::kTruth;
    }
  }

  Result<Type> name(const Expression& e) const {
    if (e.text == variable_)
      return wrong(e, "\"" + e.text + "\" is a slice, not a value",
                   "write a figure of it, such as selection_rate(slice=" + e.text + ")");
    for (const std::string_view none : {"nan", "NaN", "inf", "Inf", "infinity", "Infinity", "null", "None"})
      if (e.text == none) return wrong(e, "\"" + e.text + "\" is no limit", "write a number");
    const auto [base, pick] = split_pick(e.text);
    if (!pick.empty()) return Type::kNumber;
    for (const auto word : kPicks)
      if (base.find("." + std::string(word) + ".") != std::string::npos)
        return wrong(e, "nothing can follow ." + std::string(word), "end the name there");
    return e.text == "n" && !variable_.empty() ? Type::kNumber : Type::kAny;
  }

  Result<Type> call(const Expression& e) const {
    const auto positional = static_cast<std::size_t>(std::count(e.keys.begin(), e.keys.end(), ""));
    if (e.text == "abs") {
      if (e.children.size() != 1 || positional != 1)
        return wrong(e, "abs takes one number", "write abs(demographic_parity_gap(group=G))");
      ASSAY_CHECK(wants(e.children[0], Type::kNumber));
      return Type::kNumber;
    }
    for (std::size_t i = 0; i < e.children.size(); ++i)
      if (!is_word(e.children[i]))
        return wrong(e.children[i], "an argument of " + e.text + " must be a name, a number, a text or a list of them",
                     "only abs takes an expression");
    if (e.text == "approvals") return approvals(e);
    if (e.text == "age") {
      if (e.children.size() > 1 || positional != e.children.size())
        return wrong(e, "age takes what is to be young", "write age(evidence)");
      return Type::kNumber;
    }
    if (e.text == "four_fifths") {
      if (e.children.size() != 1 || e.keys[0] != "group")
        return wrong(e, "four_fifths takes one argument, the group", "write four_fifths(group=afam)");
      return Type::kTruth;
    }
    const std::string near = operation::nearest(e.text, {"abs", "approvals", "age", "four_fifths"});
    if (!near.empty() && full_name(e.text) == e.text)
      return wrong(e, "there is no function \"" + e.text + "\"", "did you mean \"" + near + "\"?");
    return Type::kAny;
  }

  Result<Type> approvals(const Expression& e) const {
    for (const auto& key : e.keys)
      if (key != "role")
        return wrong(e,
                     key.empty() ? "approvals takes named arguments only" : "approvals has no argument \"" + key + "\"",
                     "write approvals(role=risk)");
    return Type::kNumber;
  }

  Result<Type> comparison(const Expression& e) const {
    ASSAY_TRY(const Type left, type_of(e.children[0]));
    ASSAY_TRY(const Type right, type_of(e.children[1]));
    const bool equality = e.text == "==" || e.text == "!=";
    for (const auto& [type, child] : {std::pair(left, &e.children[0]), {right, &e.children[1]}})
      if (type == Type::kList || (!equality && (type == Type::kText || type == Type::kTruth)))
        return wrong(*child,
                     text_of(*child) + " is " + std::string(named(type)) + ", which " + e.text + " cannot compare",
                     type == Type::kList ? "write x in [..]" : "only numbers have an order; write ==");
    if (left != Type::kAny && right != Type::kAny && left != right)
      return wrong(e, std::string(named(left)) + " cannot be compared with " + std::string(named(right)));
    return Type::kTruth;
  }

  const std::string& variable_;
};

}  // namespace

Status check_condition(const Expression& condition, const std::string& variable) {
  return Linter(variable).wants(condition, Type::kTruth);
}

std::pair<std::string, std::string> split_pick(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || !is_pick(std::string_view(name).substr(dot + 1))) return {name, ""};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

bool is_word(const Expression& e) {
  switch (e.kind) {
    case Kind::kName:
    case Kind::kNumber:
    case Kind::kText:
    case Kind::kDate:
    case Kind::kTruth:
      return true;
    case Kind::kNegative:
      return e.children[0].kind == Kind::kNumber;
    case Kind::kList:
      return std::all_of(e.children.begin(), e.children.end(), is_word);
    default:
      return false;
  }
}

}  // namespace assay::gate
