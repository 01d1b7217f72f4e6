#include "assay/validate/render.h"

#include <algorithm>
#include <cstdio>

namespace assay::validate {
namespace {

using operation::Json;

// One line, without what could steer a terminal.
std::string plain(const Json& text, std::size_t most = 400) {
  std::string out = text.is_string() ? text.get<std::string>() : text.dump();
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  if (out.size() > most) {
    out.resize(most);
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80) out.pop_back();
    out += "…";
  }
  return out;
}

std::string number(const Json& value) {
  if (!value.is_number()) return value.is_string() ? value.get<std::string>() : "–";
  char text[40];
  std::snprintf(text, sizeof text, "%.4g", value.get<double>());
  return text;
}

std::string slice_text(const Json& slice) {
  std::string out;
  for (const auto& [column, value] : slice.items())
    out += (out.empty() ? "" : ", ") + plain(column) + "=" + (value.is_null() ? "(missing)" : plain(value));
  return out;
}

}  // namespace

std::string render_validation(const Json& evidence) {
  const auto& detail = evidence["detail"];
  if (detail["data_missing"] == true) return "no examples: there is nothing to validate\n";
  std::string out = detail["examples"].dump() + " examples, " + detail["errors"].dump() + " errors, " +
                    detail["warnings"].dump() + " warnings\n";
  for (const auto& each : detail["anomalies"])
    for (const auto& reason : each["reasons"])
      out += "  " + plain(each["severity"]) + "  " + (each["path"] == "" ? "data set" : plain(each["path"])) + ": " +
             plain(reason["what"]) + " [" + plain(reason["type"]) + "]\n";
  if (detail.contains("groups"))
    for (const auto& each : detail["groups"])
      out += "  " + plain(each["severity"]) + "  " + plain(each["path"]) + " where " + slice_text(each["slice"]) +
             " (n=" + each["n"].dump() + "): " + plain(each["what"]) + " [" + plain(each["type"]) + "]\n";
  if (detail.contains("rows"))
    for (const auto& each : detail["rows"]) {
      out += "  rows of " + plain(each["path"]) + " [" + plain(each["type"]) + "], " + each["count"].dump() + ":";
      for (const auto& row : each["rows"]) out += " " + row.dump();
      out += each["count"].get<std::size_t>() > each["rows"].size() ? " …\n" : "\n";
    }
  for (const auto& each : detail["drift"])
    out += "  " + plain(each["path"]) + ": " + plain(each["measure"]) + " against " + plain(each["against"]) + " " +
           number(each["value"]) + " (limit " + number(each["threshold"]) + ")\n";
  return out;
}

std::string render_statistics(const Json& evidence) {
  std::string out;
  for (const auto& dataset : evidence["detail"]["datasets"]) {
    out += (dataset["name"] == "" ? "all rows" : plain(dataset["name"])) + ": " + dataset["examples"].dump() +
           " examples\n";
    for (const auto& each : dataset["features"]) {
      std::string line = "  " + plain(each["name"], 40);
      line.resize(std::max<std::size_t>(line.size() + 1, 30), ' ');
      line += plain(each["type"]) + "  present " + number(each["present"]) + ", missing " + number(each["missing"]);
      if (each.contains("mean"))
        line += "; " + number(each["min"]) + " … " + number(each["median"]) + " … " + number(each["max"]) + ", mean " +
                number(each["mean"]) + " ± " + number(each["std_dev"]);
      if (each.contains("top")) {
        line += "; " + each["distinct"].dump() + " values:";
        for (const auto& top : each["top"]) line += " " + plain(top["value"], 30) + " (" + number(top["count"]) + ")";
      }
      out += line + "\n";
    }
  }
  return out;
}

std::string render_lint(const Json& evidence) {
  const auto& findings = evidence["detail"]["findings"];
  if (findings.empty()) return "nothing is wrong with the schema\n";
  std::string out;
  for (const auto& each : findings)
    out += plain(each["path"]) + ": " + plain(each["what"]) + " [" + plain(each["type"]) + "]\n";
  return out;
}

}  // namespace assay::validate
