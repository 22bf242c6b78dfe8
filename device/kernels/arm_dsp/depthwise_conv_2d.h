#pragma once
#include "device/kernels/reference/depthwise_conv_2d.h"

namespace stapes::arm_dsp {

// reference::depthwise_conv_2d() for cores with the DSP extension, byte for byte. Uses
// 2.9 kB of stack.
void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output);

// reference::depthwise_conv_2d_by_channel(), byte for byte, and fast where TapPairs can be
// assigned.
void depthwise_conv_2d_by_channel(const reference::Conv2DParameters& parameters,
                                  const int8_t* input, const int8_t* filter, const int32_t* bias,
                                  int8_t* output);

}  // namespace stapes::arm_dsp
