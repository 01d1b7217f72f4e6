#include "assay/view/lineage.h"

#include <algorithm>
#include <charconv>

#include "assay/base/time.h"
#include "assay/view/make.h"
#include "assay/view/run.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::AssetVersion;
using workspace::RunRecord;

std::string word_of(const std::string& kind) {  // "assay.fairness/1" -> "fairness"
  const auto dot = kind.find('.'), slash = kind.rfind('/');
  return dot == std::string::npos || slash == std::string::npos ? kind : kind.substr(dot + 1, slash - dot - 1);
}

constexpr std::int64_t kRuns = 200;  // of one thing, the newest

class Walk {
 public:
  Walk(Reader& reader, LineageView& out) : reader_(reader), out_(out) {}

  Status from_thing(const std::string& digest, std::int64_t up, std::int64_t down) {
    ASSAY_CHECK(add_thing(digest, "file"));
    out_.focus = digest;
    ASSAY_CHECK(go({digest}, true, up));
    ASSAY_CHECK(go({digest}, false, down));
    return join();
  }

  Status from_run(const RunRecord& run, std::int64_t up, std::int64_t down) {
    out_.focus = run.id;
    add_run(run);
    std::vector<std::string> above, below;
    for (const bool before : {true, false})
      for (const auto& edge : before ? run.inputs : run.outputs) {
        ASSAY_TRY(const auto id, thing_of(run, edge, before));
        ASSAY_TRY(const bool added, add_thing(id, edge.role));
        if (added) (before ? above : below).push_back(id);
      }
    ASSAY_CHECK(go(std::move(above), true, up - 1));
    ASSAY_CHECK(go(std::move(below), false, down - 1));
    return join();
  }

 private:
  // A data set is named by its own digest, not by that of the table it is kept in: both ends must meet.
  Result<std::string> thing_of(const RunRecord& run, const workspace::Edge& edge, bool input) {
    if (input || run.operation != "data.add" || edge.role != "table") return edge.digest;
    const auto evidence = reader_.document(run.output);
    const auto named = evidence ? text_at(*evidence, "/detail/digest") : std::string();
    return named.empty() ? edge.digest : named;
  }

  Result<std::vector<RunRecord>> neighbours(const std::string& digest, bool up) {
    if (!up) return reader_.store().runs_reading(digest, kRuns);
    ASSAY_TRY(const auto asset, reader_.asset_with(digest, "dataset"));
    return reader_.store().runs_making(asset ? asset->content : digest, kRuns);
  }

  // The same operation on the same inputs with the same options, run again by other code: the newest stands for all.
  std::string likeness(const RunRecord& run) {
    Json key{{"operation", run.operation}};
    for (const auto& input : run.inputs) key["inputs"][input.role] = input.digest;
    if (const auto json = reader_.document(run.output); json && json->is_object())
      key["options"] = at_pointer(*json, "/provenance/options");
    return key.dump();
  }

  std::vector<RunRecord> newest(std::vector<RunRecord> runs, bool up) {
    std::vector<RunRecord> out;
    std::set<std::string> seen;
    for (auto& run : runs) {
      if (run.operation == "plan.run") continue;  // its steps are shown
      if (!seen.insert(up ? "" : likeness(run)).second) continue;
      out.push_back(std::move(run));
    }
    return out;
  }

  Status go(std::vector<std::string> front, bool up, std::int64_t most) {
    for (std::int64_t step = 0; step < most && !front.empty(); ++step) {
      std::vector<std::string> next;
      for (const auto& digest : front) {
        ASSAY_TRY(auto runs, neighbours(digest, up));
        for (const auto& run : newest(std::move(runs), up)) {
          if (!add_run(run)) continue;
          for (const auto& edge : up ? run.inputs : run.outputs) {
            ASSAY_TRY(const auto id, thing_of(run, edge, up));
            ASSAY_TRY(const bool added, add_thing(id, edge.role));
            if (added) next.push_back(id);
          }
          // A run's conclusion belongs to it, whichever way it was come upon.
          if (up && !run.output.empty()) ASSAY_CHECK(add_thing(run.output, "result"));
        }
      }
      front = std::move(next);
    }
    return {};
  }

  bool full() { return out_.nodes.size() >= kLineageNodes && (out_.truncated = true); }

