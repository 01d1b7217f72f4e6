// The changes; the looks stand in store_read.cc.
#include "assay/workspace/store.h"

#include <soci/soci.h>
#include <unistd.h>

#include <map>

#include "assay/operation/json.h"
#include "assay/workspace/process.h"
#include "assay/workspace/store_impl.h"
#include "assay/workspace/workspace.h"

namespace assay::workspace {
namespace {

using operation::Json;

Json edges_json(const std::vector<Edge>& edges) {
  Json out = Json::object();
  for (const auto& e : edges) out[e.role] = e.digest;
  return out;
}

// Text that both databases keep as it is: PostgreSQL takes neither NUL nor broken UTF-8, which stand in error messages
// that quote a damaged file. What does not fit becomes "?".
std::string clean(std::string text) {
  for (auto& c : text)
    if (c == '\0') c = '?';
  if (operation::is_utf8(text)) return text;
  for (auto& c : text)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return text;
}

AuditEntry entry_of(std::int64_t us, std::string actor, std::string action, std::string object, std::string detail) {
  AuditEntry out;
  out.us = us, out.actor = clean(std::move(actor)), out.action = clean(std::move(action));
  out.object = clean(std::move(object)), out.detail = clean(std::move(detail));
  return out;
}

// Inside a transaction.
void append_audit(soci::session& sql, AuditEntry e) {
  long long last = 0;
  sql << "SELECT COALESCE(MAX(seq), 0) FROM audit", soci::into(last);
  if (last) {
    sql << "SELECT hash FROM audit WHERE seq = :s", soci::use(last), soci::into(e.prev);
  } else {
    std::string id;
    sql << "SELECT value FROM meta WHERE key = 'log_id'", soci::into(id);
    e.prev = audit_start(id);
  }
  e.seq = last + 1;
  e.hash = audit_hash(e);
  const long long seq = e.seq, us = e.us;
  sql << "INSERT INTO audit (seq, us, actor, action, object, detail, prev, hash) VALUES (:q, :u, :a, :c, :o, :d, :p, "
         ":h)",
      soci::use(seq), soci::use(us), soci::use(e.actor), soci::use(e.action), soci::use(e.object), soci::use(e.detail),
      soci::use(e.prev), soci::use(e.hash);
}

void put_run(soci::session& sql, const RunRecord& r, bool replace) {
  const long long created = r.created_us, finished = r.finished_us, pid = r.pid, threads = r.threads;
  const std::string by = clean(r.by), host = clean(r.host), error = clean(r.error);
  const std::string process = r.process.empty() && r.host == this_host() ? process_mark(r.pid) : r.process;
  const std::string text =
      "INSERT INTO run (id, operation, state, parent, created_by, host, error, output, created_us, finished_us, pid, "
      "threads, process) VALUES (:i, :o, :s, :p, :b, :h, :e, :u, :c, :f, :d, :t, :m)";
  const std::string over =
      " ON CONFLICT (id) DO UPDATE SET operation = excluded.operation, state = excluded.state, parent = "
      "excluded.parent, created_by = excluded.created_by, host = excluded.host, error = excluded.error, output = "
      "excluded.output, created_us = excluded.created_us, finished_us = excluded.finished_us, pid = excluded.pid, "
      "threads = excluded.threads, process = excluded.process";
  sql << text + (replace ? over : ""), soci::use(r.id), soci::use(r.operation), soci::use(r.state), soci::use(r.parent),
      soci::use(by), soci::use(host), soci::use(error), soci::use(r.output), soci::use(created), soci::use(finished),
      soci::use(pid), soci::use(threads), soci::use(process);
}

void put_edges(soci::session& sql, const RunRecord& r) {
  std::map<std::pair<int, std::string>, std::string> edges;  // one statement must not meet a key twice
  for (const auto& e : r.inputs) edges[{0, e.role}] = e.digest;
  for (const auto& e : r.outputs) edges[{1, e.role}] = e.digest;
  std::vector<Value> values;
  std::string rows;
  const auto flush = [&] {
    if (!rows.empty())
      select(sql,
             "INSERT INTO edge (run, direction, role, digest) VALUES " + rows +
                 " ON CONFLICT (run, direction, role) DO UPDATE SET digest = excluded.digest",
             values);
    rows.clear(), values.clear();
  };
  for (const auto& [key, digest] : edges) {
    const auto n = std::to_string(values.size());
    rows += (rows.empty() ? "(:r" : ", (:r") + n + ", " + std::to_string(key.first) + ", :o" + n + ", :d" + n + ")";
    values.insert(values.end(), {r.id, key.second, digest});
    if (values.size() >= 300) flush();
  }
  flush();
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const std::string& path) {
  Place place;
  place.file = path;
  return open(place);
}

Result<Store> Store::open(const Place& place) {
  ASSAY_TRY(auto connection, Connection::open(place));
  return Store(std::make_unique<Impl>(std::move(connection)));
}

std::string Store::place() const { return impl_->connection.place().text(); }

Status Store::begin_run(const RunRecord& r) {
  return impl_->connection.write([&](soci::session& sql) -> Status {
    RunRecord begun = r;
    begun.finished_us = 0, begun.error.clear(), begun.output.clear();
    put_run(sql, begun, false);
    return {};
  });
}

Status Store::end_run(const RunRecord& r, const std::optional<CacheEntry>& cache) {
  return impl_->connection.write([&](soci::session& sql) -> Status {
    put_run(sql, r, true);
    put_edges(sql, r);
    if (cache) {
      const std::string blobs = edges_json(cache->blobs).dump();
      sql << "INSERT INTO step_cache (key, run, output, blobs) VALUES (:k, :r, :o, :b) ON CONFLICT (key) DO UPDATE SET "
             "run = excluded.run, output = excluded.output, blobs = excluded.blobs",
          soci::use(cache->key), soci::use(cache->run), soci::use(cache->output), soci::use(blobs);
    }
    const auto detail =
        operation::canonical(Json{{"run", r.id}, {"output", r.output}, {"inputs", edges_json(r.inputs)}});
    append_audit(sql, entry_of(r.finished_us, r.by, "run." + r.state, r.operation, detail));
    return {};
  });
}

Status Store::forget(const std::string& key) {
  return impl_->connection.write([&](soci::session& sql) -> Status {
    sql << "DELETE FROM step_cache WHERE key = :k", soci::use(key);
    return {};
  });
}

Result<AssetVersion> Store::register_asset(AssetVersion a) {
  a.by = clean(a.by), a.meta = clean(a.meta);
  for (const auto* name : {&a.kind, &a.name})
    if (clean(*name) != *name) return fail(Code::kInvalidArgument, "the name is not UTF-8 text", a.kind + ":" + a.name);
  ASSAY_CHECK(impl_->connection.write([&](soci::session& sql) -> Status {
    long long same = 0, last = 0;
    sql << "SELECT COALESCE(MAX(version), 0), COALESCE(MAX(CASE WHEN digest = :d THEN version END), 0) FROM asset "
           "WHERE kind = :k AND name = :n",
        soci::use(a.digest), soci::use(a.kind), soci::use(a.name), soci::into(last), soci::into(same);
    a.version = same ? same : last + 1;
    const long long version = a.version, created = a.created_us;
    if (same) {
      sql << "UPDATE asset SET content = :c WHERE kind = :k AND name = :n AND version = :v AND content <> :d",
          soci::use(a.content), soci::use(a.kind), soci::use(a.name), soci::use(version), soci::use(a.content);
      return {};
    }
    sql << "INSERT INTO asset (kind, name, version, digest, content, created_by, created_us, meta) VALUES (:k, :n, :v, "
           ":d, :c, :b, :t, :m)",
        soci::use(a.kind), soci::use(a.name), soci::use(version), soci::use(a.digest), soci::use(a.content),
        soci::use(a.by), soci::use(created), soci::use(a.meta);
    const auto detail = operation::canonical(Json{{"digest", a.digest}, {"content", a.content}});
    append_audit(
        sql, entry_of(a.created_us, a.by, a.kind + ".registered", a.name + "@" + std::to_string(a.version), detail));
    return {};
  }));
  return a;
}

Result<std::int64_t> Store::mark_dead_runs(const std::string& host) {
  std::int64_t marked = 0;
  RunFilter running;
  running.state = "running", running.limit = 1 << 20;
  ASSAY_TRY(const auto found, runs(running));
  for (const auto& r : found) {
    if (r.host != host || process_lives(r.pid, r.process)) continue;
    ASSAY_CHECK(impl_->connection.write([&](soci::session& sql) -> Status {
      sql << "UPDATE run SET state = 'preempted', error = 'its process ended before it did' WHERE id = :i AND "
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
  return impl_->connection.write([&](soci::session& sql) -> Status {
    append_audit(sql, entry_of(us, actor, action, object, detail));
    return {};
  });
}

}  // namespace assay::workspace
