#include "toolkit/dataset/sentence.h"

#include <algorithm>
#include <set>

#include "toolkit/audio/level.h"
#include "toolkit/audio/read.h"
#include "toolkit/base/error.h"
#include "toolkit/base/nearest.h"
#include "toolkit/base/philox.h"

namespace stapes::dataset {
namespace {

ClipReference choose(const std::vector<ClipReference>& clips, const std::string& word, Split split,
                     Random& random) {
  std::vector<const ClipReference*> candidates;
  std::set<std::string> words;
  for (const ClipReference& clip : clips) {
    words.insert(clip.word);
    if (clip.word == word) candidates.push_back(&clip);
  }
  if (candidates.empty()) {
    throw Error("cannot say \"" + word + "\"", "",
                "the " + std::string(split_name(split)) + " split has no clip of this word",
                suggestion(word, {words.begin(), words.end()}));
  }
  return *candidates[random.below(candidates.size())];
}

}  // namespace

Sentence make_sentence(const Dataset& data, const SentenceSettings& settings) {
  Sentence sentence;
  Random random(settings.seed, Purpose::kSynthesis);
  std::vector<float>& samples = sentence.clip.samples;
  sentence.clip.sample_rate_hz = settings.sample_rate_hz;
  const auto gap = static_cast<size_t>(settings.gap_ms * settings.sample_rate_hz / 1000.0);
  const std::vector<ClipReference> clips = data.clips_of(settings.split);

  samples.resize(gap);
  for (const std::string& word : settings.words) {
    const ClipReference reference = choose(clips, word, settings.split, random);
    const audio::Clip clip = audio::read_audio(reference.path, {settings.sample_rate_hz}).clip;
    sentence.word_begins_ms.push_back(1000.0 * static_cast<double>(samples.size()) /
                                      settings.sample_rate_hz);
    sentence.files.push_back(reference.path);
    samples.insert(samples.end(), clip.samples.begin(), clip.samples.end());
    samples.resize(samples.size() + gap);
  }
  const double level = audio::from_decibels(settings.noise_level_db);
  for (float& sample : samples) {
    const double noisy = static_cast<double>(sample) + level * random.normal();
    sample = static_cast<float>(std::clamp(noisy, -1.0, 1.0));
  }
  return sentence;
}

}  // namespace stapes::dataset
