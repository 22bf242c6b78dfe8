#include "toolkit/specification/specification.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "toolkit/base/error.h"
#include "toolkit/specification/overrides.h"
#include "toolkit/specification/sections.h"

namespace stapes {
namespace {

void read_parameters_table(const toml::table* table, Specification& specification) {
  if (table == nullptr) return;
  for (const auto& [key, node] : *table) {
    const std::string name(key.str());
    if (node.is_boolean()) {
      specification.parameters[name] = node.as_boolean()->get();
    } else if (node.is_integer()) {
      specification.parameters[name] = node.as_integer()->get();
    } else if (node.is_floating_point()) {
      specification.parameters[name] = node.as_floating_point()->get();
    } else if (node.is_string()) {
      specification.parameters[name] = node.as_string()->get();
    } else {
      TableReader(table, "parameters", specification.file.string())
          .fail(name, "it is neither a number, a text nor true or false");
    }
  }
}

void read_classes(TableReader reader, const std::string& unknown_label,
                  std::vector<std::string>& keywords) {
  reader.read("keywords", keywords);
  if (keywords.empty()) reader.fail("keywords", "there are none", "list the words to recognise");
  std::set<std::string> seen;
  for (const std::string& keyword : keywords) {
    if (keyword.empty() || keyword.find('/') != std::string::npos) {
      reader.fail("keywords", "\"" + keyword + "\" cannot be the name of a folder");
    }
    if (!seen.insert(keyword).second)
      reader.fail("keywords", "\"" + keyword + "\" stands there twice");
    if (keyword == unknown_label) {
      reader.fail("keywords", "\"" + keyword + "\" is the label of the unknown class",
                  "leave it out; it is added by itself");
    }
  }
  if (keywords.size() + (unknown_label.empty() ? 0 : 1) < 2) {
    reader.fail("keywords", "one class cannot be told from anything",
                "list a second word or set data.unknown.label");
  }
  reader.finish();
}

std::string trained_settings(toml::table root) {
  for (const char* key : {"version", "description", "detector", "quantization", "finetuning",
                          "evaluation", "card", "parameters"}) {
    root.erase(key);
  }
  if (toml::table* data = root["data"].as_table()) data->erase("root");
  std::ostringstream text;
  text << root;  // toml++ keeps keys sorted
  return text.str();
}

Specification interpret(toml::table& root, const std::string& file, const std::string& name,
                        const std::vector<std::string>& overrides) {
  apply_overrides(root, overrides);
  Specification specification;
  specification.name = name;
  specification.file = file;

  TableReader reader(&root, "", file);
  reader.read("version", specification.version, 1, 1000000);
  reader.read("description", specification.description);
  read_data(TableReader(reader.table("data"), "data", file), file, specification.data);
  read_classes(TableReader(reader.table("classes"), "classes", file),
               specification.data.unknown.label, specification.keywords);
  read_features(TableReader(reader.table("frontend"), "frontend", file), specification.features);
  read_augmentation(TableReader(reader.table("augmentation"), "augmentation", file),
                    specification.augmentation);
  read_network(TableReader(reader.table("network"), "network", file), file, specification.network);
  read_training(TableReader(reader.table("training"), "training", file), file,
                specification.training);
  read_quantization(TableReader(reader.table("quantization"), "quantization", file),
                    specification.quantization);
  FinetuningSettings finetuning;  // only checked here
  read_finetuning(TableReader(reader.table("finetuning"), "finetuning", file), finetuning);
  read_detector(TableReader(reader.table("detector"), "detector", file), specification.detector);
  read_evaluation(TableReader(reader.table("evaluation"), "evaluation", file));
  read_card(TableReader(reader.table("card"), "card", file));
  read_parameters_table(reader.table("parameters"), specification);
  reader.finish();
  specification.trained_settings = trained_settings(root);

  const size_t thresholds = specification.detector.detection_threshold_list.size();
  if (thresholds != 0 && thresholds != specification.classes().size()) {
    throw Error(
        "cannot use the key detector.detection_threshold_list", file,
        fmt::format("it has {} entries for {} classes", thresholds, specification.classes().size()),
        "give one per class, the unknown class last");
  }
  return specification;
}

[[noreturn]] void malformed(const toml::parse_error& error, const std::string& file) {
  throw Error("cannot read the specification",
              fmt::format("{}, line {}", file, error.source().begin.line),
              std::string(error.description()), "mend the TOML");
}

// Puts `changes` over `base`: tables are merged key by key, everything else is replaced.
void merge(toml::table& base, toml::table& changes) {
  for (auto& [key, node] : changes) {
    toml::table* below = base.get_as<toml::table>(key.str());
    if (below != nullptr && node.is_table()) {
      merge(*below, *node.as_table());
    } else {
      base.insert_or_assign(key.str(), node);
    }
  }
}

// The file's table, laid over that of the file which its key `extends` names.
toml::table read_with_bases(const Path& file, int depth) {
  const std::string text = read_text_file(file);
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    malformed(error, file.string());
  }
  if (!root.contains("extends")) return root;
  const auto base_name = root["extends"].value<std::string>();
  if (!base_name || depth == 8) {
    throw Error("cannot use the key extends", file.string(),
                base_name ? "the files extend each other in a circle" : "it is not a text",
                "name one other specification");
  }
  root.erase("extends");
  toml::table base = read_with_bases(file.parent_path() / *base_name, depth + 1);
  // How another model was made says nothing of this one.
  if (toml::table* card = base["card"].as_table()) {
    card->erase("rebuild");
    card->erase("made");
  }
  merge(base, root);
  return base;
}

}  // namespace

