#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_run(CLI::App& app) {
  app.add_subcommand("run", "")->callback(
      [] { throw Error("cannot run", "run", "it is not built yet"); });
}

}  // namespace stapes::cli
