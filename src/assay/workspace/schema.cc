#include "assay/workspace/schema.h"

#include <array>

#include "assay/workspace/store.h"

namespace assay::workspace {
namespace {

// 1: the first.
constexpr const char* kFirst[] = {
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE run (id TEXT PRIMARY KEY, operation TEXT NOT NULL, state TEXT NOT NULL, parent TEXT NOT NULL, "
    "created_by TEXT NOT NULL, host TEXT NOT NULL, error TEXT NOT NULL, output TEXT NOT NULL, "
    "created_us BIGINT NOT NULL, finished_us BIGINT NOT NULL, pid BIGINT NOT NULL, threads BIGINT NOT NULL)",
    "CREATE INDEX run_output ON run (output)",
    "CREATE TABLE edge (run TEXT NOT NULL, direction INTEGER NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL, "
    "PRIMARY KEY (run, direction, role))",
    "CREATE INDEX edge_digest ON edge (digest, direction)",
    "CREATE TABLE step_cache (key TEXT PRIMARY KEY, run TEXT NOT NULL, output TEXT NOT NULL, blobs TEXT NOT NULL)",
    "CREATE TABLE asset (kind TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, digest TEXT NOT NULL, "
    "content TEXT NOT NULL, created_by TEXT NOT NULL, created_us BIGINT NOT NULL, meta TEXT NOT NULL, "
    "PRIMARY KEY (kind, name, version))",
    "CREATE INDEX asset_digest ON asset (digest)",
    "CREATE TABLE audit (seq BIGINT PRIMARY KEY, us BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, "
    "object TEXT NOT NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL)"};

// 2: which process a run belongs to, beyond a pid that is used again; and an index for each narrow look.
constexpr const char* kSecond[] = {"ALTER TABLE run ADD COLUMN process TEXT NOT NULL DEFAULT ''",
                                   "CREATE INDEX run_created ON run (created_us, id)",
                                   "CREATE INDEX run_parent ON run (parent, id)",
                                   "CREATE INDEX run_operation ON run (operation, id)",
                                   "CREATE INDEX run_state ON run (state, id)",
                                   "DROP INDEX edge_digest",
                                   "CREATE INDEX edge_digest ON edge (digest, direction, run)",
                                   "CREATE INDEX asset_name ON asset (name, kind, version)"};

}  // namespace

std::vector<const char*> schema_after(int format) {
  static_assert(kFormat == 2);
  std::vector<const char*> out;
  if (format < 1) out.insert(out.end(), std::begin(kFirst), std::end(kFirst));
  if (format < 2) out.insert(out.end(), std::begin(kSecond), std::end(kSecond));
  return out;
}

}  // namespace assay::workspace
