#include "toolkit/evaluation/test_data.h"

#include <algorithm>

#include "toolkit/evaluation/scores.h"

namespace stapes::evaluation {
namespace {

bool is_file(const Path& path) { return std::filesystem::is_regular_file(path); }

// Only such a folder has nothing that could tell the splits apart.
bool has_no_lists(const Specification& specification, const Path& data_root) {
  return std::all_of(specification.data.sources.begin(), specification.data.sources.end(),
                     [&](const DataSource& source) {
                       return source.kind == DataSource::Kind::kFolders && source.splits.empty() &&
                              !is_file(data_root / source.path / "manifest.csv");
                     });
}

}  // namespace

Specification folder_specification(const Path& folder,
                                   const std::vector<std::string>& model_classes) {
  Specification specification;
  specification.file = folder;
  specification.name = folder.filename().string();
  specification.data.root = folder;
  specification.data.unknown.label.clear();
  for (const std::string& label : model_classes) {
    if (is_keyword(label)) {
      specification.keywords.push_back(label);
    } else if (specification.data.unknown.label.empty() || label == "_unknown_") {
      specification.data.unknown.label = label;
    }
  }
  DataSource source;
  source.path = ".";
  if (is_file(folder / "testing_list.txt") && is_file(folder / "validation_list.txt")) {
    source.kind = DataSource::Kind::kSpeechCommands;
  }
  specification.data.sources.push_back(source);
  if (std::filesystem::is_directory(folder / "_background_noise_")) {
    specification.data.noise.ambient.emplace_back("_background_noise_");
  }
  return specification;
}

dataset::Dataset load_test_data(const Specification& specification, const Path& data_root,
                                dataset::Split split) {
  const bool all_are_tested =
      std::filesystem::is_directory(specification.file) && has_no_lists(specification, data_root);
  dataset::LoadOptions options;
  options.for_training = false;
  options.check = dataset::Check::kDecode;
  if (!all_are_tested) options.decoded = {split};
  dataset::Dataset data = dataset::load_dataset(specification, data_root, options);
  if (all_are_tested) {
    for (dataset::ClipReference& clip : data.clips) clip.split = split;
    data.warnings = {"The folder has no lists of a test split, so all of its clips are tested."};
  }
  return data;
}

}  // namespace stapes::evaluation
