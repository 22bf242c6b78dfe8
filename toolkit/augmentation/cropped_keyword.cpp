#include "toolkit/augmentation/cropped_keyword.h"

#include <algorithm>

#include "toolkit/audio/trim.h"

namespace stapes::augmentation {

std::optional<std::vector<float>> crop_keyword(std::span<const float> clip, double fraction,
                                               const AugmentationSettings& settings,
                                               int sample_rate_hz, const Window& window) {
  const audio::Extent word = settings.crop_trim_db > 0
                                 ? audio::find_sound(clip, settings.crop_trim_db)
                                 : audio::Extent{0, clip.size()};
  const auto longest =
      static_cast<size_t>(int64_t{settings.crop_maximum_ms} * sample_rate_hz / 1000);
  if (word.size() >= longest) return std::nullopt;
  const auto kept = static_cast<size_t>(fraction * static_cast<double>(word.size()));
  const size_t visible = std::min(kept, window.length);
  return place(clip.subspan(word.begin, visible),
               static_cast<std::ptrdiff_t>(window.length - visible), window);
}

}  // namespace stapes::augmentation
