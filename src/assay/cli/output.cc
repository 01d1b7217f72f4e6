#include "assay/cli/output.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "assay/base/files.h"
#include "assay/catalog/catalog.h"
#include "assay/data/read.h"
#include "assay/validate/requests.h"

namespace assay::cli {
namespace {

using operation::Json;

std::string short_number(const Json& v) {
  if (v.is_null()) return "-";
  const double x = operation::number_of(v);
  return std::isfinite(x) ? fmt::format("{:.4g}", x) : v.is_string() ? v.get<std::string>() : "-";
}

// Any evidence as a table: name, slice, value, interval, n.
std::string figures_table(const Json& evidence) {
  std::string out = evidence["kind"].get<std::string>() + "\n";
  for (const auto& f : evidence["figures"]) {
    std::string slice;
    for (const char* key : {"slice", "parameters"})
      if (f.contains(key))
        for (const auto& [column, value] : f[key].items())
          slice += (slice.empty() ? "" : ", ") + column + "=" +
                   (value.is_null()     ? "(missing)"
                    : value.is_string() ? value.get<std::string>()
                                        : value.dump());
    out += fmt::format("  {:<34} {:<24} {:>10}", f["name"].get<std::string>(), slice, short_number(f["value"]));
    if (!f["low"].is_null() || !f["high"].is_null())
      out += fmt::format("  ({} to {})", short_number(f["low"]), short_number(f["high"]));
    out += fmt::format("  n={}\n", f["n"].get<long long>());
  }
  return out;
}

std::string extension(const std::string& path) { return std::filesystem::path(path).extension().string(); }

// The blob that an -o name means: the only one, or the one whose media type fits the extension.
std::string blob_for(const operation::Operation& op, const workspace::Outcome& outcome, const std::string& path) {
  const Json& result = outcome.result;
  const bool only = outcome.blobs.size() == 1 && extension(path) != ".json";
  // Evaluation and fairness keep the table they judged; what a user asks of them is the evidence.
  if (only && (outcome.blobs.begin()->first != "predictions" || op.noun == "model"))
    return outcome.blobs.begin()->first;
  static const std::map<std::string, std::string> kTypes{
      {".html", "text/html"}, {".md", "text/markdown"}, {".json", "application/json"}};
  const auto type = kTypes.find(extension(path));
  if (type != kTypes.end() && result.contains("blobs"))
    for (const auto& [role, blob] : result["blobs"].items())
      if (blob["media_type"] == type->second && outcome.blobs.contains(role)) return role;
  return {};
}

Status write_blob(const std::string& from, const std::string& to, const std::string& media_type) {
  const auto ext = extension(to);
  if (validate::is_message(media_type)) return validate::save_as(from, media_type, to);
  if (ext == ".csv" || ext == ".parquet") {
    Task task;
    if (auto table = data::read(from, task))
      return ext == ".csv" ? data::write_csv(*table, to) : data::write_parquet(*table, to);
  }
  ASSAY_TRY(const auto bytes, files::read(from, 1ull << 33));
  return files::write(to, bytes);
}

Result<int> judge(const std::string& policy, const workspace::Outcome& outcome, const workspace::Context& context,
                  bool json) {
  const auto* gate = catalog::find("gate.check");
  std::string ref = outcome.digest, aside;
  if (!context.workspace) {
    aside = (std::filesystem::temp_directory_path() / ("assay-evidence-" + outcome.digest.substr(7, 16) + ".json"))
                .string();
    ref = aside;
    ASSAY_CHECK(files::write(aside, operation::canonical(outcome.result), 0600));
  }
  auto verdict = workspace::execute(*gate, Json{{"evidence", {ref}}, {"policy", policy}}, context);
  std::error_code code;
  if (!aside.empty()) std::filesystem::remove(aside, code);
  if (!verdict) return tl::unexpected<Error>(std::move(verdict).error());
  std::fputs((json ? verdict->result.dump(2) + "\n" : gate->render(verdict->result)).c_str(), stdout);
  return gate->exit_status(verdict->result);
}

}  // namespace

int report(const Error& e) {
  std::fprintf(stderr, "assay: %s%s%s\n", e.where.empty() ? "" : (e.where + ": ").c_str(), e.what.c_str(),
               e.fix.empty() ? "" : ("\n  " + e.fix).c_str());
  return exit_status(e.code);
}

Result<int> show(const operation::Operation& op, const workspace::Outcome& outcome, const Common& common,
                 const workspace::Context& context) {
  const Json& result = outcome.result;
  if (!common.output.empty()) {
    const auto role = blob_for(op, outcome, common.output);
    if (role.empty()) {
      ASSAY_CHECK(files::write(common.output, result.dump(2) + "\n"));
    } else {
      const Json kept = result.value("blobs", Json::object()).value(role, Json::object());
      ASSAY_CHECK(write_blob(outcome.blobs.at(role), common.output, kept.value("media_type", "")));
    }
  }
  const bool json = common.json || common.format == "json";
  if (json)
    std::puts(result.dump(2).c_str());
  else if (op.render)
    std::fputs(op.render(result).c_str(), stdout);
  else
    std::fputs((op.evidence ? figures_table(result) : result.dump(2) + "\n").c_str(), stdout);
  if (!common.output.empty() && !json && !common.quiet) std::printf("written to %s\n", common.output.c_str());
  int status = op.exit_status ? op.exit_status(result) : 0;
  if (!common.policy.empty()) {
    ASSAY_TRY(const int judged, judge(common.policy, outcome, context, json));
    status = status ? status : judged;
  }
  return status;
}

}  // namespace assay::cli
