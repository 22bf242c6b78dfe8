// The program stapes-train, which `stapes train` starts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "toolkit/training/program.h"
#include "toolkit/training/train_command.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app(
      "Trains the model of a specification and writes it as a float .tflite file.\n\n"
      "Checkpoints and history go to OUTPUT/train. Ctrl-C keeps what was trained; --resume goes on "
      "with the same numbers as if it had never stopped. Several processes, on one or several "
      "machines, train together when a launcher sets MASTER_ADDR, MASTER_PORT, RANK and "
      "WORLD_SIZE.",
      "stapes train");
  stapes::training::TrainCommand command;
  app.add_option("specification", command.specification, "Model specification (.toml)")->required();
  app.add_option("--data", command.data, "Folder where the data sources' paths start");
  app.add_option("-o,--output", command.output, "Output folder (default: out/NAME)");
  app.add_option("--set", command.overrides,
                 "Another value for a key of the specification, e.g. training.batch_size=32")
      ->allow_extra_args(false);
  app.add_option("-e,--epochs", command.epochs, "Train this many epochs")
      ->check(CLI::PositiveNumber);
  app.add_option("-j,--threads", command.threads,
                 "Threads (default: one for each core); does not change the result")
      ->check(CLI::PositiveNumber);
  app.add_option("--device", command.device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  CLI::Option* resume = app.add_flag("--resume", command.resume,
                                     "Continue from the newest checkpoint in the output folder");
  CLI::Option* automatic =
      app.add_flag("--auto-resume", command.auto_resume,
                   "Continue if the output folder holds a checkpoint of this specification, else "
                   "start anew: for launchers that repeat a command")
          ->excludes(resume);
  app.add_flag("--overwrite", command.overwrite,
               "Start anew although the output folder holds an unfinished training")
      ->excludes(resume)
      ->excludes(automatic);
  app.add_flag("--tensorboard", command.tensorboard,
               "Write the history for TensorBoard, too: OUTPUT/train/tensorboard");
  app.add_option("--timeout", command.timeout_seconds,
                 "Seconds after which a process that does not answer counts as lost (default: 120)")
      ->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}; `stapes train --help` explains the options\n", error.what());
    return 2;
  }
  stapes::training::run_train_command(command);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return stapes::training::run_program(argc, argv, run); }
