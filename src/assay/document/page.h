// The frame of a self-contained page: no script, no font, no address outside itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::document {

struct Section {
  std::string id, title, body;  // body is HTML
};

// The whole document. Style sheet and policy are inside; `head` stands above the sections, `foot` below.
std::string page(std::string_view title, const std::string& head, const std::vector<Section>& sections,
                 const std::string& foot);

struct Cell {
  std::string html;
  bool number = false;
};
Cell words(std::string_view text);    // escapes
Cell numeric(std::string_view text);  // escapes; right-aligned

class HtmlTable {
 public:
  // A head that starts with '#' stands over numbers.
  HtmlTable(std::string caption, std::vector<std::string> heads);
  HtmlTable& row(std::vector<Cell> cells, std::string_view style = {});
  bool empty() const { return rows_.empty(); }
  std::string text() const;  // without the columns that are empty in every row

 private:
  struct Row {
    std::vector<Cell> cells;
    std::string style;
  };
  std::string caption_;
  std::vector<std::string> heads_;
  std::vector<Row> rows_;
};

std::string paragraph(std::string_view text);                // escapes
std::string bullets(const std::vector<std::string>& texts);  // escapes
std::string details(std::string_view summary, const std::string& body);
std::string plot(const std::string& svg, std::string_view heading, std::string_view caption);
std::string facts(const std::vector<std::pair<std::string, Cell>>& pairs);  // a definition list
std::string code(std::string_view text);
// A digest short enough to read, whole on hover and in print's table of evidence.
std::string digest(std::string_view whole);
std::string pill(std::string_view state);  // glyph and words of held, not_decided, failed, waived
// What is missing and the command that makes it.
std::string absent(std::string_view what, std::string_view command);

}  // namespace assay::document
