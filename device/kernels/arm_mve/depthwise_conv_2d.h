#pragma once
#include "device/kernels/reference/depthwise_conv_2d.h"

namespace stapes::arm_mve {

// reference::depthwise_conv_2d() for cores with Helium, byte for byte. Uses 4 kB of stack.
void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output);

// reference::depthwise_conv_2d_by_channel(), byte for byte. Uses as much.
void depthwise_conv_2d_by_channel(const reference::Conv2DParameters& parameters,
                                  const int8_t* input, const int8_t* filter, const int32_t* bias,
                                  int8_t* output);

}  // namespace stapes::arm_mve
