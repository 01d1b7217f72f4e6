#include "assay/document/page.h"

#include "assay/document/canvas.h"
#include "assay/document/svg.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

constexpr std::string_view kStyle = R"css(*{box-sizing:border-box}
html{background:var(--paper);scroll-behavior:smooth}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;color:var(--ink);font:400 15px/23px var(--font);font-variant-numeric:tabular-nums lining-nums;
overflow-wrap:break-word;-webkit-text-size-adjust:100%}
.page{max-width:1120px;margin:0 auto;padding:32px 32px 64px;display:grid;grid-template-columns:176px minmax(0,1fr);
gap:0 40px}

header,.lead,footer{grid-column:1/3}main{grid-column:2}
a{color:var(--accent);text-underline-offset:3px}:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--sheet);padding:4px 8px}
header{display:flex;flex-wrap:wrap;align-items:flex-end;gap:8px 24px;padding-bottom:16px;
border-bottom:2px solid var(--ink)}

header>div{flex:1 1 380px;min-width:0}
.brand{font:600 12px/16px var(--font);letter-spacing:.14em;text-transform:uppercase;color:var(--ink2)}
h1{font:500 28px/36px var(--font);letter-spacing:-.01em;margin:4px 0 2px}.ident{color:var(--ink2);font-size:13px}
h2{font:500 21px/28px var(--font);letter-spacing:-.005em;margin:0 0 12px;padding-top:12px;
border-top:2px solid var(--ink)}

h3{font:600 15px/22px var(--font);margin:28px 0 8px}
h4{font:600 13px/20px var(--font);margin:20px 0 4px;color:var(--ink2)}
p{margin:0 0 12px;max-width:70ch}ul{margin:0 0 12px;padding-left:20px;max-width:70ch}li{margin:2px 0}
section{margin:40px 0 0}section:target h2{color:var(--accent)}
code,.mono{font:400 .88em/1.5 var(--mono);overflow-wrap:anywhere}
.lead{display:grid;grid-template-columns:minmax(0,1fr) 264px;gap:0 40px;padding:28px 0 24px;
border-bottom:1px solid var(--rule)}

.verdict{display:flex;gap:18px;align-items:flex-start;margin:0 0 16px}.verdict svg{flex:none;width:52px;height:52px}
.verdict b{display:block;color:var(--ink);font:500 30px/38px var(--font);letter-spacing:-.015em}
.verdict span{color:var(--ink2)}
.says{list-style:none;padding:0;margin:0;max-width:66ch;font-size:16px;line-height:25px}
.says li{padding:10px 0;border-top:1px solid var(--rule);margin:0}.says strong{font-weight:600;white-space:nowrap}
dl{margin:0;font-size:13px;line-height:20px}dt{color:var(--ink3);margin-top:10px}dt:first-child{margin-top:0}
dd{margin:0}
aside dl{border-left:1px solid var(--rule);padding-left:20px}
dl.wide{display:grid;grid-template-columns:140px minmax(0,1fr);gap:4px 20px;font-size:14px;line-height:22px;
margin-bottom:16px}dl.wide dt{margin:0}
nav{grid-column:1;grid-row:3/99;padding-top:44px}nav ol{list-style:none;margin:0;padding:0;position:sticky;top:24px;
font-size:14px;border-top:1px solid var(--rule)}nav li{margin:0;border-bottom:1px solid var(--rule)}
nav a{display:block;padding:6px 0;color:var(--ink);text-decoration:none}nav a:hover{color:var(--accent)}
.scroll{overflow-x:auto;margin:0 0 12px;border:1px solid var(--rule);background:var(--sheet)}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:20px}
caption{text-align:left;padding:9px 12px;color:var(--ink2);font-size:13px;border-bottom:1px solid var(--rule)}
th{font-weight:500;color:var(--ink2);text-align:left;vertical-align:bottom;border-bottom:1px solid var(--ink);
font-size:13px}

