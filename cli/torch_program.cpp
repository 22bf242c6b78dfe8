#include "cli/torch_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "toolkit/base/error.h"
#include "toolkit/base/files.h"

namespace stapes::cli {

[[noreturn]] void become_torch_program(std::string name, const std::vector<std::string>& words) {
  const Path program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
  if (!std::filesystem::exists(program)) {
    throw Error("cannot start", program.string(), "it is not there",
                "install libtorch (scripts/install_packages train) and build with "
                "-DSTAPES_TRAINING=ON");
  }
  // Each shard of a batch has its own thread; more threads inside BLAS would only compete.
  ::setenv("OPENBLAS_NUM_THREADS", "1", 0);
  std::vector<std::string> copies = words;
  std::vector<char*> arguments{name.data()};
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  throw Error("cannot start", program.string(), std::strerror(errno));
}

}  // namespace stapes::cli
