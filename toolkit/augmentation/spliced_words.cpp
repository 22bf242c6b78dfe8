#include "toolkit/augmentation/spliced_words.h"

#include <algorithm>

#include "toolkit/audio/level.h"
#include "toolkit/audio/trim.h"

namespace stapes::augmentation {
namespace {

constexpr double kFadeSeconds = 0.01;  // no click where the words meet

std::span<const float> word_of(std::span<const float> clip, double trim_db) {
  if (trim_db <= 0) return clip;
  const audio::Extent word = audio::find_sound(clip, trim_db);
  return clip.subspan(word.begin, word.size());
}

}  // namespace

std::vector<float> splice_words(std::span<const float> first, std::span<const float> second,
                                double fraction, double trim_db, int sample_rate_hz) {
  const std::span<const float> a = word_of(first, trim_db);
  const std::span<const float> b = word_of(second, trim_db);
  const auto part = [fraction](size_t size) {
    return std::min(size, static_cast<size_t>(fraction * static_cast<double>(size)));
  };
  const std::span<const float> head = a.first(part(a.size()));
  const std::span<const float> tail = b.subspan(part(b.size()));
  const double level_b = audio::rms(b);
  const auto gain = static_cast<float>(level_b > 0 ? audio::rms(a) / level_b : 1.0);
  const size_t fade =
      std::min({static_cast<size_t>(kFadeSeconds * sample_rate_hz), head.size(), tail.size()});
  std::vector<float> word(head.begin(), head.end());
  for (size_t i = 0; i < fade; ++i) {
    const float share = static_cast<float>(i + 1) / static_cast<float>(fade + 1);
    float& sample = word[head.size() - fade + i];
    sample = (1.0F - share) * sample + share * gain * tail[i];
  }
  for (const float sample : tail.subspan(fade)) word.push_back(gain * sample);
  return word;
}

}  // namespace stapes::augmentation
