#pragma once
#include "device/kernels/reference/conv_2d.h"

namespace stapes::arm_dsp {

// reference::conv_2d() for cores with the DSP extension, byte for byte. Uses 4.8 kB of stack.
void conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
             const int8_t* filter, const int32_t* bias, int8_t* output);

}  // namespace stapes::arm_dsp
