#include "assay/gate/verify_json.h"

#include <algorithm>
#define RAPIDJSON_HAS_STDSTRING 0
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace assay::gate {
namespace {

// Builds the tree while the reader runs; answers false to stop it.
class Builder {
 public:
  Builder(const rapidjson::MemoryStream& at, std::size_t& budget) : at_(at), budget_(budget) {}

  bool Null() { return put(Node::Kind::kNull) != nullptr; }
  bool Bool(bool truth) {
    Node* node = put(Node::Kind::kBool);
    if (node) node->truth = truth;
    return node != nullptr;
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return word(Node::Kind::kNumber, text, size); }
  bool String(const char* text, rapidjson::SizeType size, bool) { return word(Node::Kind::kString, text, size); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (lone_surrogate({text, size})) return stop("half a surrogate pair");
    open_.back()->names.emplace_back(text, size);
    return true;
  }
  bool StartObject() { return start(Node::Kind::kObject); }
  bool StartArray() { return start(Node::Kind::kArray); }
  bool EndArray(rapidjson::SizeType) { return finish(); }
  bool EndObject(rapidjson::SizeType) {
    std::vector<std::string_view> sorted(open_.back()->names.begin(), open_.back()->names.end());
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
      return stop("a key stands twice in one object");
    return finish();
  }
  // With kParseNumbersAsStringsFlag numbers come as RawNumber; these complete the interface.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  Node root;
  const char* why = nullptr;

 private:
  bool stop(const char* reason) {
    why = reason;
    return false;
  }
  Node* put(Node::Kind kind) {
    if (budget_ == 0) {
      stop("it holds more values than a hallmark may");
      return nullptr;
    }
    --budget_;
    Node* node = &root;
    if (!open_.empty()) node = &open_.back()->items.emplace_back();
    node->kind = kind;
    return node;
  }
  // The reader refuses them as raw bytes, and lets the escape of a low one through.
  static bool lone_surrogate(std::string_view text) {
    for (auto at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1))
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
    return false;
  }
  bool word(Node::Kind kind, const char* text, rapidjson::SizeType size) {
    if (lone_surrogate({text, size})) return stop("half a surrogate pair");
    Node* node = put(kind);
    if (node) node->text.assign(text, size);
    return node != nullptr;
  }
  bool start(Node::Kind kind) {
    if (open_.size() == kMaxDepth) return stop("it is nested deeper than 64 levels");
    Node* node = put(kind);
    if (!node) return false;
    node->begin = at_.Tell() - 1;
    open_.push_back(node);  // stays valid: a parent's list does not grow while its child is open
    return true;
  }
  bool finish() {
    open_.back()->end = at_.Tell();
    open_.pop_back();
    return true;
  }

  const rapidjson::MemoryStream& at_;
  std::size_t& budget_;
  std::vector<Node*> open_;
};

}  // namespace

const Node* Node::find(std::string_view name) const {
  if (kind != Kind::kObject) return nullptr;
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &items[static_cast<std::size_t>(found - names.begin())];
}

std::string_view Node::string(std::string_view name) const {
  const Node* node = find(name);
  return node && node->kind == Kind::kString ? std::string_view(node->text) : std::string_view();
}

Result<Node> read_json(std::string_view text, std::size_t& budget) {
  // The reader takes a NUL for the end of the text, and blanks before and after a value are none of ours.
  const auto nul = text.find('\0');
  if (nul != std::string_view::npos) return fail(Code::kCorrupt, "json: a NUL byte at byte " + std::to_string(nul));
  rapidjson::MemoryStream stream(text.data(), text.size());
  Builder builder(stream, budget);
  rapidjson::Reader reader;
  reader.Parse<rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag>(stream, builder);
  if (reader.HasParseError())
    return fail(Code::kCorrupt, std::string("json: ") + (builder.why ? builder.why : "not well-formed") + " at byte " +
                                    std::to_string(reader.GetErrorOffset()));
  return std::move(builder.root);
}

}  // namespace assay::gate
