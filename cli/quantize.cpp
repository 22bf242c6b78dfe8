#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_quantize(CLI::App& app) {
  app.add_subcommand("quantize", "")->callback([] {
    throw Error("cannot run", "quantize", "it is not built yet");
  });
}

}  // namespace stapes::cli
