#pragma once
#include <cstdint>

namespace stapes {

constexpr int32_t kNoiseReductionBits = 14;

struct NoiseReductionSettings {
  int32_t smoothing_bits = 0;         // extra bits of the estimate
  uint16_t even_smoothing = 0;        // Q14, even channels
  uint16_t odd_smoothing = 0;         // Q14, odd channels
  uint16_t min_signal_remaining = 0;  // Q14
};

// Follows each channel's level slowly, as an estimate of the noise, and subtracts it; at least
// `min_signal_remaining` of the signal stays. In place.
// signal: [channels]; estimates: [channels], scaled by 2^smoothing_bits, 0 at the start.
void reduce_noise(const NoiseReductionSettings& settings, int32_t channels, uint32_t* estimates,
                  uint32_t* signal);

}  // namespace stapes
