#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app("Stapes: train, quantize and run keyword-spotting models on microcontrollers.",
               "stapes");
  app.require_subcommand(1);
  app.set_version_flag("--version", STAPES_VERSION);
  app.footer("`stapes COMMAND --help` explains a command.");
  stapes::cli::add_new(app);
  stapes::cli::add_dataset(app);
  stapes::cli::add_features(app);
  stapes::cli::add_train(app);
  stapes::cli::add_quantize(app);
  stapes::cli::add_evaluate(app);
  stapes::cli::add_summarize(app);
  stapes::cli::add_run(app);
  stapes::cli::add_params(app);
  stapes::cli::add_classify(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}; `stapes --help` lists the commands\n", error.what());
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  stapes::catch_interrupts();
  try {
    return run(argc, argv);
  } catch (const stapes::UsageError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 2;
  } catch (const stapes::Interrupted&) {
    fmt::print(stderr, "stopped\n");
    return 130;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: out of memory\n");
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
