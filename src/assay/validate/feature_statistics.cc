#include "assay/validate/feature_statistics.h"

#include <arrow/compute/api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "assay/data/columns.h"
#include "assay/data/csv_scan.h"
#include "assay/sketch/exact_sum.h"
#include "assay/validate/sample.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

using Array = std::shared_ptr<arrow::Array>;
using Owners = std::vector<std::uint32_t>;  // of each element: the row it lies in; empty: its own number

std::uint32_t owner_of(const Owners& owners, std::int64_t i) {
  return owners.empty() ? static_cast<std::uint32_t>(i) : owners[static_cast<std::size_t>(i)];
}

// Presence and lengths at one level of nesting.
struct Level {
  std::uint64_t present = 0, missing = 0, total = 0;
  sketch::ExactSum present_weight, missing_weight, total_weight;
  std::vector<std::uint32_t> lengths;  // of the present ones
  std::uint32_t min() const { return lengths.empty() ? 0 : *std::min_element(lengths.begin(), lengths.end()); }
  std::uint32_t max() const { return lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end()); }
};

// A column cut into its levels; `values` are the leaves without nulls.
struct Nested {
  std::vector<Level> levels;
  Level flat;  // present and missing of level 0, lengths down to the leaves
  Array values;
  Owners owners;
};

class Walk {
 public:
  Walk(const std::vector<double>& weights, const StatisticsOptions& options,
       std::vector<tfmd::FeatureNameStatistics>& out)
      : weights_(weights), options_(options), out_(out) {}

  Status feature(std::vector<std::string> path, const Array& array, const Owners& owners) {
    ASSAY_TRY(const Nested nested, opened(path, array, owners));
    auto& made = out_.emplace_back();
    for (const auto& step : path) made.mutable_path()->add_step(step);
    if (nested.values->type_id() != arrow::Type::STRUCT) return leaf(nested, path, made);
    made.set_type(tfmd::FeatureNameStatistics::STRUCT);
    put_common(nested, *made.mutable_struct_stats()->mutable_common_stats());
    put_levels(nested, made);
    const auto& elements = static_cast<const arrow::StructArray&>(*nested.values);
    ASSAY_ARROW(const auto children, elements.Flatten(), path_text(path));
    if (path.size() >= kDeepest)
      return fail(Code::kExhausted, "is nested more than 30 structs deep", path_text(path), "flatten it");
    for (std::size_t i = 0; i < children.size(); ++i) {
      auto below = path;
      below.push_back(elements.struct_type()->field(static_cast<int>(i))->name());
      ASSAY_CHECK(feature(std::move(below), children[i], nested.owners));
    }
    return {};
  }

 private:
  static constexpr std::size_t kDeepest = 30;  // as many steps as a path may have that is read again

  double weight(std::uint32_t row) const { return weights_.empty() ? 0 : weights_[row]; }

  void count(Level& level, bool present, std::uint32_t length, std::uint32_t row) const {
    const double heavy = weight(row);
    if (!present) {
      ++level.missing;
      if (heavy > 0) level.missing_weight.add(heavy);
      return;
    }
    ++level.present, level.total += length;
    if (heavy > 0) level.present_weight.add(heavy), level.total_weight.add(heavy, length);
    level.lengths.push_back(length);
  }

  // Elements that hold a value, and where they lie.
  static Result<Array> without_nulls(const Array& array, Owners& owners, Owners& parents, const std::string& where) {
    if (array->null_count() == 0 && array->type_id() != arrow::Type::NA) return array;
    const auto keep = [&](Owners& each) {
      if (each.empty()) {
        each.resize(static_cast<std::size_t>(array->length()));
        for (std::size_t i = 0; i < each.size(); ++i) each[i] = static_cast<std::uint32_t>(i);
      }
      std::size_t next = 0;
      for (std::int64_t i = 0; i < array->length(); ++i)
        if (array->IsValid(i)) each[next++] = each[static_cast<std::size_t>(i)];
      each.resize(next);
    };
    keep(owners), keep(parents);
    ASSAY_ARROW(const auto kept, arrow::compute::DropNull(array), where);
    return kept.make_array();
  }

