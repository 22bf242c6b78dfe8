#include <memory>

#include "cli/commands.h"
#include "cli/listen.h"

namespace stapes::cli {

void add_classify(Command& app) {
  auto options = std::make_shared<ListenOptions>();
  Command command = app.add_command(
      "classify", "Listen to recordings or the microphone and say which words are heard");
  add_listen_options(command, *options);
  constexpr int kHour = 3600 * 1000;
  command
      .add_option("-l,--latency", options->latency_ms,
                  "Milliseconds of sound from one inference to the next")
      .range(0, kHour);
  command.add_flag("--carry-state", options->carry_state,
                   "Keep the LSTM's state from one inference to the next, as MLTK does");
  command.add_flag("--reference-faults", options->reference_faults,
                   "Behave like MLTK's detector where that is wrong (docs/detector.md)");
  command.add_option("-z,--dump-spectrograms", options->dump_spectrograms,
                     "Write a picture of what the model saw at every inference to this folder");
  command.callback([options] { listen(*options); });
}

}  // namespace stapes::cli
