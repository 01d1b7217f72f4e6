// Performance overall, and fairness by group.
#include <algorithm>
#include <cmath>
#include <set>

#include "assay/document/report.h"
#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Evidence;
using operation::Figure;
using operation::Json;

using Points = std::vector<std::pair<double, double>>;

// What the evaluation tells of one slice beside its figures: confusion, ROC points, reliability.
const Json* slice_detail(const Evidence& e, const operation::Slice& slice) {
  const Json* list = at_path(e.detail, "slices");
  if (!list || !list->is_array()) return nullptr;
  for (const Json& each : *list) {
    const Json* where = at_path(each, "slice");
    if (!where || !where->is_object() || where->size() != slice.size()) continue;
    const bool same = std::all_of(slice.begin(), slice.end(), [&](const auto& part) {
      const auto found = where->find(part.first);
      if (found == where->end() || found->is_null() == part.second.has_value()) return false;
      return found->is_null() || (found->is_string() && found->template get<std::string>() == *part.second);
    });
    if (same) return &each;
  }
  return nullptr;
}
const Json* of_all_rows(const Evidence& e, std::string_view name) {
  const Json* all = slice_detail(e, {});
  return all ? at_path(*all, name) : at_path(e.detail, name);
}

// Pairs from [[x, y], …], [{x-name: …, y-name: …}, …] or {x-name: […], y-name: […]}.
Points pairs_of(const Json* in, std::initializer_list<const char*> x_names,
                std::initializer_list<const char*> y_names) {
  Points out;
  if (!in) return out;
  const auto pick = [](const Json& each, std::initializer_list<const char*> names) -> std::optional<double> {
    for (const char* name : names)
      if (auto v = number_at(each, name)) return v;
    return std::nullopt;
  };
  if (in->is_array()) {
    for (const Json& each : *in) {
      std::optional<double> x, y;
      if (each.is_array() && each.size() >= 2) x = as_number(each[0]), y = as_number(each[1]);
      if (each.is_object()) x = pick(each, x_names), y = pick(each, y_names);
      if (x && y) out.emplace_back(*x, *y);
    }
  } else if (in->is_object()) {
    const Json *xs = nullptr, *ys = nullptr;
    for (const char* name : x_names) xs = xs ? xs : at_path(*in, name);
    for (const char* name : y_names) ys = ys ? ys : at_path(*in, name);
    if (xs && ys && xs->is_array() && ys->is_array())
      for (std::size_t i = 0; i < std::min(xs->size(), ys->size()); ++i)
        if (auto x = as_number((*xs)[i]), y = as_number((*ys)[i]); x && y) out.emplace_back(*x, *y);
  }
  return out;
}

Points roc_points(const Json* in) {
  if (in && in->is_object() && in->contains("points")) in = &(*in)["points"];
  return pairs_of(in, {"false_positive_rate", "fpr", "x"}, {"true_positive_rate", "tpr", "y"});
}

std::string roc_figure(const Evidence& e, const Coding& coded) {
  const Points all = roc_points(of_all_rows(e, "roc"));
  if (all.size() < 2) return {};
  svg::Roc chart{
      "roc", "ROC curve", "True positive rate over false positive rate at every threshold.", {{"all rows", all}},
      {},    {}};
  const Figure* fpr = overall(e, "false_positive_rate");
  const Figure* tpr = overall(e, "true_positive_rate");
  if (fpr && tpr && fpr->value && tpr->value) {
    chart.operating_point = {*fpr->value, *tpr->value};
    chart.operating_label = coded.threshold ? "at " + plain_text(*coded.threshold) : "in use";
  }
  std::string caption = "Every threshold at once; the dashed line is a coin.";
  if (const Figure* auc = overall(e, "auc"); auc && auc->value)
    caption += " AUC " + value_text(*auc) + (auc->low ? " (" + interval_text(*auc) + ")" : "") + ".";
  if (chart.operating_point) caption += " Diamond: the threshold in use.";
  return plot(svg::roc(chart), "ROC curve", caption);
}

