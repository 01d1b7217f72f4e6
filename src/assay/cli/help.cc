#include "assay/cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "assay/catalog/catalog.h"
#include "assay/cli/arguments.h"

namespace assay::cli {
namespace {

using operation::Argument;
using operation::Operation;

struct Stage {
  const char* name;
  std::vector<std::string> nouns;
};
const std::vector<Stage>& stages() {
  static const std::vector<Stage> all{{"define", {"plan", "workspace"}},
                                      {"data", {"data", "stats", "schema"}},
                                      {"train", {"train", "model"}},
                                      {"evaluate", {"evaluate", "fairness"}},
                                      {"document, gate", {"card", "view", "evidence", "gate", "hallmark"}},
                                      {"operate", {"runs", "lineage", "audit"}}};
  return all;
}

std::string default_text(const Argument& a) {
  if (a.required || a.default_value.is_null() || a.default_value == "" || a.default_value == false ||
      a.default_value.empty())
    return {};
  return "default " +
         (a.default_value.is_string() ? a.default_value.get<std::string>() : operation::canonical(a.default_value));
}

std::string constraint_text(const Argument& a) {
  std::vector<std::string> parts;
  const auto& m = a.meta;
  if (m.choice_count) {
    std::string list;
    for (std::size_t i = 0; i < m.choice_count; ++i) list += (i ? " | " : "") + std::string(m.choices[i]);
    parts.push_back(list);
  }
  const bool low = std::isfinite(m.low), high = std::isfinite(m.high);
  if (low && high)
    parts.push_back(fmt::format("{}{}, {}{}", m.low_excluded ? "(" : "[", m.low, m.high, m.high_excluded ? ")" : "]"));
  else if (low)
    parts.push_back(fmt::format("{} {}", m.low_excluded ? ">" : ">=", m.low));
  else if (high)
    parts.push_back(fmt::format("{} {}", m.high_excluded ? "<" : "<=", m.high));
  if (!m.unit.empty()) parts.emplace_back(m.unit);
  if (a.required) parts.emplace_back("required");
  if (const auto d = default_text(a); !d.empty()) parts.push_back(d);
  std::string out;
  for (const auto& p : parts) out += (out.empty() ? "" : "; ") + p;
  return out.empty() ? "" : " [" + out + "]";
}

std::string placeholder(const Argument& a) {
  if (a.type == "boolean") return "";
  return a.type == "integer"  ? " N"
         : a.type == "number" ? " X"
         : a.type == "object" ? " JSON"
         : a.meta.input       ? " FILE"
                              : " TEXT";
}

std::string flags_of(const Operation& op) {
  std::string out;
  for (const auto& a : op.arguments)
    if (!a.meta.hidden) out += " " + flag_of(a.name);
  return out + " --workspace --json --output --format --threads --policy --quiet --server --token-file --help";
}

}  // namespace

std::string overview() {
  std::string out =
      "assay: define, data, train, evaluate, document, gate - with evidence at every step\n\n"
      "  assay init DATA          write a plan (assay.yaml) by looking at the data\n"
      "  assay run [PLAN]         run it: report, card, verdict and, when all holds, a hallmark\n"
      "  assay NOUN VERB --help   what a command does\n";
  std::map<std::string, std::vector<const Operation*>> by_noun;
  for (const auto& op : catalog::operations()) by_noun[op.noun].push_back(&op);
  const auto show = [&](const std::string& noun) {
    for (const auto* op : by_noun[noun]) out += fmt::format("  {:<9} {:<9} {}\n", op->noun, op->verb, op->summary);
    by_noun.erase(noun);
  };
  for (const auto& stage : stages()) {
    out += fmt::format("\n{}\n", stage.name);
    for (const auto& noun : stage.nouns) show(noun);
  }
  if (!by_noun.empty()) out += "\nmore\n";
  while (!by_noun.empty()) show(by_noun.begin()->first);
  return out +
         "\nshow and serve\n  studio             Show the workspace in a browser\n"
         "  server    start    Serve workspaces to a team; also: server status, server stop\n"
         "\nalso: openapi, completion SHELL, version, help\nexit: 0 held or done, 1 failed, 4 not decided, 2 your "
         "input, 3 surroundings, 70 ours, 130 cancelled\n";
}

std::string noun_help(const std::string& noun) {
  std::string out;
  for (const auto& op : catalog::operations())
    if (op.noun == noun) out += fmt::format("  assay {} {:<9} {}\n", op.noun, op.verb, op.summary);
  return out;
}

std::string verb_help(const Operation& op) {
  std::string usage = "usage: assay " + op.noun + " " + op.verb, list;
  for (const auto& a : op.arguments)
    if (a.meta.positional) {
      std::string upper = a.name;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      usage += a.required ? " " + upper : " [" + upper + "]";
    }
  std::size_t width = 12;
  for (const auto& a : op.arguments) width = std::max(width, flag_of(a.name).size() + placeholder(a).size());
  for (const auto& a : op.arguments) {
    if (a.meta.hidden) continue;
    list += fmt::format("  {:<{}}  {}{}{}\n", flag_of(a.name) + placeholder(a), width, a.help,
                        a.repeated ? " (may be repeated)" : "", constraint_text(a));
  }
  std::string out = op.summary + "\n" + usage + " [options]\n\n" + list + "\n";
  for (const auto& [name, text] : {std::pair("--workspace DIR", "folder with the .assay/ to use; else found upwards"),
                                   {"--json", "print the result as JSON"},
                                   {"-o, --output FILE", "write the result to a file"},
                                   {"--policy FILE", "judge what came out by a policy"},
                                   {"--threads N", "threads to use; results do not depend on it"},
                                   {"--quiet", "no progress"},
                                   {"--server URL", "run it on a server; ASSAY_TOKEN or --token-file FILE signs in"}})
    out += fmt::format("  {:<{}}  {}\n", name, width, text);
  if (!op.example.empty()) out += "\nexample: " + op.example + "\n";
  return out;
}

Result<std::string> completion(const std::string& shell) {
  std::map<std::string, std::string> verbs;
  std::string cases;
  for (const auto& op : catalog::operations()) {
    verbs[op.noun] += (verbs[op.noun].empty() ? "" : " ") + op.verb;
    cases += fmt::format("    \"{} {}\") words=\"{}\" ;;\n", op.noun, op.verb, flags_of(op).substr(1));
  }
  std::string nouns = "init run studio server openapi completion version help", second;
  for (const auto& [noun, list] : verbs) {
    nouns += " " + noun;
    second += fmt::format("      {}) words=\"{}\" ;;\n", noun, list);
  }
  if (shell == "fish") {
    std::string out = fmt::format("complete -c assay -f -n __fish_use_subcommand -a '{}'\n", nouns);
    for (const auto& [noun, list] : verbs)
      out += fmt::format("complete -c assay -f -n '__fish_seen_subcommand_from {}' -a '{}'\n", noun, list);
    return out;
  }
  if (shell != "bash" && shell != "zsh")
    return tl::unexpected<Error>(operation::unknown_name("shell", shell, {"bash", "zsh", "fish"}));
  return std::string(shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") +
         "_assay() {\n  local words= noun=${COMP_WORDS[1]} verb=${COMP_WORDS[2]}\n  case $noun in run) verb=run; "
         "noun=plan ;; init) verb=init; noun=plan ;; esac\n"
         "  if [ \"$COMP_CWORD\" = 1 ]; then words=\"" +
         nouns +
         "\"\n  elif [ \"$COMP_CWORD\" = 2 ] && [ \"${COMP_WORDS[1]}\" = \"$noun\" ]; then\n    case $noun in\n" +
         second + "    esac\n  else case \"$noun $verb\" in\n" + cases +
         "  esac; fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "  case ${COMP_WORDS[COMP_CWORD]} in -*) ;; *) [ \"$COMP_CWORD\" -gt 2 ] && COMPREPLY+=($(compgen -f -- "
         "\"${COMP_WORDS[COMP_CWORD]}\")) ;; esac\n}\n"
         "complete -o filenames -F _assay assay\n";
}

}  // namespace assay::cli