std::vector<std::string> Specification::classes() const {
  std::vector<std::string> all = keywords;
  if (!data.unknown.label.empty()) all.push_back(data.unknown.label);
  return all;
}

int Specification::unknown_class() const {
  return data.unknown.label.empty() ? -1 : static_cast<int>(keywords.size());
}

Specification read_specification(const Path& file, const std::vector<std::string>& overrides) {
  toml::table root = read_with_bases(file, 0);
  return interpret(root, file.string(), file.stem().string(), overrides);
}

FinetuningSettings read_finetuning_settings(const Path& file,
                                            const std::vector<std::string>& overrides) {
  toml::table root = read_with_bases(file, 0);
  apply_overrides(root, overrides);
  FinetuningSettings settings;
  read_finetuning(TableReader(root["finetuning"].as_table(), "finetuning", file.string()),
                  settings);
  return settings;
}

Specification parse_specification(const std::string& text, const std::string& name,
                                  const std::vector<std::string>& overrides) {
  try {
    toml::table root = toml::parse(text);
    return interpret(root, name + ".toml", name, overrides);
  } catch (const toml::parse_error& error) {
    malformed(error, name + ".toml");
  }
}

Path data_root(const Specification& specification, const Path& option) {
  if (!option.empty()) return option;
  if (const char* variable = std::getenv("STAPES_DATA"); variable != nullptr && *variable != '\0') {
    return variable;
  }
  if (specification.data.root.empty()) {
    throw Error("cannot find the data", specification.file.string(),
                "the specification does not say where it lies",
                "name the folder with --data or in $STAPES_DATA");
  }
  return (specification.file.parent_path() / specification.data.root).lexically_normal();
}

std::string fingerprint(const Specification& specification) {
  const std::string& text = specification.trained_settings;
  return sha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

EvaluationSettings read_evaluation_settings(const Path& file,
                                            const std::vector<std::string>& overrides) {
  toml::table root = read_with_bases(file, 0);
  apply_overrides(root, overrides);
  return read_evaluation(TableReader(root["evaluation"].as_table(), "evaluation", file.string()));
}

CardSettings read_card_settings(const Path& file, const std::vector<std::string>& overrides) {
  toml::table root = read_with_bases(file, 0);
  apply_overrides(root, overrides);
  return read_card(TableReader(root["card"].as_table(), "card", file.string()));
}

}  // namespace stapes
