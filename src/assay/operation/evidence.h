// The one envelope of what an operation concluded (spec/README 4). Rooms fill kind, figures, detail, blobs and flags;
// `workspace::execute` adds operation and provenance. Evidence holds no clock, user, run or duration.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/operation/json.h"

namespace assay::operation {

// One value combination of group columns; no value = the group value is missing. {} = all rows.
using Slice = std::map<std::string, std::optional<std::string>>;

// One number with its uncertainty. `value` empty = undefined, with `why`; infinite values are allowed.
struct Figure {
  std::string name;  // full snake word: true_positive_rate, demographic_parity_gap, ...
  Slice slice;
  std::vector<std::string> group;  // of an aggregate over groups: the columns; then `slice` is the gap's group or empty
  Slice reference;                 // of a signed gap: group minus reference
  std::optional<double> value, low, high;
  std::string why;  // why value or interval is missing
  double level = 0.95;
  std::string method;  // wilson, newcombe, mover_r, bootstrap_percentile, ...
  std::int64_t n = 0;
  std::optional<double> n_eff, se, p, p_adjusted, low_family, high_family;
  std::string bound, unit, better;  // better: higher | lower | zero
  std::map<std::string, Json> parameters;
  std::vector<std::string> flags;  // low_support, unstable, unsupported, ...
};

// Bytes beside the evidence: whatever grows with rows.
struct Blob {
  std::string digest;  // filled by execute from the file that Task::create gave for this role
  std::string media_type;
  std::int64_t rows = 0;
};

struct Evidence {
  std::string kind;                  // "assay.fairness/1"
  std::string operation;             // filled by execute
  Json provenance = Json::object();  // filled by execute: inputs, options, seed, code, environment, portable
  std::vector<Figure> figures;
  Json detail = Json::object();
  std::map<std::string, Blob> blobs;
  std::vector<std::string> flags;
};

// Figures in the canonical order: by name, group, slice (values ascending, missing last).
void sort_figures(std::vector<Figure>& figures);

template <>
struct Custom<Figure> {
  static Json to(const Figure& f);
  static Status from(const Json& in, Figure& out);
  static Json schema();
};
template <>
struct Custom<Evidence> {
  static Json to(const Evidence& e);  // sorts the figures
  static Status from(const Json& in, Evidence& out);
  static Json schema();
};

}  // namespace assay::operation
