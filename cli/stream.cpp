#include <memory>

#include "cli/commands.h"
#include "cli/listen.h"

namespace stapes::cli {

void add_stream(Command& app) {
  auto options = std::make_shared<ListenOptions>();
  options->frame_by_frame = true;
  Command command = app.add_command(
      "stream",
      "Listen as classify does, but run the model frame by frame: each frame is computed once");
  add_listen_options(command, *options);
  command.footer(
      "The model's convolutions must be causal and its features normalized by fixed numbers\n"
      "(padding = \"causal\", normalization = \"rescale\"): docs/streaming.md.");
  command.callback([options] { listen(*options); });
}

}  // namespace stapes::cli
