#include "device/frontend/window.h"

#include "device/frontend/bits.h"

namespace stapes {

int16_t apply_window(const int16_t* coefficients, const int16_t* samples, int32_t count,
                     int16_t* output) {
  int16_t greatest = 0;
  for (int32_t i = 0; i < count; ++i) {
    const auto value = static_cast<int16_t>((samples[i] * coefficients[i]) >> kWindowBits);
    const auto magnitude = static_cast<int16_t>(value < 0 ? -value : value);
    if (magnitude > greatest) greatest = magnitude;
    output[i] = value;
  }
  return greatest;
}

int32_t input_shift(int16_t greatest) { return 15 - bit_length(static_cast<uint32_t>(greatest)); }

}  // namespace stapes
