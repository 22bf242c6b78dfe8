#include "device/frontend/noise_reduction.h"

namespace stapes {

void reduce_noise(const NoiseReductionSettings& settings, int32_t channels, uint32_t* estimates,
                  uint32_t* signal) {
  for (int32_t i = 0; i < channels; ++i) {
    const uint32_t smoothing = (i & 1) == 0 ? settings.even_smoothing : settings.odd_smoothing;
    const uint32_t rest = (1U << kNoiseReductionBits) - smoothing;
    const uint32_t scaled = signal[i] << settings.smoothing_bits;
    uint32_t estimate = static_cast<uint32_t>(
        (uint64_t{scaled} * smoothing + uint64_t{estimates[i]} * rest) >> kNoiseReductionBits);
    estimates[i] = estimate;
    if (estimate > scaled) estimate = scaled;
    const auto least = static_cast<uint32_t>(
        (uint64_t{signal[i]} * settings.min_signal_remaining) >> kNoiseReductionBits);
    const uint32_t reduced = (scaled - estimate) >> settings.smoothing_bits;
    signal[i] = reduced > least ? reduced : least;
  }
}

}  // namespace stapes
