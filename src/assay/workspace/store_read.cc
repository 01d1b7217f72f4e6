// The looks: each along an index, bounded where the caller says so.
#include <soci/soci.h>

#include <algorithm>
#include <map>

#include "assay/operation/json.h"
#include "assay/workspace/store_impl.h"

namespace assay::workspace {
namespace {

using operation::Json;

// A condition that grows: "WHERE a = :v0 AND b < :v1".
struct Where {
  std::string text;
  std::vector<Value> values;
  Where& add(const std::string& condition, Value value) {
    values.push_back(std::move(value));
    return say(condition + " :v" + std::to_string(values.size() - 1));
  }
  Where& say(const std::string& condition) {
    text += (text.empty() ? " WHERE " : " AND ") + condition;
    return *this;
  }
};

std::string at_most(std::int64_t limit) { return " LIMIT " + std::to_string(std::max<std::int64_t>(0, limit)); }

void read_edges(soci::session& sql, std::vector<RunRecord>& runs) {
  constexpr std::size_t kAtOnce = 100;
  std::map<std::string, RunRecord*> by_id;
  for (auto& r : runs) by_id[r.id] = &r;
  std::string run, role, digest;
  int direction = 0;
  for (std::size_t from = 0; from < runs.size(); from += kAtOnce) {
    std::string names;
    std::vector<Value> values;
    for (std::size_t i = from; i < std::min(runs.size(), from + kAtOnce); ++i) {
      names += (names.empty() ? ":i" : ", :i") + std::to_string(i);
      values.emplace_back(runs[i].id);
    }
    select(sql,
           "SELECT run, direction, role, digest FROM edge WHERE run IN (" + names + ") ORDER BY run, direction, role",
           values, {&run, &direction, &role, &digest}, [&] {
             auto& r = *by_id.at(run);
             (direction == 0 ? r.inputs : r.outputs).push_back({role, digest});
           });
  }
}

// `tail`: conditions, order, limit.
Result<std::vector<RunRecord>> read_runs(Connection& connection, const std::string& tail,
                                         const std::vector<Value>& values) {
  std::vector<RunRecord> out;
  ASSAY_CHECK(connection.read([&](soci::session& sql) -> Status {
    std::vector<RunRecord> found;
    RunRecord r;
    long long created = 0, finished = 0, pid = 0, threads = 0;
    select(sql,
           "SELECT id, operation, state, parent, created_by, host, error, output, created_us, finished_us, pid, "
           "threads, process FROM run" +
               tail,
           values,
           {&r.id, &r.operation, &r.state, &r.parent, &r.by, &r.host, &r.error, &r.output, &created, &finished, &pid,
            &threads, &r.process},
           [&] {
             r.created_us = created, r.finished_us = finished, r.pid = pid, r.threads = threads;
             found.push_back(r);
           });
    read_edges(sql, found);
    out = std::move(found);
    return {};
  }));
  return out;
}

Result<std::vector<AssetVersion>> read_assets(Connection& connection, const std::string& tail,
                                              const std::vector<Value>& values) {
  std::vector<AssetVersion> out;
  ASSAY_CHECK(connection.read([&](soci::session& sql) -> Status {
    std::vector<AssetVersion> found;
    AssetVersion a;
    long long version = 0, created = 0;
    select(sql, "SELECT kind, name, version, digest, content, created_by, created_us, meta FROM asset" + tail, values,
           {&a.kind, &a.name, &version, &a.digest, &a.content, &a.by, &created, &a.meta}, [&] {
             a.version = version, a.created_us = created;
             found.push_back(a);
           });
    out = std::move(found);
    return {};
  }));
  return out;
}

Result<std::vector<AuditEntry>> read_audit(Connection& connection, const std::string& tail,
                                           const std::vector<Value>& values) {
  std::vector<AuditEntry> out;
  ASSAY_CHECK(connection.read([&](soci::session& sql) -> Status {
    std::vector<AuditEntry> found;
    AuditEntry e;
    long long seq = 0, us = 0;
    select(sql, "SELECT seq, us, actor, action, object, detail, prev, hash FROM audit" + tail, values,
           {&seq, &us, &e.actor, &e.action, &e.object, &e.detail, &e.prev, &e.hash}, [&] {
             e.seq = seq, e.us = us;
             found.push_back(e);
           });
    out = std::move(found);
    return {};
  }));
  return out;
}

Result<std::int64_t> count(Connection& connection, const std::string& what, const std::vector<Value>& values) {
  long long out = 0;
  ASSAY_CHECK(connection.read([&](soci::session& sql) -> Status {
    select(sql, "SELECT COUNT(*) FROM " + what, values, {&out});
    return {};
  }));
  return out;
}

Where chosen(const RunFilter& f) {
  Where where;
  if (!f.state.empty()) where.add("state =", f.state);
  if (!f.operation.empty()) where.add("operation =", f.operation);
  if (f.parent) where.add("parent =", *f.parent);
  return where;
}

Where named(const std::string& kind, const std::string& name) {
  Where where;
  if (!kind.empty()) where.add("kind =", kind);
  if (!name.empty()) where.add("name =", name);
  return where;
}

std::string touching(int direction) {
  return " WHERE state = 'done' AND id IN (SELECT run FROM edge WHERE digest = :d AND direction = " +
         std::to_string(direction) + ")";
}

}  // namespace

void select(soci::session& sql, const std::string& text, const std::vector<Value>& values,
            const std::vector<Column>& columns, const std::function<void()>& each) {
  soci::statement statement(sql);
  for (const auto& column : columns) std::visit([&](auto* one) { statement.exchange(soci::into(*one)); }, column);
  for (const auto& value : values) std::visit([&](const auto& one) { statement.exchange(soci::use(one)); }, value);
  statement.alloc();
  statement.prepare(text, soci::details::st_one_time_query);
  statement.define_and_bind();
  statement.execute(columns.empty());
  while (!columns.empty() && statement.fetch())
    if (each) each();
}

Result<std::optional<CacheEntry>> Store::cached(const std::string& key) {
  std::optional<CacheEntry> out;
  ASSAY_CHECK(impl_->connection.read([&](soci::session& sql) -> Status {
    CacheEntry entry;
    std::string blobs;
    long long finished = 0;
    bool found = false;
    entry.key = key;
    select(sql,
           "SELECT c.run, c.output, c.blobs, COALESCE(r.finished_us, 0) FROM step_cache c LEFT JOIN run r ON r.id = "
           "c.run WHERE c.key = :k",
           {key}, {&entry.run, &entry.output, &blobs, &finished}, [&] { found = true; });
    out.reset();
    if (!found) return {};
    entry.finished_us = finished;
    ASSAY_TRY(const Json edges, operation::parse_json(blobs, place()));
    for (const auto& [role, digest] : edges.items()) entry.blobs.push_back({role, digest.get<std::string>()});
    out = std::move(entry);
    return {};
  }));
  return out;
}

Result<std::vector<AssetVersion>> Store::assets(const std::string& kind, const std::string& name) {
  const auto where = named(kind, name);
  return read_assets(impl_->connection, where.text + " ORDER BY kind, name, version", where.values);
}

Result<std::vector<AssetVersion>> Store::assets(const AssetFilter& f) {
  auto where = named(f.kind, f.name);
  if (f.after_version > 0) {
    const auto n = std::to_string(where.values.size());
    where.say("(kind, name, version) > (:k" + n + ", :n" + n + ", :v" + n + ")");
    where.values.insert(where.values.end(), {f.after_kind, f.after_name, static_cast<long long>(f.after_version)});
  }
  return read_assets(impl_->connection, where.text + " ORDER BY kind, name, version" + at_most(f.limit), where.values);
}

Result<std::int64_t> Store::count_assets(const std::string& kind, const std::string& name) {
  const auto where = named(kind, name);
  return count(impl_->connection, "asset" + where.text, where.values);
}

Result<std::optional<AssetVersion>> Store::asset(const std::string& kind, const std::string& name,
                                                 std::int64_t version) {
  auto where = named(kind, name);
  if (version > 0) where.add("version =", static_cast<long long>(version));
  ASSAY_TRY(auto found, read_assets(impl_->connection, where.text + " ORDER BY version DESC LIMIT 1", where.values));
  if (found.empty()) return std::optional<AssetVersion>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<AssetVersion>> Store::assets_with(const std::string& digest) {
  return read_assets(impl_->connection, " WHERE digest = :d ORDER BY kind, name, version", {digest});
}

Result<std::vector<RunRecord>> Store::runs(std::int64_t limit) {
  return read_runs(impl_->connection, " ORDER BY created_us DESC, id DESC" + at_most(limit), {});
}

Result<std::vector<RunRecord>> Store::runs(const RunFilter& f) {
  auto where = chosen(f);
  if (!f.before.empty()) where.add("id <", f.before);
  return read_runs(impl_->connection, where.text + " ORDER BY id DESC" + at_most(f.limit), where.values);
}

Result<std::int64_t> Store::count_runs(const RunFilter& f) {
  const auto where = chosen(f);
  return count(impl_->connection, "run" + where.text, where.values);
}

Result<std::optional<RunRecord>> Store::run(const std::string& id) {
  ASSAY_TRY(auto found, read_runs(impl_->connection, " WHERE id = :i", {id}));
  if (found.empty() && id.size() >= 12 && id.size() < 32 &&
      id.find_first_not_of("0123456789abcdef") == std::string::npos) {
    ASSAY_TRY(found, read_runs(impl_->connection, " WHERE id > :a AND id < :b LIMIT 2", {id, id + "g"}));
    if (found.size() > 1) found.clear();
  }
  if (found.empty()) return std::optional<RunRecord>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<RunRecord>> Store::runs_making(const std::string& digest) {
  return read_runs(impl_->connection, touching(1) + " ORDER BY created_us", {digest});
}

Result<std::vector<RunRecord>> Store::runs_reading(const std::string& digest) {
  return read_runs(impl_->connection, touching(0) + " ORDER BY created_us", {digest});
}

Result<std::vector<RunRecord>> Store::runs_making(const std::string& digest, std::int64_t limit) {
  return read_runs(impl_->connection, touching(1) + " ORDER BY id DESC" + at_most(limit), {digest});
}

Result<std::vector<RunRecord>> Store::runs_reading(const std::string& digest, std::int64_t limit) {
  return read_runs(impl_->connection, touching(0) + " ORDER BY id DESC" + at_most(limit), {digest});
}

Result<std::vector<AuditEntry>> Store::audit_entries(std::int64_t from, std::int64_t limit) {
  return read_audit(impl_->connection, " WHERE seq >= :f ORDER BY seq" + at_most(limit),
                    {static_cast<long long>(from)});
}

Result<std::vector<AuditEntry>> Store::latest_audit(std::int64_t limit, std::int64_t before) {
  Where where;
  if (before > 0) where.add("seq <", static_cast<long long>(before));
  return read_audit(impl_->connection, where.text + " ORDER BY seq DESC" + at_most(limit), where.values);
}

Result<std::int64_t> Store::count_audit() { return count(impl_->connection, "audit", {}); }

Result<std::string> Store::log_id() {
  std::string id;
  ASSAY_CHECK(impl_->connection.read([&](soci::session& sql) -> Status {
    select(sql, "SELECT value FROM meta WHERE key = 'log_id'", {}, {&id});
    return {};
  }));
  return id;
}

}  // namespace assay::workspace
