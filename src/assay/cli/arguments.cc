#include "assay/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <charconv>

namespace assay::cli {
namespace {

using operation::Argument;
using operation::Json;

Result<Json> typed(const std::string& text, const Argument& a) {
  const auto bad = [&](const char* wanted) {
    return fail(Code::kInvalidArgument, "\"" + text + "\" is not " + wanted, flag_of(a.name), a.help);
  };
  const char *from = text.data(), *to = text.data() + text.size();
  if (a.type == "integer") {
    std::int64_t v = 0;
    if (const auto [end, e] = std::from_chars(from, to, v); e != std::errc() || end != to) return bad("a whole number");
    return Json(v);
  }
  if (a.type == "number") {
    double v = 0;
    if (const auto [end, e] = std::from_chars(from, to, v); e != std::errc() || end != to) return bad("a number");
    return operation::number(v);
  }
  if (a.type == "boolean") {
    if (text != "true" && text != "false") return bad("true or false");
    return Json(text == "true");
  }
  if (a.type == "object") {
    auto json = operation::parse_json(text, flag_of(a.name));
    if (!json) return tl::unexpected<Error>(std::move(json).error());
    return *json;
  }
  return Json(text);
}

// "split.test" -> request["split"]["test"]
Json& place(Json& request, const std::string& name) {
  Json* at = &request;
  std::size_t begin = 0;
  for (std::size_t dot; (dot = name.find('.', begin)) != std::string::npos; begin = dot + 1)
    at = &(*at)[name.substr(begin, dot - begin)];
  return (*at)[name.substr(begin)];
}

std::string option_names(const Argument& a) {
  std::string names = flag_of(a.name);
  if (a.meta.short_flag) names = std::string("-") + a.meta.short_flag + "," + names;
  return a.meta.positional ? a.name + "," + names : names;
}

Error unknown_flag(const std::string& word, const operation::Operation& op) {
  std::vector<std::string> known{"--workspace", "--json",  "--output", "--format", "--threads",
                                 "--policy",    "--quiet", "--help",   "--server", "--token-file"};
  for (const auto& a : op.arguments) known.push_back(flag_of(a.name));
  const auto flag = word.substr(0, word.find('='));
  if (!word.starts_with("-"))
    return {Code::kInvalidArgument, "\"" + word + "\" is one argument too many", "assay " + op.noun + " " + op.verb,
            "see --help"};
  const auto near = operation::nearest(flag, known);
  return {Code::kInvalidArgument, "no such option", flag,
          near.empty() ? "assay " + op.noun + " " + op.verb + " --help lists them" : "did you mean " + near + "?"};
}

}  // namespace

std::string flag_of(const std::string& field) {
  std::string out = "--" + field;
  for (char& c : out) c = c == '_' ? '-' : c;
  return out;
}

Result<Parsed> parse(const operation::Operation& op, std::vector<std::string> words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  Parsed out;
  auto& common = out.common;
  app.add_option("--workspace", common.workspace);
  app.add_option("--format", common.format);
  app.add_option("--policy", common.policy);
  app.add_option("--server", common.server);
  app.add_option("--token-file", common.token_file);
  app.add_option("--threads", common.threads)->check(CLI::Range(1, 1024));
  app.add_flag("--json", common.json);
  app.add_flag("--quiet,-q", common.quiet);
  app.add_flag("--help,-h", common.help);
  std::vector<std::vector<std::string>> values(op.arguments.size());
  bool own_output = false, own_policy = false;
  for (std::size_t i = 0; i < op.arguments.size(); ++i) {
    own_output |= op.arguments[i].name == "output";
    own_policy |= op.arguments[i].name == "policy";
  }
  if (!own_output) app.add_option("-o,--output", common.output);
  if (own_policy) app.remove_option(app.get_option("--policy"));
  for (std::size_t i = 0; i < op.arguments.size(); ++i) {
    const auto& a = op.arguments[i];
    auto* option = a.type == "boolean" && !a.repeated ? app.add_flag(flag_of(a.name), values[i])
                                                      : app.add_option(option_names(a), values[i]);
    if (a.type == "boolean" && !a.repeated) continue;
    option->expected(1, a.repeated ? 1 << 20 : 1);
    option->allow_extra_args(a.repeated);
  }
  try {
    std::reverse(words.begin(), words.end());
    app.parse(words);
  } catch (const CLI::ParseError& e) {
    return fail(Code::kInvalidArgument, e.what(), "assay " + op.noun + " " + op.verb, "see --help");
  } catch (const std::exception& e) {
    return fail(Code::kInternal, e.what(), "assay " + op.noun + " " + op.verb);
  }
  if (common.help) return out;
  if (common.format != "" && common.format != "json" && common.format != "text")
    return fail(Code::kInvalidArgument, "\"" + common.format + "\" is no format", "--format", "choose json or text");
  if (!common.policy.empty() && !op.evidence)
    return fail(Code::kInvalidArgument, "this command makes no evidence to judge", "--policy",
                "put the rules under checks or gate.policy of the plan, or judge evidence with: assay gate check");
  if (const auto rest = app.remaining(); !rest.empty()) return tl::unexpected<Error>(unknown_flag(rest.front(), op));
  for (std::size_t i = 0; i < op.arguments.size(); ++i) {
    const auto& a = op.arguments[i];
    if (values[i].empty()) {
      if (a.required)
        return fail(Code::kInvalidArgument, "is required", a.meta.positional ? a.name : flag_of(a.name),
                    std::string(a.help));
      continue;
    }
    if (!a.repeated && values[i].size() > 1)
      return fail(Code::kInvalidArgument, "is given more than once", flag_of(a.name), "give it once");
    Json list = Json::array();
    for (const auto& text : values[i]) {
      ASSAY_TRY(auto value, typed(text, a));
      list.push_back(std::move(value));
    }
    place(out.request, a.name) = a.repeated ? std::move(list) : std::move(list[0]);
  }
  return out;
}

}  // namespace assay::cli
