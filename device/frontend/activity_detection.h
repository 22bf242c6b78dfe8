#pragma once
#include <cstdint>

namespace stapes {

// Two low-pass filters of different speed watch the loudness; a quiet moment (the fast one below
// the slow one) arms the detector, and loudness that rises again trips it. It reads the channel
// magnitudes and changes nothing in the spectrogram.
struct ActivityDetection {
  uint32_t filter_a = 0;
  uint32_t filter_b = 0;
  bool armed = false;
  bool tripped = false;  // stays until it is read
};

struct ActivitySettings {
  int16_t alpha_a = 0;         // Q8, share of the old value
  int16_t alpha_b = 0;         // Q8
  int16_t arm_threshold = 0;   // Q12
  int16_t trip_threshold = 0;  // Q12
};

void detect_activity(const ActivitySettings& settings, const uint32_t* magnitudes, int32_t channels,
                     ActivityDetection& state);

}  // namespace stapes
