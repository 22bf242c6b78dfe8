#include "toolkit/augmentation/spec_augment.h"

#include <algorithm>
#include <utility>

namespace stapes::augmentation {
namespace {

// A stretch [begin, end) of `size`, 0 … `widest` wide, every place equally likely.
std::pair<size_t, size_t> draw_mask(size_t size, int32_t widest, Random& random) {
  const size_t width = std::min<size_t>(random.below(static_cast<uint64_t>(widest) + 1), size);
  const size_t begin = random.below(size - width + 1);
  return {begin, begin + width};
}

}  // namespace

void spec_augment(std::span<float> features, size_t channels, float fill,
                  const AugmentationSettings& settings, Random& random) {
  const size_t frames = features.size() / channels;
  for (int32_t mask = 0; mask < settings.time_masks; ++mask) {
    const auto [begin, end] = draw_mask(frames, settings.time_mask_frames, random);
    const auto stretch = features.subspan(begin * channels, (end - begin) * channels);
    std::fill(stretch.begin(), stretch.end(), fill);
  }
  for (int32_t mask = 0; mask < settings.frequency_masks; ++mask) {
    const auto [begin, end] = draw_mask(channels, settings.frequency_mask_channels, random);
    for (size_t frame = 0; frame < frames; ++frame) {
      const auto band = features.subspan(frame * channels + begin, end - begin);
      std::fill(band.begin(), band.end(), fill);
    }
  }
}

float mean_value(std::span<const float> features) {
  if (features.empty()) return 0.0F;
  double sum = 0.0;
  for (const float value : features) sum += static_cast<double>(value);
  return static_cast<float>(sum / static_cast<double>(features.size()));
}

}  // namespace stapes::augmentation
