#include "assay/gate/verdict.h"

#include <algorithm>
#include <set>
#include <utility>

#include "assay/base/time.h"
#include "assay/gate/evaluate.h"
#include "assay/gate/lint.h"

namespace assay::gate {
namespace {

using operation::Expression;
using operation::Json;
using Kind = Expression::Kind;

std::string state_of(Truth truth) {
  return truth == Truth::kTrue ? "held" : truth == Truth::kFalse ? "failed" : "not_decided";
}

// A condition's truth, its error placed in the rule's field.
Result<Truth> inside(const char* name, Result<Truth> made) {
  if (!made) return tl::unexpected<Error>(std::move(made).error().at(name));
  return made;
}

// A slice that `where` does not leave out.
struct Covered {
  const SliceRows* rows;
  Truth where, ordinary, family;
  Truth meets() const { return !where || ordinary; }
  Truth surely() const { return !where || family; }
};

struct Figures {
  std::optional<double> value, low, high, limit;
};

// Value and interval of a plain comparison with a number, or of a claim.
Result<Figures> figures_of(const Expression& e, const Scope& scope) {
  Figures out;
  if (e.kind == Kind::kCall) {
    ASSAY_TRY(const auto claim, evaluate(e, scope));
    if (claim.limit) out = {claim.interval.point, claim.interval.low, claim.interval.high, claim.limit};
    return out;
  }
  if (e.kind != Kind::kCompare) return out;
  ASSAY_TRY(auto a, evaluate(e.children[0], scope));
  ASSAY_TRY(auto b, evaluate(e.children[1], scope));
  if (a.kind != Value::Kind::kNumber || b.kind != Value::Kind::kNumber) return out;
  if (e.children[0].kind == Kind::kNumber && e.children[1].kind != Kind::kNumber) std::swap(a, b);
  if (b.interval.low != b.interval.high) return out;
  return Figures{a.interval.point, a.interval.low, a.interval.high, b.interval.low};
}

std::string list_text(const std::vector<operation::Slice>& slices) {
  std::string out;
  for (std::size_t i = 0; i < slices.size() && i < 4; ++i) out += (i ? "; " : "") + text_of(slices[i]);
  return slices.size() > 4 ? out + " and " + std::to_string(slices.size() - 4) + " more" : out;
}

class Judge {
 public:
  Judge(const Policy& policy, const Document& document) : policy_(policy), document_(document), index_(document) {}

  Result<Verdict> all() {
    Verdict verdict;
    verdict.now_us = document_.now_us, verdict.policy = policy_.policy, verdict.policy_digest = policy_.digest;
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) {
      auto made = rule(policy_.rules[i]);
      if (!made) return tl::unexpected<Error>(std::move(made).error().at("rules: [" + std::to_string(i) + "]"));
      verdict.rules.push_back(std::move(*made));
    }
    bool failed = false, doubted = false, waived = false;
    for (const auto& rule : verdict.rules) {
      if (rule.effect == "warn") verdict.warnings.push_back(rule.id);
      failed = failed || (rule.effect == "block" && rule.state == "failed");
      doubted = doubted || (rule.effect == "block" && rule.state == "not_decided");
      waived = waived || rule.state == "waived";
    }
    verdict.state = failed ? "failed" : doubted ? "not_decided" : waived ? "waived" : "held";
    return verdict;
  }

 private:
  Result<RuleResult> rule(const Rule& rule) {
    ASSAY_TRY(const auto condition, condition_of(rule));
    RuleResult out;
    out.id = rule.id, out.require = rule.require, out.over = rule.over, out.because = rule.because;
    std::set<std::string> read;
    ASSAY_CHECK(condition.over_slices ? over_slices(condition, read, out) : once(condition, read, out));
    out.evidence.assign(read.begin(), read.end());
    if (out.state == "failed") ASSAY_CHECK(waive(out));
    const std::string& says = out.state == "failed" ? rule.failed : rule.not_decided;
    const bool passes = out.state == "held" || out.state == "waived";
    out.effect = passes || says == "allow" ? "pass" : says;
    return out;
  }

