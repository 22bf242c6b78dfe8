#include "cli/usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "toolkit/base/nearest.h"

namespace stapes::cli {
namespace {

// The command that the command line got to, "dataset fetch" say.
struct Reached {
  const CLI::App* app;
  std::string name;  // ends with a space unless empty
};

Reached command_of(const CLI::App& app) {
  Reached command{&app, ""};
  while (!command.app->get_subcommands().empty()) {
    command.app = command.app->get_subcommands().front();
    command.name += command.app->get_name() + " ";
  }
  return command;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

class HelpFormat : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return "";  // a flag
    std::string type = option->get_type_name();
    if (const size_t colon = type.find(':'); colon != std::string::npos) {
      const bool choice = type.compare(colon, 2, ":{") == 0;
      type = choice ? type.substr(colon + 1) : type.substr(0, colon);
    }
    std::string text = " " + type;
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += " ...";
    if (option->get_required()) text += " (required)";
    if (!option->get_default_str().empty()) {
      text += fmt::format(" (default: {})", option->get_default_str());
    }
    return text;
  }

  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    if (!is_positional) return name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
  }

  std::string make_subcommand(const CLI::App* command) const override {
    std::string description = command->get_description();
    description.resize(std::min(description.size(), description.find(". ")));
    if (description.ends_with('.')) description.pop_back();
    std::ostringstream line;
    CLI::detail::format_help(line, command->get_name(), description, get_column_width());
    return line.str();
  }
};

}  // namespace

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const Reached command = command_of(app);
  const std::string more = fmt::format("; `stapes {}--help` tells more", command.name);
  const std::vector<std::string> unread = command.app->remaining();
  const bool needs_command = command.app->get_require_subcommand_min() > 0;
  if (needs_command && unread.empty()) {
    return fmt::format("stapes {}needs one of: {}{}", command.name,
                       fmt::join(names_of_commands(*command.app), ", "), more);
  }
  if (unread.empty()) return error.what() + more;
  if (needs_command && !unread.front().starts_with('-')) {
    return fmt::format("there is no command \"{}{}\"; {}", command.name, unread.front(),
                       suggestion(unread.front(), names_of_commands(*command.app)));
  }
  if (unread.front().starts_with('-')) {
    const std::string option = unread.front().substr(0, unread.front().find('='));
    const std::string meant = nearest(option, names_of_options(*command.app));
    return fmt::format("stapes {}has no option {}{}", command.name, option,
                       meant.empty() ? more : fmt::format("; did you mean \"{}\"?", meant));
  }
  return fmt::format("\"{}\" is one argument too many{}", unread.front(), more);
}

std::shared_ptr<CLI::Formatter> help_format() { return std::make_shared<HelpFormat>(); }

}  // namespace stapes::cli
