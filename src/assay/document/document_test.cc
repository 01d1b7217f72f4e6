#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "assay/base/files.h"
#include "assay/document/canvas.h"
#include "assay/document/report.h"
#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Figure;
using operation::Json;

// A strict reader of the markup we write: balanced tags, quoted attributes, known entities, ids once. Empty when fine.
class Markup {
 public:
  static std::string fault(std::string_view text) {
    Markup m(text);
    return m.walk();
  }

 private:
  explicit Markup(std::string_view text) : text_(text) {}
  std::string at(const std::string& what) const {
    return what + " at " + std::to_string(at_) + ": " + std::string(text_.substr(at_ > 40 ? at_ - 40 : 0, 120));
  }
  std::string walk() {
    while (at_ < text_.size()) {
      if (text_[at_] == '&') {
        const auto end = text_.find(';', at_);
        static const std::set<std::string_view> known{"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
        if (end == text_.npos || !known.contains(text_.substr(at_, end - at_ + 1))) return at("unknown entity");
        at_ = end + 1;
      } else if (text_[at_] != '<') {
        ++at_;
      } else if (text_.substr(at_).starts_with("<!DOCTYPE html>")) {
        at_ += 15;
      } else if (std::string fault = tag(); !fault.empty()) {
        return fault;
      }
    }
    if (!open_.empty()) return "never closed: " + open_.back();
    for (const auto& id : wanted_)
      if (!ids_.contains(id)) return "nothing has the id " + id;
    return {};
  }
  std::string tag() {
    ++at_;
    if (text_[at_] == '/') {
      const auto end = text_.find('>', at_);
      const std::string name(text_.substr(at_ + 1, end - at_ - 1));
      if (open_.empty() || open_.back() != name) return at("closes " + name);
      open_.pop_back(), at_ = end + 1;
      return {};
    }
    const std::size_t from = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0)) ++at_;
    const std::string name(text_.substr(from, at_ - from));
    if (name.empty()) return at("no name");
    while (at_ < text_.size() && text_[at_] == ' ') {
      while (text_[at_] == ' ') ++at_;
      if (std::string fault = attribute(); !fault.empty()) return fault;
    }
    if (text_.substr(at_).starts_with("/>")) return at_ += 2, std::string();
    if (at_ >= text_.size() || text_[at_] != '>') return at("no end of the tag " + name);
    ++at_;
    if (name == "style") {  // holds no markup
      at_ = text_.find("</style>", at_) + 8;
      return {};
    }
    open_.push_back(name);
    return {};
  }
  std::string attribute() {
    const auto equals = text_.find('=', at_);
    const std::string name(text_.substr(at_, equals - at_));
    if (equals == text_.npos || text_[equals + 1] != '"') return at("attribute without quotes");
    const auto end = text_.find('"', equals + 2);
    const std::string value(text_.substr(equals + 2, end - equals - 2));
    if (value.find('<') != value.npos) return at("< in an attribute");
    if (name.starts_with("on") || name == "src") return at("attribute " + name);
    if (name == "id" && !ids_.insert(value).second) return at("id twice: " + value);
    if (name == "href") {
      if (!value.starts_with("#")) return at("points outside: " + value);
      wanted_.insert(value.substr(1));
    }
    if (name == "aria-labelledby")
      for (std::size_t i = 0; i < value.size();
           i = value.find(' ', i) == value.npos ? value.size() : value.find(' ', i) + 1)
        wanted_.insert(value.substr(i, value.find(' ', i) - i));
    at_ = end + 1;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::set<std::string> ids_, wanted_;
};

Item sample(const std::string& name) {
  const std::string path = "tests/data/document/" + name + ".json";
  auto item = read_item(files::read(path).value(), path);
  EXPECT_TRUE(item) << (item ? "" : item.error().text());
  return *item;
}

