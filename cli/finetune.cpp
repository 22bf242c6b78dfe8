#include "cli/commands.h"
#include "cli/torch_program.h"

namespace stapes::cli {

void add_finetune(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "finetune",
      "Train the int8 model with the device's integer arithmetic, towards the float model's scores "
      "(`stapes finetune --help` lists the options)");
  command->prefix_command();  // stapes-finetune reads everything, --help too
  command->set_help_flag();
  command->callback([command] { become_torch_program("stapes-finetune", command->remaining()); });
}

}  // namespace stapes::cli
