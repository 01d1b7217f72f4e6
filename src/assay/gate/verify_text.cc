#include <cstdio>
#include <cstdlib>

#include "assay/gate/verify.h"

namespace assay::gate {
namespace {

const char* sign_of(std::string_view state) {
  if (state == "held" || state == "waived") return "✓";
  if (state == "failed") return "✗";
  if (state == "not_decided") return "?";
  return "–";
}

// Text of a signed file goes to a terminal: control characters must not.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string figure(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return plain(text);
  char out[32];
  std::snprintf(out, sizeof out, "%.4g", value);
  return out;
}

std::string claim_line(const Claim& claim) {
  std::string out = std::string("  ") + sign_of(claim.state) + " " + padded(plain(claim.id), 5) + " " +
                    padded(plain(claim.require), 52) + " ";
  if (!claim.value.empty()) out += figure(claim.value);
  if (!claim.low.empty() && !claim.high.empty() && (claim.low != claim.value || claim.high != claim.value))
    out += " [" + figure(claim.low) + ", " + figure(claim.high) + "]";
  if (claim.state != "held") {
    out += " " + plain(claim.state);
    if (claim.effect != "block") out += ", " + plain(claim.effect);
  }
  while (out.back() == ' ') out.pop_back();
  return out + "\n";
}

}  // namespace

std::string text_of(const Report& report) {
  std::string out;
  for (const Step& step : report.steps)
    out += std::string("  ") + sign_of(step.state) + " " + padded(step.name, 12) + plain(step.text) + "\n";
  if (!report.digest.empty()) {
    out += "\n  Model    " + plain(report.model) + "@" + plain(report.version) + "  " + report.digest + "\n";
    if (!report.policy.empty()) out += "  Policy   " + plain(report.policy) + "\n";
    out += "  Created  " + plain(report.created);
    out += (report.expires.empty() ? "" : ", expires " + plain(report.expires)) + "\n";
  }
  if (!report.statements.empty()) out += "\n";
  for (const Line& line : report.statements)
    out += "  " + padded(plain(line.kind), 16) + padded(plain(line.time), 22) + line.digest.substr(0, 19) + "…  " +
           std::to_string(line.bytes) + " bytes\n";
  if (!report.claims.empty()) out += "\n";
  for (const Claim& claim : report.claims) out += claim_line(claim);
  if (!report.marks.empty()) {
    out += "\n";
    for (const Mark& mark : report.marks) out += std::string("  ") + sign_of(mark.state) + " " + mark.name;
    out += "\n";
  }
  if (!out.empty() && report.state != "not_verified") out += "\n";
  if (report.state == "held") out += "Hallmark verified\n";
  const std::string why = report.reason + " (" + plain(report.text) + ")\n";
  if (report.state == "not_decided") out += "Hallmark not decided: " + why;
  if (report.state == "failed") out += "Hallmark refused: " + why;
  return out;
}

}  // namespace assay::gate