Dossier dossier(const std::vector<std::string>& names) {
  Dossier out;
  out.title = "mortgage-denial@3", out.model_ref = "model:mortgage-denial@3", out.date = "2026-11-22";
  out.model_digest = "sha256:" + std::string(64, '7');
  out.purpose = Json{{"use", "Second look at applications"},
                     {"users", {"Loan officers"}},
                     {"out_of_scope", {"Deciding alone"}},
                     {"harms", {Json{{"name", "Refusal by proxy"}, {"mitigation", "review"}}}}};
  for (const auto& name : names) out.items.push_back(sample(name));
  return out;
}
const std::vector<std::string> kAll{"profile", "split", "training", "evaluation", "fairness", "verdict"};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Text, Numbers) {
  EXPECT_EQ(number_text(0.5306122448979592, Unit::kShare), "53.1%");
  EXPECT_EQ(number_text(0.0002, Unit::kShare), "<0.1%");
  EXPECT_EQ(number_text(0.9996, Unit::kShare), ">99.9%");
  EXPECT_EQ(number_text(0, Unit::kShare), "0.0%");
  EXPECT_EQ(number_text(1, Unit::kShare), "100.0%");
  EXPECT_EQ(number_text(-0.1816, Unit::kShareGap), "\u221218.2 pp");
  EXPECT_EQ(number_text(0.3622, Unit::kShareGap), "+36.2 pp");
  EXPECT_EQ(number_text(-0.00001, Unit::kShareGap), "0.0 pp");
  EXPECT_EQ(number_text(0.5942857), "0.594");
  EXPECT_EQ(number_text(0.83), "0.830");
  EXPECT_EQ(number_text(12.345), "12.3");
  EXPECT_EQ(number_text(1234.5), "1\u202f235");
  EXPECT_EQ(number_text(-2380), "\u22122\u202f380");
  EXPECT_EQ(number_text(999.7), "1\u202f000");
  EXPECT_EQ(number_text(0.00012345), "0.000123");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "undefined");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "\u2212∞");
  EXPECT_EQ(plain_text(0.2), "0.2");
  EXPECT_EQ(plain_text(6), "6");
  EXPECT_EQ(count_text(1234567), "1\u202f234\u202f567");
  EXPECT_EQ(count_text(100), "100");
  EXPECT_EQ(p_text(0.0004), "<0.001");
  EXPECT_EQ(range_text(0.0, 0.355, Unit::kShareDifference), "0.0 to 35.5 pp");
  EXPECT_EQ(range_text({}, 0.5, Unit::kShare), "open to 50.0%");
  EXPECT_EQ(range_text({}, {}, Unit::kShare), "none");
}

TEST(Text, NamesAndEscapes) {
  EXPECT_EQ(measure("false_negative_rate_gap").title, "False negative rate gap");
  EXPECT_EQ(measure("demographic_parity_gap").unit, Unit::kShareGap);
  EXPECT_EQ(measure("favorable_rate_ratio").unit, Unit::kNumber);
  EXPECT_EQ(measure("auc_difference").unit, Unit::kNumber);
  EXPECT_EQ(measure("my_own_word").title, "My own word");
  EXPECT_EQ(html("<script>\"a\"&'b'\x01"), "&lt;script&gt;&quot;a&quot;&amp;&#39;b&#39;");
  EXPECT_EQ(markdown("a|b\n[x](y) <b>"), "a\\|b \\[x\\](y) &lt;b>");
  EXPECT_EQ(shortened("äöüß", 3), "äö…");
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(slice_text({{"afam", std::nullopt}, {"sex", "F"}}), "afam = (missing), sex = F");
}

TEST(Svg, ChartsAreWellFormedAndSayWhatTheyAre) {
  svg::Intervals chart{"c", "Rates", "By group", {}, 0.2, "all rows", "%", true, 0, 1};
  chart.rows.push_back({"a", "n = 9", "10.0%", 0.1, 0.05, 0.3, {}, "failed", {}, 0.05, true});
  chart.rows.push_back({"b", "n = 0", "", {}, {}, {}, "no rows", {}, {}, {}, false});
  chart.rows.push_back({"c", "", "open", 0.2, {}, 0.3, {}, "not_decided", 0.1, {}, false});
  const std::string drawn = svg::intervals(chart);
  EXPECT_EQ(Markup::fault(drawn), "");
  for (const char* part :
       {"role=\"img\"", "<title id=\"c-t\">Rates</title>", "url(#c-h)", "no rows", "strike", " open"})
    EXPECT_TRUE(has(drawn, part)) << part;
  EXPECT_EQ(Markup::fault(svg::standalone(drawn)), "");
  chart.rows.clear();
  EXPECT_EQ(Markup::fault(svg::intervals(chart)), "");
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  chart.rows.push_back({std::string(300, 'w'), "", "", nan, -inf, inf, "", "held", nan, inf, false});
  EXPECT_FALSE(has(svg::intervals(chart), "nan"));
  EXPECT_FALSE(has(svg::intervals(chart), "inf\""));
  EXPECT_EQ(Markup::fault(svg::roc({"r", "ROC", "", {{"all", {{0, 0}, {nan, 0.5}, {1, 1}}}}, {{2, 2}}, "x"})), "");
  EXPECT_EQ(Markup::fault(
                svg::reliability({"q", "R", "", "y = 1", {{0.1, 0.2, 0.1, 0.3, 5, true}, {nan, 0, {}, {}, 0, false}}})),
            "");
  EXPECT_EQ(Markup::fault(svg::histogram({"h", "H", "", "score", {0, 0.5, 1}, {{"a", {1, nan}}}, 0.5, "cut"})), "");
  EXPECT_EQ(Markup::fault(svg::histogram({"h", "H", "", "score", {}, {}, {}, ""})), "");
  EXPECT_EQ(Markup::fault(svg::sparkbars("s", "S", {})), "");
  EXPECT_EQ(Markup::fault(svg::strip("t", "T", {})), "");
  const std::string marks =
      svg::punches("m", {{'F', "Fair", "held"}, {'P', "Private", "failed"}, {'X', "Explained", ""}});
  EXPECT_EQ(Markup::fault(marks), "");
  EXPECT_TRUE(has(marks, "Fair held, Private failed, Explained not started"));
}

