#pragma once
#include "device/kernels/arm_dsp/intrinsics.h"
#include "device/kernels/arm_dsp/requantization_limits.h"
#include "device/kernels/reference/fixed_point.h"

// reference::multiply() and the addition of the output's zero point in five instructions, where the
// size of the accumulator allows it. Two identities (a, x: 32 bits; m in [2^30, 2^31)):
//
//   saturating_rounding_doubling_high_multiply(a, m) = (2a * m + 2^31) >> 32   for |a| < 2^30,
//   rounding_divide_by_power_of_two(x, s) = (x + (x >> 31) + 2^(s - 1)) >> s   for s >= 1,
//
// the second while the sum does not overflow. 2a is what the kernels accumulate: they double one
// factor of each product, which as an int16_t has room for it. The zero point is added before the
// shift, as a multiple of 2^s.
namespace stapes::arm_dsp {

struct Requantization {
  int32_t doubled_bias;
  int32_t multiplier;
  int32_t rounding;  // 2^(s - 1) + zero_point * 2^s
  int32_t shift;     // s; 0 when the identities do not hold for this channel

  bool is_fast() const { return shift != 0; }
};

inline Requantization fast_requantization(int32_t bias, reference::Multiplier multiplier,
                                          int32_t zero_point) {
  const uint32_t half = 1U << (-multiplier.shift - 1);
  return {static_cast<int32_t>(2 * static_cast<uint32_t>(bias)), multiplier.value,
          static_cast<int32_t>(half * static_cast<uint32_t>(2 * zero_point + 1)),
          -multiplier.shift};
}

inline Requantization make_requantization(int32_t bias, reference::Multiplier multiplier,
                                          int32_t zero_point, int32_t sum_limit) {
  if (!allows_fast_requantization(bias, multiplier, sum_limit)) return {0, 0, 0, 0};
  return fast_requantization(bias, multiplier, zero_point);
}

// multiply(sum / 2, multiplier) + zero_point. REQUIRES: is_fast().
inline int32_t requantize(int32_t doubled_sum, const Requantization& r) {
  const int32_t x = multiply_high_rounded(doubled_sum, r.multiplier);
  return (x + (x >> 31) + r.rounding) >> r.shift;
}

// The same for a channel that is not fast, whose doubled sum has no bias in it.
inline int32_t requantize_slowly(int32_t doubled_sum, int32_t bias,
                                 reference::Multiplier multiplier, int32_t zero_point) {
  return reference::wrapping_add(
      reference::multiply(reference::wrapping_add(doubled_sum / 2, bias), multiplier), zero_point);
}

// To int8; `narrowed` when a fused activation leaves less than its range.
struct ActivationRange {
  int32_t minimum;
  int32_t maximum;
  bool is_narrowed() const { return minimum > INT8_MIN || maximum < INT8_MAX; }
};

inline int8_t clamp_output(int32_t value, const ActivationRange& range, bool is_narrowed) {
  int32_t result = __ssat(value, 8);
  if (is_narrowed) result = reference::clamp(result, range.minimum, range.maximum);
  return static_cast<int8_t>(result);
}

// Bytes that are int8_t already.
inline void clamp_bytes(int8_t* bytes, int32_t count, const ActivationRange& range) {
  for (int32_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<int8_t>(reference::clamp(bytes[i], range.minimum, range.maximum));
  }
}

}  // namespace stapes::arm_dsp
