#pragma once
#include "device/kernels/reference/quantize.h"

namespace stapes::arm_dsp {

// reference::quantize() to int8 for cores with the DSP extension and a floating point unit, byte
// for byte.
void quantize(const float* input, int32_t elements, float scale, int32_t zero_point,
              int8_t* output);

}  // namespace stapes::arm_dsp
