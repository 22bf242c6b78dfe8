#include "device/frontend/activity_detection.h"

#include "device/frontend/bits.h"

namespace stapes {
namespace {

// 32-bit arithmetic that wraps around, with shifts that keep the sign.
uint32_t low_pass(uint32_t input, uint32_t old, int16_t alpha) {
  const uint32_t sum =
      static_cast<uint32_t>(256 - alpha) * input + static_cast<uint32_t>(alpha) * old;
  return static_cast<uint32_t>(((static_cast<int32_t>(sum) >> 7) + 1) >> 1);
}

int32_t scaled(uint32_t value, int16_t threshold) {
  return static_cast<int32_t>(value * static_cast<uint32_t>(threshold)) >> 12;
}

}  // namespace

void detect_activity(const ActivitySettings& settings, const uint32_t* magnitudes, int32_t channels,
                     ActivityDetection& state) {
  uint32_t sum = 0;
  for (int32_t i = 0; i < channels; ++i) sum += magnitudes[i];
  const uint32_t mean = sum >> bit_length(static_cast<uint32_t>(channels - 1));
  state.filter_a = low_pass(mean, state.filter_a, settings.alpha_a);
  state.filter_b = low_pass(mean, state.filter_b, settings.alpha_b);
  const auto fast = static_cast<int32_t>(state.filter_a);
  if (!state.armed) {
    if (fast < scaled(state.filter_b, settings.arm_threshold)) state.armed = true;
  } else if (fast > scaled(state.filter_b, settings.trip_threshold)) {
    state.armed = false;
    state.tripped = true;
  }
}

}  // namespace stapes
