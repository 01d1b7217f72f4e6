// The requests behind `stats profile|show`, `schema infer|show|convert|lint|update` and `data validate`.
#pragma once

#include <string>
#include <vector>

#include "assay/base/task.h"
#include "assay/operation/evidence.h"
#include "assay/stats/profile.h"

namespace assay::validate {

// stats profile, with the statistics in TensorFlow Metadata's form beside the evidence.
struct ProfileRequest : stats::ProfileRequest {
  std::vector<std::string> group;
  std::string weight, compat;
  int ranks = 1000;
};
// As stats::profile; blob "statistics": a binary DatasetFeatureStatisticsList, which `-o stats.pb|.pbtxt|.tfrecord`
// writes.
Result<operation::Evidence> profile(const ProfileRequest& request, Task& task);

struct ShowRequest {
  std::string statistics;
};
// Evidence "assay.statistics/1": detail.datasets[] {name, examples, features[]}.
Result<operation::Evidence> show_statistics(const ShowRequest& request, Task& task);

struct InferRequest : stats::InferRequest {
  bool ranges = false;
  bool fixed_shapes = true;
};
// As stats::infer, of a table or of statistics; blob "schema": a TFMD schema by TFDV's rules.
Result<operation::Evidence> infer(const InferRequest& request, Task& task);

struct SchemaRequest {
  std::string schema;
};
// Evidence "assay.schema/1" with blob "schema"; `-o schema.pb|.pbtxt` writes it in that form.
Result<operation::Evidence> show_schema(const SchemaRequest& request, Task& task);
// Evidence "assay.lint/1": detail.findings[] {path, type, what}.
Result<operation::Evidence> lint(const SchemaRequest& request, Task& task);

struct UpdateRequest {
  std::string schema, data;
  std::vector<std::string> null;
};
// Evidence "assay.schema/1": the schema relaxed until the data passes, with blob "schema"; detail.changed[] paths.
Result<operation::Evidence> update(const UpdateRequest& request, Task& task);

struct ValidateRequest {
  std::string data, schema, previous, serving, previous_version, schema_environment, compat;
  std::vector<std::string> group, null, severity;
  bool new_columns_are_warnings = false;
  int show_rows = 0, min_n = 30;
};
// Evidence "assay.validation/1". Figures: anomaly_count by severity, the distances of drift and skew, missing_share_gap
// by group. detail: anomalies[], drift[], groups[], rows[], mended[], data_missing. Blob "anomalies": TFMD's message.
Result<operation::Evidence> validate(const ValidateRequest& request, Task& task);

// The blob of one of these as a file: .pb .pbtxt .json .tfrecord by the name's ending. `media_type` says which message
// it is; not-found where it is none of ours.
Status save_as(const std::string& blob, const std::string& media_type, const std::string& path);
bool is_message(const std::string& media_type);

}  // namespace assay::validate
