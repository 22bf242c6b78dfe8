#pragma once
#include <optional>
#include <string>
#include <vector>

#include "toolkit/base/files.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/specification/specification.h"

namespace stapes::dataset {

// A file in a class folder before labels and splits are decided.
struct FoundClip {
  Path path;  // can be opened as it is
  std::string word;
  std::string speaker;         // "": the file does not tell
  std::optional<Split> split;  // from a list; none: to be decided by speaker
  std::string source;
};

struct FoundClips {
  std::vector<std::string> words;    // the folders, also those without a clip
  std::vector<FoundClip> clips;      // sorted by path
  std::vector<SkippedFile> skipped;  // listed but missing, or missing in the list
};

// All regular files below `folder` that are not hidden, sorted by path; links are followed.
std::vector<Path> files_below(const Path& folder);

// Below the folder of `source` every folder is a word and holds its recordings, in folders of their
// own too. Names that begin with "." or "_" are not words, except the unknown label and
// "_unknown_": there a folder is a word. Speakers and splits come from the list that the source
// names, else from the lists of Speech Commands, else from manifest.csv, else (speakers only) from
// the file names. Throws Error for missing folders and lists.
FoundClips scan_source(const DataSource& source, const std::string& unknown_label,
                       const Path& data_root);

// The files of each split that `paths` (files or folders below the data root) name. Splits come
// from the list `splits`, else from the nearest manifest.csv above the file within the data root;
// files that no list mentions go into all three.
SoundFiles scan_sounds(const std::vector<Path>& paths, const std::string& splits,
                       const std::string& key, const Path& data_root);

}  // namespace stapes::dataset
