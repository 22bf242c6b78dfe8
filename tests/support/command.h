#pragma once
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace stapes::test {

struct CommandResult {
  int exit_code = -1;
  std::string output;  // standard output
  std::string errors;  // standard error
};

// Runs the built program `stapes` with these arguments, whatever characters they contain.
inline CommandResult run_stapes(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  std::string line = "'" STAPES_BUILD_FOLDER "/bin/stapes'";
  for (const std::string& argument : arguments) {
    line += " '";
    for (const char letter : argument) line += letter == '\'' ? "'\\''" : std::string(1, letter);
    line += "'";
  }
  line += " >'" + (folder / "output").string() + "' 2>'" + (folder / "errors").string() + "'";
  const int status = std::system(line.c_str());
  const auto text = [&](const char* name) {
    std::ifstream file(folder / name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text("output"), text("errors")};
}

}  // namespace stapes::test
