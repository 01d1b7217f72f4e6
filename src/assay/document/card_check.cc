// Validation of Model Card Toolkit JSON: a small reader of JSON Schema over the two published versions.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "assay/document/model_card.h"
#include "assay/document/text.h"

namespace assay::document {
namespace {

using operation::Json;

// The toolkit's schemas, written short: "s" text, "n" number, "b" yes or no, "ns" number or text, [x] a list of x, an
// object its fields. "!" lists required fields, "?" fields of which exactly one must be there, "|" of which at least
// one.
constexpr std::string_view kSchema2 = R"({"schema_version":"s",
"model_details":{"name":"s","overview":"s","documentation":"s","owners":[{"name":"s","contact":"s"}],
 "version":{"name":"s","date":"s","diff":"s"},"licenses":[{"identifier":"s","custom_text":"s","?":["identifier",
  "custom_text"]}],
 "references":[{"reference":"s"}],"citations":[{"style":"s","citation":"s"}],"path":"s"},
"model_parameters":{"model_architecture":"s","data":[{"name":"s","link":"s","sensitive":{"sensitive_data":["s"]},
  "graphics":{"description":"s","collection":[{"name":"s","image":"s"}]},"description":"s"}],
 "input_format":"s","input_format_map":[{"key":"s","value":"s"}],"output_format":"s","output_format_map":[{"key":"s",
  "value":"s"}]},
"quantitative_analysis":{"performance_metrics":[{"type":"s","value":"s","slice":"s",
  "confidence_interval":{"lower_bound":"s","upper_bound":"s"}}],
 "graphics":{"description":"s","collection":[{"name":"s","image":"s"}]}},
"considerations":{"users":[{"description":"s"}],"use_cases":[{"description":"s"}],"limitations":[{"description":"s"}],
 "tradeoffs":[{"description":"s"}],"ethical_considerations":[{"name":"s","mitigation_strategy":"s"}]}})";
constexpr std::string_view kSchema1 = R"({"!":["model_details"],"schema_version":"s",
"model_details":{"name":"s","overview":"s","owners":[{"name":"s","contact":"s"}],"version":{"name":"s","date":"s",
  "diff":"s"},
 "license":"s","references":["s"],"citation":"s"},
"model_parameters":{"model_architecture":"s","data":{
  "train":{"name":"s","link":"s","sensitive":"b","graphics":{"description":"s","collection":[{"name":"s",
  "image":"s"}]}},
  "eval":{"name":"s","link":"s","sensitive":"b","graphics":{"description":"s","collection":[{"name":"s",
  "image":"s"}]}}},
 "input_format":"s","output_format":"s"},
"quantitative_analysis":{"performance_metrics":[{"!":["type"],"|":["value","confidence_interval"],"type":"s",
  "value":"ns",
  "confidence_interval":{"!":["lower_bound","upper_bound"],"lower_bound":"n","upper_bound":"n"},"threshold":"n",
  "slice":"s"}],
 "graphics":{"description":"s","collection":[{"name":"s","image":"s"}]}},
"considerations":{"users":["s"],"use_cases":["s"],"limitations":["s"],"tradeoffs":["s"],
 "ethical_considerations":[{"name":"s","mitigation_strategy":"s"}]}})";

struct Checker {
  std::vector<Problem> found;

