// Shared by the sources of Store, and by nothing else.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "assay/workspace/connection.h"
#include "assay/workspace/store.h"

namespace assay::workspace {

struct Store::Impl {
  explicit Impl(Connection made) : connection(std::move(made)) {}
  Connection connection;
};

using Value = std::variant<std::string, long long>;
using Column = std::variant<std::string*, long long*, int*>;

// Text with :names, values in their order, columns into variables; calls `each` after every row.
void select(soci::session& sql, const std::string& text, const std::vector<Value>& values,
            const std::vector<Column>& columns = {}, const std::function<void()>& each = {});

}  // namespace assay::workspace
