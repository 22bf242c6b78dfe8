#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/base/philox.h"
#include "toolkit/dataset/check.h"
#include "toolkit/dataset/dataset.h"
#include "toolkit/dataset/scan.h"
#include "toolkit/dataset/speaker.h"

namespace stapes::dataset {
namespace {

constexpr char kNameSpeakers[] =
    "name the files SPEAKER_nohash_NUMBER.wav, or write a manifest.csv with the columns "
    "path,speaker,split beside the word folders (`stapes dataset import` does)";

// A clip whose split is not decided yet.
struct Candidate {
  ClipReference clip;
  std::optional<Split> split;
  const DataSource* source = nullptr;
};

void check_classes(const Specification& specification) {
  const std::vector<std::string> classes = specification.classes();
  if (classes.size() < 2) {
    throw Error("cannot train with one class", specification.file.string(),
                "a classifier needs at least two",
                "add keywords, or an unknown class (data.unknown.label)");
  }
}

// The label of a word, or -1 where the specification has no use for it.
int label_of(const std::string& word, bool unknown, const std::vector<std::string>& keywords,
             int unknown_label) {
  if (unknown) return unknown_label;
  const auto keyword = std::find(keywords.begin(), keywords.end(), word);
  if (keyword == keywords.end()) return unknown_label;
  return static_cast<int>(keyword - keywords.begin());
}

std::vector<Candidate> collect(const Specification& specification, const Path& data_root,
                               Dataset& data, std::set<std::string>& words) {
  std::vector<Candidate> candidates;
  for (const DataSource& source : specification.data.sources) {
    FoundClips found = scan_source(source, specification.data.unknown.label, data_root);
    words.insert(found.words.begin(), found.words.end());
    data.skipped.insert(data.skipped.end(), found.skipped.begin(), found.skipped.end());
    for (FoundClip& clip : found.clips) {
      const int label =
          label_of(clip.word, source.unknown, specification.keywords, data.unknown_label);
      if (label < 0) continue;
      Candidate candidate;
      candidate.clip = {
          std::move(clip.path), std::move(clip.word),   label, std::move(clip.speaker),
          Split::kTrain,        std::move(clip.source), 1};
      candidate.split = clip.split;
      candidate.source = &source;
      candidates.push_back(std::move(candidate));
    }
  }
  return candidates;
}

// Which of the files pass; those that do not are noted as skipped.
std::vector<bool> usable(const std::vector<Path>& files, Check check, int threads, Dataset& data) {
  const std::vector<std::string> reasons = check_files(files, check, threads);
  std::vector<bool> result;
  for (size_t i = 0; i < files.size(); ++i) {
    result.push_back(reasons[i].empty());
    if (!reasons[i].empty()) data.skipped.push_back({files[i], reasons[i]});
  }
  return result;
}

// Before the speakers are split, so that a file that is no recording brings no speaker.
void drop_unopenable(std::vector<Candidate>& candidates, const LoadOptions& options,
                     Dataset& data) {
  std::vector<Path> files;
  files.reserve(candidates.size());
  for (const Candidate& candidate : candidates) files.push_back(candidate.clip.path);
  const std::vector<bool> kept =
      usable(files, std::min(options.check, Check::kHeader), options.threads, data);
  size_t i = 0;
  std::erase_if(candidates, [&](const Candidate&) { return !kept[i++]; });
}

bool is_decoded(const LoadOptions& options, Split split) {
  return options.check == Check::kDecode &&
         std::find(options.decoded.begin(), options.decoded.end(), split) != options.decoded.end();
}

// After the split, which must be the same whether files are decoded or only opened.
void drop_undecodable(const LoadOptions& options, Dataset& data) {
  std::vector<Path> files;
  for (const ClipReference& clip : data.clips) {
    if (is_decoded(options, clip.split)) files.push_back(clip.path);
  }
  if (files.empty()) return;
  const std::vector<bool> kept = usable(files, Check::kDecode, options.threads, data);
  size_t i = 0;
  std::erase_if(data.clips, [&](const ClipReference& clip) {
    return is_decoded(options, clip.split) && !kept[i++];
  });
}

void drop_unusable(SoundFiles& sounds, const LoadOptions& options, Dataset& data) {
  const auto drop = [&](const std::set<Path>& all, Check check) {
    const std::vector<Path> files(all.begin(), all.end());
    const std::vector<bool> kept = usable(files, check, options.threads, data);
    for (size_t i = 0; i < files.size(); ++i) {
      if (kept[i]) continue;
      for (std::vector<Path>& of_split : sounds.files) std::erase(of_split, files[i]);
    }
  };
  std::set<Path> decoded;
  std::set<Path> opened;
  for (const Split split : kSplits) {
    const std::vector<Path>& files = sounds.of(split);
    (is_decoded(options, split) ? decoded : opened).insert(files.begin(), files.end());
  }
  for (const Path& file : decoded) opened.erase(file);
  drop(opened, std::min(options.check, Check::kHeader));
  drop(decoded, Check::kDecode);
}

// What the lists say of each speaker; they must not contradict each other.
std::map<std::string, Split> listed_speakers(const std::vector<Candidate>& candidates) {
  std::map<std::string, std::pair<Split, const Path*>> listed;
  for (const Candidate& candidate : candidates) {
    if (!candidate.split || candidate.clip.speaker.empty()) continue;
    const auto [place, added] = listed.emplace(
        candidate.clip.speaker, std::make_pair(*candidate.split, &candidate.clip.path));
    if (!added && place->second.first != *candidate.split) {
      throw Error(
          fmt::format("speaker \"{}\" is in two splits", candidate.clip.speaker),
          candidate.clip.path.string(),
          fmt::format("this clip is listed for {} and {} for {}", split_name(*candidate.split),
                      place->second.second->string(), split_name(place->second.first)),
          "give all clips of a speaker one split in the list, or take the split out of it");
    }
  }
  std::map<std::string, Split> splits;
  for (const auto& [speaker, where] : listed) splits[speaker] = where.first;
  return splits;
}

void require_speakers(const std::set<std::string>& speakers, size_t clips, size_t nameless,
                      const Specification& specification) {
  const SplitSettings& split = specification.data.split;
  const size_t wanted = 1U + (split.validation > 0 ? 1U : 0U) + (split.test > 0 ? 1U : 0U);
  if (speakers.size() >= wanted) return;
  std::string why;
  if (speakers.empty()) {
    why = fmt::format("none of the {} clips tells whose voice it is", clips);
  } else {
    why = fmt::format("the {} clips are of {} speaker{} ({}), and {} splits need {}", clips,
                      speakers.size(), speakers.size() == 1 ? "" : "s", fmt::join(speakers, ", "),
                      wanted, wanted);
    if (nameless > 0) why += fmt::format("; {} clips do not tell their speaker", nameless);
  }
  throw Error(
      "cannot split by speaker", specification.file.string(), why,
      speakers.empty() || nameless > 0
          ? std::string(kNameSpeakers)
          : "record more people; for a first try, `stapes dataset import FOLDER --output DATA "
            "--speaker clip` counts every clip as a speaker of its own");
}

void decide_splits(std::vector<Candidate>& candidates, const Specification& specification,
                   const LoadOptions& options, Dataset& data) {
  std::map<std::string, Split> splits = listed_speakers(candidates);
  const bool any_list = std::any_of(candidates.begin(), candidates.end(),
                                    [](const Candidate& c) { return c.split.has_value(); });
  std::set<std::string> open;
  size_t nameless = 0;
  for (const Candidate& candidate : candidates) {
    if (candidate.split) continue;
    const std::string& speaker = candidate.clip.speaker;
    if (speaker.empty()) {
      ++nameless;
    } else if (splits.count(speaker) == 0) {
      open.insert(speaker);
    }
  }
  if (!any_list && options.for_training) {
    require_speakers(open, candidates.size(), nameless, specification);
  }
  if (!open.empty()) splits.merge(split_speakers(open, specification.data.split));
  for (Candidate& candidate : candidates) {
    const auto found = splits.find(candidate.clip.speaker);
    candidate.clip.split = candidate.split         ? *candidate.split
                           : found == splits.end() ? Split::kTrain
                                                   : found->second;
  }
  if (nameless > 0) {
    data.warnings.push_back(
        fmt::format("{} clips do not tell whose voice they are and are used for training only; {}.",
                    nameless, kNameSpeakers));
  }
}

// Leaves `maximum` of the training clips of the unknown class, chosen by the seed.
void limit_unknown(std::vector<ClipReference>& clips, int unknown_label, int32_t maximum,
                   uint64_t seed) {
  if (maximum <= 0 || unknown_label < 0) return;
  std::vector<size_t> unknown;
  for (size_t i = 0; i < clips.size(); ++i) {
    if (clips[i].label == unknown_label && clips[i].split == Split::kTrain) unknown.push_back(i);
  }
  const auto keep = static_cast<size_t>(maximum);
  if (unknown.size() <= keep) return;
  Random random(seed, Purpose::kSubset);
  random.shuffle(unknown);
  const std::set<size_t> dropped(unknown.begin() + static_cast<std::ptrdiff_t>(keep),
                                 unknown.end());
  std::vector<ClipReference> kept;
  kept.reserve(clips.size() - dropped.size());
  for (size_t i = 0; i < clips.size(); ++i) {
    if (dropped.count(i) == 0) kept.push_back(std::move(clips[i]));
  }
  clips = std::move(kept);
}

std::string examples_of(const std::vector<SkippedFile>& skipped) {
  if (skipped.empty()) return "";
  return fmt::format(
      " ({} skipped, e.g. {}: {})",
      skipped.size() == 1 ? "1 file is" : fmt::format("{} files are", skipped.size()),
      skipped.front().path.string(), skipped.front().why);
}

void require_classes(const Dataset& data, const std::vector<std::string>& words,
                     const Path& data_root) {
  const std::vector<size_t> counts = data.class_counts(Split::kTrain);
  for (size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] > 0) continue;
    const std::string& name = data.classes[label];
    const bool elsewhere = std::any_of(
        data.clips.begin(), data.clips.end(),
        [label](const ClipReference& clip) { return clip.label == static_cast<int>(label); });
    if (elsewhere) {
      throw Error("no training clips of the class \"" + name + "\"", data_root.string(),
                  "all its speakers are in the validation and test splits",
                  "record it from more people");
    }
    if (static_cast<int>(label) == data.unknown_label) {
      throw Error("no clips of the class \"" + name + "\"", data_root.string(),
                  "there are no recordings of other words" + examples_of(data.skipped),
                  "add folders with other words (`stapes dataset synthesize` makes some), or write "
                  "data.unknown.label = \"\" for a model without this class");
    }
    const bool empty = std::find(words.begin(), words.end(), name) != words.end();
    throw Error("no clips of the word \"" + name + "\"", data_root.string(),
                (empty ? "its folder holds no usable recording"
                       : "no data source has a folder of "
                         "that name") +
                    examples_of(data.skipped),
                empty ? "add recordings" : suggestion(name, words));
  }
}

