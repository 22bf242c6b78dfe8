#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "toolkit/base/error.h"
#include "toolkit/base/files.h"
#include "toolkit/specification/specification.h"
#include "toolkit/specification/template.h"

namespace stapes::cli {
namespace {

struct NewOptions {
  std::string name;
  std::vector<std::string> words;
  bool force = false;
};

bool usable_in_names(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c >= 0x80;
  });
}

void create(const NewOptions& options) {
  Path file = options.name;
  if (file.extension() != ".toml") file += ".toml";
  const std::string name = file.stem().string();
  if (!usable_in_names(name)) {
    throw UsageError("the name \"" + name +
                     "\" has other characters than letters, digits, _ and -");
  }
  for (const std::string& word : options.words) {
    if (!usable_in_names(word)) {
      throw UsageError("the word \"" + word +
                       "\" has other characters than letters, digits, _ and -");
    }
  }
  if (std::filesystem::exists(file) && !options.force) {
    throw Error("cannot write", file.string(), "it exists",
                "choose another name or add --force to replace it");
  }
  const std::string text = specification_template(name, options.words);
  parse_specification(text, name);  // reports words that cannot be classes
  write_text_file(file, text);
  fmt::print(
      "Wrote {0}. Next:\n"
      "  stapes dataset synthesize {0}\n"
      "  stapes train {0}\n"
      "  stapes quantize out/{1}/{1}_float.tflite\n"
      "  stapes evaluate out/{1}/{1}_int8.tflite\n"
      "  stapes classify out/{1}/{1}_int8.tflite --microphone\n",
      file.string(), name);
}

}  // namespace

void add_new(Command& app) {
  auto options = std::make_shared<NewOptions>();
  Command command = app.add_command("new", "Write a commented model specification");
  command.add_option("NAME", options->name, "Name of the model; NAME.toml is written").required();
  command.add_option("--words", options->words, "The words to recognise: yes,no")
      .required()
      .delimiter(',');
  command.add_flag("--force", options->force, "Replace an existing file");
  command.callback([options] { create(*options); });
}

}  // namespace stapes::cli
