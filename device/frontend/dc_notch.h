#pragma once
#include <cstdint>

namespace stapes {

// Takes away a microphone's constant offset: y[n] = x[n] - x[n-1] + k y[n-1], k in Q15. Sums wrap
// around at 16 bits.
struct DcNotch {
  int16_t last_input = 0;
  int16_t last_output = 0;
};

// input and output: [count]; they may be the same.
void dc_notch(int16_t coefficient, const int16_t* input, int32_t count, DcNotch& state,
              int16_t* output);

}  // namespace stapes
