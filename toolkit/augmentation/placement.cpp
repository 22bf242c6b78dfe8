#include "toolkit/augmentation/placement.h"

#include <algorithm>
#include <cmath>

namespace stapes::augmentation {

Window::Window(const Specification& specification) {
  const FrontEndSettings& front_end = specification.features.front_end;
  lead_in = static_cast<size_t>(int64_t{specification.augmentation.lead_in_ms} *
                                front_end.sample_rate_hz / 1000);
  length = static_cast<size_t>(front_end.clip_samples());
}

std::vector<float> place(std::span<const float> clip, std::ptrdiff_t offset, const Window& window) {
  std::vector<float> buffer(window.total(), 0.0F);
  const size_t skipped = offset < 0 ? static_cast<size_t>(-offset) : 0;
  const size_t begin = offset > 0 ? static_cast<size_t>(offset) : 0;
  if (skipped >= clip.size() || begin >= window.length) return buffer;
  const auto visible =
      clip.subspan(skipped, std::min(clip.size() - skipped, window.length - begin));
  std::copy(visible.begin(), visible.end(),
            buffer.begin() + static_cast<std::ptrdiff_t>(window.lead_in + begin));
  return buffer;
}

std::ptrdiff_t centred_offset(size_t clip, const Window& window) {
  return clip <= window.length ? static_cast<std::ptrdiff_t>((window.length - clip) / 2)
                               : -static_cast<std::ptrdiff_t>((clip - window.length) / 2);
}

std::vector<float> place_for_evaluation(std::span<const float> clip, const Window& window) {
  return place(clip, centred_offset(clip.size(), window), window);
}

std::ptrdiff_t training_offset(size_t clip, const Window& window,
                               const AugmentationSettings& settings, int sample_rate_hz,
                               double fraction) {
  if (settings.maximum_shift_ms > 0) {
    const double reach = settings.maximum_shift_ms * sample_rate_hz / 1000.0;
    return centred_offset(clip, window) + std::lround((2.0 * fraction - 1.0) * reach);
  }
  if (!settings.shift) return centred_offset(clip, window);
  const bool longer = clip > window.length;
  const size_t places = (longer ? clip - window.length : window.length - clip) + 1;
  const auto chosen = static_cast<std::ptrdiff_t>(fraction * static_cast<double>(places));
  return longer ? -chosen : chosen;
}

}  // namespace stapes::augmentation
