#include "toolkit/dataset/scan.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/dataset/manifest.h"
#include "toolkit/dataset/speaker.h"

namespace stapes::dataset {
namespace {

namespace fs = std::filesystem;

using List = std::map<std::string, ManifestEntry>;  // by path relative to the list's base

struct WordFolder {
  Path path;
  std::string word;
};

// Without "." and without a slash at the end.
Path normal(const Path& path) {
  const Path result = path.lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

bool hidden(const Path& path) { return path.filename().string().starts_with('.'); }

std::vector<Path> folders_in(const Path& folder) {
  std::vector<Path> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && !hidden(entry.path())) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::vector<WordFolder> word_folders(const Path& folder, const std::string& unknown_label) {
  std::vector<WordFolder> found;
  for (const Path& path : folders_in(folder)) {
    const std::string name = path.filename().string();
    const bool unknown = name == "_unknown_" || (!unknown_label.empty() && name == unknown_label);
    if (unknown || !name.starts_with('_')) found.push_back({path, name});
  }
  return found;
}

// Only the folders that `words` names; all of them must be there.
void keep_words(std::vector<WordFolder>& folders, const std::vector<std::string>& words,
                const Path& where) {
  if (words.empty()) return;
  std::vector<std::string> names;
  for (const WordFolder& folder : folders) names.push_back(folder.word);
  for (const std::string& word : words) {
    if (std::find(names.begin(), names.end(), word) == names.end()) {
      throw Error("no folder for the word \"" + word + "\"", where.string(),
                  "data.sources.words names it", suggestion(word, names));
    }
  }
  std::erase_if(folders, [&words](const WordFolder& folder) {
    return std::find(words.begin(), words.end(), folder.word) == words.end();
  });
}

// validation_list.txt and testing_list.txt: one word/file.wav per line.
List speech_commands_lists(const Path& folder) {
  List list;
  const std::pair<const char*, const char*> files[] = {{"validation_list.txt", "validation"},
                                                       {"testing_list.txt", "test"}};
  for (const auto& [name, split] : files) {
    if (!fs::exists(folder / name)) {
      throw Error("cannot use the data source", folder.string(),
                  std::string("it has no ") + name + ", so it is not laid out like Speech Commands",
                  "write kind = \"folders\"");
    }
    std::istringstream lines(read_text_file(folder / name));
    for (std::string line; std::getline(lines, line);) {
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
      if (line.empty()) continue;
      ManifestEntry entry;
      entry.path = Path(line).lexically_normal().generic_string();
      entry.split = split;
      const auto [place, added] = list.emplace(entry.path, entry);
      if (!added && place->second.split != split) {
        throw Error("cannot split", folder.string(), line + " is in both lists",
                    "take it out of one");
      }
    }
  }
  return list;
}

std::string relative_name(const Path& path, const Path& base) {
  return path.lexically_relative(base).generic_string();
}

// What a list says overrules what the file name says.
void apply(const ManifestEntry& entry, const Path& list, FoundClip& clip) {
  if (!entry.speaker.empty()) clip.speaker = entry.speaker;
  if (!entry.split.empty()) clip.split = parse_split(entry.split, list.string());
  if (!entry.source.empty()) clip.source = entry.source;
}

}  // namespace

std::vector<Path> files_below(const Path& folder) {
  std::vector<Path> files;
  const auto options = fs::directory_options::follow_directory_symlink;
  for (auto i = fs::recursive_directory_iterator(folder, options);
       i != fs::recursive_directory_iterator(); ++i) {
    if (hidden(i->path())) {
      if (i->is_directory()) i.disable_recursion_pending();
    } else if (i->is_regular_file()) {
      files.push_back(i->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

FoundClips scan_source(const DataSource& source, const std::string& unknown_label,
                       const Path& data_root) {
  const Path folder = normal(data_root / source.path);
  if (!fs::is_directory(folder)) {
    throw Error("no such folder", folder.string(), "a data source of the specification names it",
                "say where the recordings lie with --data or $STAPES_DATA");
  }
  const bool speech_commands = source.kind == DataSource::Kind::kSpeechCommands;
  const bool whole_list = !source.splits.empty();
  Path list_file = folder / kManifestName;
  Path base = folder;
  List list;
  if (whole_list) {
    list_file = data_root / source.splits;
    base = normal(data_root);
    list = manifest_by_path(list_file);
  } else if (speech_commands) {
    list_file = folder / "testing_list.txt";
    list = speech_commands_lists(folder);
  } else if (fs::exists(list_file)) {
    list = manifest_by_path(list_file);
  }

  std::vector<WordFolder> words = word_folders(folder, unknown_label);
  keep_words(words, source.words, folder);
  FoundClips found;
  std::set<std::string> seen;
  for (const WordFolder& word : words) {
    found.words.push_back(word.word);
    const bool other_words = word.word.starts_with('_');
    for (const Path& path : files_below(word.path)) {
      FoundClip clip;
      clip.path = path;
      clip.word = word.word;
      if (other_words && path.parent_path() != word.path) {
        clip.word = path.lexically_relative(word.path).begin()->string();
      }
      clip.speaker = speaker_of_file(path);
      clip.source = speech_commands ? "speech_commands" : folder.filename().string();
      const std::string name = relative_name(path, base);
      const auto entry = list.find(name);
      if (entry != list.end()) {
        seen.insert(name);
        apply(entry->second, list_file, clip);
      } else if (whole_list) {
        found.skipped.push_back({path, "it is not in " + source.splits});
        continue;
      }
      if (speech_commands && !clip.split) clip.split = Split::kTrain;
      found.clips.push_back(std::move(clip));
    }
    const std::string prefix = relative_name(word.path, base) + "/";
    for (auto i = list.lower_bound(prefix); i != list.end() && i->first.starts_with(prefix); ++i) {
      if (seen.count(i->first) == 0) {
        found.skipped.push_back({base / i->first, "it is listed but not there"});
      }
    }
  }
  return found;
}

SoundFiles scan_sounds(const std::vector<Path>& paths, const std::string& splits,
                       const std::string& key, const Path& data_root) {
  const Path root = normal(data_root);
  std::map<Path, List> manifests;  // by folder; empty where there is none
  const auto manifest_of = [&manifests](const Path& folder) -> const List& {
    const auto [place, added] = manifests.try_emplace(folder);
    if (added && fs::exists(folder / kManifestName)) {
      place->second = manifest_by_path(folder / kManifestName);
    }
    return place->second;
  };
  List whole;
  if (!splits.empty()) whole = manifest_by_path(data_root / splits);

  SoundFiles sounds;
  for (const Path& relative : paths) {
    const Path path = normal(data_root / relative);
    std::vector<Path> files;
    if (fs::is_directory(path)) {
      files = files_below(path);
    } else if (fs::exists(path)) {
      files.push_back(path);
    } else {
      throw Error("no such file or folder", path.string(), key + " names it",
                  "take it out, or say where the data lies with --data or $STAPES_DATA; `stapes "
                  "dataset synthesize` makes noise and rooms");
    }
    for (const Path& file : files) {
      if (file.filename() == kManifestName) continue;
      std::string split;
      if (const auto entry = whole.find(relative_name(file, root)); entry != whole.end()) {
        split = entry->second.split;
      }
      for (Path folder = file.parent_path(); split.empty() && splits.empty();
           folder = folder.parent_path()) {
        const List& list = manifest_of(folder);
        const auto entry = list.find(relative_name(file, folder));
        if (entry != list.end()) split = entry->second.split;
        if (folder == root || folder == folder.parent_path()) break;
      }
      for (const Split s : kSplits) {
        if (split.empty() || parse_split(split, file.string()) == s) {
          sounds.files[static_cast<size_t>(s)].push_back(file);
        }
      }
    }
  }
  return sounds;
}

}  // namespace stapes::dataset
