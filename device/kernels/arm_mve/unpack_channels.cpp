#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/unpack_channels.h"

#include <arm_mve.h>

namespace stapes::arm_mve {

int32_t unpack_channels(const uint32_t* words, int32_t smallest_shift, const int16_t* packed_bias,
                        int32_t channels, reference::Multiplier* multipliers, int32_t* bias) {
  constexpr int32_t kLanes = 4;
  static_assert(sizeof(reference::Multiplier) == 2 * sizeof(int32_t), "");
  const int32_t whole = channels / kLanes * kLanes;
  for (int32_t i = 0; i < whole; i += kLanes) {
    const uint32x4_t word = vldrwq_u32(words + i);
    int32x4x2_t pairs;  // values and shifts, stored in turn
    pairs.val[0] = vreinterpretq_s32_u32(vorrq_u32(vshrq_n_u32(word, 2), vdupq_n_u32(1U << 30)));
    pairs.val[1] =
        vaddq_n_s32(vreinterpretq_s32_u32(vandq_u32(word, vdupq_n_u32(3))), smallest_shift);
    vst2q_s32(reinterpret_cast<int32_t*>(multipliers + i), pairs);
  }
  for (int32_t i = 0; packed_bias != nullptr && i < whole; i += kLanes) {
    vstrwq_s32(bias + i, vldrhq_s32(packed_bias + i));
  }
  return whole;
}

}  // namespace stapes::arm_mve
#endif
