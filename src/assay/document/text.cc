#include "assay/document/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace assay::document {
namespace {

using operation::Figure;

struct Known {
  std::string_view name, title, meaning;
  Unit unit;
};

constexpr std::array kKnown = {
    Known{"accuracy", "Accuracy", "Share of all rows decided rightly.", Unit::kShare},
    Known{"balanced_accuracy", "Balanced accuracy", "Mean of the true positive and the true negative rate.",
          Unit::kShare},
    Known{"auc", "AUC",
          "Chance that a random row with {positive} gets a higher score than a random other row; 0.5 is a coin.",
          Unit::kNumber},
    Known{"average_precision", "Average precision", "Area under the precision-recall curve for {positive}.",
          Unit::kNumber},
    Known{"brier_score", "Brier score", "Mean squared distance of score and outcome; lower is better.", Unit::kNumber},
    Known{"log_loss", "Log loss", "Mean negative log-likelihood of the outcomes; lower is better.", Unit::kNumber},
    Known{"expected_calibration_error", "Expected calibration error",
          "Mean distance between predicted and observed shares over score bins; lower is better.", Unit::kNumber},
    Known{"precision", "Precision", "Of the rows predicted {positive}, the share that is.", Unit::kShare},
    Known{"recall", "Recall", "Of the rows with {positive}, the share found.", Unit::kShare},
    Known{"f1", "F1", "Harmonic mean of precision and recall for {positive}.", Unit::kNumber},
    Known{"f1_score", "F1", "Harmonic mean of precision and recall for {positive}.", Unit::kNumber},
    Known{"specificity", "Specificity", "Of the rows without {positive}, the share left alone.", Unit::kShare},
    Known{"matthews_correlation", "Matthews correlation", "Correlation of decision and outcome, −1 to 1.",
          Unit::kNumber},
    Known{"base_rate", "Base rate", "Share of rows with {positive} in the data.", Unit::kShare},
    Known{"prevalence", "Prevalence", "Share of rows with {positive} in the data.", Unit::kShare},
    Known{"selection_rate", "Selection rate", "Share of rows predicted {positive}.", Unit::kShare},
    Known{"favorable_rate", "Favourable rate", "Share of rows that get the favourable decision, {favorable}.",
          Unit::kShare},
    Known{"true_positive_rate", "True positive rate", "Of the rows with {positive}, the share predicted so.",
          Unit::kShare},
    Known{"true_negative_rate", "True negative rate", "Of the rows without {positive}, the share predicted so.",
          Unit::kShare},
    Known{"false_positive_rate", "False positive rate",
          "Of the rows without {positive}, the share wrongly predicted {positive}.", Unit::kShare},
    Known{"false_negative_rate", "False negative rate", "Of the rows with {positive}, the share missed.", Unit::kShare},
    Known{"false_discovery_rate", "False discovery rate", "Of the rows predicted {positive}, the share that is not.",
          Unit::kShare},
    Known{"false_omission_rate", "False omission rate", "Of the rows not predicted {positive}, the share that is.",
          Unit::kShare},
    Known{"positive_predictive_value", "Positive predictive value",
          "Of the rows predicted {positive}, the share that is.", Unit::kShare},
    Known{"negative_predictive_value", "Negative predictive value",
          "Of the rows not predicted {positive}, the share that is not.", Unit::kShare},
    Known{"demographic_parity", "Demographic parity", "Compares the selection rates, the shares predicted {positive}.",
          Unit::kShare},
    Known{"equal_opportunity", "Equal opportunity", "Compares the true positive rates.", Unit::kShare},
    Known{"equalized_odds", "Equalized odds", "The larger of the true and false positive rate's disparity.",
          Unit::kShare},
    Known{"predictive_parity", "Predictive parity", "Compares the precision.", Unit::kShare},
    Known{"zero_one_loss", "Error rate", "Share of all rows decided wrongly.", Unit::kShare},
    Known{"calibration_ratio", "Calibration ratio",
          "Mean score over the observed share of {positive}; 1 is calibrated.", Unit::kNumber},
    Known{"adverse_impact_ratio", "Adverse impact ratio",
          "The group's favourable rate over that of the best-placed group; 1 is equal.", Unit::kNumber},
    Known{"positive_likelihood_ratio", "Positive likelihood ratio", "True over false positive rate.", Unit::kNumber},
    Known{"negative_likelihood_ratio", "Negative likelihood ratio", "False over true negative rate.", Unit::kNumber},
    Known{"diagnostic_odds_ratio", "Diagnostic odds ratio", "Positive over negative likelihood ratio.", Unit::kNumber},
    Known{"error_rate", "Error rate", "Share of all rows decided wrongly.", Unit::kShare},
    Known{"threshold", "Threshold", "Scores at or above it are predicted {positive}.", Unit::kNumber},
};

std::string spoken(std::string_view metric) {
  std::string out(metric);
  std::replace(out.begin(), out.end(), '_', ' ');
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

Measure aggregate(std::string_view base, std::string_view kind) {
  Measure out = measure(base);
  out.title += " " + std::string(kind);
  const bool share = out.unit == Unit::kShare;
  if (kind == "ratio") {
    out.unit = Unit::kNumber;
    out.meaning = "Smallest over largest value among the groups; 1 is equal. " + out.meaning;
  } else if (kind == "gap") {
    out.unit = share ? Unit::kShareGap : Unit::kNumber;
    out.meaning = "The group's value less the reference group's; 0 is equal. " + out.meaning;
  } else {
    out.unit = share ? Unit::kShareDifference : Unit::kNumber;
    out.meaning = "Largest less smallest value among the groups; 0 is equal. " + out.meaning;
  }
  return out;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

std::string printed(const char* format, int digits, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, digits, value);
  return buffer;
}

std::string true_minus(const std::string& text) { return text.starts_with('-') ? "\u2212" + text.substr(1) : text; }

// -0.0 after rounding is 0.0.
std::string fixed(double value, int digits) {
  std::string out = printed("%.*f", digits, value);
  if (out.starts_with('-') && out.find_first_not_of("-0.") == std::string::npos) out.erase(0, 1);
  return out;
}

std::string significant(double value) {
  const double size = std::abs(value);
  if (value == 0) return "0";
  if (size >= 999.5 && size < 0x1p53) {
    const std::string digits = count_text(std::llround(value));
    return digits;
  }
  if (size < 0.0005 || size >= 0x1p53) return true_minus(printed("%.*g", 3, value));
  std::string out = printed("%#.*g", 3, value);
  if (out.ends_with('.')) out.pop_back();
  return true_minus(out);
}

}  // namespace

Measure measure(std::string_view metric) {
  for (const auto& known : kKnown)
    if (known.name == metric) return {std::string(known.title), std::string(known.meaning), known.unit};
  for (const std::string_view kind : {"difference", "ratio", "gap"})
    if (ends_with(metric, "_" + std::string(kind)))
      return aggregate(metric.substr(0, metric.size() - kind.size() - 1), kind);
  const bool share = ends_with(metric, "_rate") || ends_with(metric, "_share") || ends_with(metric, "_accuracy");
  return {spoken(metric), {}, share ? Unit::kShare : Unit::kNumber};
}

std::string count_text(std::int64_t count) {
  std::string digits = std::to_string(count);
  std::string sign;
  if (digits.starts_with('-')) sign = "\u2212", digits.erase(0, 1);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, "\u202f");
  return sign + digits;
}

