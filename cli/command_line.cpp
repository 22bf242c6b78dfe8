#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace stapes::cli {

Argument& Argument::required() {
  option_->required();
  return *this;
}

Argument& Argument::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Argument& Argument::show_default() {
  option_->capture_default_str();
  return *this;
}

Argument& Argument::delimiter(char separator) {
  option_->delimiter(separator);
  return *this;
}

Argument& Argument::one_at_a_time() {
  option_->allow_extra_args(false);
  return *this;
}

Argument& Argument::range(int lowest, int highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Argument& Argument::range(double lowest, double highest) {
  option_->check(CLI::Range(lowest, highest));
  return *this;
}

Argument& Argument::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

Argument& Argument::not_negative() {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

Argument& Argument::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Argument& Argument::existing_file() {
  option_->check(CLI::ExistingFile);
  return *this;
}

Argument& Argument::needs(const Argument& other) {
  option_->needs(other.option_);
  return *this;
}

Argument& Argument::excludes(const Argument& other) {
  option_->excludes(other.option_);
  return *this;
}

bool Argument::is_given() const { return option_->count() > 0; }

Command Command::add_command(const std::string& name, const std::string& description) {
  return Command(*app_->add_subcommand(name, description));
}

void Command::require_command() { app_->require_subcommand(1); }

template <typename Value>
Argument Command::add_option(const std::string& names, Value& value,
                             const std::string& description) {
  return Argument(app_->add_option(names, value, description));
}

Argument Command::add_flag(const std::string& names, bool& value, const std::string& description) {
  return Argument(app_->add_flag(names, value, description));
}

Argument Command::add_set_option(std::vector<std::string>& overrides, const std::string& example) {
  return add_option("--set", overrides,
                    fmt::format("Change a key of the specification, e.g. {} (repeatable)", example))
      .type_name("KEY=VALUE")
      .one_at_a_time();
}

void Command::footer(const std::string& text) { app_->footer(text); }

void Command::callback(std::function<void()> run) { app_->callback(std::move(run)); }

void Command::leave_arguments_unread() {
  app_->prefix_command();
  app_->set_help_flag();
}

std::vector<std::string> Command::remaining() const { return app_->remaining(); }

#define STAPES_OPTION_OF(...)                                                         \
  template Argument Command::add_option(const std::string& names, __VA_ARGS__& value, \
                                        const std::string& description);
STAPES_OPTION_OF(std::string)
STAPES_OPTION_OF(std::vector<std::string>)
STAPES_OPTION_OF(std::filesystem::path)
STAPES_OPTION_OF(std::vector<std::filesystem::path>)
STAPES_OPTION_OF(int)
STAPES_OPTION_OF(std::optional<int>)
STAPES_OPTION_OF(std::vector<int>)
STAPES_OPTION_OF(int64_t)
STAPES_OPTION_OF(uint64_t)
STAPES_OPTION_OF(double)
STAPES_OPTION_OF(std::optional<float>)
STAPES_OPTION_OF(std::optional<double>)
#undef STAPES_OPTION_OF

}  // namespace stapes::cli
