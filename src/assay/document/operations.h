// What this room offers outside: card.build, card.check, view.export.
#pragma once

#include <string>
#include <vector>

#include "assay/document/model_card.h"
#include "assay/operation/operation.h"

namespace assay::document {

struct BuildRequest {
  std::string name, model_ref, model_digest, date;
  operation::Json purpose = operation::Json::object();
  std::vector<std::string> evidence;
};
struct ExportRequest {
  std::string title, model_ref, model_digest, date, card;
  operation::Json purpose = operation::Json::object();
  std::vector<std::string> evidence, times;
};
struct CheckRequest {
  std::string card;
};
struct CheckReport {
  bool valid = true;  // the toolkit accepts it
  std::vector<Problem> problems;
};

// Evidence "assay.card/1" with blobs `card` (application/json) and `readme` (text/markdown). Errors: not-found,
// corrupt.
Result<operation::Evidence> build(const BuildRequest& request, Task& task);
// Evidence "assay.view/1" with blob `report` (text/html). Errors: not-found, corrupt, invalid-argument.
Result<operation::Evidence> export_view(const ExportRequest& request, Task& task);
Result<CheckReport> check(const CheckRequest& request, Task& task);

std::vector<operation::Operation> operations();

}  // namespace assay::document

namespace assay::operation {

template <>
inline constexpr auto fields<document::BuildRequest> = std::tuple{
    required("name", &document::BuildRequest::name, "name of the model").example("mortgage-denial"),
    field("evidence", &document::BuildRequest::evidence, "evidence the card is made of").input(),
    field("purpose", &document::BuildRequest::purpose,
          "use, users, out_of_scope, harms, intended; also owners, license"),
    field("model_ref", &document::BuildRequest::model_ref, "reference of the model").example("model:mortgage-denial@3"),
    field("model_digest", &document::BuildRequest::model_digest, "digest of the model"),
    field("date", &document::BuildRequest::date, "date of the version").example("2026-01-31")};

template <>
inline constexpr auto fields<document::ExportRequest> = std::tuple{
    required("title", &document::ExportRequest::title, "name that stands over the report").example("mortgage-denial@3"),
    field("evidence", &document::ExportRequest::evidence, "evidence the report is made of, the verdict too").input(),
    field("card", &document::ExportRequest::card, "model card whose owners and licence are shown").input(),
    field("purpose", &document::ExportRequest::purpose, "use, users, out_of_scope, harms, intended"),
    field("model_ref", &document::ExportRequest::model_ref, "reference of the model"),
    field("model_digest", &document::ExportRequest::model_digest, "digest of the model"),
    field("date", &document::ExportRequest::date, "date of the version"),
    field("times", &document::ExportRequest::times, "when each evidence was made, in its order (RFC 3339)")};

template <>
inline constexpr auto fields<document::CheckRequest> = std::tuple{
    required("card", &document::CheckRequest::card, "model card in the toolkit's JSON").positional().input()};

template <>
inline constexpr auto fields<document::Problem> = std::tuple{
    field("severity", &document::Problem::severity, "error: the toolkit refuses the card; warning: it is poor")
        .one_of({"error", "warning"}),
    field("path", &document::Problem::path, "where in the card"),
    field("what", &document::Problem::what, "what is wrong")};

template <>
inline constexpr auto fields<document::CheckReport> =
    std::tuple{field("valid", &document::CheckReport::valid, "the toolkit accepts the card"),
               field("problems", &document::CheckReport::problems, "errors first, then warnings")};

}  // namespace assay::operation
