#include "assay/view/fairness.h"

#include <algorithm>
#include <cmath>

#include "assay/gate/lookup.h"
#include "assay/gate/policy.h"
#include "assay/operation/expression.h"
#include "assay/view/make.h"

namespace assay::view {
namespace {

using operation::Expression;
using operation::Figure;
using operation::Json;
using operation::Slice;

using Group = std::vector<std::string>;

Group columns_of(const std::string& text) {  // "afam,sex"
  Group out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    out.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return out;
}

std::string joined(const Group& group) {
  std::string out;
  for (const auto& each : group) out += (out.empty() ? "" : ",") + each;
  return out;
}

Slice slice_of(const Json& json) {
  Slice out;
  if (json.is_object())
    for (const auto& [column, value] : json.items())
      out[column] = value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
  return out;
}

double number_or_zero(const Json& json, const std::string& pointer) { return number_at(json, pointer).value_or(0); }

Result<std::vector<Figure>> figures_of(const Found& evidence) {
  std::vector<Figure> out;
  if (auto status = operation::from_json(at_pointer(evidence.json, "/figures"), out); !status)
    return fail(Code::kCorrupt, "the evidence holds a figure that is none", evidence.digest, status.error().text());
  return out;
}

// A split of the rows by one group, in the newest evidence that has it.
struct Split {
  const Found* evidence;
  const Json* json;
};

Split find_split(const std::vector<Found>& all, const Group& group) {
  for (const auto& evidence : all)
    for (const auto& split : at_pointer(evidence.json, "/detail/splits"))
      if (texts_at(split, "/group") == group) return {&evidence, &split};
  return {nullptr, nullptr};
}

std::vector<Group> groups_of(const std::vector<Found>& all) {
  std::vector<Group> out;
  for (const auto& evidence : all)
    for (const auto& split : at_pointer(evidence.json, "/detail/splits"))
      if (const auto group = texts_at(split, "/group"); std::find(out.begin(), out.end(), group) == out.end())
        out.push_back(group);
  return out;
}

// The predictions hold the protected columns only, so another column must be declared first.
std::string how_to_assess(const Chain& chain, const Group& group) {
  const auto held = chain.predictions ? texts_at(chain.predictions->json, "/detail/protected") : Group{};
  const bool there = std::all_of(group.begin(), group.end(), [&](const std::string& column) {
    return std::find(held.begin(), held.end(), column) != held.end();
  });
  if (!there) return "to assess another, name its columns under data.protected in the plan, and run it";
  return "to assess it: assay fairness assess " + text_at(chain.predictions->json, "/blobs/predictions/digest") +
         " --label label --score score --group " + clipped(joined(group));
}

Result<Split> chosen(const Request& request, const Chain& chain, const std::vector<Group>& groups) {
  const auto ref = ref_of(chain.model);
  const auto asked = query_of(request, "group");
  if (groups.empty())
    return fail(Code::kNotFound, "the fairness of " + ref + " was not assessed", ref,
                "name the columns under data.protected in its plan, and run it");
  const auto group = asked.empty() ? groups.front() : columns_of(asked);
  const auto split = find_split(chain.fairness, group);
  if (split.json) return split;
  std::string known;
  for (const auto& each : groups) known += (known.empty() ? "" : "; ") + joined(each);
  return fail(Code::kNotFound, "the group \"" + clipped(asked) + "\" was not assessed", "group",
              "assessed are: " + known + "; " + how_to_assess(chain, group));
}

// Whether a condition speaks of a figure of a group: "equalized_odds_difference(group=afam) <= 0.1".
bool speaks_of(const std::string& require, const Figure& figure) {
  const auto parsed = operation::parse_expression(require);
  if (!parsed) return false;
  bool found = false;
  operation::for_each_part(*parsed, [&](const Expression& e) {
    if (e.kind != Expression::Kind::kCall) return;
    const bool claim = e.text == "four_fifths" && figure.name == "favorable_rate_ratio";
    if (!claim && gate::full_name(e.text) != figure.name) return;
    for (std::size_t i = 0; i < e.children.size(); ++i)
      if (e.keys[i] == "group" || (claim && e.keys[i].empty()))
        found = found || gate::group_of(e.children[i]) == figure.group;
  });
  return found;
}

bool about(const Json& note, const char* name, const Figure& figure) {
  return text_at(note, name) == figure.name && slice_of(at_pointer(note, "/slice")) == figure.slice;
}

void add_planning(const Json& split, Gap& gap) {
  const Json* best = nullptr;
  for (const auto& plan : at_pointer(split, "/planning")) {
    if (!about(plan, "/figure", gap.figure)) continue;
    const auto limit = number_at(plan, "/limit");
    const bool judged = std::any_of(gap.rules.begin(), gap.rules.end(), [&](const Rule& rule) {
      return limit && rule.limit && std::abs(*rule.limit - *limit) < 1e-9;
    });
    if (!best || judged) best = &plan;
    if (judged) break;
  }
  if (!best) return;
  const Json& settled = at_pointer(*best, "/settled");
  if (settled.is_boolean()) gap.settled = settled.get<bool>();
  for (const auto& each : at_pointer(*best, "/groups"))
    gap.rows_needed.push_back({slice_of(at_pointer(each, "/slice")), integer_at(each, "/extra_rows")});
}

std::vector<Gap> gaps_of(const std::vector<Figure>& figures, const Group& group, const Json& split,
                         const std::optional<Verdict>& verdict) {
  std::vector<Gap> out;
  for (const auto& figure : figures) {
    if (figure.group != group) continue;
    Gap gap;
    gap.figure = figure;
    for (const auto& rule : verdict ? verdict->rules : std::vector<Rule>{})
      if (speaks_of(rule.require, figure)) gap.rules.push_back(rule);
    add_planning(split, gap);
    for (const auto& note : at_pointer(split, "/notes")) {
      if (!about(note, "/name", figure)) continue;
      gap.null_expected = number_at(note, "/null_expected"), gap.bias_corrected = number_at(note, "/bias_corrected");
      break;
    }
    out.push_back(std::move(gap));
  }
  return out;
}

std::optional<Confusion> confusion_of(const Json& json) {
  const Json& c = at_pointer(json, "/confusion");
  if (!c.is_object()) return std::nullopt;
  return Confusion{integer_at(c, "/true_positive"), integer_at(c, "/false_positive"), integer_at(c, "/true_negative"),
                   integer_at(c, "/false_negative")};
}

// Figures of a slice: those of the assessment, then those that only the evaluation has (auc, log_loss, ...).
void add_metrics(const Slice& slice, const std::vector<Figure>& from, std::vector<Figure>& out) {
  for (const auto& figure : from)
    if (figure.group.empty() && figure.slice == slice &&
        std::none_of(out.begin(), out.end(), [&](const Figure& f) { return f.name == figure.name; }))
      out.push_back(figure);
}

std::vector<SliceView> slices_of(const Json& split, const std::vector<Figure>& assessed,
                                 const std::vector<Figure>& evaluated, std::int64_t min_n) {
  std::vector<SliceView> out;
  for (const auto& each : at_pointer(split, "/groups")) {
    SliceView view;
    view.slice = slice_of(at_pointer(each, "/slice"));
    view.n = integer_at(each, "/rows"), view.low_support = view.n < min_n, view.confusion = confusion_of(each);
    add_metrics(view.slice, assessed, view.metrics);
    add_metrics(view.slice, evaluated, view.metrics);
    out.push_back(std::move(view));
  }
  return out;
}

std::vector<FourFifths> four_fifths_of(const Json& split) {
  std::vector<FourFifths> out;
  for (const auto& each : at_pointer(split, "/four_fifths"))
    out.push_back({slice_of(at_pointer(each, "/slice")), slice_of(at_pointer(each, "/highest")),
                   number_or_zero(each, "/ratio"), number_or_zero(each, "/low"), number_or_zero(each, "/high"),
                   number_or_zero(each, text_at(each, "/p_used") == "pooled_z" ? "/p_z" : "/p_fisher")});
  return out;
}

Curves curves_of(const Json& slice) {
  Curves out;
  out.slice = slice_of(at_pointer(slice, "/slice"));
  for (const auto& p : at_pointer(slice, "/roc"))
    out.roc.push_back({number_or_zero(p, "/threshold"), number_or_zero(p, "/false_positive_rate"),
                       number_or_zero(p, "/true_positive_rate")});
  for (const auto& b : at_pointer(slice, "/reliability"))
    out.reliability.push_back({number_or_zero(b, "/from"), number_or_zero(b, "/to"), integer_at(b, "/rows"),
                               number_or_zero(b, "/mean_score"), number_or_zero(b, "/positive_rate"),
                               number_or_zero(b, "/low"), number_or_zero(b, "/high")});
  return out;
}

void add_curves(const Chain& chain, FairnessView& out) {
  if (!chain.evaluation) return;
  for (const auto& each : at_pointer(chain.evaluation->json, "/detail/slices")) {
    const auto slice = slice_of(at_pointer(each, "/slice"));
    const bool shown = slice.empty() || std::any_of(out.slices.begin(), out.slices.end(),
                                                    [&](const SliceView& s) { return s.slice == slice; });
    if (shown) out.curves.push_back(curves_of(each));
  }
}

void add_settings(const Split& split, FairnessView& out) {
  const Json& evidence = split.evidence->json;
  const Json& detail = at_pointer(evidence, "/detail");
  const Json& options = at_pointer(evidence, "/provenance/options");
  out.positive = text_at(detail, "/positive"), out.favorable = text_at(detail, "/favorable");
  out.threshold = number_or_zero(options, "/threshold"), out.level = number_at(options, "/level").value_or(0.95);
  out.min_n = integer_at(options, "/min_n"), out.correction = text_at(detail, "/correction");
  out.rows = integer_at(detail, "/rows"), out.dropped = integer_at(detail, "/dropped");
  if (const Json& reference = at_pointer(*split.json, "/reference"); reference.is_object())
    out.reference = slice_of(reference);
}

}  // namespace

Result<FairnessView> fairness_view(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(const auto asset, asset_in_path(reader, "model", request));
  ASSAY_TRY(const auto chain, chain_of(reader, asset));
  FairnessView out;
  out.model = ref_of(asset), out.dataset = chain.dataset ? ref_of(*chain.dataset) : "";
  out.groups = groups_of(chain.fairness);
  ASSAY_TRY(const auto split, chosen(request, chain, out.groups));
  out.group = texts_at(*split.json, "/group");
  add_settings(split, out);
  ASSAY_TRY(const auto assessed, figures_of(*split.evidence));
  std::vector<Figure> evaluated;
  if (chain.evaluation) {
    ASSAY_TRY(evaluated, figures_of(*chain.evaluation));
  }
  add_metrics({}, evaluated, out.overall);
  out.slices = slices_of(*split.json, assessed, evaluated, out.min_n);
  out.gaps = gaps_of(assessed, out.group, *split.json, verdict_of(chain.verdict));
  out.four_fifths = four_fifths_of(*split.json);
  const Json none;
  for (const auto& harm : at_pointer(chain.card ? chain.card->json : none, "/provenance/options/purpose/harms"))
    out.harms.push_back({text_at(harm, "/kind"), text_at(harm, "/who"), text_at(harm, "/metric")});
  add_curves(chain, out);
  ASSAY_TRY(
      out.provenance,
      provenance_of(reader, {split.evidence, found(chain.evaluation), found(chain.predictions), found(chain.verdict)},
                    refs_of(chain), chain.signed_now() ? "signed" : "none"));
  return out;
}

std::vector<View> fairness_views() {
  return {view_of("view/models/{name}/{version}/fairness", "A model's decisions compared between groups of people",
                  {{"group", "columns of the split, such as sex or sex,race; the first assessed when left out"}},
                  &fairness_view)};
}

}  // namespace assay::view
