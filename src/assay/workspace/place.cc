#include "assay/workspace/place.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/operation/yaml.h"

namespace assay::workspace {
namespace {

constexpr std::size_t kMaxUrl = 4096;

// Parameters of libpq that may stand in a URL. `password` and its kin are refused by name, `options` would let a URL
// change what the session promises (durability, isolation).
const std::vector<std::string>& known_parameters() {
  static const std::vector<std::string> known{"application_name",
                                              "channel_binding",
                                              "connect_timeout",
                                              "dbname",
                                              "gssencmode",
                                              "host",
                                              "hostaddr",
                                              "keepalives",
                                              "keepalives_count",
                                              "keepalives_idle",
                                              "keepalives_interval",
                                              "krbsrvname",
                                              "passfile",
                                              "port",
                                              "requirepeer",
                                              "schema",
                                              "service",
                                              "ssl_min_protocol_version",
                                              "sslcert",
                                              "sslcrl",
                                              "sslkey",
                                              "sslmode",
                                              "sslrootcert",
                                              "target_session_attrs",
                                              "tcp_user_timeout",
                                              "user"};
  return known;
}

Error bad(std::string what, const std::string& where, std::string fix = {}) {
  if (fix.empty()) fix = "write postgresql://USER@HOST:PORT/DATABASE, or leave store out for SQLite";
  return {Code::kInvalidArgument, std::move(what), where, std::move(fix)};
}

Result<std::string> decoded(std::string_view text, const std::string& where) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const auto byte = i + 2 < text.size() ? crypto::unhex(text.substr(i + 1, 2)) : Result<std::string>("");
      if (!byte || byte->size() != 1)
        return tl::unexpected<Error>(bad("the store's URL has a % without two hexadecimal digits", where));
      c = byte->front(), i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return tl::unexpected<Error>(bad("the store's URL holds a control character", where));
    out += c;
  }
  return out;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~/,:").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : "%" + crypto::hex(std::string_view(&c, 1));
  }
  return out;
}

Error no_password(const std::string& where) {
  return bad("the store's URL holds a password, which would be kept in clear", where,
             "take it out: PostgreSQL's own PGPASSWORD, ~/.pgpass or a service file give it");
}

bool plain_schema(const std::string& name) {
  return !name.empty() && name.size() <= 63 && !name.starts_with("pg_") && !(name[0] >= '0' && name[0] <= '9') &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// host[:port] or [v6][:port], several with commas: libpq takes hosts and ports as two lists.
Status read_hosts(std::string_view text, Place& place, const std::string& where) {
  std::string hosts, ports;
  bool any_port = false;
  while (true) {
    const auto comma = text.find(',');
    const auto one = text.substr(0, comma);
    const auto close = one.starts_with('[') ? one.find(']') : 0;
    if (close == std::string_view::npos) return tl::unexpected<Error>(bad("the store's URL has a [ without ]", where));
    const auto colon = one.find(':', close);
    const auto name = one.starts_with('[') ? one.substr(1, close - 1) : one.substr(0, colon);
    const auto port = colon == std::string_view::npos ? std::string_view() : one.substr(colon + 1);
    if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos ||
        (!port.empty() && (std::stoi(std::string(port)) < 1 || std::stoi(std::string(port)) > 65535)))
      return tl::unexpected<Error>(bad("the port in the store's URL is not a number from 1 to 65535", where));
    ASSAY_TRY(const auto host, decoded(name, where));
    hosts += host, ports += port, any_port = any_port || !port.empty();
    if (comma == std::string_view::npos) break;
    hosts += ',', ports += ',', text.remove_prefix(comma + 1);
  }
  if (!hosts.empty()) place.with["host"] = hosts;
  if (any_port) place.with["port"] = ports;
  return {};
}

Status read_parameters(std::string_view text, Place& place, const std::string& where) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto one = text.substr(0, end);
    const auto equals = one.find('=');
    ASSAY_TRY(const auto name, decoded(one.substr(0, equals), where));
    if (name.find("password") != std::string::npos) return tl::unexpected<Error>(no_password(where));
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != std::string::npos)  // it may be half a password
      return tl::unexpected<Error>(bad("the store's URL has a parameter whose name is no plain word", where));
    const auto& known = known_parameters();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      auto error = operation::unknown_name("parameter", name, known).at(where);
      if (error.fix.empty()) error.fix = "take it out: a URL may say how to connect, and no more";
      return tl::unexpected<Error>(std::move(error));
    }
    if (equals == std::string_view::npos)
      return tl::unexpected<Error>(bad("the parameter " + name + " of the store's URL has no value", where));
    ASSAY_TRY(place.with[name], decoded(one.substr(equals + 1), where));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return {};
}

