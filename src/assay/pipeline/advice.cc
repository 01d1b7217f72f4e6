#include "assay/pipeline/advice.h"

#include <fmt/format.h>

#include <cmath>

namespace assay::pipeline {
namespace {

using operation::Json;

std::string grouped(std::int64_t n) {
  std::string out = std::to_string(n);
  for (int at = static_cast<int>(out.size()) - 3; at > 0; at -= 3) out.insert(static_cast<std::size_t>(at), ",");
  return out;
}

std::string rows_of(const Json& plan) {
  std::string out;
  for (const auto& group : plan["groups"]) {
    std::string slice;
    for (const auto& [column, value] : group["slice"].items())
      slice += (slice.empty() ? "" : ", ") + column + "=" + (value.is_null() ? "(missing)" : value.get<std::string>());
    out += (out.empty() ? "" : " and ") + grouped(group["extra_rows"].get<std::int64_t>()) + " more rows of " + slice;
  }
  return out;
}

}  // namespace

std::vector<std::string> advice(const Json& verdict, const Json& fairness) {
  std::vector<std::string> out;
  if (!fairness.is_object() || !fairness["detail"].contains("splits")) return out;
  for (const auto& rule : verdict["detail"]["rules"]) {
    if (rule["state"] != "not_decided") continue;
    const auto require = rule["require"].get<std::string>();
    for (const auto& split : fairness["detail"]["splits"])
      for (const auto& plan : split["planning"]) {
        std::string group;
        for (const auto& column : split["group"]) group += (group.empty() ? "" : ",") + column.get<std::string>();
        const bool same =
            require.find(plan["figure"].get<std::string>() + "(group=" + group + ")") != std::string::npos &&
            rule["limit"].is_number() && std::abs(rule["limit"].get<double>() - plan["limit"].get<double>()) < 1e-9;
        if (!same || !plan.contains("settled") || plan["settled"].get<bool>()) continue;
        out.push_back(
            fmt::format("{}: about {} in the test would decide it ({:.0f}% power, if the rates stay as they are)",
                        rule["id"].get<std::string>(), rows_of(plan), 100 * plan["power"].get<double>()));
      }
  }
  return out;
}

}  // namespace assay::pipeline
