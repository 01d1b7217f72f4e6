#include "assay/gate/verify_read.h"

#include <algorithm>
#include <array>
#include <set>

namespace assay::gate {
namespace {

// Statements of kinds that stand here have a role or a mark of their own; other evidence is the evaluator's.
constexpr std::array<Kind, 28> kKinds{{
    {"", "index", "producer", ""},
    {"https://slsa.dev/provenance/v1", "provenance", "producer", ""},
    {"https://slsa.dev/verification_summary/v1", "gate", "gate", ""},
    {"https://cyclonedx.org/bom", "bom", "producer", ""},
    {"", "split", "producer", ""},
    {"", "training", "producer", ""},
    {"", "sweep", "producer", ""},
    {"", "card", "producer", "Documented"},
    {"", "checklist", "producer", "Documented"},
    {"", "approval", "approver:", ""},
    {"", "fairness", "evaluator", "Fair"},
    {"", "compatibility", "evaluator", "Fair"},
    {"", "explanation", "evaluator", "Explained"},
    {"", "effects", "evaluator", "Explained"},
    {"", "reasons", "evaluator", "Explained"},
    {"", "recourse", "evaluator", "Explained"},
    {"", "fidelity", "evaluator", "Explained"},
    {"", "privacy-account", "privacy", "Private"},
    {"", "membership", "privacy", "Private"},
    {"", "audit-epsilon", "privacy", "Private"},
    {"", "pii", "privacy", "Private"},
    {"", "anonymity", "privacy", "Private"},
    {"", "robustness", "robustness", "Robust"},
    {"", "verification", "evaluator", "Secure"},
    {"", "security-scan", "evaluator", "Secure"},
    {"", "rollout", "gate", "Monitored"},
    {"", "incident", "gate", ""},
    {"", "revocation", "gate", ""},
}};
constexpr Kind kEvidence{"", "", "evaluator", ""};
constexpr Kind kOther{"", "other", "producer", ""};
constexpr std::array<std::string_view, 7> kMarks{"Fair",       "Private", "Explained", "Robust",
                                                 "Documented", "Secure",  "Monitored"};

// WORD of "urn:assay:WORD:1"; empty for any other type.
std::string_view own_word(std::string_view type) {
  constexpr std::string_view kOwn = "urn:assay:", kVersion = ":1";
  if (type.size() <= kOwn.size() + kVersion.size() || type.substr(0, kOwn.size()) != kOwn ||
      type.substr(type.size() - kVersion.size()) != kVersion)
    return {};
  return type.substr(kOwn.size(), type.size() - kOwn.size() - kVersion.size());
}

bool hex64(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Outcome read_statement(std::string_view line, std::size_t number, std::size_t& budget, Statement& out) {
  const auto bad = [&](const std::string& text) -> Outcome {
    return Failure{"digest", "line " + std::to_string(number) + ": " + text};
  };
  auto envelope = open_envelope(line);
  if (!envelope) return bad(envelope.error().what);
  if (envelope->type != kStatementType) return bad("the payload type is \"" + envelope->type + "\"");
  if (envelope->signatures.empty()) return bad("it carries no signature");
  for (std::size_t i = 1; i < envelope->signatures.size(); ++i)
    if (!(envelope->signatures[i - 1].keyid < envelope->signatures[i].keyid))
      return bad("its signatures are not sorted by key id, each once");
  out.envelope = std::move(*envelope);
  auto root = read_json(out.envelope.payload, budget);
  if (!root) return bad("the payload is refused: " + root.error().what);
  out.root = std::move(*root);
  const Node* subject = out.root.find("subject");
  const Node* predicate = out.root.find("predicate");
  if (out.root.string("_type") != "https://in-toto.io/Statement/v1") return bad("the payload is no in-toto statement");
  if (!subject || subject->kind != Node::Kind::kArray || subject->items.size() != 1 ||
      (out.digest = digest_in(subject->items[0].find("digest"))).empty())
    return bad("one subject with a digest was expected");
  if (!predicate || predicate->kind != Node::Kind::kObject) return bad("it has no predicate");
  out.subject = subject->items[0].string("name");
  const std::string_view bytes = out.envelope.payload;
  out.predicate_digest = crypto::digest_of(bytes.substr(predicate->begin, predicate->end - predicate->begin));
  out.line.predicate_type = out.root.string("predicateType");
  if (out.line.predicate_type.empty()) return bad("it has no predicate type");
  const Kind& kind = kind_of(out.line.predicate_type);
  out.line.kind = kind.word.empty() ? own_word(out.line.predicate_type) : kind.word;
  out.line.digest = crypto::digest_of(bytes);
  out.line.bytes = static_cast<std::int64_t>(bytes.size());
  for (const Signature& each : out.envelope.signatures) out.line.keyids.push_back(each.keyid);
  return {};
}

std::string shown(const Node* node) {
  return node && (node->kind == Node::Kind::kNumber || node->kind == Node::Kind::kString) ? node->text : std::string();
}

int rank(std::string_view state) {
  return state == "failed" ? 3 : state == "not_decided" ? 2 : state == "held" ? 1 : 0;
}

void fill_marks(const std::vector<Statement>& lines, Report& report) {
  for (const std::string_view name : kMarks) {
    std::set<std::string, std::less<>> counted;  // digests of the evidence that the mark rests on
    for (const Statement& each : lines)
      if (kind_of(each.line.predicate_type).mark == name)
        counted.insert(each.predicate_digest), counted.insert(each.line.digest);
    Mark mark{std::string(name), "not_started"};
    for (const Claim& claim : report.claims) {
      const std::string_view state = claim.state == "waived" ? std::string_view("held") : claim.state;
      if (std::any_of(claim.evidence.begin(), claim.evidence.end(), [&](const auto& d) { return counted.count(d); }) &&
          rank(state) > rank(mark.state))
        mark.state = state;
    }
    report.marks.push_back(std::move(mark));
  }
}

}  // namespace

const Kind& kind_of(std::string_view type) {
  const std::string_view word = own_word(type);
  for (const Kind& each : kKinds)
    if (each.type.empty() ? each.word == word : each.type == type) return each;
  return word.empty() ? kOther : kEvidence;
}

std::string digest_in(const Node* set) {
  if (!set || set->items.size() != 1) return {};
  const std::string_view file = set->string("sha256"), folder = set->string("tree");
  if (hex64(file)) return "sha256:" + std::string(file);
  return hex64(folder) ? "tree:" + std::string(folder) : std::string();
}

Failure wrong(std::string reason, const std::vector<Statement>& lines, const Statement& which, std::string text) {
  const auto number = static_cast<std::size_t>(&which - lines.data()) + 1;
  return {std::move(reason), "line " + std::to_string(number) + " (" + which.line.kind + "): " + std::move(text)};
}

std::vector<std::string_view> split_lines(std::string_view bytes) {
  std::vector<std::string_view> out;
  for (std::size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1))
    out.push_back(bytes.substr(0, end));
  return out;
}

Outcome check_limits(std::string_view bytes) {
  if (bytes.empty()) return Failure{"digest", "the file is empty"};
  if (bytes.size() > kMaxHallmark) return Failure{"digest", "the file is larger than 256 MiB"};
  if (bytes.back() != '\n') return Failure{"digest", "the file does not end in a line end: it was cut or added to"};
  if (static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) > kMaxLines)
    return Failure{"digest", "the file has more than 1000 lines"};
  for (const std::string_view line : split_lines(bytes))
    if (line.size() > kMaxLine) return Failure{"digest", "a line is longer than 16 MiB"};
  return {};
}

