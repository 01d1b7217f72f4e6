// The report of a model for people: one HTML page made of evidence, with the verdict first.
#pragma once

#include <string>

#include "assay/document/dossier.h"
#include "assay/document/page.h"

namespace assay::document {

// A self-contained page (UTF-8, well-formed as XML too, no script, nothing from outside). Every figure is rendered from
// evidence; what is missing is named with the command that makes it. `card` is a model card of the toolkit's form, null
// for none. Linear in the evidence.
std::string report(const Dossier& dossier, const operation::Json& card = nullptr);

// Its parts, in order (report_*.cc).
std::string first_screen(const Dossier& dossier);
std::vector<std::string> plain_sentences(const Dossier& dossier);  // HTML, each a sentence or two
Section verdict_section(const Dossier& dossier);
Section purpose_section(const Dossier& dossier, const operation::Json& card);
Section data_section(const Dossier& dossier);
Section model_section(const Dossier& dossier);
Section performance_section(const Dossier& dossier);
Section fairness_section(const Dossier& dossier);
Section other_section(const Dossier& dossier);  // kinds without a section of their own; empty body when there are none
Section provenance_section(const Dossier& dossier);

// "Positive: deny = yes. Favourable: deny = no." It stands over every table of rates.
std::string coding_note(const Coding& coding);
// All figures of a list as one table.
std::string figure_table(const std::vector<const operation::Figure*>& figures, const std::string& caption,
                         const Coding& coding);
// A list of flat objects as a table, whatever their fields; empty when it is none.
std::string record_table(const operation::Json& records, const std::string& caption);

}  // namespace assay::document
