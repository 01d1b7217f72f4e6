// A session with the database that mends itself: lost connections are made again, transactions that only collided run
// again. What its callers do inside must bear being done twice.
#pragma once

#include <functional>
#include <memory>

#include "assay/workspace/dialect.h"

namespace assay::workspace {

class Connection {
 public:
  using Body = std::function<Status(soci::session&)>;
  static Result<Connection> open(Place place);
  Connection(Connection&&) noexcept;
  ~Connection();

  // A look. Repeated once after a lost connection.
  Status read(const Body& body);
  // One transaction by the only writer. Repeated once after a connection that was lost before the commit was sent; when
  // it was lost in the commit, the database is asked what became of it. unavailable: the connection cannot be made
  // again, or nobody can tell.
  Status write(const Body& body);
  const Place& place() const { return place_; }

 private:
  explicit Connection(Place place);
  Status connected();
  Status migrate();
  Result<bool> kept(const std::string& transaction);
  Place place_;
  std::unique_ptr<Dialect> dialect_;
  std::unique_ptr<soci::session> sql_;  // null: to be made again
};

}  // namespace assay::workspace
