// The workspace's record book: runs, their inputs and outputs, the step cache, asset versions and the audit log.
// Every change is one transaction (mlops b2, a subset laid out to grow). SQLite or PostgreSQL: connection.h, dialect.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/error.h"

namespace assay::workspace {

inline constexpr int kFormat = 2;  // of the database; an older one is brought up to it, a newer one is refused

struct Edge {
  std::string role, digest;
};

struct RunRecord {
  std::string id, operation, state, parent, by, host, error, output;  // output: digest of the result document
  std::int64_t created_us = 0, finished_us = 0, pid = 0, threads = 0;
  std::vector<Edge> inputs, outputs;  // role -> digest; outputs are the blobs and, as "", the result itself
  std::string process = {};           // process_mark of pid; begin_run fills it in
};

// Which runs; what is empty does not choose.
struct RunFilter {
  std::string state, operation;
  std::optional<std::string> parent;  // "": only runs that are no step of another
  std::string before;                 // id of a run: only older ones, since ids sort by time
  std::int64_t limit = 100;
};

struct CacheEntry {
  std::string key, run, output;  // output: digest of the result document
  std::vector<Edge> blobs;
  std::int64_t finished_us = 0;  // of the run; read, never written
};

struct AssetVersion {
  std::string kind, name, digest, content, by, meta;  // content: digest of the bytes that open() gives; meta: JSON
  std::int64_t version = 0, created_us = 0;
};

struct AssetFilter {
  std::string kind, name;
  std::string after_kind, after_name;  // with after_version: only those that come after it
  std::int64_t after_version = 0, limit = 100;
};

struct AuditEntry {
  std::int64_t seq = 0, us = 0;
  std::string actor, action, object, detail, prev, hash;
};

struct Place;  // place.h

// One session with the database: of one thread at a time. Open one for each thread.
class Store {
 public:
  // Opens or makes the SQLite database at `path`. unsupported: written by a newer Assay; permission-denied: cannot be
  // written; unavailable: another process holds it for over 5 s.
  static Result<Store> open(const std::string& path);
  // The same for either database. Also not-found: no such database; failed-precondition: the schema is another
  // workspace's; unavailable: no server answers. A connection that breaks later is made again by the next call.
  static Result<Store> open(const Place& place);
  Store(Store&&) noexcept;
  ~Store();

  Status begin_run(const RunRecord& run);
  // One transaction: the run's end, its edges, the cache entry and the audit entry.
  Status end_run(const RunRecord& run, const std::optional<CacheEntry>& cache);
  Result<std::optional<CacheEntry>> cached(const std::string& key);
  Status forget(const std::string& key);                    // a cache entry whose objects are gone
  Result<AssetVersion> register_asset(AssetVersion asset);  // the same digest again gives the version it has
  Result<std::vector<AssetVersion>> assets(const std::string& kind = {}, const std::string& name = {});
  Result<std::vector<AssetVersion>> assets_with(const std::string& digest);
  Result<std::vector<RunRecord>> runs(std::int64_t limit = 1000);          // newest first
  Result<std::vector<RunRecord>> runs_making(const std::string& digest);   // done ones, oldest first
  Result<std::vector<RunRecord>> runs_reading(const std::string& digest);  // done ones, oldest first
  Result<std::int64_t> mark_dead_runs(const std::string& host);  // running ones whose process is gone -> preempted
  Status audit(std::int64_t us, const std::string& actor, const std::string& action, const std::string& object,
               const std::string& detail);
  Result<std::vector<AuditEntry>> audit_entries(std::int64_t from = 1, std::int64_t limit = 1 << 20);
  Result<std::string> log_id();
  std::string place() const;  // the file, or the URL without any secret

  // Narrow looks, each along an index.
  // The run of a full id, or of the first at least 12 digits of one if no other begins so.
  Result<std::optional<RunRecord>> run(const std::string& id);
  Result<std::vector<RunRecord>> runs(const RunFilter& filter);  // newest first, by id
  Result<std::int64_t> count_runs(const RunFilter& filter);      // without regard to `before` and `limit`
  Result<std::vector<RunRecord>> runs_making(const std::string& digest, std::int64_t limit);   // done, newest first
  Result<std::vector<RunRecord>> runs_reading(const std::string& digest, std::int64_t limit);  // done, newest first
  Result<std::vector<AssetVersion>> assets(const AssetFilter& filter);                         // by kind, name, version
  Result<std::int64_t> count_assets(const std::string& kind = {}, const std::string& name = {});
  // Version 0: the latest.
  Result<std::optional<AssetVersion>> asset(const std::string& kind, const std::string& name, std::int64_t version = 0);
  Result<std::vector<AuditEntry>> latest_audit(std::int64_t limit = 100, std::int64_t before = 0);  // newest first
  Result<std::int64_t> count_audit();

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The hash of an audit entry: SHA-256(0x02 || prev || canonical JSON of {seq, ms, actor, action, object, detail}).
std::string audit_hash(const AuditEntry& entry);
std::string audit_start(const std::string& log_id);  // prev of the first entry
// The first sequence number that does not fit; 0 when the chain is whole.
std::int64_t first_broken(const std::vector<AuditEntry>& entries, const std::string& log_id);

}  // namespace assay::workspace
