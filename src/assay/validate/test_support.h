// What the room's tests share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "assay/base/files.h"
#include "assay/operation/json.h"

namespace assay::validate {

inline const std::string kFolder = "tests/data/validate/";
inline const std::string kMortgage = "examples/mortgage/boston_hmda.csv";

inline operation::Json oracle(const std::string& name) {
  return operation::parse_json(files::read(kFolder + name).value()).value();
}

// A file that lives as long as the test.
class File {
 public:
  explicit File(std::string_view bytes, const std::string& ending = "") {
    std::string name = (std::filesystem::temp_directory_path() / "assay_validate_XXXXXX").string() + ending;
    ::close(::mkstemps(name.data(), static_cast<int>(ending.size())));
    path = name;
    std::ofstream(path, std::ios::binary) << bytes;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove(path); }
  std::string path;
};

}  // namespace assay::validate
