#include "toolkit/specification/trained_with.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cstdio>
#include <sstream>

#include "toolkit/base/error.h"

namespace stapes {
namespace {

Path note_beside(const Path& model) { return model.parent_path() / "train" / "trained_with.toml"; }

// NAME of NAME_float.tflite and NAME_int8.tflite; empty for other names.
std::string name_of_model(const Path& model) {
  const std::string file = model.filename().string();
  for (const std::string_view ending : {"_float.tflite", "_int8.tflite"}) {
    if (file.ends_with(ending)) return file.substr(0, file.size() - ending.size());
  }
  return "";
}

std::string text_of(const toml::table& note, const char* key) {
  return note[key].value_or(std::string());
}

}  // namespace

void note_training(const Path& model, const TrainedWith& training) {
  toml::array overrides;
  for (const std::string& override : training.overrides) overrides.push_back(override);
  toml::table note;
  note.insert("model", name_of_model(model));
  note.insert("specification", std::filesystem::absolute(training.specification).string());
  note.insert("set", std::move(overrides));
  if (!training.data.empty()) {
    note.insert("data", std::filesystem::absolute(training.data).string());
  }
  std::ostringstream text;
  text
      << "# What `stapes train` was called with. `stapes quantize`, `finetune` and `evaluate` take "
         "it where no\n# --spec says otherwise.\n"
      << note << "\n";
  write_text_file(note_beside(model), text.str());
}

std::optional<TrainedWith> noted_training(const Path& model) {
  const Path file = note_beside(model);
  const std::string name = name_of_model(model);
  if (name.empty() || !std::filesystem::is_regular_file(file)) return std::nullopt;
  toml::table note;
  try {
    note = toml::parse(read_text_file(file));
  } catch (const toml::parse_error& error) {
    throw Error("cannot read what the model was trained with", file.string(),
                std::string(error.description()), "give --spec SPEC.toml, or remove the file");
  }
  if (text_of(note, "model") != name) return std::nullopt;
  TrainedWith training{text_of(note, "specification"), {}, text_of(note, "data")};
  if (const toml::array* overrides = note["set"].as_array()) {
    for (const toml::node& override : *overrides) {
      training.overrides.push_back(override.value_or(std::string()));
    }
  }
  if (!std::filesystem::is_regular_file(training.specification)) {
    throw Error("cannot find the specification that the model was trained with",
                training.specification.string(),
                "it is gone since " + file.string() + " was written", "give --spec SPEC.toml");
  }
  return training;
}

bool take_noted_training(const Path& model, Path& specification,
                         std::vector<std::string>& overrides, Path& data) {
  const std::optional<TrainedWith> training = noted_training(model);
  if (!training) return false;
  specification = training->specification;
  overrides.insert(overrides.begin(), training->overrides.begin(), training->overrides.end());
  if (data.empty()) data = training->data;
  fmt::print(stderr, "With {}, as the model was trained (--spec names another).\n",
             specification.string());
  return true;
}

}  // namespace stapes
