#include "toolkit/dataset/synthesis/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/dataset/speaker.h"
#include "toolkit/dataset/synthesis/common_words.h"

namespace stapes::dataset {
namespace {

Utterance draw_utterance(const std::string& word, const Voice& voice, const std::string& path,
                         uint64_t seed) {
  Random random(seed, Purpose::kSynthesis, 2, hash_of_name(path));
  Utterance utterance;
  static constexpr std::array<const char*, 5> kEndings = {"", ".", ".", "!", "?"};
  utterance.text = word + kEndings[random.below(kEndings.size())];
  // One word by itself is said more slowly than in a sentence, for which the engines are made.
  utterance.rate = random.uniform(0.55, 1.15);
  utterance.height = std::clamp(voice.height + random.uniform(-0.1, 0.1), 0.0, 1.0);
  utterance.melody = random.uniform(0.2, 0.9);
  return utterance;
}

size_t share_of(int32_t clips, Split split, const SynthesisSettings& settings) {
  const auto part = [clips](double share) {
    return static_cast<size_t>(std::lround(static_cast<double>(clips) * share));
  };
  if (settings.training_only) return split == Split::kTrain ? static_cast<size_t>(clips) : 0;
  const size_t validation = part(settings.validation);
  const size_t test = part(settings.test);
  if (split == Split::kValidation) return validation;
  if (split == Split::kTest) return test;
  return static_cast<size_t>(clips) - std::min(static_cast<size_t>(clips), validation + test);
}

// Gives the clips of one split to its voices in turn.
class SplitPlan {
 public:
  SplitPlan(std::vector<PlannedVoice> voices, uint64_t seed)
      : voices_(std::move(voices)), seed_(seed) {}

  void add(const std::string& folder, const std::string& word, size_t turn) {
    PlannedVoice& planned = voices_[turn % voices_.size()];
    const std::string stem = folder + "/" + planned.voice.name() + "_nohash_";
    PlannedClip clip;
    clip.path = fmt::format("{}{}.flac", stem, numbers_[stem]++);
    clip.word = word;
    clip.utterance = draw_utterance(word, planned.voice, clip.path, seed_);
    planned.clips.push_back(std::move(clip));
  }

  std::vector<PlannedVoice> take() { return std::move(voices_); }

 private:
  std::vector<PlannedVoice> voices_;
  uint64_t seed_;
  std::map<std::string, int> numbers_;
};

}  // namespace

std::vector<PlannedVoice> plan_clips(const SynthesisSettings& settings,
                                     const std::vector<Voice>& voices,
                                     const std::vector<std::string>& other_words) {
  std::vector<PlannedVoice> plan;
  for (const Split split : kSplits) {
    std::vector<PlannedVoice> of_split;
    for (const Voice& voice : voices) {
      if (voice.split == split) of_split.push_back({voice, {}});
    }
    if (of_split.empty()) {
      if (settings.training_only && split != Split::kTrain) continue;
      throw Error("cannot synthesize", "",
                  fmt::format("no voice for {} is installed", split_name(split)),
                  "install the packages espeak-ng-data and libflite1");
    }
    SplitPlan planned(std::move(of_split), settings.seed);
    for (size_t w = 0; w < settings.words.size(); ++w) {
      const size_t clips = share_of(settings.clips_per_word, split, settings);
      // Where there are fewer clips than voices, each word gets other voices.
      const size_t first = w * clips;
      for (size_t i = 0; i < clips; ++i) {
        planned.add(settings.words[w], settings.words[w], first + i);
      }
    }
    if (!other_words.empty()) {
      const size_t clips = share_of(settings.unknown_clips, split, settings);
      for (size_t i = 0; i < clips; ++i) {
        const std::string& word = other_words[i % other_words.size()];
        planned.add("_unknown_/" + word, word, i + i / other_words.size());
      }
    }
    for (PlannedVoice& voice : planned.take()) {
      if (!voice.clips.empty()) plan.push_back(std::move(voice));
    }
  }
  return plan;
}

std::vector<std::string> other_words(const std::vector<std::string>& words,
                                     SpeechEngines& engines) {
  std::set<std::string> taken(words.begin(), words.end());
  for (const std::string& accent : accents()) {
    std::set<std::string> sounds;
    for (const std::string& word : words) sounds.insert(engines.phonemes(word, accent));
    for (const std::string& word : common_words()) {
      if (sounds.count(engines.phonemes(word, accent)) > 0) taken.insert(word);
    }
  }
  std::vector<std::string> left;
  for (const std::string& word : common_words()) {
    if (taken.count(word) == 0) left.push_back(word);
  }
  return left;
}

}  // namespace stapes::dataset
