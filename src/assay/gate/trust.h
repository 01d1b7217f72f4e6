// Whose signature counts for what: the trust file (serve b7), itself an envelope signed by its root role.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/base/error.h"
#include "assay/gate/dsse.h"

namespace assay::gate {

struct Role {
  std::vector<std::string> keyids;
  std::int64_t threshold = 1;  // so many distinct keys must have signed
};

// Roles: root producer evaluator privacy robustness gate log approver:NAME. Lines of a role that the file does not name
// are for: privacy and robustness -> evaluator.
struct Trust {
  std::int64_t version = 0;
  std::string expires;  // RFC 3339; empty = never
  std::map<std::string, Role> roles;
  Keys keys;
  std::vector<std::pair<std::string, std::string>> separate;  // no key may have signed for both roles; "approver:*"
  std::map<std::string, std::string> revoked;                 // key id -> since when
};

// Reads a trust file's bytes and checks its own root signatures. Error corrupt. O(bytes).
Result<Trust> parse_trust(std::string_view bytes);

// The same from a file, and guarded against going back: the newest version seen so far is kept beside it as
// "PATH.seen" (not kept where the folder cannot be written). Error failed-precondition for an older version, another
// file with the same version, and a newer one that the old root did not sign too.
Result<Trust> load_trust(const std::string& path);

// One key for every role, without a file.
Trust trust_of_key(const std::string& public_key);

// The role that must have signed a line of this kind; null when the trust names none.
const Role* role_of(const Trust& trust, const std::string& name);

}  // namespace assay::gate
