// How a view finds what was concluded of a thing: through runs and their inputs and outputs, newest first.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/operation/json.h"
#include "assay/view/types.h"
#include "assay/view/view.h"

namespace assay::view {

struct Found {  // evidence and the run that concluded it
  std::string digest;
  operation::Json json;
  workspace::RunRecord run;
};

// The reads of one answer. What is read twice in it is read once.
class Reader {
 public:
  explicit Reader(const Request& request);
  workspace::Workspace& workspace() const { return workspace_; }
  workspace::Store& store() const { return workspace_.store(); }

  bool has(const std::string& digest) const;  // stored here; false too for what is no digest of a file
  Result<std::string> bytes(const std::string& digest) const;
  // The JSON document behind a digest; null when the bytes are no JSON object. Errors: corrupt (damaged), not-found.
  Result<operation::Json> document(const std::string& digest);
  // Evidence that runs of `operation` concluded from `digest`, each once, the latest first: at most `most`, of those
  // that `accept` takes. A run that a plan repeated from the cache counts as concluded when the plan was run.
  using Accept = std::function<bool(const operation::Json&)>;
  Result<std::vector<Found>> concluded_from(const std::string& digest, std::string_view operation, std::size_t most,
                                            const Accept& accept = {});
  Result<std::optional<Found>> latest_from(const std::string& digest, std::string_view operation,
                                           const Accept& accept = {});
  // The evidence whose blob or document `digest` is, latest first.
  Result<std::optional<Found>> maker_of(const std::string& digest);
  // The newest asset of that digest, of one kind or of any.
  Result<std::optional<workspace::AssetVersion>> asset_with(const std::string& digest, std::string_view kind = {});

  std::string name() const { return name_; }              // of the workspace, as in addresses
  std::string page(const std::string& below = {}) const;  // "/w/NAME/below"
  std::string blob(const std::string& evidence, const std::string& role) const;
  BlobLink link(const Found& evidence, const std::string& role) const;

 private:
  struct Candidate {
    workspace::RunRecord run;
    std::int64_t concluded_us;
  };
  Result<std::vector<Candidate>> ranked(std::vector<workspace::RunRecord> runs, std::string_view operation);
  Status read_plan_runs();

  workspace::Workspace& workspace_;
  std::string name_;
  std::map<std::string, operation::Json> documents_;
  std::optional<std::map<std::string, std::int64_t>> repeated_;  // evidence -> when a plan last came to it
};

// What was concluded of one model version.
struct Chain {
  workspace::AssetVersion model;
  std::optional<workspace::AssetVersion> dataset;
  std::optional<Found> training, predictions, evaluation, verdict, card, report, hallmark;
  std::vector<Found> fairness;  // latest first
  bool signed_now() const { return hallmark.has_value(); }
};
// The hallmark is the latest that covers the verdict of today; an older one says nothing of it.
Result<Chain> chain_of(Reader& reader, const workspace::AssetVersion& model);
std::map<std::string, std::string> refs_of(const Chain& chain);

std::string ref_of(const workspace::AssetVersion& asset);  // "dataset:loans@1"
// Errors: invalid-argument (a version that is none), not-found with the nearest name or the versions there are.
Result<workspace::AssetVersion> asset_of(Reader& reader, const std::string& kind, const std::string& name,
                                         const std::string& version);
// The digest that a reference means: [kind:]name[@N], a digest or a unique prefix of it of at least 12 hex. Never a
// file: an answer must not depend on what lies beside the server. Errors: not-found, invalid-argument.
Result<std::string> thing_named(Reader& reader, const std::string& ref);
Result<workspace::AssetVersion> asset_in_path(Reader& reader, const std::string& kind, const Request& request);

// Of the first of `from` that there is; stale when one of them is. `refs`: the assets that went in; a newer version of
// a data set or schema among them makes it stale (plans and policies may be returned to, so they do not count).
Result<Provenance> provenance_of(Reader& reader, const std::vector<const Found*>& from,
                                 std::map<std::string, std::string> refs, std::string signature = "none");
const Found* found(const std::optional<Found>& one);

std::optional<Verdict> verdict_of(const std::optional<Found>& evidence);
// Every mark, by the gate's own table of kinds: the worst of the rules that read evidence of its kinds.
Result<std::vector<Mark>> marks_of(Reader& reader, const std::optional<Verdict>& verdict);

// Looked up in a document without complaint: text or number at a JSON pointer, else the default.
std::string text_at(const operation::Json& json, const std::string& pointer, const std::string& otherwise = {});
std::int64_t integer_at(const operation::Json& json, const std::string& pointer);
std::optional<double> number_at(const operation::Json& json, const std::string& pointer);
const operation::Json& at_pointer(const operation::Json& json, const std::string& pointer);  // null when absent
std::vector<std::string> texts_at(const operation::Json& json, const std::string& pointer);

// Of a list: 1 to 1000. Error invalid-argument.
Result<std::size_t> limit_of(const Request& request, std::size_t otherwise = 100);
std::string query_of(const Request& request, const std::string& name, const std::string& otherwise = {});

// One page of a list whose items are named by `key`: those after the one named by ?after=. Error invalid-argument when
// nothing has that name.
template <class Item, class Key>
Status cut(const Request& request, std::vector<Item>& items, std::optional<std::string>& next, const Key& key) {
  ASSAY_TRY(const auto limit, limit_of(request));
  std::size_t from = 0;
  if (const auto after = query_of(request, "after"); !after.empty()) {
    while (from < items.size() && key(items[from]) != after) ++from;
    if (from == items.size())
      return fail(Code::kInvalidArgument, "the list holds no \"" + clipped(after) + "\"", "after",
                  "give the `next` of the page before");
    ++from;
  }
  const auto end = std::min(items.size(), from + limit);
  if (end < items.size()) next = key(items[end - 1]);
  items = std::vector<Item>(items.begin() + static_cast<std::ptrdiff_t>(from),
                            items.begin() + static_cast<std::ptrdiff_t>(end));
  return {};
}

}  // namespace assay::view
