#include "cli/commands.h"
#include "toolkit/base/error.h"

namespace stapes::cli {

void add_summarize(CLI::App& app) {
  app.add_subcommand("summarize", "")->callback([] {
    throw Error("cannot run", "summarize", "it is not built yet");
  });
}

}  // namespace stapes::cli
