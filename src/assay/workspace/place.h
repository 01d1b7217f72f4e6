// Where a workspace keeps its records: a SQLite file in its own folder, or a schema of a PostgreSQL database, named by
// a URL. Passwords never stand in one: libpq takes them from PGPASSWORD, ~/.pgpass or a service file.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "assay/base/error.h"

namespace assay::workspace {

struct Place {
  std::string file;                         // of SQLite; empty: PostgreSQL
  std::map<std::string, std::string> with;  // what libpq is told: host, port, user, dbname, sslmode …
  std::string schema;                       // in lower case; one workspace each
  std::string workspace;                    // the id that the schema must belong to; empty: any
  bool sqlite() const { return !file.empty(); }
  std::string text() const;  // for people and for errors: the file, or the URL with its schema; holds no secret
  std::string conninfo() const;
};

// "postgresql://[user@]host[:port][,host[:port]]/database[?schema=NAME&sslmode=…]". invalid-argument: malformed, an
// unknown parameter, a schema that is no plain word, or a password, which the error does not repeat. `where` names the
// place.
Result<Place> read_url(std::string_view url, const std::string& where);

// The place that `folder`/config.yaml names as `store:`; folder/workspace.db when it says nothing. A schema that is not
// named gets its name from folder/workspace.id, which is made once, so a moved folder keeps its schema.
Result<Place> read_place(const std::string& folder);

}  // namespace assay::workspace
