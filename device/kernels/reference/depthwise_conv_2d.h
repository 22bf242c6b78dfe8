#pragma once
#include "device/kernels/reference/conv_2d.h"

namespace stapes::reference {

// int8 DEPTHWISE_CONV_2D, NHWC; filter [1, H, W, O], O = input_channels * depth_multiplier;
// arithmetic as in conv_2d().
void depthwise_conv_2d(const Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output);

// The output channels [first_channel, last_channel) of it; the others are left as they are.
void depthwise_conv_2d(const Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output,
                       int32_t first_channel, int32_t last_channel);

// The same with the taps of each output channel together: filter [O, H, W]. Models compiled for
// Arm's DSP extension keep filters in this order, in which its kernels and Helium's read them
// faster.
void depthwise_conv_2d_by_channel(const Conv2DParameters& parameters, const int8_t* input,
                                  const int8_t* filter, const int32_t* bias, int8_t* output);
// Its output channels [first_channel, last_channel).
void depthwise_conv_2d_by_channel(const Conv2DParameters& parameters, const int8_t* input,
                                  const int8_t* filter, const int32_t* bias, int8_t* output,
                                  int32_t first_channel, int32_t last_channel);

}  // namespace stapes::reference