// The diagram and, beside it, its table.
std::pair<std::string, std::string> reliability_figure(const Evidence& e, const Coding& coded) {
  const Json* list = of_all_rows(e, "reliability");
  if (!list || !list->is_array()) return {};
  svg::Reliability chart{"reliability",
                         "Reliability diagram",
                         "Observed share over mean predicted chance, by bin of score.",
                         coded.positive_text(),
                         {}};
  HtmlTable table("Rows binned by score.", {"#Mean prediction", "#Observed", "#Interval", "#Rows"});
  for (const Json& each : *list) {
    if (!each.is_object()) continue;
    auto predicted = number_at(each, "predicted");
    for (const char* name : {"mean_score", "score"})
      if (!predicted) predicted = number_at(each, name);
    auto observed = number_at(each, "observed");
    for (const char* name : {"positive_rate", "rate"})
      if (!observed) observed = number_at(each, name);
    auto count = number_at(each, "n");
    for (const char* name : {"count", "rows"})
      if (!count) count = number_at(each, name);
    if (!predicted || !observed) continue;
    const auto low = number_at(each, "low"), high = number_at(each, "high");
    const auto n = static_cast<std::int64_t>(count.value_or(0));
    chart.bins.push_back({*predicted, *observed, low, high, n, n < coded.min_n});
    table.row({numeric(number_text(*predicted, Unit::kShare)), numeric(number_text(*observed, Unit::kShare)),
               numeric(range_text(low, high, Unit::kShare)), numeric(count_text(n))},
              n < coded.min_n ? "weak" : "");
  }
  if (chart.bins.empty()) return {};
  return {
      plot(svg::reliability(chart), "Are the scores chances?",
           "On the dashed line a predicted chance comes true as often as it says. Bars: Wilson " + coded.level_text() +
               " intervals, hatched under " + count_text(coded.min_n) + " rows. Below: rows in each bin."),
      details("Reliability as a table", table.text())};
}

std::string score_figure(const Evidence& e, const Coding& coded) {
  const Json* in = at_path(e.detail, "score_histogram");
  if (!in) in = at_path(e.detail, "scores");
  if (!in || !in->is_object()) return {};
  svg::Histogram chart{
      "scores",   "Distribution of scores", "Share of rows in each bin of score.", "Score", {}, {}, coded.threshold,
      "threshold"};
  const auto numbers = [](const Json& list) {
    std::vector<double> out;
    if (list.is_array())
      for (const Json& v : list) out.push_back(as_number(v).value_or(0));
    return out;
  };
  if (in->contains("edges")) chart.edges = numbers((*in)["edges"]);
  const auto add = [&](const std::string& name, const Json& counts) {
    auto heights = numbers(counts);
    double sum = 0;
    for (const double h : heights) sum += h;
    if (heights.empty() || sum <= 0 || chart.series.size() >= 6) return;
    for (double& h : heights) h /= sum;
    chart.series.push_back({name, heights});
  };
  if (const Json* counts = at_path(*in, "counts"); counts && counts->is_array()) add("all rows", *counts);
  if (const Json* groups = at_path(*in, "groups"); groups && groups->is_object())
    for (const auto& [name, counts] : groups->items()) add(name, counts);
  if (chart.series.empty() || chart.edges.size() < 2) return {};
  return plot(svg::histogram(chart), "Scores",
              "Heights are shares of the group's rows, so groups of any size compare.");
}

std::string confusion_table(const Evidence& e, const Coding& coded) {
  const Json* in = of_all_rows(e, "confusion");
  if (!in || !in->is_object()) return {};
  const auto at = [&](std::initializer_list<const char*> names) -> std::string {
    for (const char* name : names)
      if (auto v = number_at(*in, name)) return count_text(std::llround(*v));
    return "";
  };
  const std::string tp = at({"true_positive", "true_positives", "tp"}),
                    fp = at({"false_positive", "false_positives", "fp"}),
                    fn = at({"false_negative", "false_negatives", "fn"}),
                    tn = at({"true_negative", "true_negatives", "tn"});
  if (tp.empty() && tn.empty()) return {};
  const std::string positive = coded.positive_text();
  HtmlTable table("Decisions and outcomes, in rows.", {"", "#Predicted " + positive, "#Predicted other"});
  table.row({words("Is " + positive), numeric(tp), numeric(fn)}).row({words("Is other"), numeric(fp), numeric(tn)});
  return table.text();
}

// ---- fairness

