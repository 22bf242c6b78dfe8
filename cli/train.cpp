#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/base/files.h"

namespace stapes::cli {
namespace {

// Becomes the program stapes-train that lies beside this one, so that signals and the exit code
// need no forwarding.
[[noreturn]] void become_stapes_train(const std::vector<std::string>& words) {
  const Path program =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "stapes-train";
  if (!std::filesystem::exists(program)) {
    throw Error("cannot train", program.string(), "it is not there",
                "install libtorch (scripts/install_packages train) and build with "
                "-DSTAPES_TRAINING=ON");
  }
  // Each shard of a batch has its own thread; more threads inside BLAS would only compete.
  ::setenv("OPENBLAS_NUM_THREADS", "1", 0);
  std::string name = "stapes-train";
  std::vector<std::string> copies = words;
  std::vector<char*> arguments{name.data()};
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  throw Error("cannot train", program.string(), std::strerror(errno));
}

}  // namespace

void add_train(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("train", "Train a model (`stapes train --help` lists the options)");
  command->prefix_command();  // stapes-train reads everything, --help too
  command->set_help_flag();
  command->callback([command] { become_stapes_train(command->remaining()); });
}

}  // namespace stapes::cli