std::string number_text(double value, Unit unit) {
  if (std::isnan(value)) return "undefined";
  if (std::isinf(value)) return value > 0 ? "∞" : "\u2212∞";
  switch (unit) {
    case Unit::kShare: {
      if (value > 0 && value < 0.0005) return "<0.1%";
      if (value < 1 && value >= 0.9995) return ">99.9%";
      return true_minus(fixed(100 * value, 1)) + "%";
    }
    case Unit::kShareDifference:
      return true_minus(fixed(100 * value, 1)) + " pp";
    case Unit::kShareGap: {
      const std::string text = fixed(100 * value, 1);
      return (text.starts_with('-') || text == "0.0" ? true_minus(text) : "+" + text) + " pp";
    }
    case Unit::kNumber:
      break;
  }
  return significant(value);
}

std::string plain_text(double value) {
  std::string out = number_text(value);
  if (out.find('.') == std::string::npos || out.find('e') != std::string::npos) return out;
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

std::string method_text(std::string_view method) {
  for (const auto& [id, name] : {std::pair("wilson", "Wilson"),
                                 {"newcombe", "Newcombe"},
                                 {"delong", "DeLong"},
                                 {"mover_r", "MOVER-R"},
                                 {"bootstrap_percentile", "bootstrap"}})
    if (method == id) return name;
  return replaced(std::string(method), "_", " ");
}

std::string p_text(double p) {
  if (std::isnan(p)) return "undefined";
  return p < 0.001 ? "<0.001" : fixed(p, 3);
}

std::string value_text(const Figure& f) {
  if (!f.value) return "undefined: " + (f.why.empty() ? "no reason given" : f.why);
  return number_text(*f.value, measure(f.name).unit);
}

std::string range_text(std::optional<double> low, std::optional<double> high, Unit unit) {
  if (!low && !high) return "none";
  std::string left = low ? number_text(*low, unit) : "open";
  // "pp" once, at the end.
  if (low && high && left.ends_with(" pp")) left.resize(left.size() - 3);
  return left + " to " + (high ? number_text(*high, unit) : "open");
}

std::string interval_text(const Figure& f) {
  const std::string range = range_text(f.low, f.high, measure(f.name).unit);
  return range == "none" && !f.why.empty() ? range + ": " + f.why : range;
}

std::string slice_text(const operation::Slice& slice) {
  if (slice.empty()) return "all rows";
  std::string out;
  for (const auto& [column, value] : slice)
    out += (out.empty() ? "" : ", ") + column + " = " + value.value_or("(missing)");
  return out;
}

std::string group_text(const Figure& f) {
  if (!f.reference.empty()) return slice_text(f.slice) + " against " + slice_text(f.reference);
  if (!f.group.empty() && f.slice.empty()) return "by " + joined(f.group, " and ");
  return slice_text(f.slice);
}

bool low_support(const Figure& f) { return std::find(f.flags.begin(), f.flags.end(), "low_support") != f.flags.end(); }

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string shortened(std::string_view text, std::size_t width) {
  if (characters(text) <= width) return std::string(text);
  std::size_t seen = 0, at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && seen++ == (width ? width - 1 : 0)) break;
  return std::string(text.substr(0, at)) + "…";
}

std::string html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("\\`*_[]|~#!").find(c) != std::string_view::npos) out += '\\';
      if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? std::string(between) : "") + parts[i];
  return out;
}

}  // namespace assay::document
