// All that a document is made of: the plan's purpose and the evidence, with the look-ups that sections share. Evidence
// of any kind is accepted; fields that a document does not know are left alone, fields that are absent are said to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/operation/evidence.h"

namespace assay::document {

struct Item {
  std::string ref;     // as the user named it
  std::string digest;  // of the evidence's canonical JSON
  std::string time;    // of the record beside it, RFC 3339; may be empty
  operation::Evidence evidence;
};

struct Dossier {
  std::string title;  // the model's name, or the plan's
  std::string model_ref, model_digest, date;
  operation::Json purpose = operation::Json::object();
  std::vector<Item> items;
};

// Reads one evidence document from its JSON text; corrupt when it is not evidence. `ref` is the error's where.
Result<Item> read_item(std::string_view text, std::string ref, std::string time = {});

// The word of a kind: "fairness" of "assay.fairness/1".
std::string kind_word(const operation::Evidence& evidence);
// The last item of a kind; null when there is none.
const Item* find(const Dossier& dossier, std::string_view word);

// Which value counts as positive and which is good for the person, wherever the evidence says so.
struct Coding {
  std::string label, positive, favorable;
  std::optional<double> threshold;
  double level = 0.95;                 // of the intervals
  std::int64_t min_n = 30;             // fewer rows are flagged
  std::string level_text() const;      // "95%"
  std::string positive_text() const;   // "deny = yes"; "the positive value" when it is not known
  std::string favorable_text() const;  // "deny = no"; empty when none is declared
};
Coding coding(const Dossier& dossier);
// A metric's one-sentence meaning with the coded values in place.
std::string meaning(std::string_view metric, const Coding& coding);

// The purpose's entries under `name` as a list of texts, whether it was written as a text, a list, or objects with
// name/description.
std::string harm_text(const operation::Json& harm);  // {kind, who, metric}, {name, …} or plain text, in words
std::vector<std::string> purpose_of(const Dossier& dossier, std::string_view name);

// Walks "a.b.c" in objects; null when a step is missing.
const operation::Json* at_path(const operation::Json& in, std::string_view path);
std::string text_at(const operation::Json& in, std::string_view path);  // empty when there is no text or number
std::optional<double> number_at(const operation::Json& in, std::string_view path);
std::optional<double> as_number(const operation::Json& in);  // finite numbers only
std::vector<std::string> texts_at(const operation::Json& in, std::string_view path);
std::string scalar_text(const operation::Json& value);  // any scalar as people read it

// A figure of all rows; null when there is none.
const operation::Figure* overall(const operation::Evidence& evidence, std::string_view name);
// The sets of columns that figures are split by, in order of appearance.
std::vector<std::vector<std::string>> groupings(const operation::Evidence& evidence);
// The figures `name` of each slice of `columns`, values ascending, missing last.
std::vector<const operation::Figure*> by_group(const operation::Evidence& evidence, std::string_view name,
                                               const std::vector<std::string>& columns);

// One rule of the verdict as documents show it.
struct Rule {
  std::string id, require, state, effect, why, because;
  std::optional<double> value, low, high, limit;
  bool at_most = false, at_least = false, absolute = false;  // how value and limit are compared, read off `require`
  std::string metric;                                        // the first name in `require` that some figure carries
  const operation::Figure* figure = nullptr;                 // the figure it judges, where one can be told
  std::vector<std::string> kinds;                            // evidence kinds it read
  operation::Json slices = nullptr;                          // of a `for` rule: what held in each slice
};
std::vector<Rule> rules_of(const Dossier& dossier);
std::string verdict_state(const Dossier& dossier);  // empty when there is no verdict

// A mark of the hallmark with the worst state of the rules that read its kinds; "" when none does.
struct MarkState {
  char letter;
  std::string name, state;
};
std::vector<MarkState> marks_of(const Dossier& dossier);

}  // namespace assay::document
