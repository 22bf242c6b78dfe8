#include "cli/commands.h"
#include "cli/torch_program.h"

namespace stapes::cli {

void add_train(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("train", "Train a model (`stapes train --help` lists the options)");
  command->prefix_command();  // stapes-train reads everything, --help too
  command->set_help_flag();
  command->callback([command] { become_torch_program("stapes-train", command->remaining()); });
}

}  // namespace stapes::cli
