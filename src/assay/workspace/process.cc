#include "assay/workspace/process.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

namespace assay::workspace {

std::string process_mark(std::int64_t pid) {
  std::string boot, line, word;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), line);
  const auto name = line.rfind(')');  // the program's name may hold anything
  if (name == std::string::npos) return "";
  std::istringstream rest(line.substr(name + 1));
  rest >> word;
  if (word == "Z" || word == "X") return "";  // ended, and only waits for its parent to ask
  for (int field = 4; field <= 22 && rest >> word; ++field) {
  }
  return rest ? boot.substr(0, 8) + "-" + word : "";
}

bool process_lives(std::int64_t pid, const std::string& mark) {
  if (pid <= 0) return false;
  if (::kill(static_cast<pid_t>(pid), 0) != 0 && errno != EPERM) return false;
  if (mark.empty()) return true;
  const auto now = process_mark(pid);
  // Without /proc there is nothing to compare with.
  return now.empty() ? ::access("/proc/self/stat", R_OK) != 0 : now == mark;
}

}  // namespace assay::workspace