th,td{padding:7px 12px}td{vertical-align:top;border-bottom:1px solid var(--rule)}
tbody tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right}td.n{white-space:nowrap}td:first-child{min-width:150px}
#verdict td:first-child{min-width:250px}td small{display:block;color:var(--ink3);font-size:12px;line-height:17px}
td.strip{padding:2px 8px}.strip svg{max-width:none}#verdict .strip svg{width:150px;height:27px}
#verdict td:last-child,#provenance td:nth-child(2),#provenance td:nth-child(5){white-space:nowrap}
td .chart{max-width:none}
tr.weak td{background:repeating-linear-gradient(135deg,transparent 0 5px,var(--sunk) 5px 6px)}
figure{margin:0 0 20px;border:1px solid var(--rule);background:var(--sheet);padding:12px 16px 8px;overflow-x:auto}
figure>.chart{width:100%;height:auto}.pair figure>.chart{max-width:380px}
figcaption{color:var(--ink2);font-size:13px;line-height:19px;margin-top:6px;max-width:80ch}
figure h4{margin:0 0 8px;color:var(--ink);font-size:14px}
.pair{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:0 20px}
.pill{display:inline-flex;gap:6px;align-items:center;padding:0 9px;border:1px solid currentColor;border-radius:2px;
font-size:12px;
line-height:20px;white-space:nowrap}.p-held{color:var(--ok)}
.p-not_decided{color:var(--warn);background:var(--gold-soft)}
.p-failed{color:var(--bad);background:var(--bad-soft)}.p-waived{color:var(--ink2)}
.note{color:var(--ink2);font-size:13px;line-height:20px}
.absent{border:1px dashed var(--edge);padding:12px 16px;max-width:none}
.absent code{color:var(--accent)}
.coding{border-left:3px solid var(--gold);padding:2px 0 2px 12px;color:var(--ink2);font-size:14px}
details{margin:0 0 16px}summary{cursor:pointer;color:var(--ink2);font-size:14px;padding:4px 0}
.tag{font-size:12px;color:var(--ink2);border:1px solid var(--rule);border-radius:2px;padding:0 5px;white-space:nowrap}
footer{margin-top:48px;padding-top:12px;border-top:2px solid var(--ink);color:var(--ink2);font-size:13px;
line-height:20px}

