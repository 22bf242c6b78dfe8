#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/l2_normalization.h"

#include "device/kernels/arm_mve/requantization.h"

namespace stapes::arm_mve {
namespace {

int32_t sum_of_squares(const int8_t* input, int32_t depth, int32_t offset) {
  int32_t sum = 0;
  for (; depth > 0; depth -= 8, input += 8) {
    const mve_pred16_t inside = vctp16q(static_cast<uint32_t>(depth));
    const int16x8_t x =
        vaddq_x_n_s16(vldrbq_z_s16(input, inside), static_cast<int16_t>(offset), inside);
    sum = vmladavaq_p_s16(sum, x, x, inside);
  }
  return sum;
}

}  // namespace

void l2_normalization(const reference::L2NormalizationParameters& parameters, const int8_t* input,
                      int8_t* output) {
  constexpr int32_t kOutputFractionBits = 7;
  constexpr int32_t kLanes = 4;
  for (int32_t row = 0; row < parameters.rows; ++row) {
    reference::Multiplier inverse = reference::inverse_square_root(
        sum_of_squares(input, parameters.depth, parameters.input_offset));
    inverse.shift += kOutputFractionBits;
    const AnyMultiplier multiply(inverse);
    for (int32_t left = parameters.depth; left > 0; left -= kLanes) {
      const mve_pred16_t inside = vctp32q(static_cast<uint32_t>(left));
      const int32x4_t x = vaddq_n_s32(vldrbq_z_s32(input, inside), parameters.input_offset);
      const int32x4_t value = multiply(x);
      vstrbq_p_s32(output,
                   vminq_s32(vmaxq_s32(value, vdupq_n_s32(INT8_MIN)), vdupq_n_s32(INT8_MAX)),
                   inside);
      const int32_t count = left < kLanes ? left : kLanes;
      input += count;
      output += count;
    }
  }
}

}  // namespace stapes::arm_mve
#endif
