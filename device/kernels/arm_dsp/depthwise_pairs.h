#pragma once
#include "device/kernels/reference/depthwise_conv_2d.h"

namespace stapes::arm_dsp {

// reference::depthwise_conv_2d() for all channels, byte for byte, where it can be done with pairs
// of taps; false, and nothing done, where it can't (tap_pairs.h). Uses 2.9 kB of stack.
bool depthwise_conv_2d_by_pairs(const reference::Conv2DParameters& parameters, const int8_t* input,
                                const int8_t* filter, const int32_t* bias, int8_t* output);

}  // namespace stapes::arm_dsp