  // Level by level down to what is no list. `parents`: the element of level 0 that each element lies in.
  Result<Nested> opened(const std::vector<std::string>& path, const Array& array, const Owners& owners) {
    Nested out;
    Array now = array;
    Owners rows = owners, parents;
    const auto where = path_text(path);
    const bool flat = array->type_id() != arrow::Type::LIST && array->type_id() != arrow::Type::LARGE_LIST;
    std::vector<std::uint32_t> leaves(static_cast<std::size_t>(array->length()), flat ? 1 : 0);
    while (now->type_id() == arrow::Type::LIST || now->type_id() == arrow::Type::LARGE_LIST) {
      if (out.levels.size() >= kDeepest)
        return fail(Code::kExhausted, "is nested more than 30 lists deep", where, "flatten it");
      ASSAY_CHECK(now->type_id() == arrow::Type::LIST ? down<arrow::ListArray>(now, rows, parents, out, where)
                                                      : down<arrow::LargeListArray>(now, rows, parents, out, where));
    }
    if (flat) {
      auto& level = out.levels.emplace_back();
      for (std::int64_t i = 0; i < now->length(); ++i) count(level, now->IsValid(i), 1, owner_of(rows, i));
    }
    out.owners = std::move(rows);
    ASSAY_TRY(out.values, without_nulls(now, out.owners, parents, where));
    if (!flat)
      for (const auto parent : parents) ++leaves[parent];
    for (std::int64_t i = 0; i < array->length(); ++i)
      count(out.flat, array->IsValid(i), leaves[static_cast<std::size_t>(i)], owner_of(owners, i));
    return out;
  }

  template <class List>
  Status down(Array& now, Owners& rows, Owners& parents, Nested& out, const std::string& where) {
    const auto list = std::static_pointer_cast<List>(now);
    auto& level = out.levels.emplace_back();
    Owners below, above;
    for (std::int64_t i = 0; i < list->length(); ++i) {
      const auto length = list->IsValid(i) ? static_cast<std::uint32_t>(list->value_length(i)) : 0;
      const auto row = owner_of(rows, i);
      count(level, list->IsValid(i), length, row);
      below.insert(below.end(), length, row);
      above.insert(above.end(), length, owner_of(parents, i));
    }
    ASSAY_ARROW(now, list->Flatten(arrow::default_memory_pool()), where);
    rows = std::move(below), parents = std::move(above);
    if (rows.empty()) rows.clear();
    return {};
  }

  void put_common(const Nested& nested, tfmd::CommonStatistics& out) const {
    const Level& flat = nested.flat;
    out.set_num_non_missing(flat.present), out.set_num_missing(flat.missing);
    if (flat.present == 0) {
      put_weighted(flat, out);
      return;
    }
    out.set_min_num_values(flat.min()), out.set_max_num_values(flat.max());
    out.set_tot_num_values(flat.total);
    out.set_avg_num_values(static_cast<float>(static_cast<double>(flat.total) / static_cast<double>(flat.present)));
    put_buckets(quantile_histogram(counted(flat.lengths), options_.length_bins), true,
                *out.mutable_num_values_histogram());
    put_weighted(flat, out);
    if (nested.levels.size() < 2) return;
    for (const auto& level : nested.levels) {
      auto& made = *out.add_presence_and_valency_stats();
      made.set_num_non_missing(level.present), made.set_num_missing(level.missing);
      made.set_min_num_values(level.min()), made.set_max_num_values(level.max());
      made.set_tot_num_values(level.total);
      if (!weights_.empty()) put_weighted_level(level, *out.add_weighted_presence_and_valency_stats());
    }
  }

  void put_weighted_level(const Level& level, tfmd::WeightedCommonStatistics& made) const {
    const double present = level.present_weight.finish(), total = level.total_weight.finish();
    made.set_num_non_missing(present), made.set_num_missing(level.missing_weight.finish());
    made.set_tot_num_values(total);
    if (present > 0) made.set_avg_num_values(total / present);
  }
  void put_weighted(const Level& level, tfmd::CommonStatistics& out) const {
    if (!weights_.empty()) put_weighted_level(level, *out.mutable_weighted_common_stats());
  }

  static void put_buckets(const std::vector<Bucket>& buckets, bool quantiles, tfmd::Histogram& out) {
    out.set_type(quantiles ? tfmd::Histogram::QUANTILES : tfmd::Histogram::STANDARD);
    for (const auto& each : buckets) {
      auto& made = *out.add_buckets();
      made.set_low_value(each.low), made.set_high_value(each.high), made.set_sample_count(each.mass);
    }
  }

  // Lengths of the inner lists, as TFDV writes them.
  void put_levels(const Nested& nested, tfmd::FeatureNameStatistics& out) const {
    for (std::size_t i = 1; i < nested.levels.size(); ++i) {
      const auto cells = counted(nested.levels[i].lengths);
      const auto name = "level_" + std::to_string(i + 1) + "_value_list_length_";
      auto& quantiles = *out.add_custom_stats();
      quantiles.set_name(name + "quantiles");
      put_buckets(quantile_histogram(cells, options_.length_bins), true, *quantiles.mutable_histogram());
      auto& standard = *out.add_custom_stats();
      standard.set_name(name + "standard");
      put_buckets(standard_histogram(cells, options_.length_bins), false, *standard.mutable_histogram());
    }
  }

