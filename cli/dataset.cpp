#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_dataset(CLI::App& app) {
  app.add_subcommand("dataset", "")->callback([] {
    throw Error("cannot run", "dataset", "it is not built yet");
  });
}

}  // namespace stapes::cli
