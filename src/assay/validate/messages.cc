#include "assay/validate/messages.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <vector>

#include "assay/base/files.h"
#include "tfmd/statistics.pb.h"

namespace assay::validate {
namespace {

namespace pb = google::protobuf;
constexpr std::size_t kMostBytes = files::kMaxDocument;
constexpr int kMostSteps = 30;
constexpr int kDeepest = 64;

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ (c & 1 ? 0x82F63B78u : 0u);
      out[i] = c;
    }
    return out;
  }();
  std::uint32_t c = ~0u;
  for (const char each : bytes) c = kTable[(c ^ static_cast<unsigned char>(each)) & 0xFF] ^ (c >> 8);
  return ~c;
}
std::uint32_t masked(std::string_view bytes) {
  const std::uint32_t c = crc32c(bytes);
  return ((c >> 15) | (c << 17)) + 0xa282ead8u;
}
template <class T>
std::string raw(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}
template <class T>
T number_at(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string name_of(const pb::Message& message) { return std::string(message.GetDescriptor()->name()); }

tl::unexpected<Error> not_a(const pb::Message& message, const std::string& why, const std::string& where) {
  return fail(Code::kCorrupt, "not a " + name_of(message) + ": " + why, where,
              "check that the file is whole and holds this message");
}

// The first complaint of a parser, with its place.
class FirstError : public pb::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!text.empty()) return;
    text = (line < 0 ? "" : "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": ") +
           message.substr(0, 200);
  }
  std::string text;
};

Status parse_text(std::string_view bytes, pb::Message& out, const std::string& where) {
  FirstError first;
  pb::TextFormat::Parser parser;
  parser.SetRecursionLimit(kDeepest);
  parser.RecordErrorsTo(&first);
  pb::io::ArrayInputStream input(bytes.data(), static_cast<int>(bytes.size()));
  if (!parser.Parse(&input, &out)) return not_a(out, first.text.empty() ? "bad text" : first.text, where);
  return {};
}

Status parse_json(std::string_view bytes, pb::Message& out, const std::string& where) {
  const auto status = pb::util::JsonStringToMessage({bytes.data(), bytes.size()}, &out);
  if (!status.ok()) return not_a(out, std::string(status.message()).substr(0, 200), where);
  return {};
}

std::size_t unknown_bytes(const pb::Message& message) {
  const auto* reflection = message.GetReflection();
  std::size_t out = 0;
  std::string text;
  if (reflection->GetUnknownFields(message).SerializeToString(&text)) out += text.size();
  std::vector<const pb::FieldDescriptor*> known;
  reflection->ListFields(message, &known);
  for (const auto* field : known) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i)
      out += unknown_bytes(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                : reflection->GetMessage(message, field));
  }
  return out;
}

Status parse_binary(std::string_view bytes, pb::Message& out, const std::string& where) {
  pb::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kDeepest);
  if (!out.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage())
    return not_a(out, "the bytes end early or are of another kind", where);
  // Another message often parses too, with nearly all of it unknown.
  if (bytes.size() > 8 && unknown_bytes(out) > bytes.size() / 10 * 9)
    return not_a(out, "it holds hardly any of this message's fields", where);
  return {};
}

// A step of a path becomes a level of a schema, which must stay readable.
Status bounded_paths(const pb::Message& message, const std::string& where) {
  const auto* list = dynamic_cast<const tfmd::DatasetFeatureStatisticsList*>(&message);
  if (list == nullptr) return {};
  for (const auto& dataset : list->datasets())
    for (const auto& feature : dataset.features())
      if (feature.path().step_size() > kMostSteps)
        return fail(Code::kExhausted,
                    "a feature's path has " + std::to_string(feature.path().step_size()) + " steps; at most " +
                        std::to_string(kMostSteps) + " are read",
                    where, "flatten the data before describing it");
  return {};
}

Status parse_form(std::string_view bytes, Format format, pb::Message& out, const std::string& where) {
  switch (format) {
    case Format::kBinary:
      return parse_binary(bytes, out, where);
    case Format::kText:
      return parse_text(bytes, out, where);
    case Format::kJson:
      return parse_json(bytes, out, where);
    case Format::kRecord: {
      ASSAY_TRY(const auto payload, first_record(bytes, where));
      return parse_binary(payload, out, where);
    }
  }
  return {};
}

}  // namespace