// The folder's own id: whoever comes first names it, and everybody reads that one.
Result<std::string> id_of(const std::string& folder) {
  const auto path = folder + "/workspace.id";
  if (!files::exists(path)) {
    const auto aside = path + "." + std::to_string(::getpid()) + crypto::hex(crypto::random_bytes(4));
    ASSAY_CHECK(files::write(aside, crypto::hex(crypto::random_bytes(16)) + "\n"));
    const bool linked = ::link(aside.c_str(), path.c_str()) == 0 || errno == EEXIST;
    const int number = errno;
    ::unlink(aside.c_str());
    if (!linked) return tl::unexpected<Error>(files::error_of(number, path));
  }
  ASSAY_TRY(auto text, files::read(path, 64));
  while (text.ends_with('\n')) text.pop_back();
  if (text.size() != 32 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    return fail(Code::kCorrupt, "the workspace's id is not 32 hexadecimal digits", path, "restore it from a copy");
  return text;
}

}  // namespace

std::string Place::text() const {
  if (sqlite()) return file;
  const auto get = [&](const char* name) {
    const auto found = with.find(name);
    return found == with.end() ? std::string() : found->second;
  };
  const std::string user = get("user"), host = get("host"), port = get("port");
  return "postgresql://" + (user.empty() ? "" : encoded(user) + "@") + encoded(host) +
         (port.empty() ? "" : ":" + port) + "/" + encoded(get("dbname")) + "?schema=" + schema;
}

std::string Place::conninfo() const {
  std::string out = "postgresql:///";
  char before = '?';
  for (const auto& [name, value] : with) out += before + name + "=" + encoded(value), before = '&';
  return out;
}

Result<Place> read_url(std::string_view url, const std::string& where) {
  if (url.size() > kMaxUrl) return tl::unexpected<Error>(bad("the store's URL is longer than 4096 bytes", where));
  std::string_view rest = url;
  for (const std::string_view scheme : {"postgresql://", "postgres://"})
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  if (rest.size() == url.size())
    return tl::unexpected<Error>(bad("the store is not a URL that begins with postgresql://", where));
  Place place;
  const auto question = rest.find('?');
  const auto head = rest.substr(0, question);
  const auto slash = head.find('/', head.find('@') == std::string_view::npos ? 0 : head.rfind('@'));
  auto authority = head.substr(0, slash);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto user = authority.substr(0, at);
    if (user.find(':') != std::string_view::npos) return tl::unexpected<Error>(no_password(where));
    ASSAY_TRY(place.with["user"], decoded(user, where));
    authority.remove_prefix(at + 1);
  }
  ASSAY_CHECK(read_hosts(authority, place, where));
  if (slash != std::string_view::npos && slash + 1 < head.size()) {
    ASSAY_TRY(place.with["dbname"], decoded(head.substr(slash + 1), where));
  }
  if (question != std::string_view::npos) ASSAY_CHECK(read_parameters(rest.substr(question + 1), place, where));
  if (const auto named = place.with.find("schema"); named != place.with.end()) {
    place.schema = named->second;
    place.with.erase(named);
    if (!plain_schema(place.schema))
      return tl::unexpected<Error>(bad("the schema \"" + place.schema + "\" is not a plain word", where,
                                       "use lower-case letters, digits and _, at most 63, not beginning with pg_"));
  }
  if (!place.with.contains("dbname") && !place.with.contains("service"))
    return tl::unexpected<Error>(bad("the store's URL names no database", where));
  place.with.try_emplace("connect_timeout", "5");
  return place;
}

Result<Place> read_place(const std::string& folder) {
  Place place;
  place.file = folder + "/workspace.db";
  const auto config = folder + "/config.yaml";
  if (!files::exists(config)) return place;
  ASSAY_TRY(const auto text, files::read(config, operation::kMaxYaml));
  ASSAY_TRY(const auto yaml, operation::parse_yaml(text, config));
  if (yaml.value.is_null()) return place;
  if (!yaml.value.is_object())
    return fail(Code::kInvalidArgument, "the configuration is not a list of NAME: VALUE", config, "write store: URL");
  for (const auto& [name, value] : yaml.value.items())
    if (name != "store") return tl::unexpected<Error>(operation::unknown_name("setting", name, {"store"}).at(config));
  if (!yaml.value.contains("store")) return place;
  const auto at = yaml.where("/store");
  const auto where = config + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + " store";
  const auto& store = yaml.value["store"];
  if (!store.is_string()) return tl::unexpected<Error>(bad("the store is not text", where));
  if (store == "sqlite") return place;
  ASSAY_TRY(place, read_url(store.get<std::string>(), where));
  ASSAY_TRY(place.workspace, id_of(folder));
  if (place.schema.empty()) place.schema = "assay_" + place.workspace.substr(0, 16);
  return place;
}

}  // namespace assay::workspace
