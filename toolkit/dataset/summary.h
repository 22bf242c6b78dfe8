#pragma once
#include <array>
#include <string>
#include <vector>

#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::dataset {

// What there is of one class in one split.
struct Amount {
  size_t clips = 0;
  size_t speakers = 0;
  double seconds = 0;
};

struct Summary {
  std::vector<std::string> classes;
  std::vector<std::array<Amount, 3>> amounts;  // [class][split]
  std::array<Amount, 3> totals;
  std::vector<double> weights;      // per class, as training uses them
  std::array<size_t, 3> ambient{};  // files per split
  std::array<size_t, 3> microphone{};
  std::array<size_t, 3> rooms{};
  std::vector<SkippedFile> skipped;
  std::vector<std::string> warnings;
};

// Opens every file for its length. Each clip counts once, whatever its `repeat`.
Summary summarize(const Dataset& dataset, const std::string& class_weights);

std::string summary_text(const Summary& summary);
std::string summary_json(const Summary& summary);

// A folder of word folders as a specification: every word is a keyword, the unknown class is there
// if its folder is, and _background_noise_ and _rooms_ are used where they are.
Specification specification_of_folder(const Path& folder);

}  // namespace stapes::dataset
