#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_train(CLI::App& app) {
  app.add_subcommand("train", "")->callback([] {
    throw Error("cannot run", "train", "it is not built yet");
  });
}

}  // namespace stapes::cli
