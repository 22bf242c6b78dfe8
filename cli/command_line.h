#pragma once
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

// What a command says of its command line. The library that reads it is CLI11; of these files only
// command_line.cpp, usage.cpp and main.cpp include it, because the inclusion alone costs a compiler
// six seconds, and options of a few types as much again. Handles are copied freely: what they stand
// for belongs to the program's one CLI::App.
namespace stapes::cli {

// An option, a flag or, without dashes, a positional argument. Every function returns the argument,
// so that they can be chained.
class Argument {
 public:
  explicit Argument(CLI::Option* option) : option_(option) {}

  Argument& required();
  Argument& type_name(const std::string& name);  // what the help shows for the value
  Argument& show_default();                      // in the help: the variable's present value

  Argument& delimiter(char separator);  // several values in one word, "yes,no"
  Argument& one_at_a_time();            // repeatable; what follows a value is not a second one

  // What is not so ends the program with a message and exit code 2. Limits are inclusive.
  Argument& range(int lowest, int highest);
  Argument& range(double lowest, double highest);
  Argument& positive();
  Argument& not_negative();
  Argument& one_of(const std::vector<std::string>& words);
  Argument& existing_file();
  Argument& needs(const Argument& other);
  Argument& excludes(const Argument& other);

  bool is_given() const;  // once the command line has been read

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  // A command below this one, as "fetch" is below "dataset".
  Command add_command(const std::string& name, const std::string& description);
  void require_command();

  // `names`: "-o,--output", or "MODEL" for an argument without dashes. `value` keeps what it has
  // unless the argument is given, and must live until the callback has run. For the types that are
  // listed at the end of command_line.cpp.
  template <typename Value>
  Argument add_option(const std::string& names, Value& value, const std::string& description);
  Argument add_flag(const std::string& names, bool& value, const std::string& description);

  // `--set KEY=VALUE`, repeatable: changes a key of the specification.
  Argument add_set_option(std::vector<std::string>& overrides, const std::string& example);

  void footer(const std::string& text);      // below the help
  void callback(std::function<void()> run);  // when the command line names this command
  void leave_arguments_unread();             // even --help; remaining() has them
  std::vector<std::string> remaining() const;

 private:
  CLI::App* app_;
};

}  // namespace stapes::cli
