// The audit chain (mlops b11): what was done, by whom, each entry bound to all before it.
#include "assay/base/crypto.h"
#include "assay/operation/json.h"
#include "assay/workspace/store.h"

namespace assay::workspace {

std::string audit_hash(const AuditEntry& e) {
  const auto prev = crypto::unhex(e.prev);
  const operation::Json body{{"seq", e.seq},       {"ms", e.us / 1000},  {"actor", e.actor},
                             {"action", e.action}, {"object", e.object}, {"detail", e.detail}};
  return crypto::hex(crypto::Sha256().add("\x02").add(prev.value_or("")).add(operation::canonical(body)).finish());
}

std::string audit_start(const std::string& log_id) {
  return crypto::hex(crypto::Sha256().add("\x02").add("assay-audit-1").add(log_id).finish());
}

std::int64_t first_broken(const std::vector<AuditEntry>& entries, const std::string& log_id) {
  std::string prev = audit_start(log_id);
  std::int64_t seq = 0;
  for (const auto& e : entries) {
    if (e.seq != ++seq || e.prev != prev || audit_hash(e) != e.hash) return seq;
    prev = e.hash;
  }
  return 0;
}

}  // namespace assay::workspace