  Status leaf(const Nested& nested, const std::vector<std::string>& path, tfmd::FeatureNameStatistics& made) {
    const auto where = path_text(path);
    Array values = nested.values;
    const auto cast = [&](const std::shared_ptr<arrow::DataType>& type) -> Status {
      ASSAY_ARROW(const auto done, arrow::compute::Cast(values, type), where);
      values = done.make_array();
      return {};
    };
    std::vector<double> weights;
    if (!weights_.empty()) {
      weights.reserve(static_cast<std::size_t>(values->length()));
      for (std::int64_t i = 0; i < values->length(); ++i) weights.push_back(weights_[owner_of(nested.owners, i)]);
    }
    const auto id = values->type_id();
    if (arrow::is_integer(id) || id == arrow::Type::BOOL) {
      ASSAY_CHECK(cast(arrow::int64()));
      const auto& whole = static_cast<const arrow::Int64Array&>(*values);
      const auto sample = sample_of(std::span(whole.raw_values(), static_cast<std::size_t>(whole.length())), weights);
      put_numbers(nested, sample, sample.cells, made);
    } else if (arrow::is_floating(id) || arrow::is_decimal(id)) {
      ASSAY_CHECK(cast(arrow::float64()));
      made.set_type(tfmd::FeatureNameStatistics::FLOAT);
      const auto sampled = [&] {
        const auto& real = static_cast<const arrow::DoubleArray&>(*values);
        return sample_of(std::span(real.raw_values(), static_cast<std::size_t>(real.length())), weights);
      };
      const auto sample = sampled();
      if (!options_.float32) {
        put_numbers(nested, sample, sample.cells, made);
      } else {
        // Rounded values would slip over the edges of the histograms, which TFDV interpolates.
        ASSAY_CHECK(cast(arrow::float32()));
        ASSAY_CHECK(cast(arrow::float64()));
        put_numbers(nested, sampled(), sample.cells, made);
      }
    } else {
      if (id == arrow::Type::MAP || id == arrow::Type::EXTENSION || arrow::is_union(id) || arrow::is_list_like(id))
        return fail(Code::kUnsupported, "is of type " + values->type()->ToString() + ", which has no statistics", where,
                    "leave it out, or make it numbers, text, lists or structs of them");
      ASSAY_TRY(const Texts texts, texts_of(values, weights, where));
      put_text(nested, texts, made);
    }
    put_levels(nested, made);
    return {};
  }

  void put_numbers(const Nested& nested, const NumberSample& s, const std::vector<Cell>& cells,
                   tfmd::FeatureNameStatistics& made) const {
    auto& out = *made.mutable_num_stats();
    put_common(nested, *out.mutable_common_stats());
    if (nested.flat.total == 0) return;
    const std::uint64_t infinite = s.positive_infinite + s.negative_infinite;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (options_.compat && infinite > 0) {
      out.set_mean(s.positive_infinite == 0   ? -kInfinity
                   : s.negative_infinite == 0 ? kInfinity
                                              : std::numeric_limits<double>::quiet_NaN());
    } else if (s.finite > 0) {
      out.set_mean(s.mean), out.set_std_dev(s.standard_deviation);
    }
    out.set_num_zeros(s.zeros);
    if (s.n > 0) out.set_min(s.cells.front().value), out.set_max(s.cells.back().value), out.set_median(s.median());
    const auto histograms = [&](Mass mass, double nan, auto* add) {
      for (const bool quantiles : {false, true}) {
        auto& histogram = *(*add)();
        put_buckets(quantiles ? quantile_histogram(cells, options_.quantile_bins, mass)
                              : standard_histogram(cells, options_.bins, mass),
                    quantiles, histogram);
        histogram.set_num_nan(static_cast<std::uint64_t>(nan));
      }
    };
    auto plain = [&] { return out.add_histograms(); };
    histograms(Mass::kCount, static_cast<double>(s.nan), &plain);
    if (!weights_.empty()) {
      auto& weighted = *out.mutable_weighted_numeric_stats();
      weighted.set_mean(s.weighted_mean), weighted.set_std_dev(s.weighted_standard_deviation);
      weighted.set_median(s.weighted_median());
      auto heavy = [&] { return weighted.add_histograms(); };
      histograms(Mass::kWeight, s.nan_weight, &heavy);
    }
    if (options_.compat) return;
    put_extra("assay.positive_infinite", s.positive_infinite, made);
    put_extra("assay.negative_infinite", s.negative_infinite, made);
  }

  static void put_extra(const char* name, std::uint64_t count, tfmd::FeatureNameStatistics& made) {
    if (count == 0) return;
    auto& extra = *made.add_custom_stats();
    extra.set_name(name), extra.set_num(static_cast<double>(count));
  }

  struct Text {
    std::string_view value;
    std::uint64_t count = 0;
    double weight = 0;
  };

