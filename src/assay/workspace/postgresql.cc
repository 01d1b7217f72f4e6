#include <dlfcn.h>
#include <soci/soci.h>
#include <unistd.h>
// The driver is loaded when a workspace asks for it (libpq and what it brings cost every command 5 ms), so only the
// layout of this header is used, and no function of it.
#include <soci/postgresql/soci-postgresql.h>

#include <chrono>
#include <thread>

#include "assay/base/crypto.h"
#include "assay/workspace/dialect.h"

namespace assay::workspace {
namespace {

struct Driver {
  const soci::backend_factory* factory = nullptr;
  decltype(&::PQsetErrorVerbosity) set_verbosity = nullptr;
  decltype(&::PQsetNoticeProcessor) set_notices = nullptr;
};

Result<Driver> driver() {
  static const Driver loaded = [] {
    Driver out;
    void* library = ::dlopen("libsoci_postgresql.so.4.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return out;
    if (auto* make = reinterpret_cast<const soci::backend_factory* (*)()>(::dlsym(library, "factory_postgresql")))
      out.factory = make();
    out.set_verbosity =
        reinterpret_cast<decltype(out.set_verbosity)>(::dlsym(library, "PQsetErrorVerbosity"));  // of its libpq
    out.set_notices = reinterpret_cast<decltype(out.set_notices)>(::dlsym(library, "PQsetNoticeProcessor"));
    return out;
  }();
  if (!loaded.factory || !loaded.set_verbosity || !loaded.set_notices)
    return fail(Code::kUnsupported, "the driver of PostgreSQL is not installed", "libsoci_postgresql.so.4.0",
                "install it (Debian: libsoci-postgresql4.0)");
  return loaded;
}

// "Cannot execute query. Fatal error. ERROR:  42501: permission denied …\nLOCATION: …", as the server is told to say it
// in whatever language it speaks.
struct Said {
  std::string state, what;
};

Said heard(std::string text) {
  constexpr std::string_view kConnect = "Cannot establish connection to the database.\n";
  if (text.starts_with(kConnect)) text.erase(0, kConnect.size());
  text = text.substr(0, text.find('\n'));
  for (std::size_t i = text.find(": "); i != std::string::npos; i = text.find(": ", i + 1)) {
    if (i < 5) continue;
    const auto state = text.substr(i - 5, 5);
    if ((i == 5 || text[i - 6] == ' ') &&
        state.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos &&
        state.find_first_of("0123456789") != std::string::npos)
      return {state, text.substr(i + 2)};
  }
  return {"", text};
}

// Of one host or several: what libpq says when it cannot connect has no state, only words.
Failure unreachable(const std::string& what, const std::string& where) {
  const auto says = [&](const char* word) { return what.find(word) != std::string::npos; };
  if (says("authentication failed") || says("no password supplied") || says("no pg_hba.conf entry"))
    return {{Code::kPermissionDenied, "the database refuses the user: " + what, where,
             "check the user, and its password in PGPASSWORD, ~/.pgpass or a service file"}};
  if (says("role \"") && says("does not exist"))
    return {{Code::kPermissionDenied, "the database refuses the user: " + what, where, "check the user, or make it"}};
  if (says("database \"") && says("does not exist"))
    return {{Code::kNotFound, "there is no such database: " + what, where, "check its name, or make it with createdb"}};
  if (says("definition of service"))
    return {{Code::kInvalidArgument, what, where, "check the name in ~/.pg_service.conf"}};
  return {{Code::kUnavailable, "the database cannot be reached: " + what, where,
           "start the server, or check host and port; the next call tries again"},
          Failure::Then::kReconnect};
}

Failure failure_of(const Said& said, const std::string& where) {
  const auto& [state, what] = said;
  const auto in = [&](const char* family) { return state.starts_with(family); };
  if (in("40001") || in("40P01"))
    return {{Code::kUnavailable, "others changed the same records again and again: " + what, where, "run again"},
            Failure::Then::kRepeat};
  if (in("42501") || in("28"))
    return {{Code::kPermissionDenied, "the workspace cannot be written: " + what, where,
             "have the database's owner grant it: CREATE SCHEMA NAME AUTHORIZATION USER"}};
  if (in("25006"))
    return {{Code::kPermissionDenied, "the database only reads: " + what, where,
             "name the primary, or add target_session_attrs=read-write"}};
  if (in("53300")) return {{Code::kUnavailable, "the database is full of sessions: " + what, where, "run again later"}};
  if (in("53") || in("54"))
    return {{Code::kExhausted, "the database has no room: " + what, where, "free some space and run again"}};
  if (in("XX001") || in("XX002") || in("42P01") || in("42703"))
    return {{Code::kCorrupt, "the database is damaged: " + what, where, "restore it from a copy"}};
  if (in("23505")) return {{Code::kAlreadyExists, "is there already: " + what, where, "give it another id"}};
  return {{Code::kUnavailable, what, where, "run again; the server's log says more"}};
}

class Postgresql final : public Dialect {
 public:
  explicit Postgresql(Place place)
      : place_(std::move(place)), where_(place_.text()), quoted_("\"" + place_.schema + "\"") {
    const auto digest = crypto::sha256("assay:" + place_.schema);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits = bits << 8 | digest[i];
    key_ = static_cast<long long>(bits);
    place_.with.try_emplace("application_name", "assay " + std::to_string(::getpid()));
    place_.with["client_encoding"] = "UTF8";
  }

  Status connect(soci::session& sql) override {
    ASSAY_TRY(const auto used, driver());
    sql.open(*used.factory, place_.conninfo());
    auto* session = static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
    used.set_verbosity(session, PQERRORS_VERBOSE);
    used.set_notices(session, [](void*, const char*) {}, nullptr);  // else libpq writes them to stderr
    std::string encoding;
    // Promises that a server's own settings must not weaken: each statement sees what was kept before it, what is
    // acknowledged outlives a crash, nobody waits for ever, and a writer that lost its network lets go.
    sql << "SELECT current_setting('server_encoding') FROM (SELECT set_config('search_path', :s, false), "
           "set_config('client_min_messages', 'error', false), "
           "set_config('default_transaction_isolation', 'read committed', false), "
           "set_config('lock_timeout', '5s', false), "
           "set_config('idle_in_transaction_session_timeout', '60s', false), "
           "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
           "ELSE current_setting('synchronous_commit') END, false)) AS settings",
        soci::use(quoted_), soci::into(encoding);
    if (encoding != "UTF8")
      return fail(Code::kUnsupported, "the database's encoding is " + encoding + ", not UTF8", where_,
                  "make one with createdb -E UTF8 -T template0");
    return {};
  }

  Result<int> format(soci::session& sql) override {
    int there = 0;
    // Not to_regclass: within one transaction it may remember that there was none before the writer's lock was given.
    sql << "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :s AND "
           "c.relname = 'meta'",
        soci::use(place_.schema), soci::into(there);
    if (!there) return 0;
    std::string format, workspace;
    sql << "SELECT COALESCE(MAX(CASE WHEN key = 'format' THEN value END), '0'), "
           "COALESCE(MAX(CASE WHEN key = 'workspace' THEN value END), '') FROM meta",
        soci::into(format), soci::into(workspace);
    if (!workspace.empty() && !place_.workspace.empty() && workspace != place_.workspace)
      return fail(Code::kFailedPrecondition,
                  "the schema " + place_.schema + " belongs to another workspace (" + workspace + ")", where_,
                  "name another schema in the URL, or put that id into .assay/workspace.id if this is a copy of it");
    return std::atoi(format.c_str());
  }

  void prepare(soci::session& sql) override {
    int there = 0;
    sql << "SELECT COUNT(*) FROM pg_namespace WHERE nspname = :s", soci::use(place_.schema), soci::into(there);
    if (!there) sql << "CREATE SCHEMA " << quoted_;
  }

  void set_format(soci::session& sql, int format) override {
    const auto text = std::to_string(format);
    sql << "INSERT INTO meta (key, value) VALUES ('format', :f) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        soci::use(text);
    if (!place_.workspace.empty())
      sql << "INSERT INTO meta (key, value) VALUES ('workspace', :w) ON CONFLICT (key) DO NOTHING",
          soci::use(place_.workspace);
  }

  std::string ddl(std::string statement) const override {
    for (std::size_t i = 0; (i = statement.find(" TEXT", i)) != std::string::npos; i += 5)
      statement.insert(i + 5, " COLLATE \"C\"");  // bytewise, as SQLite sorts
    return statement;
  }

  Result<std::shared_ptr<void>> hold() override { return std::shared_ptr<void>(); }

  Result<std::string> enter(soci::session& sql) override {
    std::string transaction, nothing;
    try {
      sql << "SELECT CAST(txid_current() AS TEXT), CAST(pg_advisory_xact_lock(:k) AS TEXT)", soci::use(key_),
          soci::into(transaction), soci::into(nothing);
      return transaction;
    } catch (const soci::soci_error& e) {
      if (heard(e.get_error_message()).state != "55P03") throw;
    }
    sql << "ROLLBACK";
    std::string who;
    const long long high = static_cast<long long>(static_cast<std::uint64_t>(key_) >> 32), low = key_ & 0xFFFFFFFFll;
    sql << "SELECT COALESCE(MAX(a.application_name || ', pid ' || a.pid || ' of the server'), '') FROM pg_locks l JOIN "
           "pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND "
           "CAST(l.classid AS BIGINT) = :h AND CAST(l.objid AS BIGINT) = :l",
        soci::use(high), soci::use(low), soci::into(who);
    return fail(Code::kUnavailable, "another process (" + who + ") has been writing for over 5 s", where_,
                "wait for it to end, or stop it");
  }

  // The session is gone, but the server may still be at its last transaction.
  Fate fate(soci::session& sql, const std::string& transaction) override {
    for (int i = 0; i < 100; ++i) {
      std::string state;
      sql << "SELECT COALESCE(txid_status(CAST(:t AS BIGINT)), '')", soci::use(transaction), soci::into(state);
      if (state == "committed") return Fate::kKept;
      if (state == "aborted") return Fate::kGone;
      if (state.empty()) return Fate::kUnknown;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return Fate::kUnknown;
  }

  Failure failure(const std::exception& e, soci::session& sql) override {
    const auto* known = dynamic_cast<const soci::soci_error*>(&e);
    const auto said = heard(known ? known->get_error_message() : e.what());  // without the values that were bound
    const bool ended = said.state.starts_with("57P0") || said.state.starts_with("08") ||
                       said.state.starts_with("25P03");  // shut down, broken, idle for too long in a transaction
    if (!said.state.empty() && !ended) return failure_of(said, where_);
    if (!ended && known && sql.is_connected())
      return {{Code::kUnavailable, said.what, where_, "run again; the server's log says more"}};
    return unreachable(said.what, where_);
  }

 private:
  Place place_;
  std::string where_, quoted_;
  long long key_ = 0;  // of the writer's lock: one for each schema
};

}  // namespace

std::unique_ptr<Dialect> postgresql_dialect(Place place) { return std::make_unique<Postgresql>(std::move(place)); }

}  // namespace assay::workspace
