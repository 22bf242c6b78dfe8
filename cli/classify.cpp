#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_classify(CLI::App& app) {
  app.add_subcommand("classify", "")->callback([] {
    throw Error("cannot run", "classify", "it is not built yet");
  });
}

}  // namespace stapes::cli
