// Worker of the benchmarks: reads one command a line, answers with one line of JSON.
//   run THREADS CASE ARGUMENT...     {"case", "rows", "threads", "repeats", "seconds_cpu", "seconds_wall"} of one run
//   answer THREADS CASE ARGUMENT...  what the case computes
// A case is made ready, and run once without the clock, when it is first named. Short runs are repeated for 50 ms and
// divided. CPU time is the process's, all threads together: on a shared machine it moves less than the wall's.
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <map>
#include <sstream>

#include "assay/base/threads.h"
#include "cases.h"

namespace assay::bench {
namespace {

using Prepare = Result<Ready> (*)(const Arguments&);

const std::map<std::string, Prepare, std::less<>>& all_cases() {
  static const std::map<std::string, Prepare, std::less<>> cases{
      {"grouped_encoded", grouped_encoded}, {"grouped_integers", grouped_integers},
      {"grouped_strings", grouped_strings}, {"grouped_bootstrap", grouped_bootstrap},
      {"table_load", table_load},           {"tree_predict", tree_predict},
      {"hallmark_verify", hallmark_verify}};
  return cases;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}
double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<Json> measure(const std::string& name, const Ready& ready, int threads, Task& task) {
  constexpr double kLeast = 0.05;
  const double cpu = cpu_seconds(), wall = wall_seconds();
  int repeats = 0;
  do {
    ASSAY_CHECK(ready.run(task));
    ++repeats;
  } while (wall_seconds() - wall < kLeast);
  return Json{{"case", name},
              {"rows", ready.rows},
              {"threads", threads},
              {"repeats", repeats},
              {"seconds_cpu", (cpu_seconds() - cpu) / repeats},
              {"seconds_wall", (wall_seconds() - wall) / repeats}};
}

class Worker {
 public:
  Result<Json> obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb, name;
    int threads = 0;
    words >> verb >> threads >> name;
    const auto found = all_cases().find(name);
    if (found == all_cases().end() || (verb != "run" && verb != "answer"))
      return fail(Code::kInvalidArgument, "no such command", line, "see the head of assay_bench.cc");
    const ThreadLimit limit(threads);
    Task task;
    const std::string key = line.substr(verb.size());
    if (key != key_) {  // one case at a time: what another one holds would crowd the memory
      key_.clear(), ready_ = {};
      Arguments arguments;
      for (std::string word; words >> word;) arguments.push_back(word);
      ASSAY_TRY(ready_, found->second(arguments));
      ASSAY_CHECK(ready_.run(task));
      key_ = key;
    }
    if (verb == "answer") return ready_.answer(task);
    return measure(name, ready_, limit.count(), task);
  }

 private:
  std::string key_;
  Ready ready_;
};

}  // namespace
}  // namespace assay::bench

int main() {
  assay::bench::Worker worker;
  for (std::string line; std::getline(std::cin, line);) {
    const auto reply = worker.obey(line);
    if (!reply) {
      std::fprintf(stderr, "assay_bench: %s\n", reply.error().text().c_str());
      return 1;
    }
    std::printf("%s\n", reply->dump().c_str());
    std::fflush(stdout);
  }
}
