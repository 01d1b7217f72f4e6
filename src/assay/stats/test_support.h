// What the tests of this room share.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "assay/base/files.h"
#include "assay/base/task.h"
#include "assay/data/read.h"

namespace assay::stats {

// A file of the test's own, gone with it.
class File {
 public:
  explicit File(std::string_view bytes) {
    std::string name = (std::filesystem::temp_directory_path() / "assay_stats_XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path = name;
    std::ofstream(path, std::ios::binary) << bytes;
  }
  ~File() { std::filesystem::remove(path); }
  std::string path;
};

// Outputs of an operation, kept as long as the test.
class Outputs : public Assets {
 public:
  Result<std::string> open(const std::string& ref) override {
    if (!files::exists(ref)) return fail(Code::kNotFound, "no such file", ref);
    return ref;
  }
  Result<std::string> create(const std::string& role, const std::string&) override {
    return made_[role] = folder_.path + role;
  }
  const std::string& path(const std::string& role) { return made_[role]; }
  data::Table table(const std::string& role) {
    Task task;
    return data::read(made_[role], task).value();
  }
  ~Outputs() override {
    for (const auto& [role, path] : made_) std::filesystem::remove(path);
  }

 private:
  File folder_{""};
  std::map<std::string, std::string> made_;
};

}  // namespace assay::stats
