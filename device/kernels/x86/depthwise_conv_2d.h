#pragma once
#include "device/kernels/reference/depthwise_conv_2d.h"

namespace stapes::x86 {

// reference::depthwise_conv_2d(), byte for byte, with the vector instructions of the processor
// that the program runs on (level.h).
void depthwise_conv_2d(const reference::Conv2DParameters& parameters, const int8_t* input,
                       const int8_t* filter, const int32_t* bias, int8_t* output);

}  // namespace stapes::x86
