#include "assay/workspace/connection.h"

#include <soci/soci.h>

#include <vector>

#include "assay/base/crypto.h"
#include "assay/workspace/schema.h"
#include "assay/workspace/store.h"

namespace assay::workspace {
namespace {
constexpr int kRepeats = 8;  // of a transaction that collided with another
using Then = Failure::Then;
}  // namespace

Connection::Connection(Place place)
    : place_(std::move(place)), dialect_(place_.sqlite() ? sqlite_dialect(place_) : postgresql_dialect(place_)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(Place place) {
  Connection out(std::move(place));
  ASSAY_CHECK(out.read([](soci::session&) { return Status(); }));
  return out;
}

// Throws as SOCI does. A database that came back may be another one, so its format is looked at every time.
Status Connection::connected() {
  if (sql_) return {};
  auto sql = std::make_unique<soci::session>();
  ASSAY_CHECK(dialect_->connect(*sql));
  ASSAY_TRY(const int format, dialect_->format(*sql));
  if (format > kFormat)
    return fail(
        Code::kUnsupported,
        "the workspace has format " + std::to_string(format) + ", this Assay reads up to " + std::to_string(kFormat),
        place_.text(), "use the newer Assay that wrote it");
  sql_ = std::move(sql);
  if (format == kFormat) return {};
  auto status = migrate();
  if (!status) sql_.reset();
  return status;
}

Status Connection::migrate() {
  return write([&](soci::session& sql) -> Status {
    ASSAY_TRY(const int format, dialect_->format(sql));  // another process may have been quicker
    if (format >= kFormat) return {};
    if (format == 0) dialect_->prepare(sql);
    for (const char* each : schema_after(format)) sql << dialect_->ddl(each);
    if (format == 0) {
      const auto id = crypto::hex(crypto::random_bytes(16));
      sql << "INSERT INTO meta (key, value) VALUES ('log_id', :id)", soci::use(id);
    }
    dialect_->set_format(sql, kFormat);
    return {};
  });
}

Status Connection::read(const Body& body) {
  for (int attempt = 0;; ++attempt) {
    try {
      ASSAY_CHECK(connected());
      return body(*sql_);
    } catch (const std::exception& e) {
      soci::session none;
      auto failure = dialect_->failure(e, sql_ ? *sql_ : none);
      const bool had = sql_ != nullptr;
      if (failure.then == Then::kReconnect) sql_.reset();
      const bool again = (failure.then == Then::kReconnect && had && attempt == 0) ||
                         (failure.then == Then::kRepeat && attempt < kRepeats);
      if (!again) return tl::unexpected<Error>(std::move(failure.error));
    }
  }
}

Status Connection::write(const Body& body) {
  for (int attempt = 0;; ++attempt) {
    std::string transaction;
    bool committing = false;
    try {
      ASSAY_CHECK(connected());
      ASSAY_TRY(const auto held, dialect_->hold());
      soci::transaction one(*sql_);
      ASSAY_TRY(transaction, dialect_->enter(*sql_));
      ASSAY_CHECK(body(*sql_));
      committing = true;
      one.commit();
      return {};
    } catch (const std::exception& e) {
      soci::session none;
      auto failure = dialect_->failure(e, sql_ ? *sql_ : none);
      const bool had = sql_ != nullptr;
      if (failure.then == Then::kReconnect) sql_.reset();
      if (failure.then == Then::kReconnect && committing) {
        ASSAY_TRY(const bool done, kept(transaction));
        if (done) return {};
      }
      const bool again = (failure.then == Then::kReconnect && had && attempt == 0) ||
                         (failure.then == Then::kRepeat && attempt < kRepeats);
      if (!again) return tl::unexpected<Error>(std::move(failure.error));
    }
  }
}

// Whether a transaction whose commit got no answer was kept.
Result<bool> Connection::kept(const std::string& transaction) {
  auto fate = Dialect::Fate::kUnknown;
  const auto asked = read([&](soci::session& sql) -> Status {
    fate = dialect_->fate(sql, transaction);
    return {};
  });
  if (asked && fate != Dialect::Fate::kUnknown) return fate == Dialect::Fate::kKept;
  return fail(Code::kUnavailable,
              "the connection broke while a change was being kept, and it is not known whether it was", place_.text(),
              "look at the workspace when the database is back; running again does no harm");
}

}  // namespace assay::workspace
