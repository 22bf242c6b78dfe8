#pragma once
#include "device/kernels/reference/fixed_point.h"

// Where the short formula of requantization.h holds. Plain C++, because the PC asks, too, when it
// compiles a model.
namespace stapes::arm_dsp {

// |x| < 2^30 leaves 2^30 for the rest, and |zero_point * 2^s| <= 2^(7 + s).
constexpr int32_t kLargestShift = 22;
constexpr int32_t kAccumulatorLimit = 1 << 30;

// `sum_limit`: no sum of products is larger, without the bias. REQUIRES: it is below 2^30.
inline bool allows_fast_requantization(int32_t bias, reference::Multiplier multiplier,
                                       int32_t sum_limit) {
  const int32_t bias_limit = kAccumulatorLimit - 1 - sum_limit;
  return bias >= -bias_limit && bias <= bias_limit && multiplier.shift <= -1 &&
         multiplier.shift >= -kLargestShift;
}

}  // namespace stapes::arm_dsp
