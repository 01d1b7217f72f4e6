#include "assay/model/labels.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace assay::model {
namespace {

std::optional<double> number_of(const std::string& text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out != out) return std::nullopt;
  return out;
}

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(10, values.size()); ++i)
    out += (i ? ", " : "") + ("\"" + values[i] + "\"");
  return values.size() > 10 ? out + " and " + std::to_string(values.size() - 10) + " more" : out;
}

}  // namespace

void sort_values(std::vector<std::string>& values) {
  const bool numbers =
      std::all_of(values.begin(), values.end(), [](const std::string& v) { return number_of(v).has_value(); });
  std::sort(values.begin(), values.end(), [&](const std::string& a, const std::string& b) {
    if (!numbers) return a < b;
    const double x = *number_of(a), y = *number_of(b);
    return x != y ? x < y : a < b;
  });
}

Result<std::string> positive_of(const std::string& label, std::vector<std::string> values, const std::string& asked) {
  sort_values(values);
  if (!asked.empty()) {
    if (std::find(values.begin(), values.end(), asked) != values.end()) return asked;
    return fail(Code::kInvalidArgument, "\"" + asked + "\" is no value of " + label + ", which has " + listed(values),
                "positive", "name one of these");
  }
  if (values.size() == 2) return values[1];
  if (values.empty())
    return fail(Code::kInvalidArgument, "the label has no value in these rows", "column " + label, "choose other rows");
  if (values.size() == 1) return values[0];
  return fail(Code::kInvalidArgument,
              "the label has " + std::to_string(values.size()) + " values (" + listed(values) + "), and two are needed",
              "column " + label, "name the positive one; the others then count together as negative");
}

}  // namespace assay::model