@media(max-width:900px){.page{display:block;padding:20px 16px 48px}.lead{grid-template-columns:1fr}nav{display:none}
aside{margin-top:20px}aside dl{border-left:0;padding-left:0}.verdict b{font-size:24px;line-height:31px}
figure .chart{min-width:560px}.pair figure .chart{min-width:0}}
@media print{@page{size:A4;margin:16mm 15mm 18mm}html{background:#fff}body{font-size:9.6pt;line-height:13.6pt}
:root{--paper:#fff;--sheet:#fff}.page{display:block;max-width:none;padding:0}
.lead{grid-template-columns:minmax(0,1fr) 56mm;gap:0 8mm;
padding:5mm 0 4mm}h1{font-size:19pt;line-height:24pt}
.verdict b{font-size:18pt;line-height:23pt}.says{font-size:10.4pt;line-height:14.6pt}nav{display:none}
section{margin-top:8mm}caption,thead,thead tr{break-after:avoid}tbody tr:first-child{break-before:avoid}
h2,h3,h4{break-after:avoid}
table{font-size:8.4pt;line-height:11.4pt}th,caption,td small{font-size:7.8pt}th,td{padding:1.1mm 1.8mm}
thead{display:table-header-group}
tr,figure,li,.absent,.verdict{break-inside:avoid}.scroll{overflow:visible}figure{overflow:visible}
p,li{orphans:3;widows:3}
.pair{display:grid;grid-template-columns:1fr 1fr}#verdict .strip svg{width:32mm;height:auto}
#verdict td:first-child{min-width:52mm}details::details-content{content-visibility:visible;height:auto}
a{color:inherit;text-decoration:none}.skip{display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

}  // namespace

std::string page(std::string_view title, const std::string& head, const std::vector<Section>& sections,
                 const std::string& foot) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<meta name=\"referrer\" "
      "content=\"no-referrer\"/>\n<title>" +
      html(title) + "</title>\n<style>\n" + std::string(svg::chart_style()) + std::string(kStyle) +
      "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#" +
      (sections.empty() ? std::string("top") : html(sections.front().id)) +
      "\">Skip to the report</a>\n<div class=\"page\" id=\"top\">\n" + head + "<nav aria-label=\"Contents\"><ol>";
  for (const Section& each : sections)
    out += "<li><a href=\"#" + html(each.id) + "\">" + html(each.title) + "</a></li>";
  out += "</ol></nav>\n<main>\n";
  for (const Section& each : sections)
    out += "<section id=\"" + html(each.id) + "\" aria-labelledby=\"" + html(each.id) + "-h\"><h2 id=\"" +
           html(each.id) + "-h\">" + html(each.title) + "</h2>\n" + each.body + "</section>\n";
  return out + "</main>\n<footer>" + foot + "</footer>\n</div>\n</body>\n</html>\n";
}

Cell words(std::string_view text) { return {html(text), false}; }
Cell numeric(std::string_view text) { return {html(text), true}; }

HtmlTable::HtmlTable(std::string caption, std::vector<std::string> heads)
    : caption_(std::move(caption)), heads_(std::move(heads)) {}

HtmlTable& HtmlTable::row(std::vector<Cell> cells, std::string_view style) {
  rows_.push_back({std::move(cells), std::string(style)});
  return *this;
}

std::string HtmlTable::text() const {
  // A column in which no row says anything is left out.
  std::vector<bool> shown(heads_.size(), rows_.empty());
  for (const Row& row : rows_)
    for (std::size_t i = 0; i < shown.size() && i < row.cells.size(); ++i)
      shown[i] = shown[i] || !row.cells[i].html.empty();
  std::string head, body;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    if (!shown[i]) continue;
    const bool number = heads_[i].starts_with('#');
    head += std::string("<th scope=\"col\"") + (number ? " class=\"n\">" : ">") +
            html(std::string_view(heads_[i]).substr(number ? 1 : 0)) + "</th>";
  }
  for (const Row& row : rows_) {
    body += row.style.empty() ? "<tr>" : "<tr class=\"" + row.style + "\">";
    for (std::size_t i = 0; i < shown.size() && i < row.cells.size(); ++i) {
      if (!shown[i]) continue;
      const Cell& cell = row.cells[i];
      const bool strip = cell.html.starts_with("<svg");
      body += (strip ? "<td class=\"strip\">" : cell.number ? "<td class=\"n\">" : "<td>") + cell.html + "</td>";
    }
    body += "</tr>\n";
  }
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" +
         html(caption_.empty() ? "table" : shortened(caption_, 80)) + "\"><table>" +
         (caption_.empty() ? "" : "<caption>" + html(caption_) + "</caption>") + "<thead><tr>" + head +
         "</tr></thead><tbody>\n" + body + "</tbody></table></div>\n";
}

std::string paragraph(std::string_view text) { return "<p>" + html(text) + "</p>\n"; }

std::string bullets(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return paragraph(texts[0]);
  std::string out;
  for (const auto& text : texts) out += "<li>" + html(text) + "</li>";
  return out.empty() ? out : "<ul>" + out + "</ul>\n";
}

std::string details(std::string_view summary, const std::string& body) {
  return "<details><summary>" + html(summary) + "</summary>\n" + body + "</details>\n";
}

std::string plot(const std::string& drawing, std::string_view heading, std::string_view caption) {
  return "<figure>" + (heading.empty() ? std::string() : "<h4>" + html(heading) + "</h4>") + drawing +
         (caption.empty() ? std::string() : "<figcaption>" + html(caption) + "</figcaption>") + "</figure>\n";
}

std::string facts(const std::vector<std::pair<std::string, Cell>>& pairs) {
  std::string out;
  for (const auto& [name, cell] : pairs)
    if (!cell.html.empty()) out += "<dt>" + html(name) + "</dt><dd>" + cell.html + "</dd>";
  return out.empty() ? out : "<dl class=\"wide\">" + out + "</dl>\n";
}

std::string code(std::string_view text) { return "<code>" + html(text) + "</code>"; }

std::string digest(std::string_view whole) {
  const auto colon = whole.find(':');
  const std::size_t keep = colon == std::string_view::npos ? 12 : colon + 13;
  return "<code title=\"" + html(whole) + "\">" + html(whole.substr(0, keep)) + (whole.size() > keep ? "…" : "") +
         "</code>";
}

std::string pill(std::string_view state) {
  const std::string_view glyph = state == "held" ? "✓" : state == "not_decided" ? "◐" : state == "failed" ? "✕" : "○";
  return "<span class=\"pill p-" + html(state) + "\"><span aria-hidden=\"true\">" + std::string(glyph) + "</span>" +
         std::string(state.empty() ? "not judged" : svg::state_words(state)) + "</span>";
}

std::string absent(std::string_view what, std::string_view command) {
  return "<p class=\"absent\">" + html(what) + (command.empty() ? "" : " Make it with " + code(command) + ".") +
         "</p>\n";
}

}  // namespace assay::document
