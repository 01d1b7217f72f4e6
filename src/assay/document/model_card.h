// Model cards from evidence: the Model Card Toolkit's JSON 0.0.2 and the Hugging Face README.
#pragma once

#include <string>
#include <vector>

#include "assay/document/dossier.h"

namespace assay::document {

// Model Card Toolkit JSON, schema_version 0.0.2 (serve c5): every figure is a string, undefined ones become
// limitations. The purpose may also name owners [{name, contact}], license, references, citations, tradeoffs,
// documentation.
operation::Json model_card(const Dossier& dossier);

// Hugging Face model card: YAML front matter with a model-index, then Markdown. Texts are quoted or escaped.
std::string hugging_face_card(const Dossier& dossier);

// Paths of the card that nothing filled: "model_details.owners".
std::vector<std::string> missing_fields(const operation::Json& card);

struct Problem {
  std::string severity;  // error: the toolkit refuses the card; warning: it is accepted and poor
  std::string path;      // "quantitative_analysis.performance_metrics.0.value"
  std::string what;
};
// Validates as the toolkit does (0.0.1 and 0.0.2: unknown keys only at the top, no formats) and warns of more: unknown
// nested keys, dates that are none, values that are no number, intervals without their value, empty fields. O(card).
std::vector<Problem> card_check(const operation::Json& card);

}  // namespace assay::document