  Status once(const Condition& condition, std::set<std::string>& read, RuleResult& out) const {
    Scope scope{document_, index_};
    scope.read = &read;
    ASSAY_TRY(const Truth truth, inside("require", truth_of(condition.require, scope)));
    out.state = state_of(truth);
    ASSAY_TRY(const auto figures, figures_of(condition.require, scope));
    out.value = figures.value, out.low = figures.low, out.high = figures.high, out.limit = figures.limit;
    ASSAY_TRY(out.why, reason_of(condition.require, scope));
    return {};
  }

  Scope scope_of(const Condition& condition, const SliceRows& rows, bool family, std::set<std::string>* read) const {
    Scope scope{document_, index_};
    scope.variable = condition.variable, scope.slice = &rows, scope.family = family, scope.read = read;
    return scope;
  }

  // serve b8: held when every ordinary interval holds, failed only by a simultaneous one; over a single slice the
  // ordinary interval is the simultaneous one; over none nothing is decided.
  Status over_slices(const Condition& condition, std::set<std::string>& read, RuleResult& out) const {
    std::vector<Covered> covered;
    for (const auto& rows : document_.slices) {
      Truth where = Truth::kTrue;
      if (!condition.where.empty()) {
        ASSAY_TRY(where, inside("for", truth_of(condition.where[0], scope_of(condition, rows, false, nullptr))));
      }
      if (where == Truth::kFalse) {
        out.not_covered.push_back(rows.slice);
        continue;
      }
      ASSAY_TRY(const Truth ordinary,
                inside("require", truth_of(condition.require, scope_of(condition, rows, false, &read))));
      ASSAY_TRY(const Truth family,
                inside("require", truth_of(condition.require, scope_of(condition, rows, true, &read))));
      covered.push_back({&rows, where, ordinary, family});
    }
    if (covered.size() == 1) covered[0].family = covered[0].ordinary;
    bool held = true, failed = false, any = false;
    for (const auto& each : covered) {
      held = held && each.meets() == Truth::kTrue;
      failed = failed || each.surely() == Truth::kFalse;
      any = any || each.where == Truth::kTrue;
      ASSAY_CHECK(add_slice(condition, each, out));
    }
    out.state = !any ? "not_decided" : failed ? "failed" : held ? "held" : "not_decided";
    return explain(condition, covered, any, out);
  }

  Status add_slice(const Condition& condition, const Covered& each, RuleResult& out) const {
    SliceResult result;
    result.slice = each.rows->slice, result.n = each.rows->n;
    result.state = each.meets() == Truth::kTrue ? "held" : each.surely() == Truth::kFalse ? "failed" : "not_decided";
    ASSAY_TRY(const auto figures, figures_of(condition.require, scope_of(condition, *each.rows, false, nullptr)));
    result.value = figures.value, result.low = figures.low, result.high = figures.high;
    if (figures.limit) out.limit = figures.limit;
    out.slices.push_back(std::move(result));
    return {};
  }

  Status explain(const Condition& condition, const std::vector<Covered>& covered, bool any, RuleResult& out) const {
    const std::string left = out.not_covered.empty() ? "" : "; left out by `where`: " + list_text(out.not_covered);
    if (!any) {
      out.why = document_.slices.empty() ? "the evidence has no slices"
                : covered.empty()        ? "no slice is covered" + left
                                         : "no slice is known to satisfy `where`" + left;
      return {};
    }
    if (out.state == "held") {
      out.why = (covered.size() == 1 ? "the one slice meets it"
                                     : "all " + std::to_string(covered.size()) + " slices meet it") +
                left;
      return {};
    }
    std::size_t told = 0, more = 0;
    for (std::size_t i = 0; i < covered.size(); ++i) {
      if (out.slices[i].state != out.state) continue;
      if (told == 3 && ++more) continue;
      ASSAY_TRY(const std::string text, slice_reason(condition, covered[i], covered.size()));
      out.why += (told++ ? "; " : "") + text_of(covered[i].rows->slice) + ": " + text;
    }
    if (more) out.why += "; and " + std::to_string(more) + " more";
    out.why += left;
    return {};
  }

