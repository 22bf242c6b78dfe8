#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/nearest.h"

namespace {

// "quantize " if the command line got as far as a command.
std::string command_of(const CLI::App& app) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  return commands.empty() ? "" : commands.front()->get_name() + " ";
}

int run(int argc, char** argv) {
  CLI::App app("Stapes: train, quantize and run keyword-spotting models on microcontrollers.",
               "stapes");
  app.require_subcommand(0, 1);
  app.allow_extras();  // so that a misspelt command can be named
  app.set_version_flag("--version", STAPES_VERSION);
  app.footer("`stapes COMMAND --help` explains a command.");
  stapes::cli::add_new(app);
  stapes::cli::add_dataset(app);
  stapes::cli::add_features(app);
  stapes::cli::add_train(app);
  stapes::cli::add_quantize(app);
  stapes::cli::add_evaluate(app);
  stapes::cli::add_summarize(app);
  stapes::cli::add_profile(app);
  stapes::cli::add_run(app);
  stapes::cli::add_params(app);
  stapes::cli::add_classify(app);
  stapes::cli::add_compile(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}; `stapes {}--help` tells more\n", error.what(), command_of(app));
    return 2;
  }
  if (app.get_subcommands().empty()) {
    const std::vector<std::string> extras = app.remaining();
    if (extras.empty()) {
      fmt::print("{}", app.help());
      return 2;
    }
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands(nullptr))
      names.push_back(command->get_name());
    throw stapes::UsageError("there is no command \"" + extras.front() + "\"; " +
                             stapes::suggestion(extras.front(), names));
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
