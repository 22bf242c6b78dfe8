#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/usage.h"
#include "toolkit/base/error.h"
#include "toolkit/base/interrupt.h"
#include "toolkit/base/nearest.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app("Stapes: train, quantize and run keyword-spotting models on microcontrollers.",
               "stapes");
  app.require_subcommand(0, 1);
  app.set_version_flag("--version", STAPES_VERSION);
  app.formatter(stapes::cli::help_format());
  stapes::cli::Command commands(app);
  stapes::cli::add_new(commands);
  stapes::cli::add_dataset(commands);
  stapes::cli::add_features(commands);
  stapes::cli::add_train(commands);
  stapes::cli::add_quantize(commands);
  stapes::cli::add_finetune(commands);
  stapes::cli::add_evaluate(commands);
  stapes::cli::add_summarize(commands);
  stapes::cli::add_profile(commands);
  stapes::cli::add_run(commands);
  stapes::cli::add_params(commands);
  stapes::cli::add_card(commands);
  stapes::cli::add_classify(commands);
  stapes::cli::add_stream(commands);
  stapes::cli::add_compile(commands);
  // After the commands, which inherit what is there when they are added.
  app.footer("`stapes COMMAND --help` explains a command.");
  app.allow_extras();  // so that a misspelt command can be named
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "error: {}\n", stapes::cli::usage_message(app, error));
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
  } catch (const std::filesystem::filesystem_error& error) {
    fmt::print(stderr, "error: cannot use the file or folder in {}: {}\n", error.path1().string(),
               error.code().message());
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