void warn_of_gaps(Dataset& data) {
  for (const Split split : {Split::kValidation, Split::kTest}) {
    const std::vector<size_t> counts = data.class_counts(split);
    std::vector<std::string> missing;
    for (size_t label = 0; label < counts.size(); ++label) {
      if (counts[label] == 0) missing.push_back(data.classes[label]);
    }
    if (missing.size() == counts.size()) {
      data.warnings.push_back(fmt::format("The {} split is empty.", split_name(split)));
    } else if (!missing.empty()) {
      data.warnings.push_back(fmt::format("The {} split has no clips of {}.", split_name(split),
                                          fmt::join(missing, ", ")));
    }
  }
}

bool used(const DataSource& source, Split split) {
  if (source.only_splits.empty()) return true;
  return std::any_of(source.only_splits.begin(), source.only_splits.end(),
                     [split](const std::string& name) {
                       return parse_split(name, "data.sources.only_splits") == split;
                     });
}

}  // namespace

Dataset load_dataset(const Specification& specification, const Path& data_root,
                     const LoadOptions& options) {
  check_classes(specification);
  if (specification.data.sources.empty()) {
    throw Error("no recordings", specification.file.string(), "it names no data source",
                "add a [[data.sources]] table");
  }
  if (!std::filesystem::is_directory(data_root)) {
    throw Error("no such folder", data_root.string(), "the recordings should be in it",
                "say where they lie with --data or $STAPES_DATA");
  }
  Dataset data;
  data.classes = specification.classes();
  data.unknown_label = specification.unknown_class();

  std::set<std::string> words;
  std::vector<Candidate> candidates = collect(specification, data_root, data, words);
  drop_unopenable(candidates, options, data);
  if (candidates.empty()) {
    throw Error("no recordings", data_root.string(),
                "the folders of the data sources hold no usable clips" + examples_of(data.skipped),
                "say where the recordings lie with --data or $STAPES_DATA; `stapes dataset "
                "synthesize` makes some");
  }
  decide_splits(candidates, specification, options, data);
  for (Candidate& candidate : candidates) {
    ClipReference& clip = candidate.clip;
    if (!used(*candidate.source, clip.split)) continue;
    if (clip.split == Split::kTrain) clip.repeat = std::max(1, candidate.source->repeat);
    data.clips.push_back(std::move(clip));
  }
  drop_undecodable(options, data);
  limit_unknown(data.clips, data.unknown_label, specification.data.unknown.maximum_clips,
                specification.data.split.seed);
  if (options.for_training) require_classes(data, {words.begin(), words.end()}, data_root);
  warn_of_gaps(data);

  const NoiseSettings& noise = specification.data.noise;
  const auto sounds = [&](const std::vector<Path>& paths, const std::string& key) {
    SoundFiles found = scan_sounds(paths, noise.splits, key, data_root);
    drop_unusable(found, options, data);
    return found;
  };
  data.ambient = sounds(noise.ambient, "data.noise.ambient");
  data.microphone = sounds(noise.microphone, "data.noise.microphone");
  data.rooms = sounds(noise.rooms, "data.noise.rooms");
  return data;
}

}  // namespace stapes::dataset
