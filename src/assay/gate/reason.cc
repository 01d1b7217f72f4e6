// Why a condition came out as it did, in words.
#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/gate/evaluate.h"
#include "assay/gate/lint.h"
#include "assay/gate/wording.h"

namespace assay::gate {
namespace {

using operation::Expression;
using Kind = Expression::Kind;
using ValueKind = Value::Kind;

constexpr std::size_t kMaxReasons = 4;

enum class Style { kNumber, kDuration, kPercent };

Style style_of(const Expression& e) {
  Style style = Style::kNumber;
  for_each_part(e, [&](const Expression& part) {
    if (part.unit == '%') style = Style::kPercent;
    if ((part.unit && part.unit != '%') || (part.kind == Kind::kCall && part.text == "age")) style = Style::kDuration;
  });
  return style;
}

struct Writer {
  Style style;
  std::vector<double> beside;

  std::string number(double x) const {
    if (style == Style::kDuration) return duration_text(x);
    return style == Style::kPercent ? percent_text(x, beside) : number_text(x, beside);
  }
  std::string range(const Interval& i) const {
    if (std::isinf(i.low) && std::isinf(i.high)) return i.low == i.high ? "infinite" : "no bound known";
    if (std::isinf(i.high)) return "at least " + number(i.low);
    if (std::isinf(i.low)) return "at most " + number(i.high);
    return number(i.low) + " to " + number(i.high);
  }
  std::string value(const Interval& i) const {
    if (i.low == i.high) return number(i.low);
    return i.point ? number(*i.point) + " (" + range(i) + ")" : range(i);
  }
};

std::string_view mirrored(std::string_view sign) {
  if (sign == ">=") return "<=";
  if (sign == "<=") return ">=";
  if (sign == ">") return "<";
  return sign == "<" ? ">" : sign;
}

std::string undecided(const Interval& a, const Interval& b, const Writer& write) {
  if (b.low != b.high)
    return "the intervals " + write.range(a) + " and " + write.range(b) + " overlap: more rows would decide it";
  const std::string limit = write.number(b.low);
  if (std::isinf(a.low) || std::isinf(a.high))
    return "only " + write.range(a) + " is known, which does not settle the limit " + limit;
  const bool touches = a.low == b.low || a.high == b.low;
  return "the interval " + write.range(a) + (touches ? " just reaches the limit " : " straddles the limit ") + limit +
         ": more rows would decide it";
}

std::string shown(const Expression& e, const Value& v) {
  if (v.kind == ValueKind::kText)
    return e.kind == Kind::kText ? "\"" + v.text + "\"" : text_of(e) + " (\"" + v.text + "\")";
  return text_of(e);
}

Result<std::string> comparison(const Expression& e, const Scope& scope, bool with_names) {
  ASSAY_TRY(auto a, evaluate(e.children[0], scope));
  ASSAY_TRY(auto b, evaluate(e.children[1], scope));
  for (const auto* v : {&a, &b})
    if (v->kind == ValueKind::kUnknown) return v->text;
  ASSAY_TRY(const Truth truth, truth_of(e, scope));
  if (a.kind != ValueKind::kNumber)
    return shown(e.children[0], a) + std::string(relation(e.text, truth == Truth::kTrue)) + shown(e.children[1], b);
  std::string_view sign = e.text;
  const Expression* left = &e.children[0];
  if (left->kind == Kind::kNumber && e.children[1].kind != Kind::kNumber)
    left = &e.children[1], std::swap(a, b), sign = mirrored(sign);
  const Writer write{
      style_of(e),
      {a.interval.low, a.interval.high, b.interval.low, b.interval.high, a.interval.point.value_or(a.interval.low)}};
  const std::string name = with_names ? text_of(*left) + " " : "";
  if (truth == Truth::kUnknown)
    return (with_names ? text_of(*left) + ": " : "") + undecided(a.interval, b.interval, write);
  return name + write.value(a.interval) + std::string(relation(sign, truth == Truth::kTrue)) + write.value(b.interval);
}

Result<std::string> leaf(const Expression& e, const Scope& scope, bool with_names) {
  if (e.kind == Kind::kCompare) return comparison(e, scope, with_names);
  ASSAY_TRY(const auto value, evaluate(e, scope));
  if (!value.text.empty()) return value.text;  // unknown, or a claim
  const bool holds = value.truth == Truth::kTrue;
  if (e.kind != Kind::kIn) {
    if (value.truth == Truth::kUnknown) return "it is not known whether " + text_of(e);
    return text_of(e) + (holds ? " is true" : " is not true");
  }
  ASSAY_TRY(const auto item, evaluate(e.children[0], scope));
  if (value.truth == Truth::kUnknown)
    return "whether " + shown(e.children[0], item) + " is in " + text_of(e.children[1]) + " is open";
  return shown(e.children[0], item) + (holds ? " is in " : " is not in ") + text_of(e.children[1]);
}

Status collect(const Expression& e, const Scope& scope, bool with_names, std::vector<std::string>& out) {
  if (e.kind == Kind::kNot) return collect(e.children[0], scope, with_names, out);
  if (e.kind != Kind::kAnd && e.kind != Kind::kOr) {
    ASSAY_TRY(auto text, leaf(e, scope, with_names));
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
    return {};
  }
  ASSAY_TRY(const Truth all, truth_of(e, scope));
  for (const auto& child : e.children) {
    ASSAY_TRY(const Truth each, truth_of(child, scope));
    if (each != all) continue;
    ASSAY_CHECK(collect(child, scope, with_names, out));
    if (e.kind == Kind::kOr && all == Truth::kTrue) break;  // one is enough
  }
  return {};
}

}  // namespace

Result<std::string> reason_of(const Expression& e, const Scope& scope) {
  std::size_t conditions = 0;
  for_each_part(e,
                [&](const Expression& part) { conditions += part.kind == Kind::kCompare || part.kind == Kind::kIn; });
  std::vector<std::string> parts;
  ASSAY_CHECK(collect(e, scope, conditions > 1, parts));
  std::string out;
  for (std::size_t i = 0; i < parts.size() && i < kMaxReasons; ++i) out += (i ? "; " : "") + parts[i];
  if (parts.size() > kMaxReasons) out += "; and " + std::to_string(parts.size() - kMaxReasons) + " more";
  return out;
}

}  // namespace assay::gate
