#include "assay/view/plans.h"

#include <algorithm>
#include <filesystem>

#include "assay/base/crypto.h"
#include "assay/base/files.h"

namespace assay::view {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFiles = 1000, kPlans = 20;

// Names of the plain files of a folder with one of these endings, sorted.
std::vector<std::string> files_in(const std::string& folder, const std::vector<std::string>& endings) {
  std::vector<std::string> out;
  std::error_code code;
  std::size_t seen = 0;
  for (fs::directory_iterator at(folder, code), end; !code && at != end && ++seen <= kFiles; at.increment(code)) {
    std::error_code ignored;
    const auto ending = at->path().extension().string();
    if (!at->is_symlink(ignored) && at->is_regular_file(ignored) &&
        std::find(endings.begin(), endings.end(), ending) != endings.end())
      out.push_back(at->path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<PlanFile> plans_in(const std::string& folder) {
  std::vector<PlanFile> out;
  auto names = files_in(folder, {".yaml", ".yml"});
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name == "assay.yaml"; });
  for (const auto& name : names) {
    if (out.size() == kPlans) break;
    const auto text = files::read(folder + "/" + name, operation::kMaxYaml);
    if (!text || (!text->starts_with("assay:") && text->find("\nassay:") == std::string::npos)) continue;
    PlanFile file{{name, {}}, {}, {}, {}, crypto::digest_of(*text)};
    auto plan = pipeline::parse_plan(*text, name);
    if (plan) {
      file.item.name = plan->name, file.digest = operation::digest_of(operation::to_json(*plan));
      file.plan = std::move(*plan);
    } else {
      file.error = plan.error().text();
    }
    out.push_back(std::move(file));
  }
  return out;
}

std::string first_table(const std::string& folder) {
  const auto names = files_in(folder, {".csv", ".parquet", ".arrow"});
  return names.empty() ? std::string() : names.front();
}

}  // namespace assay::view
