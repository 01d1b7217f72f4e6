// The single checks of a column. Each tells what is wrong and relaxes the feature it is given. Internal to this room.
#pragma once

#include <string>
#include <vector>

#include "assay/validate/anomalies.h"
#include "assay/validate/view.h"
#include "tfmd/anomalies.pb.h"

namespace assay::validate {

struct Reason {
  tfmd::AnomalyInfo::Type type = tfmd::AnomalyInfo::UNKNOWN_TYPE;
  std::string brief, text;
  std::string mended;  // "assay.…" where TFDV says nothing
};

struct Scope {
  const ValidateOptions& options;
  tfmd::Schema& schema;  // holds the lists of texts that features name; relaxed too
  std::vector<Reason>& reasons;
  void add(tfmd::AnomalyInfo::Type type, std::string brief, std::string text) const {
    reasons.push_back({type, std::move(brief), std::move(text), {}});
  }
};

bool is_live(const tfmd::Feature& feature);
bool is_live(tfmd::LifecycleStage stage);
bool in_environment(const tfmd::Feature& feature, const tfmd::Schema& schema, const std::string& environment);
bool existence_required(const tfmd::Feature& feature, const tfmd::Schema& schema, const std::string& environment);

// False: nothing more can be checked.
bool check_self(tfmd::Feature& feature, const Scope& scope);
void check_value_counts(const View& view, tfmd::Feature& feature, const Scope& scope);
void check_shape(const View& view, tfmd::Feature& feature, const Scope& scope);
void check_presence(const View& view, tfmd::Feature& feature, const Scope& scope);
void check_domain(const View& view, tfmd::Feature& feature, const Scope& scope);
void check_unique(const View& view, tfmd::Feature& feature, const Scope& scope);

std::string escaped(const std::string& text);  // C escapes, UTF-8 kept
std::string short_number(double value);        // six significant digits

}  // namespace assay::validate
