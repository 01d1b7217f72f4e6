#include "assay/document/operations.h"

#include <algorithm>

#include "assay/document/report.h"

namespace assay::document {
namespace {

using operation::Evidence;
using operation::Json;

Result<std::vector<Item>> read_items(const std::vector<std::string>& refs, const std::vector<std::string>& times,
                                     Task& task) {
  std::vector<Item> out;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    ASSAY_CHECK(task.check());
    ASSAY_TRY(const std::string path, task.open(refs[i]));
    ASSAY_TRY(const std::string text, files::read(path));
    ASSAY_TRY(Item item, read_item(text, refs[i], times.empty() ? std::string() : times[i]));
    out.push_back(std::move(item));
  }
  return out;
}

Result<Json> read_card(const std::string& ref, Task& task) {
  ASSAY_TRY(const std::string path, task.open(ref));
  ASSAY_TRY(const std::string text, files::read(path));
  return operation::parse_json(text, ref);
}

Status check_purpose(const Json& purpose) {
  if (purpose.is_object() || purpose.is_null()) return {};
  return fail(Code::kInvalidArgument, "an object was expected, not " + std::string(operation::type_name(purpose)),
              "purpose", "write use, users, out_of_scope, harms and intended under it");
}

Status write_blob(Task& task, Evidence& evidence, const std::string& role, const std::string& media_type,
                  const std::string& bytes) {
  ASSAY_TRY(const std::string path, task.create(role, media_type));
  ASSAY_CHECK(files::write(path, bytes));
  evidence.blobs[role] = {"", media_type, 0};
  return {};
}

Json digests_of(const std::vector<Item>& items) {
  Json out = Json::array();
  for (const Item& item : items) out.push_back(Json{{"kind", item.evidence.kind}, {"digest", item.digest}});
  return out;
}

std::string shown(const Json& response) {
  std::string out = response.value("valid", false) ? "The card is valid.\n" : "The card is not valid.\n";
  for (const Json& each : response["problems"])
    out += each.value("severity", "") + ": " + each.value("path", "") + (each.value("path", "").empty() ? "" : ": ") +
           each.value("what", "") + "\n";
  return out;
}

}  // namespace

Result<Evidence> build(const BuildRequest& request, Task& task) {
  ASSAY_CHECK(check_purpose(request.purpose));
  ASSAY_TRY(auto items, read_items(request.evidence, {}, task));
  const Dossier dossier{request.name, request.model_ref, request.model_digest,
                        request.date, request.purpose,   std::move(items)};
  const Json card = model_card(dossier);
  Evidence out;
  out.kind = "assay.card/1";
  const auto missing = missing_fields(card);
  out.detail = Json{{"name", request.name},
                    {"model_ref", request.model_ref},
                    {"model_digest", request.model_digest},
                    {"digests", digests_of(dossier.items)},
                    {"complete", missing.empty()},
                    {"missing", missing}};
  if (!missing.empty()) out.flags.emplace_back("incomplete");
  ASSAY_CHECK(write_blob(task, out, "card", "application/json",
                         card.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
  ASSAY_CHECK(write_blob(task, out, "readme", "text/markdown", hugging_face_card(dossier)));
  return out;
}

Result<Evidence> export_view(const ExportRequest& request, Task& task) {
  ASSAY_CHECK(check_purpose(request.purpose));
  if (!request.times.empty() && request.times.size() != request.evidence.size())
    return fail(Code::kInvalidArgument,
                std::to_string(request.times.size()) + " times do not fit " + std::to_string(request.evidence.size()) +
                    " evidences",
                "times", "give one time for each evidence, or none");
  ASSAY_TRY(auto items, read_items(request.evidence, request.times, task));
  Json card;
  if (!request.card.empty()) {
    ASSAY_TRY(card, read_card(request.card, task));
  }
  const Dossier dossier{request.title, request.model_ref, request.model_digest,
                        request.date,  request.purpose,   std::move(items)};
  Evidence out;
  out.kind = "assay.view/1";
  out.detail = Json{{"title", request.title}, {"digests", digests_of(dossier.items)}};
  ASSAY_CHECK(write_blob(task, out, "report", "text/html", report(dossier, card)));
  return out;
}

Result<CheckReport> check(const CheckRequest& request, Task& task) {
  ASSAY_TRY(const Json card, read_card(request.card, task));
  CheckReport out{true, card_check(card)};
  std::stable_partition(out.problems.begin(), out.problems.end(),
                        [](const Problem& p) { return p.severity == "error"; });
  out.valid = out.problems.empty() || out.problems.front().severity != "error";
  return out;
}

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(operation::operation("card", "build", "Makes a model card from purpose and evidence", &build)
                    .like("assay card build --name mortgage-denial --evidence tests/data/document/evaluation.json"));
  out.push_back(operation::operation("card", "check",
                                     "Validates a model card as the Model Card Toolkit does, and warns of more", &check)
                    .like("assay card check tests/data/document/card.json")
                    .shown_by(&shown));
  out.push_back(
      operation::operation("view", "export", "Makes the report of a model from evidence, one HTML page", &export_view)
          .like("assay view export --title mortgage-denial --evidence tests/data/document/verdict.json"));
  return out;
}

}  // namespace assay::document
