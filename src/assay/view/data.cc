#include "assay/view/data.h"

#include <algorithm>
#include <cmath>

#include "assay/base/time.h"
#include "assay/pipeline/expand.h"
#include "assay/view/make.h"

namespace assay::view {
namespace {

using operation::Json;
using workspace::AssetVersion;

constexpr std::size_t kPlans = 50;  // looked through for one that reads a data set

std::optional<std::int64_t> count_at(const Json& json, const std::string& pointer) {
  const Json& at = at_pointer(json, pointer);
  return at.is_number_integer() ? std::optional(at.get<std::int64_t>()) : std::nullopt;
}

// The newest registered plan whose source is this data set.
Result<std::optional<pipeline::Plan>> plan_of(Reader& reader, const AssetVersion& dataset) {
  ASSAY_TRY(auto plans, reader.store().assets("plan"));
  std::sort(plans.begin(), plans.end(),
            [](const AssetVersion& a, const AssetVersion& b) { return a.created_us > b.created_us; });
  for (std::size_t i = 0; i < plans.size() && i < kPlans; ++i) {
    ASSAY_TRY(const auto json, reader.document(plans[i].content));
    pipeline::Plan plan;
    if (operation::from_json(json, plan) && pipeline::dataset_name(plan) == dataset.name)
      return std::optional(std::move(plan));
  }
  return std::optional<pipeline::Plan>();
}

std::string role_of(const Roles& roles, const std::string& column) {
  if (column == roles.label) return "label";
  if (column == roles.weight) return "weight";
  if (column == roles.id) return "id";
  if (column == roles.time) return "time";
  const auto& p = roles.protected_columns;
  return std::find(p.begin(), p.end(), column) == p.end() ? "feature" : "protected";
}

std::vector<ValueCount> values_of(const Json& list) {
  std::vector<ValueCount> out;
  for (const auto& each : list) out.push_back({text_at(each, "/value"), integer_at(each, "/count")});
  return out;
}

// A column as the profile describes it, or data.add where there is no profile: then only its name and type are known.
Column column_of(const Json& in, std::int64_t rows) {
  Column out;
  out.name = text_at(in, "/name"), out.type = text_at(in, "/type");
  out.missing = integer_at(in, "/missing"), out.count = rows - out.missing, out.distinct = integer_at(in, "/distinct");
  const Json& exact = at_pointer(in, "/exact");
  out.exact = !exact.is_boolean() || exact.get<bool>();
  out.mean = number_at(in, "/mean"), out.standard_deviation = number_at(in, "/standard_deviation");
  out.min = at_pointer(in, "/min"), out.max = at_pointer(in, "/max"), out.zeros = count_at(in, "/zeros");
  for (const auto& each : at_pointer(in, "/quantiles"))
    if (const auto value = number_at(each, "/value")) out.quantiles.push_back({*number_at(each, "/at"), *value});
  if (const Json& histogram = at_pointer(in, "/histogram"); histogram.is_object()) {
    auto& made = out.histogram.emplace();
    for (const auto& edge : at_pointer(histogram, "/edges")) made.edges.push_back(operation::number_of(edge));
    for (const auto& count : at_pointer(histogram, "/counts")) made.counts.push_back(count.get<std::int64_t>());
  }
  out.top = values_of(at_pointer(in, "/top"));
  return out;
}

void add_schema(const Json& schema, std::vector<Column>& columns) {
  for (const auto& each : at_pointer(schema, "/detail/columns")) {
    const auto at = std::find_if(columns.begin(), columns.end(),
                                 [name = text_at(each, "/name")](const Column& c) { return c.name == name; });
    if (at == columns.end()) continue;
    at->nullable = number_at(each, "/presence/min_share").value_or(0) < 1;
    at->domain = texts_at(each, "/domain/values");
  }
}

std::optional<double> quantile(const Column& column, double at) {
  for (const auto& each : column.quantiles)
    if (each.at == at) return each.value;
  return std::nullopt;
}

double skew(const Column& column) {
  const auto low = quantile(column, 0.05), middle = quantile(column, 0.5), high = quantile(column, 0.95);
  if (!low || !middle || !high || !(*high > *low)) return 0;
  return std::clamp(((*high - *middle) - (*middle - *low)) / (*high - *low), -1.0, 1.0);
}

// How far the commonest value stands above an even spread: 0 even, 1 all rows.
double excess(const Column& column) {
  if (column.top.empty() || column.count <= 0 || column.distinct < 2) return 0;
  const double share = static_cast<double>(column.top.front().count) / static_cast<double>(column.count);
  const double even = 1 / static_cast<double>(column.distinct);
  return std::clamp((share - even) / (1 - even), 0.0, 1.0);
}

std::string percent(double share) { return std::to_string(std::lround(100 * share)) + "%"; }

Result<std::vector<Part>> parts_of(Reader& reader, const AssetVersion& dataset, const Found*& from,
                                   std::optional<Found>& keep) {
  ASSAY_TRY(keep, reader.latest_from(dataset.digest, "data.split"));
  from = found(keep);
  std::vector<Part> out;
  if (!keep) return out;
  for (const auto& [name, each] : at_pointer(keep->json, "/detail/parts").items()) {
    Part part{name, integer_at(each, "/rows"), {}};
    for (const auto& label : at_pointer(each, "/labels")) {
      const Json& value = at_pointer(label, "/value");
      part.labels.push_back(
          {value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt, integer_at(label, "/rows")});
    }
    out.push_back(std::move(part));
  }
  const auto order = [](const Part& p) { return p.part == "train" ? 0 : p.part == "validation" ? 1 : 2; };
  std::stable_sort(out.begin(), out.end(), [&](const Part& a, const Part& b) { return order(a) < order(b); });
  return out;
}

}  // namespace

void judge_column(Column& column) {
  const auto rows = static_cast<double>(column.count + column.missing);
  if (rows <= 0) return;
  const double missing = static_cast<double>(column.missing) / rows;
  const double zeros = static_cast<double>(column.zeros.value_or(0)) / rows;
  const auto note = [&](const char* code, const char* severity, std::map<std::string, Json> args, std::string text) {
    column.anomalies.push_back({code, severity, message(std::string("anomaly.") + code, std::move(args), text)});
  };
  if (column.count == 0)
    note("all_missing", "error", {{"rows", column.missing}}, "every value is missing");
  else if (column.exact && column.distinct == 1)
    note("constant", "warning", {{"rows", column.count}}, "every value is the same");
  if (column.count > 0 && missing > 0.2)
    note("many_missing", "warning", {{"share", missing}}, percent(missing) + " of the values are missing");
  if (column.distinct > 2 && zeros > 0.5)
    note("mostly_zero", "info", {{"share", zeros}}, percent(zeros) + " of the values are 0");
  if (column.distinct > 2 && std::abs(skew(column)) > 0.5)
    note("skewed", "info", {{"skew", skew(column)}},
         skew(column) > 0 ? "a long tail of large values" : "a long tail of small values");
  double worst = 0;
  for (const auto& each : column.anomalies)
    worst = std::max(worst, each.severity == "error" ? 2.0 : each.severity == "warning" ? 1.0 : 0.0);
  column.unusualness = worst + std::max({missing, zeros, std::abs(skew(column)), excess(column)});
}

Result<Roles> roles_of(Reader& reader, const AssetVersion& dataset) {
  Roles out;
  ASSAY_TRY(const auto plan, plan_of(reader, dataset));
  if (plan) {
    const auto& data = plan->data;
    out.label = data.label.column, out.weight = data.weight, out.id = data.id;
    out.protected_columns = data.protected_columns;
    if (data.label.positive) out.positive = data.label.positive->text;
    if (data.label.favorable) out.favorable = data.label.favorable->text;
  }
  for (const char* operation : {"train.linear", "model.predict", "data.split"}) {
    if (!out.label.empty() && !out.positive.empty()) break;
    ASSAY_TRY(const auto made, reader.latest_from(dataset.digest, operation));
    if (!made) continue;
    const auto option = [&](const std::string& name) { return text_at(made->json, "/provenance/options/" + name); };
    if (out.label.empty()) {
      out.label = option("label"), out.weight = option("weight"), out.id = option("id"), out.time = option("time");
      out.protected_columns = texts_at(made->json, "/provenance/options/protected");
    }
    if (option("label") == out.label) out.positive = text_at(made->json, "/detail/positive");
  }
  return out;
}

Result<DataList> data_list(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(auto assets, reader.store().assets("dataset"));
  std::sort(assets.begin(), assets.end(), [](const AssetVersion& a, const AssetVersion& b) {
    return std::tuple(b.created_us, a.name, b.version) < std::tuple(a.created_us, b.name, a.version);
  });
  DataList out;
  out.total = static_cast<std::int64_t>(assets.size());
  ASSAY_CHECK(cut(request, assets, out.next, ref_of));
  for (const auto& a : assets) {
    DataItem item{a.name, a.version, ref_of(a), a.digest, 0, 0, time::text(a.created_us), {}, {}};
    ASSAY_TRY(const auto added, reader.maker_of(a.content));
    if (added) {
      item.rows = integer_at(added->json, "/detail/rows");
      item.columns = static_cast<std::int64_t>(at_pointer(added->json, "/detail/columns").size());
    }
    ASSAY_TRY(const auto roles, roles_of(reader, a));
    item.protected_columns = roles.protected_columns, item.label = roles.label;
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<DataView> data_stats(const Request& request) {
  Reader reader(request);
  ASSAY_TRY(const auto asset, asset_in_path(reader, "dataset", request));
  DataView out;
  out.name = asset.name, out.version = asset.version, out.ref = ref_of(asset), out.digest = asset.digest;
  ASSAY_TRY(const auto versions, reader.store().assets("dataset", asset.name));
  for (const auto& each : versions) out.versions.push_back(each.version);
  ASSAY_TRY(const auto added, reader.maker_of(asset.content));
  ASSAY_TRY(const auto profile, reader.latest_from(asset.digest, "stats.profile", [](const Json& json) {
    return at_pointer(json, "/provenance/options/columns").empty();  // of all columns
  }));
  ASSAY_TRY(const auto schema, reader.latest_from(asset.digest, "schema.infer"));
  ASSAY_TRY(const auto roles, roles_of(reader, asset));
  const Found* described = profile ? &*profile : found(added);
  if (described) {
    out.rows = integer_at(described->json, "/detail/rows");
    for (const auto& each : at_pointer(described->json, "/detail/columns"))
      out.columns.push_back(column_of(each, out.rows));
  }
  if (schema) add_schema(schema->json, out.columns), out.schema_evidence = schema->digest;
  for (auto& column : out.columns) {
    column.role = role_of(roles, column.name);
    if (profile) judge_column(column);
  }
  out.label = roles.label, out.positive = roles.positive, out.favorable = roles.favorable;
  const Found* split = nullptr;
  std::optional<Found> keep;
  ASSAY_TRY(out.splits, parts_of(reader, asset, split, keep));
  if (split)
    for (const auto& [parts, rows] : at_pointer(split->json, "/detail/overlap").items())
      if (rows.is_number_integer()) out.overlap += rows.get<std::int64_t>();
  ASSAY_TRY(out.provenance,
            provenance_of(reader, {found(profile), found(schema), split, found(added)}, {{"data", out.ref}}));
  return out;
}

std::vector<View> data_views() {
  return {view_of("view/data", "Data set versions, newest first",
                  {{"limit", "items at most, 1 to 1000"}, {"after", "the `next` of the page before"}}, &data_list),
          view_of("view/data/{name}/{version}/stats", "Every column of a data set version", {}, &data_stats)};
}

}  // namespace assay::view