Outcome read_lines(std::string_view bytes, std::vector<Statement>& out) {
  if (auto failed = check_limits(bytes)) return failed;
  std::size_t budget = kMaxValues;
  bool plain = false, url = false;
  const auto lines = split_lines(bytes);
  out.resize(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (auto failed = read_statement(lines[i], i + 1, budget, out[i])) return failed;
    plain |= out[i].envelope.plain_alphabet, url |= out[i].envelope.url_alphabet;
  }
  if (plain && url) return Failure{"digest", "the file mixes the two base64 alphabets"};
  return {};
}

Outcome check_index(const std::vector<Statement>& lines) {
  const Statement& first = lines.front();
  if (first.line.kind != "index") return wrong("digest", lines, first, "the first line must be the index");
  const Node& index = first.predicate();
  const Node* list = index.find("statements");
  const Node* model = index.find("model");
  if (!list || list->kind != Node::Kind::kArray || !model || index.string("bundle").size() != 32)
    return wrong("digest", lines, first, "the index lacks its bundle id, model or list of statements");
  if (model->string("digest") != first.digest) return wrong("digest", lines, first, "the index names another model");
  std::set<std::string_view> once;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (i > list->items.size()) return wrong("digest", lines, lines[i], "the index does not list it");
    const Node& entry = list->items[i - 1];
    if (entry.string("digest") != lines[i].line.digest || entry.string("kind") != lines[i].line.kind)
      return wrong("digest", lines, lines[i], "the index lists another statement here");
    if (!once.insert(lines[i].line.digest).second) return wrong("digest", lines, lines[i], "it stands there twice");
  }
  if (list->items.size() + 1 != lines.size())
    return Failure{"digest", "the index lists " + std::to_string(list->items.size()) + " statements, the file holds " +
                                 std::to_string(lines.size() - 1)};
  return {};
}

const Node* verdict_of(const Statement& gate) {
  const Node* verdict = gate.predicate().find("assay_verdict");
  return verdict && verdict->string("kind") == "assay.verdict/1" ? verdict->find("detail") : nullptr;
}

void fill_contents(const std::vector<Statement>& lines, Report& report) {
  const Node& index = lines.front().predicate();
  report.digest = lines.front().digest;
  if (const Node* model = index.find("model")) {
    report.model = model->string("name");
    report.version = shown(model->find("version"));
  }
  report.bundle = index.string("bundle"), report.created = index.string("created");
  report.expires = index.string("expires"), report.supersedes = index.string("supersedes");
  const Node* list = index.find("statements");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    report.statements.push_back(lines[i].line);
    if (i == 0)
      report.statements.back().time = report.created;
    else if (list && i <= list->items.size())
      report.statements.back().time = list->items[i - 1].string("time");
    if (lines[i].line.kind != "gate") continue;
    if (const Node* policy = lines[i].predicate().find("policy")) report.policy = policy->string("uri");
    const Node* verdict = verdict_of(lines[i]);
    const Node* rules = verdict ? verdict->find("rules") : nullptr;
    if (!rules) continue;
    for (const Node& rule : rules->items) {
      Claim claim{shown(rule.find("id")),     shown(rule.find("require")), shown(rule.find("state")),
                  shown(rule.find("effect")), shown(rule.find("value")),   shown(rule.find("low")),
                  shown(rule.find("high")),   shown(rule.find("limit")),   {}};
      if (const Node* evidence = rule.find("evidence")) {
        if (evidence->kind == Node::Kind::kString) claim.evidence.push_back(evidence->text);
        for (const Node& each : evidence->items) claim.evidence.push_back(each.text);
      }
      report.claims.push_back(std::move(claim));
    }
  }
  fill_marks(lines, report);
}

}  // namespace assay::gate
