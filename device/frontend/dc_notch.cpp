#include "device/frontend/dc_notch.h"

namespace stapes {

void dc_notch(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
              int16_t* output) {
  int32_t last_input = state.last_input;
  int32_t last_output = state.last_output;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t sample = input[i];
    const int32_t decayed = (coefficient * last_output + (1 << 14)) >> 15;
    last_output = static_cast<int16_t>(sample - last_input + decayed);
    last_input = sample;
    output[i] = static_cast<int16_t>(last_output);
  }
  state.last_input = static_cast<int16_t>(last_input);
  state.last_output = static_cast<int16_t>(last_output);
}

}  // namespace stapes
