#pragma once
#include <arm_mve.h>

#include "device/kernels/reference/lookup_functions.h"

// reference::sigmoid_of_q3() and reference::tanh_of_scaled() of four lanes.
namespace stapes::arm_mve {

// sigmoid(magnitude / (24 * 2^kFractionBits)) in Q0.(16 + kFractionBits). REQUIRES: inside the
// table, or at its last entry.
template <int kFractionBits>
inline int32x4_t interpolate(int32x4_t magnitude) {
  const uint32x4_t index = vreinterpretq_u32_s32(vshrq_n_s32(magnitude, kFractionBits));
  const int32x4_t fraction = vandq_s32(magnitude, vdupq_n_s32((1 << kFractionBits) - 1));
  const uint16_t* table = reference::sigmoid_table();
  const int32x4_t low = vreinterpretq_s32_u32(vldrhq_gather_shifted_offset_u32(table, index));
  const int32x4_t high = vreinterpretq_s32_u32(vldrhq_gather_shifted_offset_u32(table + 1, index));
  return vaddq_s32(vshlq_n_s32(low, kFractionBits), vmulq_s32(fraction, vsubq_s32(high, low)));
}

// With s = -1 for negative lanes and 0 for others, -x - 1 is x ^ s.
inline int32x4_t sigmoid_of_q3(int32x4_t x) {
  const int32x4_t scaled = vmulq_n_s32(x, 3);  // at most 3 * 2^15 = 192 * 2^9: inside the table
  const int32x4_t sign = vshrq_n_s32(scaled, 31);
  const int32x4_t curve = interpolate<9>(vabsq_s32(scaled));
  const int32x4_t mirrored =
      vaddq_s32(veorq_s32(curve, sign), vandq_s32(sign, vdupq_n_s32(1 << 25)));
  return vrshrq_n_s32(mirrored, 10);
}

inline int32x4_t tanh_of_scaled(int32x4_t x, int32_t scale_power) {
  const int32x4_t scaled = vrshlq_n_s32(vmulq_n_s32(x, 3), 12 + scale_power);
  const int32x4_t sign = vshrq_n_s32(scaled, 31);
  const int32x4_t magnitude =
      vminq_s32(vabsq_s32(scaled), vdupq_n_s32((reference::kSigmoidEntries - 1) << 8));
  const int32x4_t curve = vsubq_n_s32(interpolate<8>(magnitude), 1 << 23);
  return vrshrq_n_s32(veorq_s32(curve, sign), 8);
}

}  // namespace stapes::arm_mve
