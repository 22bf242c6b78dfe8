#include "toolkit/dataset/synthesis/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "toolkit/base/error.h"
#include "toolkit/base/philox.h"
#include "toolkit/dataset/speaker.h"

namespace stapes::dataset {
namespace {

Utterance draw_utterance(const std::string& word, const Voice& voice, const std::string& path,
                         const SynthesisSettings& settings) {
  Random random(settings.seed, Purpose::kSynthesis, 2, hash_of_name(path));
  Utterance utterance;
  static constexpr std::array<const char*, 5> kEndings = {"", ".", ".", "!", "?"};
  utterance.text = word + kEndings[random.below(kEndings.size())];
  // One word by itself is said more slowly than in a sentence, for which the engines are made.
  const auto within = [&](double low, double high) {
    const double wider = 0.5 * (settings.prosody - 1.0) * (high - low);
    return random.uniform(low - wider, high + wider);
  };
  utterance.rate = std::max(0.4, within(0.55, 1.15));
  utterance.height = std::clamp(voice.height + within(-0.1, 0.1), 0.0, 1.0);
  utterance.melody = std::clamp(within(0.2, 0.9), 0.0, 1.0);
  utterance.emphasis = random.uniform() < 0.5 * (settings.prosody - 1.0);
  return utterance;
}

// Four to nine words, every second or third a small one: no sense, but the sounds and the melody of
// running speech.
Utterance draw_sentence(const OtherWords& words, const Voice& voice, const std::string& path,
                        uint64_t seed) {
  Random random(seed, Purpose::kSynthesis, 3, hash_of_name(path));
  Utterance utterance;
  const uint64_t count = 4 + random.below(6);
  for (uint64_t i = 0; i < count; ++i) {
    const bool small = !words.small.empty() && random.uniform() < 0.4;
    const std::vector<std::string>& list = small ? words.small : words.common;
    utterance.text += (i == 0 ? "" : " ") + list[random.below(list.size())];
  }
  utterance.text += random.uniform() < 0.7 ? "." : "?";
  utterance.rate = random.uniform(0.75, 1.25);
  utterance.height = std::clamp(voice.height + random.uniform(-0.1, 0.1), 0.0, 1.0);
  utterance.melody = random.uniform(0.2, 0.9);
  return utterance;
}

size_t share_of(int32_t clips, Split split, const SynthesisSettings& settings) {
  if (settings.only) return split == *settings.only ? static_cast<size_t>(clips) : 0;
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
  SplitPlan(std::vector<PlannedVoice> voices, const SynthesisSettings& settings)
      : voices_(std::move(voices)), settings_(settings) {}

  void add(const std::string& folder, const std::string& word, size_t turn) {
    PlannedVoice& planned = voices_[turn % voices_.size()];
    const std::string stem = folder + "/" + planned.voice.name() + "_nohash_";
    PlannedClip clip;
    clip.path = fmt::format("{}{}.flac", stem, numbers_[stem]++);
    clip.word = word;
    clip.utterance = draw_utterance(word, planned.voice, clip.path, settings_);
    planned.clips.push_back(std::move(clip));
  }

  void add_sentence(const OtherWords& words, size_t turn) {
    PlannedVoice& planned = voices_[turn % voices_.size()];
    const std::string stem = "_sentences_/" + planned.voice.name() + "_nohash_";
    PlannedClip clip;
    clip.path = fmt::format("{}{}.flac", stem, numbers_[stem]++);
    clip.utterance = draw_sentence(words, planned.voice, clip.path, settings_.seed);
    planned.clips.push_back(std::move(clip));
  }

  std::vector<PlannedVoice> take() { return std::move(voices_); }

 private:
  std::vector<PlannedVoice> voices_;
  const SynthesisSettings& settings_;
  std::map<std::string, int> numbers_;
};

}  // namespace

std::vector<PlannedVoice> plan_clips(const SynthesisSettings& settings,
                                     const std::vector<Voice>& voices, const OtherWords& others) {
  std::vector<PlannedVoice> plan;
  for (const Split split : kSplits) {
    if (settings.only && split != *settings.only) continue;
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
    SplitPlan planned(std::move(of_split), settings);
    for (size_t w = 0; w < settings.words.size(); ++w) {
      const size_t clips = share_of(settings.clips_per_word, split, settings);
      // Where there are fewer clips than voices, each word gets other voices.
      const size_t first = w * clips;
      for (size_t i = 0; i < clips; ++i) {
        planned.add(settings.words[w], settings.words[w], first + i);
      }
    }
    if (!others.common.empty()) {
      const size_t words = others.common.size();
      const size_t clips = share_of(settings.unknown_clips, split, settings);
      for (size_t i = 0; i < clips; ++i) {
        const std::string& word = others.common[i % words];
        planned.add("_unknown_/" + word, word, i + i / words);
      }
      const size_t sentences = share_of(settings.sentences, split, settings);
      for (size_t i = 0; i < sentences; ++i) planned.add_sentence(others, i);
    }
    for (PlannedVoice& voice : planned.take()) {
      if (!voice.clips.empty()) plan.push_back(std::move(voice));
    }
  }
  return plan;
}

}  // namespace stapes::dataset
