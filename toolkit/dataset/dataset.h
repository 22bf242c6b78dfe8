#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/specification/specification.h"

// Which recordings there are, what is said in them, by whom, and what each may be used for.
//
//   const dataset::Dataset data = dataset::load_dataset(specification, data_root(specification,
//   "")); for (const dataset::ClipReference& clip : data.clips_of(dataset::Split::kTrain)) …
namespace stapes::dataset {

// All clips of a speaker are in one split: a model that is tested on voices it was trained with
// looks better than it is.
enum class Split { kTrain, kValidation, kTest };

inline constexpr std::array<Split, 3> kSplits = {Split::kTrain, Split::kValidation, Split::kTest};

// "train", "validation", "test", as CSV files have them.
std::string_view split_name(Split split);
// The reverse, also for "training", "testing", "val" and "eval"; throws Error naming `where`.
Split parse_split(std::string_view text, const std::string& where);

// One recording of one word.
struct ClipReference {
  Path path;            // can be opened as it is
  std::string word;     // what is said; the folder's name
  int label = 0;        // index into Dataset::classes
  std::string speaker;  // "" only where nobody speaks
  Split split = Split::kTrain;
  std::string source;  // where it comes from, e.g. "speech_commands", "espeak-ng"
  int32_t repeat = 1;  // training clips: appears this often in one epoch
};

// Files of one kind of sound, for each split. A file that no list mentions is in all three.
struct SoundFiles {
  std::array<std::vector<Path>, 3> files;

  const std::vector<Path>& of(Split split) const { return files[static_cast<size_t>(split)]; }
};

struct SkippedFile {
  Path path;
  std::string why;
};

struct Dataset {
  std::vector<std::string> classes;  // Specification::classes()
  int unknown_label = -1;            // index into classes, -1: there is no unknown class
  std::vector<ClipReference> clips;  // all splits; in the order of the sources, then of the paths
  SoundFiles ambient;
  SoundFiles microphone;
  SoundFiles rooms;                   // impulse responses
  std::vector<SkippedFile> skipped;   // files in class folders that cannot be used, and why
  std::vector<std::string> warnings;  // whole sentences for the user

  // The clips of one split in order, each as often as its `repeat` says.
  std::vector<ClipReference> clips_of(Split split) const;
  // Clips per class, repeats counted: what one epoch sees.
  std::vector<size_t> class_counts(Split split) const;
  // "balanced": N / (classes * count of the class), on the training clips; "none": 1 for each.
  std::vector<double> class_weights(const std::string& kind) const;
};

// How closely load_dataset looks at each file of a class folder. What cannot be used is listed in
// Dataset::skipped.
enum class Check {
  kName,    // it is there
  kHeader,  // it opens as audio and has samples: some 20 µs per file
  kDecode,  // every sample is decoded; finds truncated files and NaN
};

// "3 files are skipped:" and a line for each, of more than `shown` only the first; "" for none.
std::string skipped_text(const std::vector<SkippedFile>& skipped, size_t shown = 10);

struct LoadOptions {
  Check check = Check::kHeader;
  // The splits that Check::kDecode decodes, for commands that need not all. A file that opens but
  // cannot be decoded has no influence on who is in which split.
  std::vector<Split> decoded = {Split::kTrain, Split::kValidation, Split::kTest};
  // False where nothing will be trained: classes and splits may then be empty.
  bool for_training = true;
  int threads = 0;  // for checking; 0: as many as the machine has cores
};

// Finds the clips of all sources of specification.data below `data_root`, labels them, and splits
// those that bring no split of their own by speaker. Depends only on the folders' contents and the
// specification, not on the file system's order. Throws Error when there are no clips, fewer than
// two classes, a class without usable training clips, a list that puts a speaker into two splits,
// or too few speakers to split; each says what to do.
Dataset load_dataset(const Specification& specification, const Path& data_root,
                     const LoadOptions& options = {});

}  // namespace stapes::dataset
