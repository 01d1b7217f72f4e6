// The workspace's record book: runs, their inputs and outputs, the step cache, asset versions and the audit log.
// The only file that speaks SQL is store.cc; every change is one transaction (mlops b2, a subset laid out to grow).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/error.h"

namespace assay::workspace {

inline constexpr int kFormat = 1;  // of the database; a newer one is refused

struct Edge {
  std::string role, digest;
};

struct RunRecord {
  std::string id, operation, state, parent, by, host, error, output;  // output: digest of the result document
  std::int64_t created_us = 0, finished_us = 0, pid = 0, threads = 0;
  std::vector<Edge> inputs, outputs;  // role -> digest; outputs are the blobs and, as "", the result itself
};

struct CacheEntry {
  std::string key, run, output;  // output: digest of the result document
  std::vector<Edge> blobs;
};

struct AssetVersion {
  std::string kind, name, digest, content, by, meta;  // content: digest of the bytes that open() gives; meta: JSON
  std::int64_t version = 0, created_us = 0;
};

struct AuditEntry {
  std::int64_t seq = 0, us = 0;
  std::string actor, action, object, detail, prev, hash;
};

class Store {
 public:
  // Opens or makes the database at `path`. unsupported: written by a newer Assay; permission-denied: cannot be written;
  // unavailable: another process holds it for over 5 s.
  static Result<Store> open(const std::string& path);
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
  Result<std::vector<RunRecord>> runs(std::int64_t limit = 1000);  // newest first
  Result<std::vector<RunRecord>> runs_making(const std::string& digest);
  Result<std::vector<RunRecord>> runs_reading(const std::string& digest);
  Result<std::int64_t> mark_dead_runs(const std::string& host);  // running ones whose process is gone -> preempted
  Status audit(std::int64_t us, const std::string& actor, const std::string& action, const std::string& object,
               const std::string& detail);
  Result<std::vector<AuditEntry>> audit_entries(std::int64_t from = 1, std::int64_t limit = 1 << 20);
  Result<std::string> log_id();

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
