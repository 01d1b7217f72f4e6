// Whether a process of this machine still lives: a pid alone is used again, a pid with its start is not.
#pragma once

#include <cstdint>
#include <string>

namespace assay::workspace {

// "boot-start" of a living process: the machine's boot and the tick it began at; empty when there is none such.
std::string process_mark(std::int64_t pid);
// An empty mark (not known) is taken on trust of the pid.
bool process_lives(std::int64_t pid, const std::string& mark);

}  // namespace assay::workspace
