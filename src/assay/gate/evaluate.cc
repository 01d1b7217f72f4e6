#include "assay/gate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "assay/base/time.h"
#include "assay/gate/four_fifths.h"
#include "assay/gate/lint.h"
#include "assay/gate/lookup.h"

namespace assay::gate {
namespace {

using operation::Expression;
using operation::Json;
using Kind = Expression::Kind;
using ValueKind = Value::Kind;

tl::unexpected<Error> refuse(const Expression& at, std::string what, std::string fix = {}) {
  return fail(Code::kInvalidArgument, std::move(what), "column " + std::to_string(at.column), std::move(fix));
}

std::string_view named(ValueKind kind) {
  switch (kind) {
    case ValueKind::kNumber:
      return "a number";
    case ValueKind::kTruth:
      return "true or false";
    case ValueKind::kText:
      return "a text";
    case ValueKind::kList:
      return "a list";
    default:
      return "unknown";
  }
}

Result<Value> fact_value(const Expression& e, const Json& fact) {
  if (fact.is_null()) return unknown_value(text_of(e) + " is undefined");
  if (fact.is_boolean()) return truth_value(fact.get<bool>() ? Truth::kTrue : Truth::kFalse);
  if (fact.is_number()) return number_value(fact.get<double>());
  if (fact.is_string()) return text_value(fact.get<std::string>());
  if (!fact.is_array())
    return refuse(e, "the fact " + text_of(e) + " is an object", "give true or false, a number, a text or a list");
  Value list;
  list.kind = ValueKind::kList;
  for (const auto& item : fact) {
    if (item.is_structured())
      return refuse(e, "the fact " + text_of(e) + " is a list of lists or objects", "give a list of texts or numbers");
    ASSAY_TRY(auto value, fact_value(e, item));
    list.items.push_back(std::move(value));
  }
  return list;
}

Result<Truth> compared(const Expression& e, std::string_view sign, const Value& a, const Value& b) {
  if (a.kind == ValueKind::kUnknown || b.kind == ValueKind::kUnknown) return Truth::kUnknown;
  if (a.kind != b.kind || a.kind == ValueKind::kList)
    return refuse(
        e, std::string(named(a.kind)) + " cannot be compared with " + std::string(named(b.kind)) + " in " + text_of(e));
  if (a.kind == ValueKind::kNumber) return compare(sign, a.interval, b.interval);
  if (sign != "==" && sign != "!=")
    return refuse(e, "only numbers have an order, not " + std::string(named(a.kind)) + ", in " + text_of(e),
                  "write == or !=");
  if (a.kind == ValueKind::kTruth && (a.truth == Truth::kUnknown || b.truth == Truth::kUnknown)) return Truth::kUnknown;
  const bool equal = a.kind == ValueKind::kText ? a.text == b.text : a.truth == b.truth;
  return equal == (sign == "==") ? Truth::kTrue : Truth::kFalse;
}

Result<Value> picked(const Expression& e, const std::string& word, const Value& of) {
  if (of.kind == ValueKind::kUnknown) return of;
  if (of.kind != ValueKind::kNumber)
    return refuse(e, "." + word + " is of a number, not of " + std::string(named(of.kind)));
  const Interval& i = of.interval;
  if (word == "low") return number_value(i.low);
  if (word == "high") return number_value(i.high);
  if (word == "absmax") return number_value(std::max(std::abs(i.low), std::abs(i.high)));
  return i.point ? number_value(*i.point) : unknown_value("no single value is known");
}

Result<Value> approvals_value(const Expression& e, const Scope& scope) {
  std::set<std::string> persons;
  for (const auto& approval : scope.document.approvals) {
    ASSAY_TRY(const bool valid, counts(approval, scope.document));
    if (valid && (e.children.empty() || word_of(e.children[0]) == Json(approval.role))) persons.insert(approval.person);
  }
  return number_value(static_cast<double>(persons.size()));
}

// age(evidence): of the oldest; age(fairness): of the oldest of that kind. Seconds.
Result<Value> age_value(const Expression& e, const Scope& scope) {
  const Json what = e.children.empty() ? Json("evidence") : word_of(e.children[0]);
  const std::string kind = what.is_string() ? what.get<std::string>() : "";
  double oldest = -std::numeric_limits<double>::infinity();
  bool any = false;
  for (const auto& exhibit : scope.document.evidence) {
    if (kind != "evidence" && !exhibit.evidence.kind.starts_with("assay." + kind + "/")) continue;
    if (!exhibit.time_us) return unknown_value("nothing says when the " + exhibit.evidence.kind + " evidence was made");
    any = true;
    oldest = std::max(oldest, static_cast<double>(scope.document.now_us.value_or(0) - *exhibit.time_us) / 1e6);
  }
  if (!any) return unknown_value(kind == "evidence" ? "there is no evidence" : "there is no " + kind + " evidence");
  return number_value(oldest);
}

Result<Value> call_or_name(const Expression& e, const Scope& scope) {
  if (e.kind == Kind::kName && e.text == "n" && scope.slice) return number_value(scope.slice->n);
  if (e.text == "approvals") return approvals_value(e, scope);
  if (e.text == "age") return age_value(e, scope);
  if (e.text == "abs" && e.kind == Kind::kCall) {
    ASSAY_TRY(const auto of, evaluate(e.children[0], scope));
    if (of.kind == ValueKind::kUnknown) return of;
    if (of.kind != ValueKind::kNumber) return refuse(e, "abs is of a number, not of " + std::string(named(of.kind)));
    return absolute(of.interval);
  }
  if (e.text == "four_fifths" && e.kind == Kind::kCall) return four_fifths_value(e, scope);
  for (const auto& key : fact_keys(e))
    if (const auto fact = scope.document.facts.find(key); fact != scope.document.facts.end())
      return fact_value(e, *fact);
  if (e.kind == Kind::kName)
    if (const auto [base, pick] = split_pick(e.text); !pick.empty()) {
      Expression of = e;
      of.text = base;
      ASSAY_TRY(const auto value, call_or_name(of, scope));
      return picked(e, pick, value);
    }
  return figure_value(e, scope);
}

Result<Value> membership(const Expression& e, const Scope& scope) {
  ASSAY_TRY(const auto item, evaluate(e.children[0], scope));
  ASSAY_TRY(const auto list, evaluate(e.children[1], scope));
  if (item.kind == ValueKind::kUnknown) return item;
  if (list.kind == ValueKind::kUnknown) return list;
  if (list.kind != ValueKind::kList)
    return refuse(e.children[1], "`in` needs a list, not " + std::string(named(list.kind)));
  Truth found = Truth::kFalse;
  for (const auto& each : list.items) {
    ASSAY_TRY(const Truth same, compared(e, "==", item, each));
    found = found || same;
  }
  return truth_value(found);
}

Result<Value> numeric(const Expression& e, const Scope& scope) {
  std::vector<Value> of;
  if (e.kind == Kind::kNegative) of.push_back(number_value(0));
  for (const auto& child : e.children) {
    ASSAY_TRY(auto value, evaluate(child, scope));
    if (value.kind != ValueKind::kNumber && value.kind != ValueKind::kUnknown)
      return refuse(child, "one cannot calculate with " + std::string(named(value.kind)) + " in " + text_of(e));
    of.push_back(std::move(value));
  }
  for (auto& value : of)
    if (value.kind == ValueKind::kUnknown) return std::move(value);
  return arithmetic(e.kind == Kind::kNegative ? '-' : e.text[0], of[0].interval, of[1].interval);
}

}  // namespace

Result<Value> evaluate(const Expression& e, const Scope& scope) {
  switch (e.kind) {
    case Kind::kNumber:
      return number_value(e.value());
    case Kind::kText:
    case Kind::kDate:
      return text_value(e.text);
    case Kind::kTruth:
      return truth_value(e.number != 0 ? Truth::kTrue : Truth::kFalse);
    case Kind::kList: {
      Value list;
      list.kind = ValueKind::kList;
      for (const auto& child : e.children) {
        ASSAY_TRY(auto value, evaluate(child, scope));
        list.items.push_back(std::move(value));
      }
      return list;
    }
    case Kind::kName:
    case Kind::kCall:
      return call_or_name(e, scope);
    case Kind::kMember: {
      ASSAY_TRY(const auto value, evaluate(e.children[0], scope));
      return picked(e, e.text, value);
    }
    case Kind::kNegative:
    case Kind::kSum:
    case Kind::kProduct:
      return numeric(e, scope);
    case Kind::kIn:
      return membership(e, scope);
    case Kind::kCompare: {
      ASSAY_TRY(const auto a, evaluate(e.children[0], scope));
      ASSAY_TRY(const auto b, evaluate(e.children[1], scope));
      ASSAY_TRY(const Truth made, compared(e, e.text, a, b));
      return truth_value(made);
    }
    case Kind::kNot: {
      ASSAY_TRY(const Truth of, truth_of(e.children[0], scope));
      return truth_value(!of);
    }
    default:
      break;
  }
  Truth all = e.kind == Kind::kAnd ? Truth::kTrue : Truth::kFalse;
  for (const auto& child : e.children) {  // all of them, so that what does not fit is refused whatever stands before it
    ASSAY_TRY(const Truth each, truth_of(child, scope));
    all = e.kind == Kind::kAnd ? all && each : all || each;
  }
  return truth_value(all);
}

Result<Truth> truth_of(const Expression& e, const Scope& scope) {
  ASSAY_TRY(const auto value, evaluate(e, scope));
  if (value.kind == ValueKind::kUnknown) return Truth::kUnknown;
  if (value.kind != ValueKind::kTruth)
    return refuse(e, text_of(e) + " is " + std::string(named(value.kind)) + " where true or false is needed",
                  "compare it with something, such as " + text_of(e) + " >= 0.8");
  return value.truth;
}

Result<bool> counts(const Approval& approval, const Document& document) {
  if (approval.decision != "approved") return false;
  if (!approval.expires) return true;
  const auto expires = time::parse(*approval.expires);
  if (!expires) return tl::unexpected<Error>(Error(expires.error()).at("approvals: expires"));
  return document.now_us.value_or(0) <= *expires;
}

}  // namespace assay::gate
