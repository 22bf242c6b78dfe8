// The program stapes-finetune, which `stapes finetune` starts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "toolkit/finetuning/finetune_command.h"
#include "toolkit/specification/trained_with.h"
#include "toolkit/training/program.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app(
      "Makes an int8 .tflite that comes near the float one: calibrates as `stapes quantize` does, "
      "then trains weights and ranges for a few epochs against the float model's scores, with the "
      "device's integer arithmetic in the forward pass.\n\n"
      "Checkpoints go to the folder `finetuning` beside the int8 model. Ctrl-C keeps what was "
      "reached; --resume goes on with the same numbers as if it had never stopped.",
      "stapes finetune");
  stapes::finetuning::FinetuneCommand command;
  app.add_option("MODEL", command.model, "Float model (.tflite): ours or Keras'")->required();
  app.add_option(
      "--spec", command.specification,
      "Specification that the model was trained with: its data train and measure, its "
      "[quantization] and [finetuning] apply; default: the one that `stapes train` noted "
      "beside the model");
  app.add_option("--set", command.overrides,
                 "Another value for a key of the specification, e.g. finetuning.epochs=3")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--data", command.data, "Folder where the specification's data lies");
  app.add_option("-o,--output", command.output,
                 "int8 model; default: the model's name with _int8 for _float");
  app.add_option("--report", command.report,
                 "CSV with the error of each operator; default: quantization_report.csv beside the "
                 "int8 model");
  app.add_option("-e,--epochs", command.epochs, "Fine-tune this many epochs")
      ->check(CLI::PositiveNumber);
  app.add_option("-j,--threads", command.threads,
                 "Threads (default: one for each core); does not change the result")
      ->check(CLI::PositiveNumber);
  CLI::Option* resume =
      app.add_flag("--resume", command.resume, "Continue from the newest checkpoint");
  app.add_flag("--overwrite", command.overwrite,
               "Start anew although an unfinished fine-tuning lies there")
      ->excludes(resume);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}; `stapes finetune --help` explains the options\n", error.what());
    return 2;
  }
  if (command.specification.empty() &&
      !stapes::take_noted_training(command.model, command.specification, command.overrides,
                                   command.data)) {
    fmt::print(
        stderr,
        "error: finetune needs data to train with; give --spec SPEC.toml (the model does not "
        "lie where `stapes train` left it)\n");
    return 2;
  }
  stapes::finetuning::run_finetune_command(command);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return stapes::training::run_program(argc, argv, run); }
