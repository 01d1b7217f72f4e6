#include "assay/view/search.h"

#include <algorithm>

#include "assay/base/time.h"
#include "assay/view/make.h"

namespace assay::view {
namespace {

using workspace::AssetVersion;

constexpr std::size_t kHits = 10, kQuery = 200, kDataSets = 10;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

std::string page_of(const Reader& reader, const AssetVersion& a) {
  const auto below = a.name + "/" + std::to_string(a.version);
  if (a.kind == "dataset") return reader.page("data/" + below);
  if (a.kind == "model") return reader.page("models/" + below);
  return reader.page("lineage?focus=" + a.digest);
}

class Search {
 public:
  Search(Reader& reader, std::string text) : reader_(reader), text_(lower(std::move(text))) {}

  Status assets() {
    ASSAY_TRY(auto all, reader_.store().assets());
    std::sort(all.begin(), all.end(),
              [](const AssetVersion& a, const AssetVersion& b) { return a.created_us > b.created_us; });
    std::size_t data_sets = 0;
    for (const auto& a : all) {
      if (lower(ref_of(a)).find(text_) != std::string::npos || begins_digest(a.digest))
        add(a.kind, {ref_of(a), page_of(reader_, a), a.digest.substr(0, 19) + " " + time::text(a.created_us)});
      if (a.kind == "dataset" && ++data_sets <= kDataSets) ASSAY_CHECK(columns(a));
    }
    return {};
  }

  Status runs() {
    ASSAY_TRY(const auto all, reader_.store().runs(1000));
    for (const auto& run : all) {
      const bool named = lower(run.operation).find(text_) != std::string::npos;
      if (named || (text_.size() >= 4 && run.id.starts_with(text_)))
        add("run", {run.operation, reader_.page("runs/" + run.id), run.state + " " + time::text(run.created_us)});
      if (!run.output.empty() && begins_digest(run.output))
        add("evidence", {run.output, reader_.page("evidence/" + run.output), run.operation});
    }
    return {};
  }

  std::vector<HitGroup> take() && { return std::move(groups_); }

 private:
  bool begins_digest(const std::string& digest) const {
    return text_.size() >= 4 && (digest.starts_with(text_) || digest.starts_with("sha256:" + text_)) &&
           text_ != std::string("sha256:").substr(0, text_.size());
  }

  Status columns(const AssetVersion& dataset) {
    ASSAY_TRY(const auto added, reader_.maker_of(dataset.content));
    if (!added) return {};
    for (const auto& column : at_pointer(added->json, "/detail/columns"))
      if (const auto name = text_at(column, "/name"); lower(name).find(text_) != std::string::npos)
        add("column", {name, page_of(reader_, dataset) + "?column=" + encoded(name),
                       text_at(column, "/type") + " of " + ref_of(dataset)});
    return {};
  }

  static std::string encoded(const std::string& text) {
    constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                         c == '-' || c == '.';
      if (plain)
        out += c;
      else
        out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
    return out;
  }

  void add(const std::string& kind, Hit hit) {
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const HitGroup& g) { return g.kind == kind; });
    if (group == groups_.end()) group = groups_.insert(groups_.end(), {kind, {}});
    const bool known = std::any_of(group->items.begin(), group->items.end(),
                                   [&](const Hit& h) { return h.href == hit.href && h.name == hit.name; });
    if (group->items.size() < kHits && !known) group->items.push_back(std::move(hit));
  }

  Reader& reader_;
  std::string text_;
  std::vector<HitGroup> groups_;
};

}  // namespace

Result<SearchView> search(const Request& request) {
  const auto text = query_of(request, "q");
  if (text.size() > kQuery)
    return fail(Code::kInvalidArgument, "the text to look for has " + std::to_string(text.size()) + " bytes", "q",
                "give at most " + std::to_string(kQuery));
  SearchView out;
  if (text.empty()) return out;
  Reader reader(request);
  Search search(reader, text);
  ASSAY_CHECK(search.assets());
  ASSAY_CHECK(search.runs());
  out.groups = std::move(search).take();
  return out;
}

std::vector<View> search_views() {
  return {view_of("view/search", "Assets, columns, runs and evidence that are called so", {{"q", "what to look for"}},
                  &search)};
}

}  // namespace assay::view
