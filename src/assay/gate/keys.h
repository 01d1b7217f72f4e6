// The signing key of this user, and the trust file of this project that names it.
#pragma once

#include <cstdint>
#include <string>

#include "assay/base/crypto.h"
#include "assay/base/error.h"
#include "assay/base/time.h"
#include "assay/gate/trust.h"

namespace assay::gate {

// $XDG_CONFIG_HOME/assay, else ~/.config/assay. Error failed-precondition when neither is set.
Result<std::string> configuration_folder();

// The key in FOLDER/signing.key, made there at first use (file 0600, folder 0700). Refuses a key or a folder that
// others may read (permission-denied) and a damaged file (corrupt): each bit of it is bound to the key id inside.
Result<crypto::KeyPair> load_or_make_key(const std::string& folder);

// The bytes of a trust file, signed by `key`.
std::string write_trust(const Trust& trust, const crypto::KeyPair& key);

struct Signer {
  crypto::KeyPair key;
  std::string keyid;
  std::string trust_path;  // ASSAY_FOLDER/trust.json
  bool made_key = false, made_trust = false;
};

// The user's key, and ASSAY_FOLDER/trust.json naming it as root, producer, evaluator and gate; made when absent.
// A trust file of this key that ends within 30 days is followed by its next version. Errors: failed-precondition when
// the trust file does not list the key or the key would lie inside the project; corrupt for a damaged trust file.
Result<Signer> ensure_key_and_trust(const std::string& assay_folder, std::int64_t now_us = time::now_us());

// The nearest .assay/trust.json upwards from the folder of `path`, then from the current folder; empty when none.
std::string nearest_trust(const std::string& path);

}  // namespace assay::gate
