#if defined(__ARM_FEATURE_MVE)
#include "device/kernels/arm_mve/quantize.h"

#include "device/kernels/arm_mve/requantization.h"

namespace stapes::arm_mve {
namespace {

constexpr int32_t kLanes = 4;

}  // namespace

#if __ARM_FEATURE_MVE & 2
// Helium can't divide, but the scalar unit can divide each part of a vector register. VCVTA rounds
// ties away from zero, saturates, and turns what is not a number into 0.
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output) {
  if (elements <= 0) return;
  asm volatile(
      "vmov s4, %[scale]\n"
      "dlstp.32 lr, %[elements]\n"
      "1:\n"
      "vldrw.32 q0, [%[input]], #16\n"
      "vdiv.f32 s0, s0, s4\n"
      "vdiv.f32 s1, s1, s4\n"
      "vdiv.f32 s2, s2, s4\n"
      "vdiv.f32 s3, s3, s4\n"
      "vcvta.s32.f32 q0, q0\n"
      "vqadd.s32 q0, q0, %[zero_point]\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnb.s16 q0, q0\n"
      "vstrb.32 q0, [%[output]], #4\n"
      "letp lr, 1b\n"
      : [input] "+&r"(input), [output] "+&l"(output)
      : [elements] "r"(elements), [scale] "r"(scale), [zero_point] "r"(zero_point)
      : "s0", "s1", "s2", "s3", "s4", "lr", "memory");
}

#endif

void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int8_t* output) {
  if (!is_fast(parameters.multiplier)) {
    reference::requantize(parameters, input, output);
    return;
  }
  const reference::Multiplier multiplier = parameters.multiplier;
  const int32_t input_offset = parameters.input_offset;
  const int32_t output_offset = parameters.output_offset;
  const auto function = [=](int32x4_t x) {
    const int32x4_t value =
        vaddq_n_s32(multiply_fast(vaddq_n_s32(x, input_offset), multiplier), output_offset);
    return vminq_s32(vmaxq_s32(value, vdupq_n_s32(INT8_MIN)), vdupq_n_s32(INT8_MAX));
  };
  int32_t left = parameters.elements;
  for (; left >= kLanes; left -= kLanes) {
    vstrbq_s32(output, function(vldrbq_s32(input)));
    input += kLanes;
    output += kLanes;
  }
  for (; left > 0; --left) {
    *output++ = static_cast<int8_t>(vgetq_lane_s32(function(vdupq_n_s32(*input++)), 0));
  }
}

void requantize(const reference::RequantizeParameters& parameters, const int8_t* input,
                int16_t* output) {
  reference::requantize(parameters, input, output);
}
void requantize(const reference::RequantizeParameters& parameters, const int16_t* input,
                int8_t* output) {
  reference::requantize(parameters, input, output);
}
void requantize(const reference::RequantizeParameters& parameters, const int16_t* input,
                int16_t* output) {
  reference::requantize(parameters, input, output);
}

}  // namespace stapes::arm_mve
#endif