  struct Texts {
    std::vector<Text> distinct;
    std::uint64_t n = 0, bytes = 0, invalid = 0;
    Array owner;  // of the views
  };

  // Values as codes into their distinct texts, whatever type they come in.
  static Result<Texts> texts_of(const Array& values, const std::vector<double>& weights, const std::string& where) {
    Texts out;
    Array coded = values;
    if (values->type_id() != arrow::Type::DICTIONARY) {
      const auto type = values->type_id();
      const bool bytes = type == arrow::Type::BINARY || type == arrow::Type::LARGE_BINARY;
      ASSAY_ARROW(const auto text, arrow::compute::Cast(values, bytes ? arrow::large_binary() : arrow::large_utf8()),
                  where);
      ASSAY_ARROW(const auto encoded, arrow::compute::DictionaryEncode(text), where);
      coded = encoded.make_array();
    }
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*coded);
    const auto kind = dictionary.dictionary()->type_id();
    const bool bytes = kind == arrow::Type::BINARY || kind == arrow::Type::LARGE_BINARY;
    ASSAY_ARROW(const auto labels,
                arrow::compute::Cast(dictionary.dictionary(), bytes ? arrow::large_binary() : arrow::large_utf8()),
                where);
    out.owner = labels.make_array();
    const auto& texts = static_cast<const arrow::LargeBinaryArray&>(*out.owner);
    out.distinct.resize(static_cast<std::size_t>(texts.length()));
    std::vector<std::pair<std::size_t, double>> weighted;
    for (std::int64_t i = 0; i < dictionary.length(); ++i) {
      const auto code = static_cast<std::size_t>(dictionary.GetValueIndex(i));
      ++out.distinct[code].count;
      if (!weights.empty()) weighted.emplace_back(code, weights[static_cast<std::size_t>(i)]);
    }
    std::sort(weighted.begin(), weighted.end());  // so that the sums do not depend on the order of the rows
    for (const auto& [code, weight] : weighted) out.distinct[code].weight += weight;
    for (std::int64_t i = 0; i < texts.length(); ++i) {
      auto& each = out.distinct[static_cast<std::size_t>(i)];
      each.value = texts.GetView(i);
      out.n += each.count, out.bytes += each.count * each.value.size();
      if (data::valid_utf8(each.value) < each.value.size()) out.invalid += each.count;
    }
    std::erase_if(out.distinct, [](const Text& t) { return t.count == 0; });
    return out;
  }

  void put_text(const Nested& nested, const Texts& texts, tfmd::FeatureNameStatistics& made) const {
    made.set_type(tfmd::FeatureNameStatistics::STRING);
    auto& out = *made.mutable_string_stats();
    put_common(nested, *out.mutable_common_stats());
    if (texts.n == 0) return;
    out.set_unique(texts.distinct.size());
    out.set_avg_length(static_cast<float>(static_cast<double>(texts.bytes) / static_cast<double>(texts.n)));
    out.set_invalid_utf8_count(texts.invalid);
    put_ranks(texts.distinct, Mass::kCount, out);
    if (!weights_.empty()) put_ranks(texts.distinct, Mass::kWeight, *out.mutable_weighted_string_stats());
  }

  template <class Out>
  void put_ranks(std::vector<Text> texts, Mass mass, Out& out) const {
    const auto of = [&](const Text& t) { return mass == Mass::kCount ? static_cast<double>(t.count) : t.weight; };
    std::sort(texts.begin(), texts.end(),
              [&](const Text& a, const Text& b) { return of(a) != of(b) ? of(a) > of(b) : a.value > b.value; });
    const auto label = [](std::string_view value) {
      return data::valid_utf8(value) < value.size() ? std::string("__BYTES_VALUE__") : std::string(value);
    };
    for (std::size_t i = 0; i < std::min(texts.size(), options_.top); ++i) {
      auto& made = *out.add_top_values();
      made.set_value(label(texts[i].value)), made.set_frequency(of(texts[i]));
    }
    auto& ranks = *out.mutable_rank_histogram();
    for (std::size_t i = 0; i < std::min(texts.size(), options_.ranks); ++i) {
      auto& made = *ranks.add_buckets();
      made.set_low_rank(i), made.set_high_rank(i);
      made.set_label(label(texts[i].value)), made.set_sample_count(of(texts[i]));
    }
  }

  const std::vector<double>& weights_;
  const StatisticsOptions& options_;
  std::vector<tfmd::FeatureNameStatistics>& out_;
};

}  // namespace

Status feature_statistics(const std::string& name, const std::shared_ptr<arrow::Array>& column,
                          const std::vector<double>& weights, const StatisticsOptions& options,
                          std::vector<tfmd::FeatureNameStatistics>& out) {
  return Walk(weights, options, out).feature({name}, column, {});
}

}  // namespace assay::validate
