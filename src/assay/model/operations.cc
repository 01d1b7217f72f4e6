#include "assay/model/operations.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/model/linear.h"
#include "assay/model/model.h"
#include "assay/model/predict.h"

namespace assay::model {

struct ImportRequest {
  std::string file;
};

struct ShowRequest {
  std::string model;
};
struct Coefficient {
  std::string name;
  double value = 0, se = 0, per_unit = 0;
};
struct Shown {
  Signature signature;
  Summary summary;
  std::string digest;
  std::vector<Coefficient> coefficients;
};

}  // namespace assay::model

namespace assay::operation {

template <>
inline constexpr auto fields<model::ImportRequest> =
    std::tuple{required("file", &model::ImportRequest::file, "model file: XGBoost JSON or UBJSON, or .amodel")
                   .positional()
                   .input()};
template <>
inline constexpr auto fields<model::ShowRequest> =
    std::tuple{required("model", &model::ShowRequest::model, "model file or asset").positional().input()};
template <>
inline constexpr auto fields<model::Coefficient> =
    std::tuple{required("name", &model::Coefficient::name, "encoded column"),
               required("value", &model::Coefficient::value, "on the standardised scale"),
               required("se", &model::Coefficient::se, "standard error of value"),
               required("per_unit", &model::Coefficient::per_unit, "per unit of the column")};
template <>
inline constexpr auto fields<model::Shown> =
    std::tuple{required("signature", &model::Shown::signature, "what it takes and gives"),
               required("summary", &model::Shown::summary, "what it is"),
               required("digest", &model::Shown::digest, "of its bytes"),
               required("coefficients", &model::Shown::coefficients, "of a linear model of Assay's own; else none")};

}  // namespace assay::operation

namespace assay::model {
namespace {

using operation::Evidence;
using operation::Json;

Result<Evidence> import_model(const ImportRequest& request, Task& task) {
  ASSAY_TRY(const auto path, task.open(request.file));
  ASSAY_TRY(const auto bytes, files::read(path, kMaxModelFile));
  ASSAY_TRY(const auto model, open_bytes(bytes, request.file));
  const std::string media = "application/octet-stream";
  ASSAY_TRY(const auto to, task.create("model", media));
  ASSAY_CHECK(files::write(to, bytes));
  const Summary& summary = model->summary();
  Evidence out;
  out.kind = "assay.model/1";
  out.detail = Json{{"signature", operation::to_json(model->signature())},
                    {"format", summary.format},
                    {"model", summary.model},
                    {"objective", summary.objective},
                    {"version", summary.version},
                    {"trees", summary.trees},
                    {"nodes", summary.nodes},
                    {"features", summary.features},
                    {"outputs", summary.outputs},
                    {"source_digest", crypto::digest_of(bytes)}};
  out.blobs["model"] = {"", media, 0};
  return out;
}

Result<Shown> show(const ShowRequest& request, Task& task) {
  ASSAY_TRY(const auto path, task.open(request.model));
  ASSAY_TRY(const auto bytes, files::read(path, kMaxModelFile));
  ASSAY_TRY(const auto model, open_bytes(bytes, request.model));
  Shown out{model->signature(), model->summary(), crypto::digest_of(bytes), {}};
  if (const auto* linear = dynamic_cast<const LinearModel*>(model.get())) {
    const LinearParts& parts = linear->parts();
    const auto names = column_names(parts.inputs);
    for (std::size_t i = 0; i < names.size(); ++i)
      out.coefficients.push_back(
          {names[i], parts.coefficients[i], parts.standard_errors[i], parts.coefficients[i] / parts.scales[i]});
  }
  return out;
}

std::string text_of(const Json& in, const char* name) { return in.at(name).get<std::string>(); }

std::string summary_line(const Json& s) {
  std::string line = text_of(s, "format") + ", " + text_of(s, "objective") + ", " + text_of(s, "version");
  if (s.at("trees").get<std::int64_t>() > 0)
    line += ", " + std::to_string(s.at("trees").get<std::int64_t>()) + " trees with " +
            std::to_string(s.at("nodes").get<std::int64_t>()) + " nodes";
  return line + "\n";
}

std::string signature_text(const Json& signature) {
  std::string out = "reads\n";
  for (const Json& input : signature.at("inputs")) {
    out += "  " + text_of(input, "name") + ": " + text_of(input, "type");
    const Json& categories = input.at("categories");
    for (std::size_t i = 0; i < std::min<std::size_t>(6, categories.size()); ++i)
      out += (i ? ", " : " of ") + categories[i].get<std::string>();
    if (categories.size() > 6) out += ", ... (" + std::to_string(categories.size()) + ")";
    out += "\n";
  }
  out += "gives\n";
  for (const Json& output : signature.at("outputs")) {
    out += "  " + text_of(output, "meaning");
    if (!signature.at("positive").is_null()) out += " of " + text_of(signature, "positive");
    const Json& classes = output.at("classes");
    for (std::size_t i = 0; i < classes.size(); ++i) out += (i ? ", " : "; classes ") + classes[i].get<std::string>();
    out += "\n";
  }
  return out;
}

std::string render_show(const Json& in) {
  std::string out =
      summary_line(in.at("summary")) + in.at("digest").get<std::string>() + "\n" + signature_text(in.at("signature"));
  if (!in.at("coefficients").empty()) out += "coefficients (standardised, standard error, per unit)\n";
  for (const Json& c : in.at("coefficients")) {
    char line[160];
    std::snprintf(line, sizeof line, "  %+10.4f  %8.4f  %+12.6g  ", operation::number_of(c.at("value")),
                  operation::number_of(c.at("se")), operation::number_of(c.at("per_unit")));
    out += line + text_of(c, "name") + "\n";
  }
  return out;
}

std::string render_import(const Json& evidence) {
  const Json& detail = evidence.at("detail");
  return summary_line(detail) + text_of(detail, "source_digest") + "\n" + signature_text(detail.at("signature"));
}

std::string render_predictions(const Json& evidence) {
  const Json& d = evidence.at("detail");
  char line[200];
  std::snprintf(line, sizeof line, "%lld rows scored; %lld reach the threshold %g for ",
                static_cast<long long>(d.at("rows").get<std::int64_t>()),
                static_cast<long long>(d.at("decided").get<std::int64_t>()), d.at("threshold").get<double>());
  std::string out = line + text_of(d, "positive") + "\n";
  for (const auto& [column, count] : d.at("unseen").items())
    out += "  " + count.dump() + " rows have a category in " + column + " that the model does not know\n";
  for (const auto& [column, count] : d.at("filled").items())
    out += "  " + count.dump() + " missing cells in " + column + " counted as the training average\n";
  for (const Json& note : d.at("notes")) out += "  " + note.get<std::string>() + "\n";
  return out;
}

}  // namespace

std::vector<operation::Operation> operations() {
  std::vector<operation::Operation> out;
  out.push_back(
      operation::operation("model", "import", "Read a model file and keep it with its signature", &import_model)
          .with_access(operation::Access::kWrite)
          .like("assay model import credit.json")
          .shown_by(&render_import));
  out.push_back(operation::operation("model", "predict", "Score the rows of a file", &predict)
                    .with_access(operation::Access::kRows)
                    .like("assay model predict credit.json loans.csv --label deny --positive yes")
                    .shown_by(&render_predictions));
  out.push_back(operation::operation("model", "show", "Signature and summary of a model", &show)
                    .like("assay model show credit.json")
                    .shown_by(&render_show));
  return out;
}

}  // namespace assay::model