std::vector<std::string> rates_by_group(const Evidence& e, const std::vector<std::string>& columns) {
  static const std::vector<std::string> first{
      "favorable_rate", "selection_rate", "false_positive_rate", "false_negative_rate", "true_positive_rate",
      "precision",      "accuracy"};
  std::vector<std::string> out;
  for (const auto& name : first)
    if (!by_group(e, name, columns).empty()) out.push_back(name);
  std::set<std::string> rest;
  for (const Figure& f : e.figures)
    if (!f.slice.empty() && f.reference.empty() && f.group.empty() &&
        std::find(first.begin(), first.end(), f.name) == first.end() && !by_group(e, f.name, columns).empty())
      rest.insert(f.name);
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

std::string safe_id(std::string_view text) {
  std::string out;
  for (const char c : text) out += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '-';
  return out;
}

std::string group_plot(const Evidence& e, const std::string& name, const std::vector<std::string>& columns,
                       const std::string& id, const Coding& coded) {
  const Measure known = measure(name);
  svg::Intervals chart{id,
                       known.title + " by " + joined(columns, " and "),
                       "Each group's " + known.title + " with its interval.",
                       {},
                       {},
                       {},
                       known.unit == Unit::kShare ? "%" : "",
                       true,
                       {},
                       {}};
  if (known.unit == Unit::kShare) chart.hard_low = 0, chart.hard_high = 1;
  for (const Figure* f : by_group(e, name, columns))
    chart.rows.push_back({slice_text(f->slice),
                          "n = " + count_text(f->n),
                          f->value ? value_text(*f) : "",
                          f->value,
                          f->low,
                          f->high,
                          f->value ? "" : value_text(*f),
                          {},
                          {},
                          {},
                          low_support(*f)});
  if (const Figure* all = overall(e, name); all && all->value)
    chart.reference = all->value, chart.reference_label = "all rows " + value_text(*all);
  return plot(svg::intervals(chart), known.title, meaning(name, coded));
}

// ROC curves of the groups, from the evaluation, where it has them for at most five.
std::string group_roc(const Dossier& dossier, const std::vector<const Figure*>& groups, const std::string& id,
                      const std::string& name) {
  const Item* evaluation = find(dossier, "evaluation");
  if (!evaluation || groups.size() > 5) return {};
  svg::Roc chart{
      id, "ROC curves by " + name, "True positive rate over false positive rate, a line for each group.", {}, {}, {}};
  for (const Figure* f : groups)
    if (const Json* detail = slice_detail(evaluation->evidence, f->slice)) {
      Points points = roc_points(at_path(*detail, "roc"));
      if (points.size() > 1) chart.curves.push_back({slice_text(f->slice), std::move(points)});
    }
  if (chart.curves.size() < 2) return {};
  return "<div class=\"pair\">" +
         plot(svg::roc(chart), "ROC curves by group",
              "Where one curve lies below another, the scores tell less about that group.") +
         "</div>";
}

std::string group_table(const Evidence& e, const std::vector<std::string>& names,
                        const std::vector<std::string>& columns, const Coding& coded) {
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(names.size(), 5)));
  std::vector<std::string> heads{"Group", "#Rows"};
  for (const auto& name : shown) heads.push_back("#" + measure(name).title);
  HtmlTable table("By " + joined(columns, " and ") + ". " + coding_note(coded) + " Small: interval at " +
                      coded.level_text() + "; n where it is not all rows of the group.",
                  heads);
  std::vector<operation::Slice> slices;
  for (const auto& name : names)
    for (const Figure* f : by_group(e, name, columns))
      if (std::find(slices.begin(), slices.end(), f->slice) == slices.end()) slices.push_back(f->slice);
  for (const auto& slice : slices) {
    std::int64_t rows = 0;
    bool weak = false;
    std::vector<Cell> cells;
    for (const auto& name : names)
      for (const Figure* f : by_group(e, name, columns))
        if (f->slice == slice) rows = std::max(rows, f->n);
    for (const auto& name : shown) {
      Cell cell{"", true};
      for (const Figure* f : by_group(e, name, columns)) {
        if (f->slice != slice) continue;
        weak = weak || (low_support(*f) && f->n == rows);
        cell.html = html(f->value ? value_text(*f) : "undefined") + "<small>" +
                    html(f->value ? interval_text(*f) : f->why) + (f->n != rows ? "<br/>n = " + count_text(f->n) : "") +
                    (low_support(*f) ? "<br/>few rows" : "") + "</small>";
      }
      cells.push_back(std::move(cell));
    }
    cells.insert(cells.begin(), {words(slice_text(slice)), numeric(count_text(rows))});
    table.row(std::move(cells), weak ? "weak" : "");
  }
  return table.text();
}

// Whether an aggregate or a gap is about the groups of these columns.
bool belongs(const Figure& f, const std::vector<std::string>& columns) {
  if (!f.reference.empty())
    return f.slice.size() == columns.size() &&
           std::all_of(columns.begin(), columns.end(), [&](const auto& c) { return f.slice.contains(c); });
  if (f.group.empty()) return false;
  auto sorted = f.group;
  for (const auto& [column, value] : f.slice) sorted.push_back(column);  // the stratum it holds in
  std::sort(sorted.begin(), sorted.end());
  return sorted == columns;
}

