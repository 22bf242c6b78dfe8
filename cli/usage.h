#pragma once
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

// How the command line explains itself.
namespace stapes::cli {

// What is wrong with a command line that could not be parsed, with the nearest command or option
// that there is.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error);

// Help texts without the library's notes on types and limits; a list of commands shows the first
// sentence of each.
std::shared_ptr<CLI::Formatter> help_format();

}  // namespace stapes::cli
