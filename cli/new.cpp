#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_new(CLI::App& app) {
  app.add_subcommand("new", "")->callback(
      [] { throw Error("cannot run", "new", "it is not built yet"); });
}

}  // namespace stapes::cli
