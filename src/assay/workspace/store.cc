#include "assay/workspace/store.h"

#include <fcntl.h>
#include <signal.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "assay/base/crypto.h"
#include "assay/base/files.h"
#include "assay/operation/json.h"

namespace assay::workspace {
namespace {

using operation::Json;

constexpr const char* kSchema[] = {
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE run (id TEXT PRIMARY KEY, operation TEXT NOT NULL, state TEXT NOT NULL, parent TEXT NOT NULL, "
    "created_by TEXT "
    "NOT NULL, host TEXT NOT NULL, error TEXT NOT NULL, output TEXT NOT NULL, created_us BIGINT NOT NULL, finished_us "
    "BIGINT NOT "
    "NULL, pid BIGINT NOT NULL, threads BIGINT NOT NULL)",
    "CREATE INDEX run_output ON run (output)",
    "CREATE TABLE edge (run TEXT NOT NULL, direction INTEGER NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL, "
    "PRIMARY KEY "
    "(run, direction, role))",
    "CREATE INDEX edge_digest ON edge (digest, direction)",
    "CREATE TABLE step_cache (key TEXT PRIMARY KEY, run TEXT NOT NULL, output TEXT NOT NULL, blobs TEXT NOT NULL)",
    "CREATE TABLE asset (kind TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, digest TEXT NOT NULL, "
    "content TEXT NOT "
    "NULL, created_by TEXT NOT NULL, created_us BIGINT NOT NULL, meta TEXT NOT NULL, PRIMARY KEY (kind, name, "
    "version))",
    "CREATE INDEX asset_digest ON asset (digest)",
    "CREATE TABLE audit (seq BIGINT PRIMARY KEY, us BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object "
    "TEXT NOT "
    "NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL)"};

constexpr const char* kRunColumns =
    "id, operation, state, parent, created_by, host, error, output, created_us, finished_us, pid, threads";

Json edges_json(const std::vector<Edge>& edges) {
  Json out = Json::object();
  for (const auto& e : edges) out[e.role] = e.digest;
  return out;
}

// One writer at a time, across processes: SQLite alone would answer "locked" without saying who holds it.
class WriterLock {
 public:
  static Result<WriterLock> take(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return tl::unexpected<Error>(files::error_of(errno, path));
    WriterLock lock(fd);
    for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);;) {
      if (::flock(fd, LOCK_EX | LOCK_NB) == 0) break;
      if (std::chrono::steady_clock::now() > until) {
        char pid[32] = {};
        (void)!::pread(fd, pid, sizeof pid - 1, 0);
        return fail(Code::kUnavailable, "another process (pid " + std::string(pid) + ") has been writing for over 5 s",
                    path, "wait for it to end, or stop it");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const auto pid = std::to_string(::getpid());
    (void)!::ftruncate(fd, 0);
    (void)!::pwrite(fd, pid.data(), pid.size(), 0);
    return lock;
  }
  WriterLock(WriterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  WriterLock& operator=(WriterLock&&) = delete;
  ~WriterLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit WriterLock(int fd) : fd_(fd) {}
  int fd_;
};

Error from(const std::exception& e, const std::string& where) {
  const std::string what = e.what();
  if (what.find("readonly") != std::string::npos || what.find("unable to open") != std::string::npos)
    return {Code::kPermissionDenied, "the workspace cannot be written: " + what, where,
            "check the owner and mode of the folder"};
  if (what.find("full") != std::string::npos || what.find("disk I/O") != std::string::npos)
    return {Code::kExhausted, "the disk is full or fails: " + what, where, "free some space and run again"};
  if (what.find("malformed") != std::string::npos || what.find("not a database") != std::string::npos)
    return {Code::kCorrupt, "the database is damaged: " + what, where, "restore it from a copy"};
  return {Code::kUnavailable, what, where, "run again; if it stays, another process may hold the workspace"};
}

}  // namespace

struct Store::Impl {
  soci::session sql;
  std::string path;

  template <class Body>
  auto guarded(Body body) -> decltype(body()) {
    try {
      return body();
    } catch (const std::exception& e) {
      return tl::unexpected<Error>(from(e, path));
    }
  }

  template <class Body>
  Status write(Body body) {
    return guarded([&]() -> Status {
      ASSAY_TRY(const auto lock, WriterLock::take(path + ".lock"));
      soci::transaction one(sql);
      ASSAY_CHECK(body());
      one.commit();
      return {};
    });
  }

  Status migrate() {
    int format = 0;
    sql << "PRAGMA user_version", soci::into(format);
    if (format > kFormat)
      return fail(
          Code::kUnsupported,
          "the workspace has format " + std::to_string(format) + ", this Assay reads up to " + std::to_string(kFormat),
          path, "use the newer Assay that wrote it");
    if (format == kFormat) return {};
    return write([&]() -> Status {
      sql << "PRAGMA user_version", soci::into(format);  // another process may have been quicker
      if (format == kFormat) return {};
      for (const char* each : kSchema) sql << each;
      const auto id = crypto::hex(crypto::random_bytes(16));
      sql << "INSERT INTO meta (key, value) VALUES ('log_id', :id)", soci::use(id);
      sql << "PRAGMA user_version = " << kFormat;
      return {};
    });
  }

  // Inside a transaction.
  void append_audit(AuditEntry e) {
    long long last = 0;
    std::string id;
    sql << "SELECT COALESCE(MAX(seq), 0) FROM audit", soci::into(last);
    if (last) {
      sql << "SELECT hash FROM audit WHERE seq = :s", soci::use(last), soci::into(e.prev);
    } else {
      sql << "SELECT value FROM meta WHERE key = 'log_id'", soci::into(id);
      e.prev = audit_start(id);
    }
    e.seq = last + 1;
    e.hash = audit_hash(e);
    const long long seq = e.seq, us = e.us;
    sql << "INSERT INTO audit VALUES (:q, :u, :a, :c, :o, :d, :p, :h)", soci::use(seq), soci::use(us),
        soci::use(e.actor), soci::use(e.action), soci::use(e.object), soci::use(e.detail), soci::use(e.prev),
        soci::use(e.hash);
  }

  std::vector<RunRecord> read_runs(const std::string& tail, const std::string& value) {
    std::vector<RunRecord> out;
    const soci::rowset<soci::row> rows =
        value.empty() ? (sql.prepare << "SELECT " << kRunColumns << " FROM run " << tail)
                      : (sql.prepare << "SELECT " << kRunColumns << " FROM run " << tail, soci::use(value));
    for (const auto& row : rows) {
      RunRecord r;
      r.id = row.get<std::string>(0), r.operation = row.get<std::string>(1), r.state = row.get<std::string>(2);
      r.parent = row.get<std::string>(3), r.by = row.get<std::string>(4), r.host = row.get<std::string>(5);
      r.error = row.get<std::string>(6), r.output = row.get<std::string>(7), r.created_us = row.get<long long>(8);
      r.finished_us = row.get<long long>(9), r.pid = row.get<long long>(10), r.threads = row.get<long long>(11);
      out.push_back(std::move(r));
    }
    for (auto& r : out) {
      const soci::rowset<soci::row> edges =
          (sql.prepare << "SELECT direction, role, digest FROM edge WHERE run = :r ORDER BY direction, role",
           soci::use(r.id));
      for (const auto& row : edges)
        (row.get<int>(0) == 0 ? r.inputs : r.outputs).push_back({row.get<std::string>(1), row.get<std::string>(2)});
    }
    return out;
  }

  std::vector<AssetVersion> read_assets(const std::string& where, const std::string& a, const std::string& b) {
    std::vector<AssetVersion> out;
    const auto add = [&](const soci::rowset<soci::row>& rows) {
      for (const auto& row : rows)
        out.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<std::string>(3),
                       row.get<std::string>(4), row.get<std::string>(5), row.get<std::string>(7), row.get<long long>(2),
                       row.get<long long>(6)});
    };
    const std::string head = "SELECT kind, name, version, digest, content, created_by, created_us, meta FROM asset ";
    const std::string tail = " ORDER BY kind, name, version";
    if (b.empty() && a.empty())
      add(soci::rowset<soci::row>((sql.prepare << head << tail)));
    else if (b.empty())
      add(soci::rowset<soci::row>((sql.prepare << head << where << tail, soci::use(a))));
    else
      add(soci::rowset<soci::row>((sql.prepare << head << where << tail, soci::use(a), soci::use(b))));
    return out;
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  auto& it = *impl;
  ASSAY_CHECK(it.guarded([&]() -> Status {
    it.sql.open(soci::sqlite3, "dbname=\"" + path + "\" timeout=5");
    it.sql << "PRAGMA journal_mode = WAL";
    it.sql << "PRAGMA synchronous = FULL";  // what was acknowledged outlives a power cut, not only a kill
    it.sql << "PRAGMA foreign_keys = ON";
    return it.migrate();
  }));
  return Store(std::move(impl));
}

Status Store::begin_run(const RunRecord& r) {
  return impl_->write([&]() -> Status {
    const long long created = r.created_us, finished = 0, pid = r.pid, threads = r.threads;
    impl_->sql << "INSERT INTO run VALUES (:i, :o, :s, :p, :b, :h, '', '', :c, :f, :d, :t)", soci::use(r.id),
        soci::use(r.operation), soci::use(r.state), soci::use(r.parent), soci::use(r.by), soci::use(r.host),
        soci::use(created), soci::use(finished), soci::use(pid), soci::use(threads);
    return {};
  });
}

Status Store::end_run(const RunRecord& r, const std::optional<CacheEntry>& cache) {
  return impl_->write([&]() -> Status {
    auto& sql = impl_->sql;
    const long long created = r.created_us, finished = r.finished_us, pid = r.pid, threads = r.threads;
    sql << "INSERT OR REPLACE INTO run VALUES (:i, :o, :s, :p, :b, :h, :e, :u, :c, :f, :d, :t)", soci::use(r.id),
        soci::use(r.operation), soci::use(r.state), soci::use(r.parent), soci::use(r.by), soci::use(r.host),
        soci::use(r.error), soci::use(r.output), soci::use(created), soci::use(finished), soci::use(pid),
        soci::use(threads);
    for (const int direction : {0, 1})
      for (const auto& e : direction == 0 ? r.inputs : r.outputs)
        sql << "INSERT INTO edge VALUES (:r, :d, :o, :g)", soci::use(r.id), soci::use(direction), soci::use(e.role),
            soci::use(e.digest);
    if (cache) {
      const std::string blobs = edges_json(cache->blobs).dump();
      sql << "INSERT OR REPLACE INTO step_cache VALUES (:k, :r, :o, :b)", soci::use(cache->key), soci::use(cache->run),
          soci::use(cache->output), soci::use(blobs);
    }
    AuditEntry entry;
    entry.us = r.finished_us, entry.actor = r.by, entry.action = "run." + r.state, entry.object = r.operation;
    entry.detail = operation::canonical(Json{{"run", r.id}, {"output", r.output}, {"inputs", edges_json(r.inputs)}});
    impl_->append_audit(std::move(entry));
    return {};
  });
}

Result<std::optional<CacheEntry>> Store::cached(const std::string& key) {
  return impl_->guarded([&]() -> Result<std::optional<CacheEntry>> {
    CacheEntry out;
    std::string blobs;
    out.key = key;
    impl_->sql << "SELECT run, output, blobs FROM step_cache WHERE key = :k", soci::use(key), soci::into(out.run),
        soci::into(out.output), soci::into(blobs);
    if (!impl_->sql.got_data()) return std::optional<CacheEntry>();
    ASSAY_TRY(const Json edges, operation::parse_json(blobs, impl_->path));
    for (const auto& [role, digest] : edges.items()) out.blobs.push_back({role, digest.get<std::string>()});
    return std::optional(out);
  });
}

Status Store::forget(const std::string& key) {
  return impl_->write([&]() -> Status {
    impl_->sql << "DELETE FROM step_cache WHERE key = :k", soci::use(key);
    return {};
  });
}

Result<AssetVersion> Store::register_asset(AssetVersion a) {
  const auto status = impl_->write([&]() -> Status {
    auto& sql = impl_->sql;
    long long same = 0, last = 0;
    sql << "SELECT COALESCE(MAX(version), 0) FROM asset WHERE kind = :k AND name = :n AND digest = :d",
        soci::use(a.kind), soci::use(a.name), soci::use(a.digest), soci::into(same);
    sql << "SELECT COALESCE(MAX(version), 0) FROM asset WHERE kind = :k AND name = :n", soci::use(a.kind),
        soci::use(a.name), soci::into(last);
    a.version = same ? same : last + 1;
    const long long version = a.version, created = a.created_us;
    if (same) {
      sql << "UPDATE asset SET content = :c WHERE kind = :k AND name = :n AND version = :v AND content <> :d",
          soci::use(a.content), soci::use(a.kind), soci::use(a.name), soci::use(version), soci::use(a.content);
      return {};
    }
    sql << "INSERT INTO asset VALUES (:k, :n, :v, :d, :c, :b, :t, :m)", soci::use(a.kind), soci::use(a.name),
        soci::use(version), soci::use(a.digest), soci::use(a.content), soci::use(a.by), soci::use(created),
        soci::use(a.meta);
    AuditEntry entry;
    entry.us = a.created_us, entry.actor = a.by, entry.action = a.kind + ".registered";
    entry.object = a.name + "@" + std::to_string(a.version);
    entry.detail = operation::canonical(Json{{"digest", a.digest}, {"content", a.content}});
    impl_->append_audit(std::move(entry));
    return {};
  });
  if (!status) return tl::unexpected<Error>(status.error());
  return a;
}

Result<std::vector<AssetVersion>> Store::assets(const std::string& kind, const std::string& name) {
  return impl_->guarded([&]() -> Result<std::vector<AssetVersion>> {
    return impl_->read_assets(name.empty() ? "WHERE kind = :a" : "WHERE kind = :a AND name = :b", kind, name);
  });
}

Result<std::vector<AssetVersion>> Store::assets_with(const std::string& digest) {
  return impl_->guarded(
      [&]() -> Result<std::vector<AssetVersion>> { return impl_->read_assets("WHERE digest = :a", digest, {}); });
}

Result<std::vector<RunRecord>> Store::runs(std::int64_t limit) {
  return impl_->guarded([&]() -> Result<std::vector<RunRecord>> {
    return impl_->read_runs("ORDER BY created_us DESC, id DESC LIMIT " + std::to_string(limit), {});
  });
}

Result<std::vector<RunRecord>> Store::runs_making(const std::string& digest) {
  return impl_->guarded([&]() -> Result<std::vector<RunRecord>> {
    return impl_->read_runs(
        "WHERE state = 'done' AND id IN (SELECT run FROM edge WHERE digest = :d AND direction = 1) ORDER BY created_us",
        digest);
  });
}

Result<std::vector<RunRecord>> Store::runs_reading(const std::string& digest) {
  return impl_->guarded([&]() -> Result<std::vector<RunRecord>> {
    return impl_->read_runs(
        "WHERE state = 'done' AND id IN (SELECT run FROM edge WHERE digest = :d AND direction = 0) ORDER BY created_us",
        digest);
  });
}

Result<std::int64_t> Store::mark_dead_runs(const std::string& host) {
  std::int64_t marked = 0;
  const auto running = impl_->guarded([&]() -> Result<std::vector<RunRecord>> {
    return impl_->read_runs("WHERE state = 'running' AND host = :h", host);
  });
  if (!running) return tl::unexpected<Error>(running.error());
  for (const auto& r : *running) {
    if (r.pid == ::getpid() || ::kill(static_cast<pid_t>(r.pid), 0) == 0 || errno == EPERM) continue;
    ASSAY_CHECK(impl_->write([&]() -> Status {
      impl_->sql << "UPDATE run SET state = 'preempted', error = 'its process ended before it did' WHERE id = :i AND "
                    "state = 'running'",
          soci::use(r.id);
      return {};
    }));
    ++marked;
  }
  return marked;
}

Status Store::audit(std::int64_t us, const std::string& actor, const std::string& action, const std::string& object,
                    const std::string& detail) {
  return impl_->write([&]() -> Status {
    AuditEntry entry;
    entry.us = us, entry.actor = actor, entry.action = action, entry.object = object, entry.detail = detail;
    impl_->append_audit(std::move(entry));
    return {};
  });
}

Result<std::vector<AuditEntry>> Store::audit_entries(std::int64_t from, std::int64_t limit) {
  return impl_->guarded([&]() -> Result<std::vector<AuditEntry>> {
    std::vector<AuditEntry> out;
    const long long first = from, most = limit;
    const soci::rowset<soci::row> rows =
        (impl_->sql.prepare << "SELECT seq, us, actor, action, object, detail, prev, hash FROM audit "
                               "WHERE seq >= :f ORDER BY seq LIMIT :l",
         soci::use(first), soci::use(most));
    for (const auto& row : rows)
      out.push_back({row.get<long long>(0), row.get<long long>(1), row.get<std::string>(2), row.get<std::string>(3),
                     row.get<std::string>(4), row.get<std::string>(5), row.get<std::string>(6),
                     row.get<std::string>(7)});
    return out;
  });
}

Result<std::string> Store::log_id() {
  return impl_->guarded([&]() -> Result<std::string> {
    std::string id;
    impl_->sql << "SELECT value FROM meta WHERE key = 'log_id'", soci::into(id);
    return id;
  });
}

}  // namespace assay::workspace
