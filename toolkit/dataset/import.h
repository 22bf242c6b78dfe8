#pragma once
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"

namespace stapes::dataset {

// Where the name of a recording's speaker is found.
enum class SpeakerRule {
  kName,    // in a manifest.csv beside the word folders, else in the file's name (speaker.h)
  kFolder,  // WORD/SPEAKER/recording.wav
  kClip,    // every recording counts as a speaker of its own; for when nobody knows. Then the same
            // voice can be in training and in test, and the test results look better than they are.
};

struct ImportOptions {
  Path folder;  // a folder per word
  Path output;
  bool copy = false;  // copy what needs no conversion instead of linking it
  SpeakerRule speakers = SpeakerRule::kName;
  std::string source;   // for the manifest; "": the folder's name
  std::string licence;  // for the manifest
  int threads = 0;
};

struct ImportResult {
  size_t clips = 0;
  size_t words = 0;
  size_t speakers = 0;
  size_t converted = 0;  // decoded and written again as 16 kHz mono FLAC
  size_t sounds = 0;     // files of folders such as _background_noise_
  std::vector<SkippedFile> skipped;
};

// Brings recordings of any format and rate into a folder that load_dataset reads, with a manifest:
// OUTPUT/WORD/SPEAKER_nohash_N.flac. Files that are 16 kHz mono already are linked (hard links;
// copied where the file system has none). Folders that begin with "_" come along as they are.
// Throws Error when there is nothing usable, when a word has no usable recording, and when the
// output folder is not empty.
ImportResult import_recordings(const ImportOptions& options);

}  // namespace stapes::dataset
