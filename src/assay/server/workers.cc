#include "assay/server/workers.h"

#include <sys/stat.h>

#include <filesystem>

#include "assay/operation/json.h"

namespace assay::server {

std::string place_name(const std::string& folder) {
  std::string name = std::filesystem::path(folder).filename().string();
  for (char& c : name)
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '-') c = '-';
  return name.empty() ? "workspace" : name;
}

Result<workspace::Workspace*> Handles::open(const std::string& name) {
  const Place* place = nullptr;
  std::vector<std::string> names;
  for (const auto& each : *places_) {
    names.push_back(each.name);
    if (each.name == name) place = &each;
  }
  if (!place) {
    auto e = operation::unknown_name("workspace", name, names);
    e.code = Code::kNotFound;
    return tl::unexpected<Error>(std::move(e));
  }
  const auto inside = place->folder + "/.assay";
  struct stat folder{}, book{};
  // Opening makes what is missing; a workspace that was deleted must not come back empty.
  if (::stat(inside.c_str(), &folder) != 0) {
    held_.erase(name);
    return fail(Code::kUnavailable, "the folder of this workspace has gone", place->folder,
                "put it back, or stop the server");
  }
  static_cast<void>(::stat((inside + "/workspace.db").c_str(), &book));  // there is none when the book is elsewhere
  const std::array<std::uint64_t, 3> identity{folder.st_dev, folder.st_ino, book.st_ino};
  if (const auto known = held_.find(name); known != held_.end() && known->second.identity == identity)
    return &known->second.space;
  held_.erase(name);
  ASSAY_TRY(auto opened, workspace::Workspace::open(place->folder));
  return &held_.emplace(name, Held{std::move(opened), identity}).first->second.space;
}

Workers::Workers(std::size_t threads, std::size_t most_waiting, const std::vector<Place>& places)
    : places_(places), most_waiting_(most_waiting) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Workers::~Workers() { end(); }

bool Workers::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void Workers::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  wake_.notify_all();
  for (auto& each : threads_)
    if (each.joinable()) each.join();
}

void Workers::run() {
  Handles handles(places_);
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work(handles);
  }
}

}  // namespace assay::server
