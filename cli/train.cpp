#include "cli/commands.h"
#include "cli/torch_program.h"

namespace stapes::cli {

void add_train(Command& app) {
  Command command =
      app.add_command("train", "Train a model (`stapes train --help` lists the options)");
  command.leave_arguments_unread();  // stapes-train reads everything, --help too
  command.callback([command] { become_torch_program("stapes-train", command.remaining()); });
}

}  // namespace stapes::cli
