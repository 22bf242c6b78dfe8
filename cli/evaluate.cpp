#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_evaluate(CLI::App& app) {
  app.add_subcommand("evaluate", "")->callback([] {
    throw Error("cannot run", "evaluate", "it is not built yet");
  });
}

}  // namespace stapes::cli
