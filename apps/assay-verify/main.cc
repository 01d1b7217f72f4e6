// assay-verify: checks a hallmark offline. One static program; reads the hallmark, the trust file and the model given.
#include <cstdio>
#include <string>
#include <string_view>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/base/time.h"
#include "assay/gate/verify.h"

namespace {

constexpr const char kUsage[] =
    "usage: assay-verify FILE.hallmark.jsonl [--trust FILE | --key HEX] [--model PATH] [--now TIME] [--strict]\n"
    "       [--json]\n"
    "  --trust FILE  who is trusted: trust.json of the issuer\n"
    "  --key HEX     trust this Ed25519 public key for every role\n"
    "  --model PATH  the model file or folder that must be the one signed\n"
    "  --now TIME    judge expiry at this time (2026-06-01T12:00:00Z); default: the clock\n"
    "  --strict      refuse statements of unknown type\n"
    "exit: 0 verified, 1 refused, 4 not decided, 2 usage, 3 a file cannot be read\n";

int usage(const std::string& what) {
  std::fprintf(stderr, "assay-verify: %s\n%s", what.c_str(), kUsage);
  return 2;
}

int stop(const assay::Error& error) {
  std::fprintf(stderr, "assay-verify: %s\n", error.text().c_str());
  return assay::exit_status(error.code);
}

struct Arguments {
  std::string file, trust, key, model, now;
  bool json = false, strict = false, help = false;
  std::string wrong;
};

Arguments read_arguments(int count, char** words) {
  Arguments out;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    std::string* into = word == "--trust"   ? &out.trust
                        : word == "--key"   ? &out.key
                        : word == "--model" ? &out.model
                        : word == "--now"   ? &out.now
                                            : nullptr;
    if (into) {
      if (++i == count)
        out.wrong = std::string(word) + " needs a value";
      else
        *into = words[i];
    } else if (word == "--json") {
      out.json = true;
    } else if (word == "--strict") {
      out.strict = true;
    } else if (word == "--help" || word == "-h") {
      out.help = true;
    } else if (word.substr(0, 1) == "-" || !out.file.empty()) {
      out.wrong = "unknown argument \"" + std::string(word) + "\"";
    } else {
      out.file = word;
    }
  }
  if (out.file.empty() && out.wrong.empty()) out.wrong = "which hallmark?";
  if (!out.trust.empty() && !out.key.empty()) out.wrong = "give --trust or --key, not both";
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string json_of(const assay::gate::Report& report) {
  std::string out = "{\"state\":" + quoted(report.state) + ",\"reason\":" + quoted(report.reason) +
                    ",\"text\":" + quoted(report.text) + ",\"exit\":" + std::to_string(report.exit) +
                    ",\"model\":" + quoted(report.model) + ",\"version\":" + quoted(report.version) +
                    ",\"digest\":" + quoted(report.digest) + ",\"bundle\":" + quoted(report.bundle) + ",\"steps\":[";
  const char* comma = "";
  for (const auto& step : report.steps) {
    out += comma + ("{\"name\":" + quoted(step.name)) + ",\"state\":" + quoted(step.state) +
           ",\"text\":" + quoted(step.text) + "}";
    comma = ",";
  }
  out += "],\"marks\":{";
  comma = "";
  for (const auto& mark : report.marks) out += comma + quoted(mark.name) + ":" + quoted(mark.state), comma = ",";
  return out + "}}\n";
}

assay::Result<assay::gate::Report> judge(const Arguments& given) {
  ASSAY_TRY(const std::string bytes, assay::files::read(given.file, assay::gate::kMaxHallmark + 1));
  assay::gate::Trust trust;  // nobody, unless one is named
  if (!given.key.empty()) {
    ASSAY_TRY(const std::string key, assay::crypto::unhex(given.key));
    if (key.size() != 32) return assay::fail(assay::Code::kInvalidArgument, "a public key has 64 hex digits", "--key");
    trust = assay::gate::trust_of_key(key);
  }
  if (!given.trust.empty()) {
    auto loaded = assay::gate::load_trust(given.trust);
    if (!loaded && assay::gate::is_refusal(loaded.error())) return assay::gate::refused_trust(loaded.error());
    if (!loaded) return tl::unexpected<assay::Error>(loaded.error());
    trust = std::move(*loaded);
  }
  assay::gate::VerifyOptions options;
  options.model = given.model, options.strict = given.strict;
  options.now_us = assay::time::now_us();
  if (!given.now.empty()) {
    ASSAY_TRY(options.now_us, assay::time::parse(given.now));
  }
  return assay::gate::verify(bytes, trust, options);
}

}  // namespace

int main(int count, char** words) {
  const Arguments given = read_arguments(count, words);
  if (given.help) return std::fputs(kUsage, stdout) < 0;
  if (!given.wrong.empty()) return usage(given.wrong);
  const auto report = judge(given);
  if (!report) return stop(report.error());
  const std::string out = given.json ? json_of(*report) : text_of(*report);
  if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size() || std::fflush(stdout) != 0) return 3;
  return report->exit;
}
