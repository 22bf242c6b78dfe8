#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace stapes::dataset {

// Runs work(unit, report) for unit = 0 … count-1, each in a process of its own that is a copy of
// this one at the moment of the call, `processes` at a time (0: as many as the machine has cores).
// For libraries with hidden global state: each unit starts from the same state, so that its result
// does not depend on which units ran before it, or beside it.
//
// What a unit passes to `report` (text without line breaks) arrives at `on_line` in this process,
// in the order in which it was reported. An Error in a unit stops all and is thrown here. After
// Ctrl-C the units in progress are asked to stop, and Interrupted is thrown when they have; lines
// that they reported still arrive.
// REQUIRES: no other threads run. work() polls interrupted() and throws Interrupted.
using Report = std::function<void(const std::string& line)>;
void run_in_processes(size_t count, int processes,
                      const std::function<void(size_t unit, const Report& report)>& work,
                      const std::function<void(size_t unit, const std::string& line)>& on_line);

}  // namespace stapes::dataset
