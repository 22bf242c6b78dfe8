#pragma once
#include <cstdint>

namespace stapes::reference {

// sum of (activations[i] + offset) * weights[i]. Exact: offset is in [-127, 128], so every factor
// fits in int16_t, which is what lets a compiler use its widening multiply-add instructions.
// Overflow of the sum would need more than 2^16 elements of extreme values; it wraps.
inline int32_t dot_product(const int8_t* activations, int32_t offset, const int8_t* weights,
                           int32_t count) {
  const auto short_offset = static_cast<int16_t>(offset);
  uint32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    const auto activation = static_cast<int16_t>(activations[i] + short_offset);
    sum += static_cast<uint32_t>(activation * weights[i]);
  }
  return static_cast<int32_t>(sum);
}

}  // namespace stapes::reference
