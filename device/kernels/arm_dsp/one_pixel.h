#pragma once
#include "device/kernels/reference/conv_2d.h"

// Convolutions with a single output pixel, as a stream has them that is run frame by frame. What
// widens inputs and weights for many pixels, or makes a channel's requantization ready for them,
// would cost more than it saves.
namespace stapes::arm_dsp {

// All channels of a CONV_2D whose window's `size` inputs lie one behind the other at `values`.
void convolve_only_pixel(const reference::Conv2DParameters& parameters, int32_t size,
                         const int8_t* values, const int8_t* filter, const int32_t* bias,
                         int8_t* output);

// A DEPTHWISE_CONV_2D with one output pixel, a window inside of the input, and a multiple of four
// channels with one filter each; false for others, whose output is left alone.
bool depthwise_only_pixel(const reference::Conv2DParameters& parameters, const int8_t* input,
                          const int8_t* filter, const int32_t* bias, int8_t* output);

}  // namespace stapes::arm_dsp
