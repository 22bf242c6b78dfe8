#include "toolkit/dataset/dataset.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolkit/base/error.h"

namespace stapes::dataset {

std::string_view split_name(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "validation";
    case Split::kTest:
      return "test";
  }
  return "train";
}

Split parse_split(std::string_view text, const std::string& where) {
  if (text == "train" || text == "training") return Split::kTrain;
  if (text == "validation" || text == "val") return Split::kValidation;
  if (text == "test" || text == "testing" || text == "eval") return Split::kTest;
  throw Error("unknown split \"" + std::string(text) + "\"", where,
              "a clip is for training, validation or testing", "write train, validation or test");
}

std::string skipped_text(const std::vector<SkippedFile>& skipped, size_t shown) {
  if (skipped.empty()) return "";
  std::string text = skipped.size() == 1 ? "1 file is skipped:\n"
                                         : fmt::format("{} files are skipped:\n", skipped.size());
  for (size_t i = 0; i < std::min(shown, skipped.size()); ++i) {
    text += fmt::format("  {}: {}\n", skipped[i].path.string(), skipped[i].why);
  }
  if (skipped.size() > shown) text += fmt::format("  … and {} more\n", skipped.size() - shown);
  return text;
}

std::vector<ClipReference> Dataset::clips_of(Split split) const {
  std::vector<ClipReference> chosen;
  for (const ClipReference& clip : clips) {
    if (clip.split != split) continue;
    for (int32_t i = 0; i < clip.repeat; ++i) chosen.push_back(clip);
  }
  return chosen;
}

std::vector<size_t> Dataset::class_counts(Split split) const {
  std::vector<size_t> counts(classes.size(), 0);
  for (const ClipReference& clip : clips) {
    if (clip.split != split) continue;
    counts[static_cast<size_t>(clip.label)] += static_cast<size_t>(clip.repeat);
  }
  return counts;
}

std::vector<double> Dataset::class_weights(const std::string& kind) const {
  if (kind == "none") return std::vector<double>(classes.size(), 1.0);
  if (kind != "balanced") {
    throw Error("unknown class weights \"" + kind + "\"", "data.class_weights", "",
                "write balanced or none");
  }
  const std::vector<size_t> counts = class_counts(Split::kTrain);
  size_t total = 0;
  for (const size_t count : counts) total += count;
  std::vector<double> weights;
  for (const size_t count : counts) {
    weights.push_back(count == 0
                          ? 0.0
                          : static_cast<double>(total) /
                                (static_cast<double>(classes.size()) * static_cast<double>(count)));
  }
  return weights;
}

}  // namespace stapes::dataset
