// TensorFlow Metadata's messages as files: binary, text, JSON with snake_case names, and a TFRecord of one record
// (data c). Only .cc files of this room see protobuf; others pass the messages by reference.
#pragma once

#include <string>
#include <string_view>

#include "assay/base/task.h"

namespace google::protobuf {
class Message;
}
namespace tensorflow::metadata::v0 {
class Anomalies;
class DatasetFeatureStatistics;
class DatasetFeatureStatisticsList;
class Feature;
class FeatureNameStatistics;
class Schema;
}  // namespace tensorflow::metadata::v0

namespace assay::validate {

namespace tfmd = ::tensorflow::metadata::v0;

enum class Format { kBinary, kText, kJson, kRecord };

// By the ending of the name: .pb .pbtxt .txt .textproto .json .tfrecord. invalid-argument lists them.
Result<Format> format_of(const std::string& path);
// What the bytes look like, for inputs whose name says nothing: a TFRecord, JSON, text, else binary.
Format looks_like(std::string_view bytes);

// At most 64 MiB and 64 levels deep. Binary keeps unknown fields. Errors: corrupt "not a MESSAGE: …", with the line of
// text; a message of another type that happens to parse but leaves nothing known is corrupt too.
Status parse(std::string_view bytes, Format format, google::protobuf::Message& out, const std::string& where);
// The same message gives the same bytes.
Result<std::string> print(const google::protobuf::Message& message, Format format);

// A file or reference by its name's ending, else by its looks.
Status read_message(const std::string& ref, Task& task, google::protobuf::Message& out);

// The payload of the first record, its two checksums (masked CRC-32C) checked; and the reverse.
Result<std::string_view> first_record(std::string_view bytes, const std::string& where);
std::string as_record(std::string_view payload);

}  // namespace assay::validate