// Whether a disparity stands in the first table: what a rule judges, and one figure for each matter. The others say the
// same from another side (true positive and false negative rate, selection and favourable rate) or in another form.
bool leads(const Figure& f, const std::vector<Rule>& rules, bool favorable, std::size_t groups) {
  if (std::any_of(rules.begin(), rules.end(), [&](const Rule& r) { return r.metric == f.name; })) return true;
  if (f.name == (favorable ? "favorable_rate_gap" : "demographic_parity_gap")) return true;
  if (f.name == (favorable ? "favorable_rate_ratio" : "demographic_parity_ratio")) return true;
  if (f.name == "adverse_impact_ratio") return groups > 2;  // of two groups it is the favourable ratio
  return f.name == "false_positive_rate_gap" || f.name == "false_negative_rate_gap" || f.name == "accuracy_gap" ||
         f.name == "equalized_odds_difference";
}

const Rule* rule_of(const std::vector<Rule>& rules, const Figure& f) {
  for (const Rule& rule : rules)
    if (rule.figure == &f) return &rule;
  return nullptr;
}

std::string disparity_plots(const std::vector<const Figure*>& figures, const std::vector<Rule>& rules,
                            const std::string& id) {
  svg::Intervals gaps{id + "-gaps",
                      "Gaps and differences",
                      "Each gap with its interval against zero and its limit.",
                      {},
                      0.0,
                      "equal",
                      " pp",
                      false,
                      {},
                      {}};
  svg::Intervals ratios{id + "-ratios",
                        "Ratios",
                        "Each ratio with its interval against one and its limit.",
                        {},
                        1.0,
                        "equal",
                        {},
                        false,
                        0.0,
                        {}};
  for (const Figure* f : figures) {
    const Measure known = measure(f->name);
    const bool ratio = f->name.ends_with("_ratio");
    if (!ratio && known.unit != Unit::kShareGap && known.unit != Unit::kShareDifference) continue;
    svg::Row row{known.title,
                 {},
                 f->value ? value_text(*f) : "",
                 f->value,
                 f->low,
                 f->high,
                 f->value ? "" : value_text(*f),
                 {},
                 {},
                 {},
                 low_support(*f)};
    if (!f->reference.empty()) {
      row.label.clear();
      for (const auto& [column, value] : f->slice)
        row.label += (row.label.empty() ? "" : ", ") + value.value_or("(missing)");
      row.label = known.title + ": " + row.label;
    }
    if (const Rule* rule = rule_of(rules, *f)) {
      row.state = rule->state;
      if (rule->at_most) row.limit_high = rule->limit;
      if (rule->at_least) row.limit_low = rule->limit;
      if (rule->at_most && rule->absolute && rule->limit) row.limit_low = -*rule->limit;
    }
    (ratio ? ratios : gaps).rows.push_back(std::move(row));
  }
  const std::string key =
      "Pale green: what a limit allows. Filled dot: held; outlined: not decided; crossed: failed; teal: no limit set.";
  std::string out;
  if (!gaps.rows.empty()) out += plot(svg::intervals(gaps), "Differences between groups, in percentage points", key);
  if (!ratios.rows.empty()) out += plot(svg::intervals(ratios), "Ratios between groups", key);
  return out;
}

std::string disparity_table(const std::vector<const Figure*>& figures, const std::vector<Rule>& rules,
                            const Coding& coded) {
  HtmlTable table("Differences and ratios between the groups. " + coding_note(coded) +
                      " Holm p: corrected for all claims of this table. Family interval: covers all of them at once.",
                  {"Figure", "#Value and interval", "#Family interval", "#p", "#Holm p", "State"});
  for (const Figure* f : figures) {
    const Unit unit = measure(f->name).unit;
    const Rule* rule = rule_of(rules, *f);
    const Cell value{html(f->value ? value_text(*f) : "undefined") + "<small>" +
                         html(f->value ? interval_text(*f) : f->why) + "</small>",
                     true};
    table.row({{html(measure(f->name).title) + "<small>" + html(group_text(*f)) + "</small>"},
               value,
               numeric(f->low_family || f->high_family ? range_text(f->low_family, f->high_family, unit) : ""),
               numeric(f->p ? p_text(*f->p) : ""),
               numeric(f->p_adjusted ? p_text(*f->p_adjusted) : ""),
               {rule ? pill(rule->state) : ""}},
              low_support(*f) ? "weak" : "");
  }
  return table.text();
}

