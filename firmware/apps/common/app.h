#pragma once
#include <cstddef>
#include <cstdint>

#include "device/status.h"

// What the apps have in common: words of the command line, and lines that say something.
namespace stapes::firmware {

constexpr int kMaximumWords = 16;

// The words of the command line, the app's name first, separated by single spaces. The text is
// kept in memory of its own.
struct CommandLine {
  char* words[kMaximumWords] = {};
  int count = 0;
};
CommandLine read_command_line();

// "what value"
void report(const char* what, int64_t value);
// "error: what: why"; returns 2, an app's exit code for not having been able to run.
int fail(const char* what, const char* why);
// The same with the operator and tensor that the status names.
int fail(const char* what, const Status& status);

}  // namespace stapes::firmware
