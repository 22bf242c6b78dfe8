#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"

namespace stapes {

struct ProcessResult {
  int exit_code = -1;  // 128 + the signal's number when a signal ended it
  std::string output;  // standard output and standard error, as they came
};

// Runs a program, found as the shell finds it, in `folder` (empty: the current one), without
// standard input, and waits for its end. Ctrl-C ends it and throws Interrupted; `limit_seconds`
// ends it and throws Error, as does a program that cannot be started.
ProcessResult run_process(const std::vector<std::string>& words, const Path& folder,
                          double limit_seconds);

// Where the shell would find the program; empty when nowhere.
Path find_program(const std::string& name);

}  // namespace stapes
