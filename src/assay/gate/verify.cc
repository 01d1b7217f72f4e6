#include "assay/gate/verify.h"

#include <algorithm>
#include <map>
#include <set>

#include "assay/base/time.h"
#include "assay/gate/verify_read.h"

namespace assay::gate {
namespace {

using Lines = std::vector<Statement>;

std::string count_of(std::size_t n, const char* thing) { return std::to_string(n) + " " + thing + (n == 1 ? "" : "s"); }

// The role whose keys must have signed the line; an approval names its own.
std::string role_name(const Statement& line) {
  std::string role(kind_of(line.line.predicate_type).role);
  if (role == "approver:") role += line.predicate().string("role");
  return role;
}

// Step 3, one line: known keys, none revoked, each signature good, enough of them by keys of the right role.
Outcome check_signature(const Lines& lines, const Statement& line, const Trust& trust) {
  for (const Signature& each : line.envelope.signatures) {
    if (!trust.keys.count(each.keyid)) return wrong("trust", lines, line, "signed by an unknown key " + each.keyid);
    if (trust.revoked.count(each.keyid)) return wrong("trust", lines, line, "signed by the revoked key " + each.keyid);
  }
  const auto good = signers(line.envelope, trust.keys);
  if (good.size() != line.envelope.signatures.size())
    return wrong("signature", lines, line, "the signature does not hold");
  const std::string name = role_name(line);
  const Role* role = role_of(trust, name);
  if (!role) return wrong("trust", lines, line, "nobody is trusted as " + name);
  std::set<std::string> counted;
  for (const auto& id : role->keyids)
    if (good.count(id)) counted.insert(id);
  if (counted.empty()) return wrong("trust", lines, line, "its key " + *good.begin() + " is not trusted as " + name);
  if (static_cast<std::int64_t>(counted.size()) < role->threshold)
    return wrong("trust", lines, line,
                 "signed by " + count_of(counted.size(), "key") + " as " + name + ", " +
                     std::to_string(role->threshold) + " are needed");
  return {};
}

Outcome check_signatures(const Lines& lines, const Trust& trust, std::int64_t now_us) {
  if (!trust.expires.empty()) {
    const auto end = time::parse(trust.expires);
    if (!end || *end <= now_us) return Failure{"expired", "the trust file expired on " + trust.expires};
  }
  for (const Statement& line : lines)
    if (auto failed = check_signature(lines, line, trust)) return failed;
  return {};
}

// Step 4: every statement is about one model, and that model is the one given.
Outcome check_subject(const Lines& lines, const VerifyOptions& options, const std::string& given) {
  for (const Statement& line : lines)
    if (line.digest != lines.front().digest || line.subject != lines.front().subject)
      return wrong("digest", lines, line, "it is about another model than the index");
  const std::string& signed_digest = lines.front().digest;
  if (!given.empty() && given != signed_digest)
    return Failure{"digest", "the model given is not the one that was signed: it has " + given +
                                 ", the hallmark is for " + signed_digest};
  if (!options.expect_digest.empty() && options.expect_digest != signed_digest)
    return Failure{"digest", "the hallmark is for " + signed_digest + ", not for " + options.expect_digest};
  return {};
}

// The digest of one part ("train", "test") of the data that a split statement names; empty when it names none.
std::string_view part_digest(const Node& split, std::string_view part) {
  const Node* detail = split.find("detail");
  for (const Node* from : {split.find("blobs"), detail ? detail->find("parts") : nullptr, split.find("parts")})
    if (const Node* named = from ? from->find(part) : nullptr)
      for (const char* field : {"digest", "rows_digest"})
        if (const auto digest = named->string(field); !digest.empty()) return digest;
  return {};
}

std::string_view input_of(const Node& evidence, std::string_view role) {
  const Node* provenance = evidence.find("provenance");
  const Node* inputs = provenance ? provenance->find("inputs") : nullptr;
  return inputs ? inputs->string(role) : std::string_view();
}

Outcome check_data(const Lines& lines) {
  std::string_view train, test;
  for (const Statement& line : lines) {
    if (line.line.kind != "split") continue;
    train = part_digest(line.predicate(), "train"), test = part_digest(line.predicate(), "test");
    if (!train.empty() && train == test)
      return wrong("digest", lines, line, "the model was tested on the very data it was trained on");
  }
  for (const Statement& line : lines) {
    if (line.line.kind == "provenance") {
      const Node* build = line.predicate().find("buildDefinition");
      const Node* list = build ? build->find("resolvedDependencies") : nullptr;
      for (std::size_t i = 0; list && i < list->items.size(); ++i) {
        const std::string_view name = list->items[i].string("name"), part = name == "train" ? train : test;
        if ((name == "train" || name == "test") && !part.empty() && digest_in(list->items[i].find("digest")) != part)
          return wrong("digest", lines, line, "it was built from other data than the split's " + std::string(name));
      }
    }
    const auto model = input_of(line.predicate(), "model"), data = input_of(line.predicate(), "data");
    if (!model.empty() && model != line.digest) return wrong("digest", lines, line, "its figures are of another model");
    const bool judges = line.line.kind == "evaluation" || line.line.kind == "fairness";
    if (judges && !data.empty() && data == train && data != test)
      return wrong("digest", lines, line, "its figures are of the training data");
  }
  return {};
}

// Step 6: what one statement says of another agrees.
Outcome check_links(const Lines& lines) {
  std::set<std::string, std::less<>> present;
  for (const Statement& line : lines) {
    present.insert(line.line.digest), present.insert(line.predicate_digest);
    if (const Node* card = line.predicate().find("model_card")) present.insert(std::string(card->string("digest")));
  }
  for (const Statement& line : lines) {
    if (line.line.kind != "gate") continue;
    const Node* inputs = line.predicate().find("inputAttestations");
    for (std::size_t i = 0; inputs && i < inputs->items.size(); ++i)
      if (!present.count(digest_in(inputs->items[i].find("digest"))))
        return wrong("digest", lines, line, "it judged a statement that is not in the file");
    const Node* verdict = verdict_of(line);
    const Node* rules = verdict ? verdict->find("rules") : nullptr;
    for (std::size_t i = 0; rules && i < rules->items.size(); ++i) {
      const Node* evidence = rules->items[i].find("evidence");
      for (std::size_t j = 0; evidence && j < evidence->items.size(); ++j)
        if (const std::string& digest = evidence->items[j].text; !present.count(digest))
          return wrong("digest", lines, line,
                       "rule " + std::string(rules->items[i].string("id")) +
                           " rests on evidence that is not in the file: " + digest);
    }
  }
  return check_data(lines);
}

// Step 7: nobody signed for two roles that must be separate.
Outcome check_separation(const Lines& lines, const Trust& trust) {
  std::map<std::string, std::set<std::string>> signed_as;
  for (const Statement& line : lines)
    signed_as[role_name(line)].insert(line.line.keyids.begin(), line.line.keyids.end());
  const auto matches = [](const std::string& pattern, const std::string& role) {
    return pattern == role || (pattern.size() > 1 && pattern.substr(pattern.size() - 2) == ":*" &&
                               role.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0);
  };
  for (const auto& [one, other] : trust.separate)
    for (const auto& [role, keys] : signed_as)
      for (const auto& [second, others] : signed_as)
        if (matches(one, role) && matches(other, second))
          for (const auto& key : keys)
            if (others.count(key))
              return Failure{"trust",
                             "key " + key + " signed as " + role + " and as " + second + ", which must be separate"};
  return {};
}

// One rule: its effect must follow from its state. A failure may be softened to a warning, a doubt also allowed.
bool consistent(std::string_view state, std::string_view effect) {
  if (state == "held" || state == "waived") return effect == "pass";
  if (state == "failed") return effect == "block" || effect == "warn";
  return state == "not_decided" && (effect == "block" || effect == "warn" || effect == "pass");
}

Outcome check_verdict(const Lines& lines, const Statement& gate) {
  const auto bad = [&](const std::string& text) -> Outcome { return wrong("policy", lines, gate, text); };
  const Node* verdict = verdict_of(gate);
  const Node* rules = verdict ? verdict->find("rules") : nullptr;
  if (!rules || rules->kind != Node::Kind::kArray || rules->items.empty()) return bad("it carries no verdict");
  const Node* policy = gate.predicate().find("policy");
  const Node* judged = verdict->find("policy");
  const std::string_view named = judged ? judged->string("digest") : std::string_view();
  if (policy && !named.empty() && named != digest_in(policy->find("digest")))
    return bad("its verdict is of another policy");
  std::string failed, doubtful, state = "held";
  for (const Node& rule : rules->items) {
    const std::string_view one = rule.string("state"), effect = rule.string("effect"), id = rule.string("id");
    if (!consistent(one, effect))
      return bad("rule " + std::string(id) + " is " + std::string(one) + ", so its effect cannot be \"" +
                 std::string(effect) + "\"");
    if (one == "waived" && state == "held") state = "waived";
    if (effect != "block") continue;
    (one == "failed" ? failed : doubtful) += " " + std::string(id);
  }
  if (!doubtful.empty()) state = "not_decided";
  if (!failed.empty()) state = "failed";
  if (verdict->string("state") != state)
    return bad("the verdict says \"" + std::string(verdict->string("state")) + "\", its rules make it \"" + state +
               "\"");
  const bool passes = state == "held" || state == "waived";
  if (gate.predicate().string("verificationResult") != (passes ? "PASSED" : "FAILED"))
    return bad("its result does not follow from its verdict");
  if (state == "failed") return bad("the policy failed:" + failed);
  if (state == "not_decided") return Failure{"policy", "the policy was not decided:" + doubtful, true};
  return {};
}

// Step 8: at least one gate judged the model, and every one that did let it pass.
Outcome check_policy(const Lines& lines) {
  bool judged = false;
  for (const Statement& line : lines) {
    if (line.line.kind != "gate") continue;
    judged = true;
    if (auto failed = check_verdict(lines, line)) return failed;
  }
  if (!judged) return Failure{"policy", "no gate judged this model", true};
  return {};
}

Outcome check_rest(const Lines& lines, const VerifyOptions& options) {
  const std::string expires(lines.front().predicate().string("expires"));
  if (!expires.empty()) {
    const auto end = time::parse(expires);
    if (!end || *end <= options.now_us) return Failure{"expired", "the hallmark expired on " + expires};
  }
  for (const Statement& line : lines) {
    if (line.line.kind == "revocation") return wrong("trust", lines, line, "the hallmark was revoked");
    if (options.strict && line.line.kind == "other")
      return wrong("policy", lines, line, "unknown predicate type " + line.line.predicate_type);
  }
  return {};
}

// Notes a step's outcome; false when the verification ends with it.
bool note(Report& report, const char* name, const Outcome& outcome, std::string held) {
  if (!outcome) {
    report.steps.push_back({name, "held", std::move(held)});
    return true;
  }
  report.state = outcome->undecided ? "not_decided" : "failed";
  report.reason = outcome->reason, report.text = outcome->text, report.exit = outcome->undecided ? 4 : 1;
  report.steps.push_back({name, report.state, outcome->text});
  return false;
}

}  // namespace

Result<Report> verify(std::string_view bytes, const Trust& trust, const VerifyOptions& options) {
  Report report;
  std::string given;
  if (!options.model.empty()) {
    ASSAY_TRY(given, model_digest(options.model));
  }
  Lines lines;
  const std::string size = std::to_string(bytes.size()) + " bytes";
  if (!note(report, "limits", check_limits(bytes), size + ", no line too long")) return report;
  const Outcome read = read_lines(bytes, lines);
  if (!note(report, "encoding", read, count_of(lines.size(), "line") + ", strict and canonical")) return report;
  std::set<std::string> keys;
  for (const Statement& line : lines) keys.insert(line.line.keyids.begin(), line.line.keyids.end());
  if (!note(report, "signatures", check_signatures(lines, trust, options.now_us),
            count_of(lines.size(), "line") + " signed by " + count_of(keys.size(), "trusted key")))
    return report;
  if (lines.front().line.kind == "index") fill_contents(lines, report);
  if (!note(report, "model", check_subject(lines, options, given), "the model has the digest that was signed"))
    return report;
  if (given.empty() && options.expect_digest.empty())
    report.steps.back() = {"model", "skipped", "no model was given to compare with " + lines.front().digest};
  if (!note(report, "index", check_index(lines), "it lists exactly the " + count_of(lines.size() - 1, "statement")))
    return report;
  if (!note(report, "links", check_links(lines), "statements refer to each other and to this model")) return report;
  if (!note(report, "separation", check_separation(lines, trust),
            trust.separate.empty() ? "no roles need separate keys" : count_of(trust.separate.size(), "rule") + " kept"))
    return report;
  if (!note(report, "validity", check_rest(lines, options),
            report.expires.empty() ? "it does not expire" : "valid until " + report.expires))
    return report;
  if (!note(report, "policy", check_policy(lines), count_of(report.claims.size(), "rule") + ", none blocks"))
    return report;
  report.steps.push_back({"recompute", "skipped", "figures were not computed anew"});
  report.state = "held", report.exit = 0;
  return report;
}

Result<Report> describe(std::string_view bytes) {
  Lines lines;
  if (const auto failed = read_lines(bytes, lines)) return fail(Code::kCorrupt, failed->text);
  if (const auto failed = check_index(lines)) return fail(Code::kCorrupt, failed->text);
  Report report;
  fill_contents(lines, report);
  report.state = "not_verified";
  return report;
}

bool is_refusal(const Error& error) { return error.code == Code::kCorrupt || error.code == Code::kFailedPrecondition; }

Report refused_trust(const Error& error) {
  Report report;
  (void)note(report, "trust", Failure{"trust", error.where.empty() ? error.what : error.where + ": " + error.what}, {});
  return report;
}

}  // namespace assay::gate
