#if defined(__ARM_FEATURE_DSP) && defined(__ARM_FP)
#include "device/kernels/arm_dsp/quantize.h"

#include "device/kernels/arm_dsp/intrinsics.h"

namespace stapes::arm_dsp {
namespace {

// Towards 0; saturating; NaN gives 0.
int32_t truncate(float x) {
  int32_t result;
  asm("vcvt.s32.f32 %0, %1" : "=t"(result) : "t"(x));
  return result;
}

}  // namespace

void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output) {
  // Rounding a quotient q with ties away from zero, from t = trunc(2q), without error:
  // (t + 1) >> 1 for t >= 0, t >> 1 for t < 0. The zero point is added doubled.
  const int32_t addend = 2 * zero_point + 1;
  for (int32_t i = 0; i < elements; ++i) {
    const float quotient = input[i] / scale;
    const int32_t t = __ssat(truncate(quotient + quotient), 21);
    output[i] = static_cast<int8_t>(__ssat((t + (t >> 31) + addend) >> 1, 8));
  }
}

}  // namespace stapes::arm_dsp
#endif
