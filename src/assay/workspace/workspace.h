// The workspace: a `.assay/` folder beside the plan, found upwards as `.git/` is. Everything that was run, read and
// made stands here; `execute` is the one way in (execute.h).
#pragma once

#include <optional>
#include <string>

#include "assay/workspace/objects.h"
#include "assay/workspace/store.h"

namespace assay::workspace {

class Workspace {
 public:
  // Makes `folder`/.assay when it is not there. Its records lie where .assay/config.yaml says (`store:
  // "postgresql://…"`, place.h), else in SQLite; objects always lie in the folder. Errors as Store::open and
  // read_place; permission-denied when read-only.
  static Result<Workspace> open(const std::string& folder);
  // The nearest folder with a .assay/, from `start` upwards; none when there is none.
  static std::optional<std::string> find(const std::string& start = ".");

  const std::string& folder() const { return folder_; }  // the folder that holds .assay
  std::string inside(const std::string& name) const { return folder_ + "/.assay/" + name; }
  Store& store() { return store_; }
  Objects& objects() { return objects_; }

  struct Located {
    std::string path, digest;  // of an asset: the bytes to read, and the digest that names it
    std::string ref;           // "dataset:boston_hmda@1" where it is a registered asset
  };
  // A file that exists, `[kind:]name[@N|@latest]`, or a digest prefix (spec/README 4, 5).
  Result<Located> locate(const std::string& ref);

 private:
  Workspace(std::string folder, Store store, Objects objects)
      : folder_(std::move(folder)), store_(std::move(store)), objects_(std::move(objects)) {}
  std::string folder_;
  Store store_;
  Objects objects_;
};

std::string make_id(std::int64_t us);  // a UUIDv7 as 32 hex, so that ids sort by time
std::string this_user();
std::string this_host();

}  // namespace assay::workspace
