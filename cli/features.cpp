#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_features(CLI::App& app) {
  app.add_subcommand("features", "")->callback([] {
    throw Error("cannot run", "features", "it is not built yet");
  });
}

}  // namespace stapes::cli
