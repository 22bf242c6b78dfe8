#include "cli/commands.h"
#include "cli/torch_program.h"

namespace stapes::cli {

void add_finetune(Command& app) {
  Command command = app.add_command(
      "finetune",
      "Train the int8 model with the device's integer arithmetic, towards the float model's scores "
      "(`stapes finetune --help` lists the options)");
  command.leave_arguments_unread();  // stapes-finetune reads everything, --help too
  command.callback([command] { become_torch_program("stapes-finetune", command.remaining()); });
}

}  // namespace stapes::cli
