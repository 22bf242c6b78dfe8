#pragma once
#include <string>
#include <vector>

namespace stapes::cli {

// Becomes the program `name` (stapes-train, stapes-finetune) that lies beside this one, so that
// signals and the exit code need no forwarding. These programs link torch, and `stapes` does not.
[[noreturn]] void become_torch_program(std::string name, const std::vector<std::string>& words);

}  // namespace stapes::cli
