#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_params(CLI::App& app) {
  app.add_subcommand("params", "")->callback([] {
    throw Error("cannot run", "params", "it is not built yet");
  });
}

}  // namespace stapes::cli