  void add(const char* severity, const std::string& path, std::string what) {
    found.push_back({severity, path, std::move(what)});
  }
  static std::string step(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  void object(const Json& schema, const Json& value, const std::string& path) {
    if (!value.is_object())
      return add("error", path, "an object was expected, not " + std::string(operation::type_name(value)));
    const auto there = [&](const Json& names) {
      return std::count_if(names.begin(), names.end(),
                           [&](const Json& n) { return value.contains(n.get<std::string>()); });
    };
    if (const auto one = schema.find("?"); one != schema.end() && there(*one) != 1)
      add("error", path, "exactly one of identifier and custom_text must be there, not " + std::to_string(there(*one)));
    if (const auto some = schema.find("|"); some != schema.end() && there(*some) == 0)
      add("error", path, "a value or a confidence_interval must be there");
    if (const auto needed = schema.find("!"); needed != schema.end())
      for (const Json& name : *needed)
        if (!value.contains(name.get<std::string>()))
          add("error", path, "\"" + name.get<std::string>() + "\" is required");
    for (const auto& [name, each] : value.items()) {
      const auto known = schema.find(name);
      const bool mark = name == "?" || name == "|" || name == "!";
      if (known != schema.end() && !mark) {
        check(*known, each, step(path, name));
      } else if (path.empty()) {
        add("error", path, "\"" + name + "\" is not a part of a model card");
      } else {
        std::vector<std::string> names;
        for (const auto& [field, unused] : schema.items()) names.push_back(field);
        const std::string near = operation::nearest(name, names);
        add("warning", step(path, name),
            "\"" + name + "\" is not known here, so no reader shows it" +
                (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
      }
    }
  }

  void check(const Json& schema, const Json& value, const std::string& path) {
    if (schema.is_object()) return object(schema, value, path);
    if (schema.is_array()) {
      if (!value.is_array())
        return add("error", path, "a list was expected, not " + std::string(operation::type_name(value)));
      for (std::size_t i = 0; i < value.size(); ++i) check(schema[0], value[i], step(path, std::to_string(i)));
      return;
    }
    const std::string type = schema.get<std::string>();
    const bool fits = (type == "s" && value.is_string()) || (type == "b" && value.is_boolean()) ||
                      (type == "n" && value.is_number()) || (type == "ns" && (value.is_number() || value.is_string()));
    if (!fits)
      add("error", path,
          std::string(type == "s"   ? "text"
                      : type == "b" ? "true or false"
                                    : "a number") +
              " was expected, not " + shortened(value.dump(), 60));
  }
};

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u})
    if (text[i] < '0' || text[i] > '9') return false;
  const int year = std::atoi(std::string(text.substr(0, 4)).c_str()),
            month = std::atoi(std::string(text.substr(5, 2)).c_str());
  const int day = std::atoi(std::string(text.substr(8, 2)).c_str());
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  return day <= days;
}

// A decimal number and nothing beside it.
bool is_number(const std::string& text) {
  if (text == "Infinity" || text == "-Infinity") return true;
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string::npos) return false;
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size();
}

void warn_of_metrics(const Json& card, Checker& to) {
  const Json* metrics = at_path(card, "quantitative_analysis.performance_metrics");
  if (!metrics || !metrics->is_array()) return;
  for (std::size_t i = 0; i < metrics->size(); ++i) {
    const Json& each = (*metrics)[i];
    const std::string path = "quantitative_analysis.performance_metrics." + std::to_string(i);
    if (!each.is_object()) continue;
    const std::string value = text_at(each, "value");
    if (text_at(each, "type").empty()) to.add("warning", path + ".type", "the metric has no name");
    if (value.empty())
      to.add("warning", path + ".value", "the metric has no value");
    else if (!is_number(value))
      to.add("warning", path + ".value", "\"" + shortened(value, 40) + "\" is no number");
    const Json* interval = at_path(each, "confidence_interval");
    if (!interval || !interval->is_object()) {
      to.add("warning", path + ".confidence_interval", "the metric has no interval");
      continue;
    }
    const std::string low = text_at(*interval, "lower_bound"), high = text_at(*interval, "upper_bound");
    if (!is_number(low) || !is_number(high))
      to.add("warning", path + ".confidence_interval", "a bound is no number");
    else if (is_number(value) && (std::strtod(low.c_str(), nullptr) > std::strtod(value.c_str(), nullptr) ||
                                  std::strtod(high.c_str(), nullptr) < std::strtod(value.c_str(), nullptr)))
      to.add("warning", path + ".confidence_interval", "the value " + value + " lies outside " + low + " to " + high);
  }
}

}  // namespace

std::vector<Problem> card_check(const Json& card) {
  Checker out;
  if (!card.is_object()) {
    out.add("error", "", "an object was expected, not " + std::string(operation::type_name(card)));
    return out.found;
  }
  std::string version = "0.0.2";
  if (const auto given = card.find("schema_version"); given != card.end() && given->is_string())
    version = given->get<std::string>();
  if (version != "0.0.1" && version != "0.0.2") {
    out.add("error", "", "schema version \"" + version + "\" is not known; 0.0.1 and 0.0.2 are");
    return out.found;
  }
  out.object(Json::parse(version == "0.0.1" ? kSchema1 : kSchema2), card, "");
  if (const std::string date = text_at(card, "model_details.version.date"); !date.empty() && !is_date(date))
    out.add("warning", "model_details.version.date",
            "\"" + shortened(date, 40) + "\" is no date of the form 2026-01-31");
  warn_of_metrics(card, out);
  for (const std::string& path : missing_fields(card)) out.add("warning", path, "is empty");
  return out.found;
}

}  // namespace assay::document