std::string disparities(const Evidence& e, const std::vector<std::string>& columns, const std::vector<Rule>& rules,
                        const std::string& id, const Coding& coded) {
  const std::size_t groups =
      std::max(by_group(e, "selection_rate", columns).size(), by_group(e, "favorable_rate", columns).size());
  const bool favorable = !by_group(e, "favorable_rate", columns).empty();
  std::vector<const Figure*> first, drawn, more;
  for (const Figure& f : e.figures)
    if (belongs(f, columns)) (leads(f, rules, favorable, groups) ? first : more).push_back(&f);
  // With many groups only the gaps of one matter are drawn; the table has them all.
  constexpr std::size_t kDrawn = 60;
  for (const Figure* f : first)
    if (first.size() <= kDrawn || !f->name.ends_with("_gap") || f->name == first.front()->name) drawn.push_back(f);
  std::string out;
  if (!first.empty()) out = disparity_plots(drawn, rules, id) + disparity_table(first, rules, coded);
  if (!more.empty())
    out += details("More differences and ratios by " + joined(columns, " and "), disparity_table(more, rules, coded));
  return out;
}

}  // namespace

Section performance_section(const Dossier& dossier) {
  Section out{"performance", "Performance", {}};
  const Item* item = find(dossier, "evaluation");
  if (!item) {
    out.body = absent("There is no evaluation.", "assay evaluate run --data PREDICTIONS --label LABEL --score SCORE");
    return out;
  }
  const Coding coded = coding(dossier);
  std::vector<const Figure*> figures;
  for (const Figure& f : item->evidence.figures)
    if (f.slice.empty() && f.group.empty() && f.reference.empty()) figures.push_back(&f);
  out.body = "<p class=\"coding\">" + html(coding_note(coded)) + "</p>\n";
  const auto [reliability, reliability_table] = reliability_figure(item->evidence, coded);
  const std::string curve = roc_figure(item->evidence, coded);
  if (!curve.empty() || !reliability.empty())
    out.body += "<div class=\"pair\">" + curve + reliability + "</div>\n" + reliability_table;
  out.body += score_figure(item->evidence, coded);
  if (figures.empty())
    out.body += absent("The evaluation holds no figure of all rows.", "");
  else
    out.body += figure_table(figures, "All rows. " + coding_note(coded), coded);
  return out.body += confusion_table(item->evidence, coded), out;
}

Section fairness_section(const Dossier& dossier) {
  Section out{"fairness", "Fairness", {}};
  const Item* item = find(dossier, "fairness");
  if (!item) {
    out.body = absent("There is no fairness assessment.",
                      "assay fairness assess PREDICTIONS --label LABEL --score SCORE --group COLUMN");
    return out;
  }
  const Evidence& e = item->evidence;
  const Coding coded = coding(dossier);
  const auto rules = rules_of(dossier);
  out.body =
      "<p class=\"coding\">" + html(coding_note(coded)) +
      " A dot is the measured rate, the band is where the true rate lies with " + coded.level_text() +
      " confidence. Where two bands overlap widely, the data cannot yet tell the groups apart. Hatched: fewer than " +
      count_text(coded.min_n) + " rows.</p>\n";
  const auto splits = groupings(e);
  if (splits.empty()) out.body += absent("The assessment holds no figure of a group.", "");
  for (const auto& columns : splits) {
    const std::string id = "by-" + safe_id(joined(columns, "-"));
    out.body += "<h3 id=\"" + id + "\">By " + html(joined(columns, " and ")) + "</h3>\n";
    const auto names = rates_by_group(e, columns);
    std::size_t drawn = 0;
    for (const char* name : {"favorable_rate", "selection_rate", "false_positive_rate", "false_negative_rate"}) {
      if (std::string_view(name) == "selection_rate" && drawn)
        continue;  // the favourable rate seen from the other side
      if (std::find(names.begin(), names.end(), name) == names.end()) continue;
      out.body += group_plot(e, name, columns, id + "-" + safe_id(name), coded);
      ++drawn;
    }
    if (!drawn && !names.empty()) out.body += group_plot(e, names[0], columns, id + "-first", coded);
    out.body += group_table(e, names, columns, coded);
    if (!names.empty())
      out.body += group_roc(dossier, by_group(e, names[0], columns), id + "-roc", joined(columns, " and "));
    std::vector<const Figure*> rest;
    for (std::size_t i = 5; i < names.size(); ++i)
      for (const Figure* f : by_group(e, names[i], columns)) rest.push_back(f);
    if (!rest.empty())
      out.body += details("More figures by " + joined(columns, " and "),
                          figure_table(rest, "By " + joined(columns, " and ") + ". " + coding_note(coded), coded));
    out.body += disparities(e, columns, rules, id, coded);
  }
  return out;
}

}  // namespace assay::document