  bool add_run(const RunRecord& run) {
    if (index_.contains(run.id) || full()) return false;
    index_.insert(run.id), runs_.push_back(run);
    out_.nodes.push_back({run.id, "run", run.operation, {}, run.output, run.state, time::text(run.created_us)});
    return true;
  }

  Result<bool> add_thing(const std::string& digest, const std::string& role) {
    if (index_.contains(digest) || full()) return false;
    index_.insert(digest);
    LineageNode node{digest, "file", role, {}, digest, {}, {}};
    ASSAY_TRY(const auto asset, reader_.asset_with(digest));
    static const std::set<std::string> kKinds{"dataset", "model", "card", "hallmark", "policy", "plan", "schema"};
    if (asset) {
      node.kind = kKinds.contains(asset->kind) ? asset->kind : "file", node.name = asset->name;
      node.version = asset->version, node.time = time::text(asset->created_us);
    } else if (reader_.has(digest)) {
      // A damaged object has no name to show; the page of the thing itself says what is wrong with it.
      if (const auto json = reader_.document(digest); json && text_at(*json, "/kind").starts_with("assay.")) {
        node.kind = "evidence", node.name = word_of(text_at(*json, "/kind"));
        if (node.name == "verdict") node.state = text_at(*json, "/detail/state");
      }
    }
    out_.nodes.push_back(std::move(node));
    return true;
  }

  // Every edge between what is shown.
  Status join() {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& run : runs_)
      for (const bool before : {true, false})
        for (const auto& edge : before ? run.inputs : run.outputs) {
          ASSAY_TRY(const auto id, thing_of(run, edge, before));
          if (!index_.contains(id)) continue;
          const auto& from = before ? id : run.id;
          const auto& to = before ? run.id : id;
          if (seen.insert({from, to}).second)
            out_.edges.push_back({from, to, edge.role.empty() ? "result" : edge.role});
        }
    return {};
  }

  Reader& reader_;
  LineageView& out_;
  std::set<std::string> index_;
  std::vector<RunRecord> runs_;
};

Result<std::int64_t> steps_of(const Request& request, const std::string& name) {
  const auto text = query_of(request, name, "4");
  std::int64_t steps = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || steps < 0 || steps > 20)
    return fail(Code::kInvalidArgument, "\"" + clipped(text) + "\" is no number of steps", name,
                "give a whole number from 0 to 20");
  return steps;
}

// Digest of the newest model, else of the newest data set; empty when there is neither.
Result<std::string> newest_asset(Reader& reader) {
  for (const char* kind : {"model", "dataset"}) {
    ASSAY_TRY(const auto assets, reader.store().assets(kind));
    const auto newest =
        std::max_element(assets.begin(), assets.end(),
                         [](const AssetVersion& a, const AssetVersion& b) { return a.created_us < b.created_us; });
    if (newest != assets.end()) return newest->digest;
  }
  return std::string();
}

bool is_run_id(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

Result<LineageView> lineage_view(const Request& request) {
  Reader reader(request);
  LineageView out;
  ASSAY_TRY(const auto up, steps_of(request, "up"));
  ASSAY_TRY(const auto down, steps_of(request, "down"));
  auto focus = query_of(request, "focus");
  if (focus.starts_with("run:")) focus = focus.substr(4);
  Walk walk(reader, out);
  if (is_run_id(focus)) {
    if (const auto run = run_of(reader, focus); run) {
      ASSAY_CHECK(walk.from_run(*run, up, down));
      return out;
    }
  }
  if (focus.empty()) {
    ASSAY_TRY(focus, newest_asset(reader));
    if (focus.empty()) return out;  // an empty workspace
  }
  ASSAY_TRY(const auto found, thing_named(reader, focus));
  ASSAY_CHECK(walk.from_thing(found, up, down));
  return out;
}

std::vector<View> lineage_views() {
  const std::map<std::string, std::string> query{
      {"focus", "an asset, a digest or a run; the newest model when left out"},
      {"up", "runs to go back, 0 to 20; 4 when left out"},
      {"down", "runs to go on, 0 to 20; 4 when left out"}};
  return {view_of("view/lineage", "What a thing came from and what came from it", query, &lineage_view),
          view_of("lineage", "What a thing came from and what came from it", query, &lineage_view)};
}

}  // namespace assay::view
