// What differs between the two databases that can hold a workspace's records; all SQL beside it serves both.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>

#include "assay/workspace/place.h"

namespace soci {
class session;
}

namespace assay::workspace {

// What an exception of SOCI means, and what may be done about it.
struct Failure {
  enum class Then { kReport, kReconnect, kRepeat };  // connection lost; the transaction only has to run again
  Error error;
  Then then = Then::kReport;
};

class Dialect {
 public:
  enum class Fate { kKept, kGone, kUnknown };
  virtual ~Dialect() = default;
  // Connects and tells the session what it promises; throws as SOCI does.
  virtual Status connect(soci::session& sql) = 0;
  // Format of what is there; 0 when nothing is. failed-precondition: it belongs to another workspace.
  virtual Result<int> format(soci::session& sql) = 0;
  // Inside the transaction that brings everything to `format`: what must stand before the tables, then the mark after.
  virtual void prepare(soci::session& sql) = 0;
  virtual void set_format(soci::session& sql, int format) = 0;
  virtual std::string ddl(std::string statement) const = 0;  // with the database's own name of text that sorts bytewise
  // One writer at a time across processes: taken before the transaction begins and held while the result lives …
  virtual Result<std::shared_ptr<void>> hold() = 0;
  // … or taken inside it. Gives what `fate` needs to tell later whether the transaction was kept.
  virtual Result<std::string> enter(soci::session& sql) = 0;
  virtual Fate fate(soci::session& sql, const std::string& transaction) = 0;
  virtual Failure failure(const std::exception& e, soci::session& sql) = 0;
};

std::unique_ptr<Dialect> sqlite_dialect(Place place);
std::unique_ptr<Dialect> postgresql_dialect(Place place);

}  // namespace assay::workspace
