#pragma once

namespace stapes::training {

// What the programs that link torch have in common: the memory allocator's settings, Ctrl-C, and
// errors as one line and an exit code. Calls `run` and returns the exit code.
int run_program(int argc, char** argv, int (*run)(int argc, char** argv));

}  // namespace stapes::training
