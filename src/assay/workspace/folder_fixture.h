// For this room's tests: a workspace folder that goes afterwards, with its records in SQLite or in an own schema of the
// PostgreSQL database that ASSAY_TEST_POSTGRES names (tools/postgres starts one).
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "assay/base/crypto.h"
#include "assay/workspace/workspace.h"

namespace assay::workspace {

class Folder : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string made = testing::TempDir() + "assayXXXXXX";
    folder = ::mkdtemp(made.data());
    if (!postgresql()) return;
    const char* given = std::getenv("ASSAY_TEST_POSTGRES");
    if (!given) GTEST_SKIP() << "no PostgreSQL: tools/postgres build/dev/src/assay/workspace_test runs this";
    url = given;
    std::filesystem::create_directories(folder + "/.assay");
    const auto id = crypto::hex(crypto::random_bytes(16));
    schema = "assay_" + id.substr(0, 16);
    write(".assay/workspace.id", id + "\n");
    write(".assay/config.yaml", "store: \"" + url + "\"\n");
  }
  void TearDown() override {
    if (!url.empty()) sql("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    std::filesystem::remove_all(folder);
  }
  bool postgresql() const { return std::string(GetParam()) == "postgresql"; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  }
  // Statements past Assay, in the test's own database.
  void sql(const std::string& statements) const {
    const auto file = write("statements.sql", (postgresql() ? "SET client_min_messages = error;\n" : "") + statements);
    const auto command = postgresql() ? "psql -q -X -v ON_ERROR_STOP=1 '" + url + "' -f " + file + " > /dev/null"
                                      : "python3 -c \"import sqlite3; c = sqlite3.connect('" + folder +
                                            "/.assay/workspace.db'); c.executescript(open('" + file + "').read())\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << statements;
  }
  // Status of a child process that does `body` and no more; -signal when one ended it.
  static int in_child(const std::function<int()>& body, bool as_nobody = false) {
    const auto child = ::fork();
    if (child == 0) {
      if (as_nobody && ::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(99);
      ::_exit(body());
    }
    return ended(child);
  }
  static int ended(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  std::string folder, url, schema;
};

}  // namespace assay::workspace