TEST(Svg, AxesHaveRoundTicks) {
  const auto a = svg::axis(0.434, 0.915, 0, 100, 6, 0, 1);
  EXPECT_EQ(a.ticks.size(), 5u);
  EXPECT_EQ(svg::tick_text(a, a.ticks[0], "%"), "50%");
  EXPECT_DOUBLE_EQ(a.at(a.high), 100);
  const auto flat = svg::axis(3, 3, 0, 1);
  EXPECT_LT(flat.low, flat.high);
  EXPECT_FALSE(svg::axis(0, 1e-9, 0, 1).ticks.empty());
}

TEST(Report, IsWellFormedAndSelfContained) {
  const std::string page = report(dossier(kAll));
  EXPECT_EQ(Markup::fault(page), "");
  EXPECT_TRUE(has(page, "default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
  for (const char* part : {"<script", "http://www.w3.org/1999", "https://", "@import"})
    EXPECT_FALSE(has(page, part)) << part;
  EXPECT_EQ(page, report(dossier(kAll)));
  EXPECT_LT(page.size(), 300'000u);
}

TEST(Report, EveryFigureIsThatOfTheEvidence) {
  const Dossier d = dossier(kAll);
  const std::string page = report(d);
  int seen = 0;
  for (const Item& item : d.items)
    for (const Figure& f : item.evidence.figures) {
      const Unit unit = measure(f.name).unit;
      if (f.value) {
        EXPECT_TRUE(has(page, html(number_text(*f.value, unit)))) << f.name;
        EXPECT_TRUE(!f.low || !f.high || has(page, html(range_text(f.low, f.high, unit)))) << f.name;
      } else {
        EXPECT_TRUE(has(page, html(f.why))) << f.name;
      }
      ++seen;
    }
  EXPECT_GT(seen, 30);
  for (const Item& item : d.items) EXPECT_TRUE(has(page, item.digest)) << item.ref;
}

TEST(Report, FirstScreenSaysItInSentences) {
  const Dossier d = dossier(kAll);
  const std::string screen = first_screen(d);
  for (const char* part :
       {"This model does not meet its policy",
        "1 check failed; 2 checks cannot be decided with the data there is, 1 of which only warns; 2 held.",
        "Favourable rate ratio is <strong>0.594</strong> (0.478 to 0.710); it must be at least 0.800",
        "Of the 98 cases with afam = yes, <strong>53.1%</strong> (43.3% to 62.6%) would get the favourable decision, "
        "deny = no; "
        "of the 616 with afam = no, <strong>89.3%</strong> (86.6% to 91.5%)",
        "deny = yes is predicted at a score of 0.2 or more"})
    EXPECT_TRUE(has(screen, part)) << part << "\n" << screen;
  EXPECT_TRUE(has(first_screen(dossier({"evaluation", "verdict_held"})), "All 2 checks held"));
  EXPECT_TRUE(has(first_screen(dossier({"fairness", "verdict_open"})), "Not decided yet"));
  EXPECT_TRUE(has(first_screen(dossier({})), "Not judged yet"));
}

TEST(Report, EveryTableOfRatesSaysTheCoding) {
  const std::string page = report(dossier(kAll));
  for (const char* caption :
       {"All rows. Positive: deny = yes. Favourable: deny = no.",
        "By afam. Positive: deny = yes. Favourable: deny = no.",
        "Differences and ratios between the groups. Positive: deny = yes. Favourable: deny = no."})
    EXPECT_TRUE(has(page, caption)) << caption;
  Dossier bare = dossier({"evaluation"});
  bare.items[0].evidence.provenance["options"].erase("favorable");
  EXPECT_TRUE(has(report(bare), "No favourable value is declared."));
}

TEST(Report, RulesFindTheirFiguresAndMarks) {
  const Dossier d = dossier(kAll);
  const auto rules = rules_of(d);
  ASSERT_EQ(rules.size(), 5u);
  EXPECT_TRUE(rules[0].figure && rules[0].at_least && !rules[0].absolute);
  EXPECT_TRUE(rules[2].figure && rules[2].at_most && rules[2].absolute) << "a gap judged by its size";
  EXPECT_EQ(rules[4].figure, nullptr);
  std::map<char, std::string> marks;
  for (const auto& mark : marks_of(d)) marks[mark.letter] = mark.state;
  EXPECT_EQ(marks['F'], "failed");
  EXPECT_EQ(marks['P'], "");
  EXPECT_EQ(marks.size(), 7u);
  EXPECT_TRUE(has(report(d), "3\u202f820 of afam = no; 608 of afam = yes")) << "what would decide the open check";
}

TEST(Report, SaysWhatIsMissingAndHowToMakeIt) {
  const std::string page = report(Dossier{});
  EXPECT_EQ(Markup::fault(page), "");
  for (const char* command :
       {"assay stats profile DATA", "assay data split DATA", "assay train linear DATA", "assay evaluate run",
        "assay fairness assess", "assay gate check", "assay run", "purpose.users"})
    EXPECT_TRUE(has(page, command)) << command;
  for (std::size_t left_out = 0; left_out < kAll.size(); ++left_out) {
    auto names = kAll;
    names.erase(names.begin() + static_cast<std::ptrdiff_t>(left_out));
    EXPECT_EQ(Markup::fault(report(dossier(names))), "") << kAll[left_out];
  }
}

TEST(Report, HostileAndLongNamesStayText) {
  Dossier d = dossier({"fairness", "evaluation", "profile", "training"});
  const std::string hostile = "<script>alert('x')</script>\"&" + std::string(400, 'W');
  d.title = d.model_ref = d.model_digest = hostile;
  d.purpose = Json{{"use", hostile}, {"users", {hostile}}, {hostile, 1}};
  for (Item& item : d.items) {
    item.evidence.provenance["options"]["label"] = hostile;
    for (Figure& f : item.evidence.figures) {
      if (!f.slice.empty()) f.slice = {{hostile, f.slice.begin()->second.value_or("") + hostile}};
      if (!f.reference.empty()) f.reference = {{hostile, "no" + hostile}};
      if (!f.group.empty()) f.group = {hostile};
      f.why += hostile, f.method = hostile;
    }
    for (Json& column : item.evidence.detail["columns"]) column["name"] = hostile;
    item.evidence.operation = hostile;
  }
  d.items[0].evidence.figures[0].name = hostile;
  const std::string page = report(d);
  EXPECT_EQ(Markup::fault(page), "");
  EXPECT_FALSE(has(page, "<script"));
}

TEST(Report, OneGroupFortyGroupsAndNoNumbers) {
  for (const int groups : {1, 40}) {
    Dossier d;
    Item item;
    item.evidence.kind = "assay.fairness/1";
    for (int g = 0; g < groups; ++g) {
      Figure f;
      f.name = "selection_rate", f.slice = {{"town", "t" + std::to_string(g)}}, f.n = 10 + g, f.method = "wilson";
      if (g != 3)
        f.value = 0.01 * g, f.low = 0.005 * g, f.high = 0.02 * g;
      else
        f.why = "no rows", f.flags = {"low_support"};
      item.evidence.figures.push_back(f);
    }
    d.items.push_back(item);
    const std::string page = report(d);
    EXPECT_EQ(Markup::fault(page), "");
    EXPECT_EQ(has(page, "runs from"), groups == 40);
    EXPECT_EQ(has(page, "no rows"), groups == 40);
  }
}

TEST(Report, UnknownKindsAreShownToo) {
  Dossier d = dossier({"evaluation"});
  d.items[0].evidence.kind = "assay.membership/1";
  const std::string page = report(d);
  EXPECT_TRUE(has(page, "Further evidence"));
  EXPECT_TRUE(has(page, "Membership"));
}

TEST(Dossier, RefusesWhatIsNoEvidence) {
  EXPECT_EQ(read_item("{", "a.json").error().where.substr(0, 6), "a.json");
  EXPECT_EQ(read_item("[]", "a.json").error().code, Code::kCorrupt);
  EXPECT_EQ(read_item("{\"figures\": []}", "a.json").error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace assay::document