  Result<std::string> slice_reason(const Condition& condition, const Covered& each, std::size_t count) const {
    if (each.where == Truth::kUnknown && each.ordinary != Truth::kUnknown) {
      ASSAY_TRY(const auto text, reason_of(condition.where[0], scope_of(condition, *each.rows, false, nullptr)));
      return "whether it is covered is open: " + text;
    }
    ASSAY_TRY(auto plain, reason_of(condition.require, scope_of(condition, *each.rows, false, nullptr)));
    if (count == 1 || each.ordinary != Truth::kFalse) return plain;
    if (each.family == Truth::kFalse) return plain + ", also when all slices are judged together";
    ASSAY_TRY(const auto joint, reason_of(condition.require, scope_of(condition, *each.rows, true, nullptr)));
    return plain + ", but not for certain when all " + std::to_string(count) + " slices are judged together: " + joint;
  }

  Status waive(RuleResult& out) const {
    for (const auto& waiver : policy_.waivers) {
      if (waiver.rule != out.id) continue;
      ASSAY_TRY(const auto day, time::parse(waiver.until));
      if (document_.now_us.value_or(0) >= day + 86'400'000'000) {
        out.why += "; its waiver ended with " + waiver.until;
        continue;
      }
      for (const auto& approval : document_.approvals) {
        ASSAY_TRY(const bool valid, counts(approval, document_));
        const auto& ids = approval.waives;
        if (!valid || approval.role != waiver.role || std::find(ids.begin(), ids.end(), out.id) == ids.end()) continue;
        out.state = "waived";
        out.why += "; waived until " + waiver.until + " by " + approval.person + " (" + waiver.role + ")";
        return {};
      }
      out.why += "; its waiver is not approved by the role " + waiver.role;
    }
    return {};
  }

  const Policy& policy_;
  const Document& document_;
  Index index_;
};

Status check(const Policy& policy, const Document& document) {
  if (policy.rules.empty())
    return fail(Code::kInvalidArgument, "the policy has no rule", "rules",
                "write one such as {id: R1, require: auc >= 0.8}");
  if (!document.facts.is_object())
    return fail(Code::kInvalidArgument,
                "an object was expected, not " + std::string(operation::type_name(document.facts)), "facts",
                "write {\"card.complete(annex4)\": true}");
  if (!document.now_us && needs_clock(policy))
    return fail(Code::kInvalidArgument, "the policy asks for the time (age, approvals or a waiver) and none is given",
                "now", "give the time, such as 2026-06-01T12:00:00Z");
  return {};
}

}  // namespace

Result<Verdict> judge(const Policy& policy, const Document& document) {
  ASSAY_CHECK(check(policy, document));
  return Judge(policy, document).all();
}

std::vector<SliceRows> slices_of(const std::vector<operation::Evidence>& evidence) {
  std::map<operation::Slice, double> rows;
  for (const auto& document : evidence)
    for (const auto& figure : document.figures)
      if (figure.group.empty() && !figure.slice.empty()) {
        double& n = rows[figure.slice];
        n = std::max(n, static_cast<double>(figure.n));
      }
  std::vector<SliceRows> out;
  for (const auto& [slice, n] : rows) out.push_back({slice, n});
  return out;
}

std::string text_of(const operation::Slice& slice) {
  std::string out;
  for (const auto& [column, value] : slice)
    out += (out.empty() ? "" : ", ") + column + "=" + value.value_or("(missing)");
  return out.empty() ? "all rows" : out;
}

}  // namespace assay::gate
