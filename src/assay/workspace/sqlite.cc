#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "assay/base/files.h"
#include "assay/workspace/dialect.h"

namespace assay::workspace {
namespace {

// One writer at a time, across processes: SQLite alone would answer "locked" without saying who holds it.
Result<std::shared_ptr<void>> lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return tl::unexpected<Error>(files::error_of(errno, path));
  std::shared_ptr<void> held(nullptr, [fd](void*) { ::close(fd); });
  for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);;) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) break;
    if (std::chrono::steady_clock::now() > until) {
      char pid[32] = {};
      (void)!::pread(fd, pid, sizeof pid - 1, 0);
      return fail(Code::kUnavailable, "another process (pid " + std::string(pid) + ") has been writing for over 5 s",
                  path, "wait for it to end, or stop it");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const auto pid = std::to_string(::getpid());
  (void)!::ftruncate(fd, 0);
  (void)!::pwrite(fd, pid.data(), pid.size(), 0);
  return held;
}

class Sqlite final : public Dialect {
 public:
  explicit Sqlite(Place place) : place_(std::move(place)) {}

  Status connect(soci::session& sql) override {
    sql.open(soci::sqlite3, "dbname=\"" + place_.file + "\" timeout=5");
    ASSAY_CHECK(write_ahead(sql));
    sql << "PRAGMA synchronous = FULL";  // what was acknowledged outlives a power cut, not only a kill
    sql << "PRAGMA foreign_keys = ON";
    return {};
  }

  Result<int> format(soci::session& sql) override {
    int format = 0;
    sql << "PRAGMA user_version", soci::into(format);
    return format;
  }

  void prepare(soci::session&) override {}
  void set_format(soci::session& sql, int format) override { sql << "PRAGMA user_version = " << format; }
  std::string ddl(std::string statement) const override { return statement; }
  Result<std::shared_ptr<void>> hold() override { return lock(place_.file + ".lock"); }
  Result<std::string> enter(soci::session&) override { return std::string(); }
  Fate fate(soci::session&, const std::string&) override { return Fate::kUnknown; }

  Failure failure(const std::exception& e, soci::session&) override {
    const auto* known = dynamic_cast<const soci::soci_error*>(&e);
    const std::string what = known ? known->get_error_message() : e.what();  // without the values that were bound
    const auto says = [&](const char* word) { return what.find(word) != std::string::npos; };
    const auto& where = place_.file;
    if (says("readonly") || says("unable to open"))
      return {{Code::kPermissionDenied, "the workspace cannot be written: " + what, where,
               "check the owner and mode of the folder"}};
    if (says("full") || says("disk I/O"))
      return {{Code::kExhausted, "the disk is full or fails: " + what, where, "free some space and run again"}};
    if (says("malformed") || says("not a database"))
      return {{Code::kCorrupt, "the database is damaged: " + what, where, "restore it from a copy"}};
    if (says("UNIQUE constraint"))
      return {{Code::kAlreadyExists, "is there already: " + what, where, "give it another id"}};
    return {{Code::kUnavailable, what, where, "run again; if it stays, another process may hold the workspace"}};
  }

 private:
  // A fresh database is switched by one process at a time: SQLite does not wait when two try at once, nor while a third
  // one reads, but answers "locked".
  Status write_ahead(soci::session& sql) {
    std::string mode;
    sql << "PRAGMA journal_mode", soci::into(mode);
    if (mode == "wal") return {};
    ASSAY_TRY(const auto held, hold());
    for (int milliseconds = 0;; ++milliseconds) {
      try {
        sql << "PRAGMA journal_mode = WAL";
        return {};
      } catch (const soci::soci_error& e) {
        if (milliseconds >= 5000 || std::string(e.what()).find("locked") == std::string::npos) throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  Place place_;
};

}  // namespace

std::unique_ptr<Dialect> sqlite_dialect(Place place) { return std::make_unique<Sqlite>(std::move(place)); }

}  // namespace assay::workspace