Result<Format> format_of(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (ending == ".pb" || ending == ".binpb") return Format::kBinary;
  if (ending == ".pbtxt" || ending == ".textproto" || ending == ".txt") return Format::kText;
  if (ending == ".json") return Format::kJson;
  if (ending == ".tfrecord") return Format::kRecord;
  return fail(Code::kInvalidArgument, "\"" + ending + "\" is no ending of these files", path,
              "name it .pb, .pbtxt, .json or .tfrecord");
}

Format looks_like(std::string_view bytes) {
  if (bytes.size() >= 16 && number_at<std::uint32_t>(bytes, 8) == masked(bytes.substr(0, 8))) return Format::kRecord;
  const auto begin = bytes.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return Format::kBinary;
  if (bytes[begin] == '{') return Format::kJson;
  const auto head = bytes.substr(begin, 200);
  for (const char c : head)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') return Format::kBinary;
  return head[0] == '#' || head.find('{') != head.npos || head.find(':') != head.npos ? Format::kText : Format::kBinary;
}

Result<std::string_view> first_record(std::string_view bytes, const std::string& where) {
  const auto bad = [&](const char* why) {
    return fail(Code::kCorrupt, std::string("not a TFRecord file: ") + why, where, "write the file again");
  };
  if (bytes.size() < 16) return bad("it is shorter than one record");
  const auto length = number_at<std::uint64_t>(bytes, 0);
  if (number_at<std::uint32_t>(bytes, 8) != masked(bytes.substr(0, 8)))
    return bad("the checksum of the length is wrong");
  if (length > bytes.size() - 16) return bad("the first record is cut off");
  const auto payload = bytes.substr(12, static_cast<std::size_t>(length));
  if (number_at<std::uint32_t>(bytes, 12 + payload.size()) != masked(payload))
    return bad("the checksum of the first record is wrong");
  return payload;
}

std::string as_record(std::string_view payload) {
  const auto length = raw(static_cast<std::uint64_t>(payload.size()));
  return length + raw(masked(length)) + std::string(payload) + raw(masked(payload));
}

Status parse(std::string_view bytes, Format format, pb::Message& out, const std::string& where) {
  if (bytes.size() > kMostBytes)
    return fail(Code::kExhausted, "has " + std::to_string(bytes.size()) + " bytes; at most 64 MiB are read", where,
                "split it by data set");
  // The parsers tell mistakes on stderr too; the error says it all.
  const pb::LogSilencer quiet;
  ASSAY_CHECK(parse_form(bytes, format, out, where));
  return bounded_paths(out, where);
}

Result<std::string> print(const pb::Message& message, Format format) {
  const pb::LogSilencer quiet;  // names that are not UTF-8 are kept as they are, and said where they are judged
  std::string out;
  if (format == Format::kText) {
    pb::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(false);
    if (!printer.PrintToString(message, &out)) return fail(Code::kInternal, "cannot print a " + name_of(message));
    return out;
  }
  if (format == Format::kJson) {
    pb::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true, options.add_whitespace = true;
    const auto status = pb::util::MessageToJsonString(message, &out, options);
    if (!status.ok())
      return fail(Code::kInvalidArgument, std::string(status.message()).substr(0, 200), name_of(message));
    return out;
  }
  {
    pb::io::StringOutputStream stream(&out);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!message.SerializeToCodedStream(&coded)) return fail(Code::kInternal, "cannot write a " + name_of(message));
  }
  return format == Format::kRecord ? as_record(out) : out;
}

Status read_message(const std::string& ref, Task& task, pb::Message& out) {
  ASSAY_TRY(const auto path, task.open(ref));
  ASSAY_TRY(const auto bytes, files::read(path, kMostBytes));
  if (bytes.empty()) return not_a(out, "the file is empty", ref);
  const auto named = format_of(ref);
  return parse(bytes, named ? *named : looks_like(bytes), out, ref);
}

}  // namespace assay::validate
